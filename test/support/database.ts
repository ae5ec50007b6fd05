import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { connect, type Db } from '../../src/foundation/sql/database.ts'
import { sessionSettings } from '../../src/foundation/sql/session.ts'
import { isPooled, reachedAt } from './pooler.ts'
import { databaseUrl } from './postgres.ts'

/** Further connections to the database of a test. */
export const openDb = (connectionString: string, max = 10): Db =>
  connect({ connectionString, max, prepare: !isPooled(connectionString), onError: () => undefined })

/** A migrated database of its own for the calling test, gone when the test ends. */
export const testDatabase = async (t: Test): Promise<{ url: string; db: Db }> => {
  const { REDRESS_TEST_SERVER: server, REDRESS_TEST_TEMPLATE: template } = process.env
  if (!server || !template) throw new Error('tests that need a database run through `npm test -- FILE`')
  const name = `${template}_${randomBytes(6).toString('hex')}`
  const url = databaseUrl(reachedAt(server), name)
  await onKept(server, async (client) => {
    await copyOf(template, name, client)
    if (isPooled(url)) await keepSettings(name, client)
  })
  const db = openDb(url)
  t.teardown(async () => {
    await db.destroy()
    await onKept(server, (client) => client.query(`drop database if exists ${name} with (force)`))
  })
  return { url, db }
}

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
