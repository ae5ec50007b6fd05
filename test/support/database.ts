import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { prepareDatabase } from '../../src/database.ts'
import { connect, type Db } from '../../src/foundation/sql/database.ts'
import { sessionSettings } from '../../src/foundation/sql/session.ts'
import { isPooled, reachedAt } from './pooler.ts'
import { databaseUrl } from './postgres.ts'

/** Further connections to the database of a test. */
export const openDb = (connectionString: string, max = 10): Db =>
  connect({ connectionString, max, prepare: !isPooled(connectionString), onError: () => undefined })

/** Which server tests use: as the owner of all databases, and as the role that serves. */
const servers = (): { owner: string; service: string } => {
  const { REDRESS_TEST_SERVER: owner, REDRESS_TEST_SERVICE: service } = process.env
  if (!owner || !service) throw new Error('tests that need a database run through `npm test -- FILE`')
  return { owner, service }
}

export interface TestDatabase {
  /** As the service's role, which is no owner. */
  url: string
  ownerUrl: string
  /** The service's. */
  db: Db
  /** The owner's: for a test that changes tables, or rows that are only added to. */
  owner: Db
}

/** Opens a database that is there, until the test ends. @param drop what is to be done afterwards */
export const openDatabase = (t: Test, name: string, drop: (server: string) => Promise<unknown>): TestDatabase => {
  const server = servers()
  const url = databaseUrl(reachedAt(server.service), name)
  const ownerUrl = databaseUrl(reachedAt(server.owner), name)
  const db = openDb(url)
  const owner = openDb(ownerUrl)
  t.teardown(async () => {
    await Promise.all([db.destroy(), owner.destroy()])
    await drop(server.owner)
  })
  return { url, ownerUrl, db, owner }
}

/** A migrated database of its own for the calling test, gone when the test ends. */
export const testDatabase = async (t: Test): Promise<TestDatabase> => {
  const { owner: server } = servers()
  const { REDRESS_TEST_TEMPLATE: template } = process.env
  const name = `${template}_${randomBytes(6).toString('hex')}`
  await onKept(server, async (client) => {
    await copyOf(String(template), name, client)
    if (isPooled(databaseUrl(reachedAt(server), name))) await keepSettings(name, client)
  })
  return openDatabase(t, name, () => onKept(server, (client) => client.query(`drop database if exists ${name} with (force)`)))
}

/** Migrates as the owner, as the service does at its start, and lets the service's role at the tables. */
export const migrated = ({ db, owner }: TestDatabase): Promise<void> => prepareDatabase(db, owner)

let kept: pg.Pool | undefined

/** Does `work` on the one connection of this process to its server, which does not keep the process from ending. */
const onKept = async (server: string, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> => {
  kept ??= new pg.Pool({ connectionString: server, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true })
  const client = await kept.connect()
  try {
    await work(client)
  } finally {
    client.release()
  }
}

const copyOf = async (template: string, name: string, client: pg.PoolClient): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`create database ${name} template ${template} strategy file_copy`)
      return
    } catch (error) {
      // 55006: another session is connected to the template at this moment
      if ((error as pg.DatabaseError).code !== '55006' || attempt === 50) throw error
      await delay(100)
    }
  }
}

/** A pooler does not pass on the settings that the service sends when it connects, so the database gets them, as docs/scaling.md says. */
const keepSettings = async (name: string, client: pg.PoolClient): Promise<void> => {
  for (const [setting, value] of Object.entries(sessionSettings()))
    await client.query(`alter database ${name} set ${setting} = ${client.escapeLiteral(value)}`)
}
