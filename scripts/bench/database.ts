/** The Postgres of a run: durable, with databases of its own, gone afterwards. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { serverOf } from '../../src/foundation/embedded-postgres/cluster.ts'
import { type EmbeddedUrls, startEmbeddedPostgres } from '../../src/foundation/embedded-postgres/start.ts'
import { createPool } from '../../src/foundation/sql/pool.ts'
import { parentOf } from './processes.ts'

export interface Database {
  /** For servers, as the service's role. */
  url: string
  ownerUrl: string
  /** The owner's. */
  pool: pg.Pool
  drop: () => Promise<void>
}

export interface DatabaseServer {
  /** The postmaster, where it runs on this machine. */
  pid: number | undefined
  create: () => Promise<Database>
  /** A second database with the same content. Ends the pool of the first, since nobody may be connected while it is copied. */
  copy: (database: Database) => Promise<Database>
  /** Drops the databases that are left and ends the server. */
  stop: () => Promise<void>
}

/** Settings of a production server of this size. Both sides of every comparison run on it. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min', max_connections: '200' }

const log = { info() {}, warn: (message: string) => console.error(message) }

interface Running extends EmbeddedUrls {
  pid: number | undefined
  stop: () => Promise<void>
}

const startOwn = async (dataDir: string): Promise<Running> => {
  const options = { dataDir, durable: true, log }
  const first = await startEmbeddedPostgres(options)
  try {
    await onServer(first.ownerUrl, async (client) => {
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

/** The postmaster of a server, when it runs on this machine: the parent process of its sessions. */
const postmasterOf = async (url: string): Promise<number | undefined> => {
  if (!['127.0.0.1', 'localhost'].includes(new URL(url).hostname)) return undefined
  let parent: number | undefined
  await onServer(url, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    parent = parentOf(rows[0]?.pid ?? 0, 'postgres')
  })
  return parent
}

/** @param folder the data folder of the Postgres that is started when BENCH_DATABASE_URL is not set */
export const openServer = async (folder: string): Promise<DatabaseServer> => {
  const given = process.env.BENCH_DATABASE_URL
  const server: Running = given
    ? { url: given, ownerUrl: given, pid: await postmasterOf(given), stop: async () => undefined }
    : await startOwn(folder)
  const open = new Set<Database>()

  const create = async (from = 'template1'): Promise<Database> => {
    const name = `redress_bench_${randomBytes(4).toString('hex')}`
    await onServer(server.ownerUrl, (client) => client.query(`create database ${name} template ${from}`))
    const [url, ownerUrl] = [server.url, server.ownerUrl].map(
      (at) => Object.assign(new URL(at), { pathname: `/${name}` }).href,
    ) as [string, string]
    const pool = createPool({ connectionString: ownerUrl, max: 4, prepare: false, onError: () => undefined })
    const drop = async () => {
      open.delete(database)
      if (!pool.ended) await pool.end()
      await onServer(server.ownerUrl, (client) => client.query(`drop database if exists ${name} with (force)`))
    }
    const database = { url, ownerUrl, pool, drop }
    open.add(database)
    return database
  }
  return {
    pid: server.pid,
    create,
    copy: async ({ pool, url }) => {
      if (!pool.ended) await pool.end()
      return create(new URL(url).pathname.slice(1))
    },
    stop: async () => {
      try {
        for (const database of open) await database.drop()
      } finally {
        await server.stop()
      }
    },
  }
}
