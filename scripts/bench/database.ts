/** The Postgres of a run: durable, with a database of its own, gone afterwards. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { serverOf } from '../../src/foundation/embedded-postgres/cluster.ts'
import { startEmbeddedPostgres } from '../../src/foundation/embedded-postgres.ts'
import { createPool } from '../../src/foundation/postgres.ts'

export interface Database {
  url: string
  pool: pg.Pool
  /** The postmaster, where it runs on this machine. */
  pid: number | undefined
  stop: () => Promise<void>
}

/** What a production server of this size would have; both sides of every comparison run on it. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min', max_connections: '100' }

const log = { info() {}, warn: (message: string) => console.error(message) }

const startOwn = async (dataDir: string): Promise<{ url: string; pid: number | undefined; stop: () => Promise<void> }> => {
  const options = { dataDir, durable: true, log }
  const first = await startEmbeddedPostgres(options)
  try {
    await onServer(first.url, async (client) => {
      for (const [name, value] of Object.entries(SETTINGS)) await client.query(`alter system set ${name} = '${value}'`)
    })
  } finally {
    await first.stop()
  }
  const server = await startEmbeddedPostgres(options)
  return { ...server, pid: serverOf(path.resolve(dataDir, 'postgres/cluster'))?.pid }
}

const onServer = async (url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** @param folder where a Postgres of its own may keep its files */
export const openDatabase = async (folder: string): Promise<Database> => {
  const given = process.env.BENCH_DATABASE_URL
  const server = given ? { url: given, pid: undefined, stop: async () => undefined } : await startOwn(folder)
  const name = `redress_bench_${randomBytes(4).toString('hex')}`
  await onServer(server.url, (client) => client.query(`create database ${name}`)).catch(async (error) => {
    await server.stop()
    throw error
  })
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href
  const pool = createPool({ connectionString: url, max: 4, onError: () => undefined })
  return {
    url,
    pool,
    pid: server.pid,
    stop: async () => {
      await pool.end()
      try {
        await onServer(server.url, (client) => client.query(`drop database if exists ${name} with (force)`))
      } finally {
        await server.stop()
      }
    },
  }
}
