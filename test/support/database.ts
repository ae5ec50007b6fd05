import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Test } from 'tap'
import { connect, type Db } from '../../src/database.ts'
import { databaseUrl, onServer } from './postgres.ts'

/** A migrated database of its own for the calling test, gone when the test ends. */
export const testDatabase = async (t: Test): Promise<{ url: string; db: Db }> => {
  const { REDRESS_TEST_SERVER: server, REDRESS_TEST_TEMPLATE: template } = process.env
  if (!server || !template) throw new Error('tests that need a database run through `npm test -- FILE`')
  const name = `${template}_${randomBytes(6).toString('hex')}`
  await onServer(server, (client) => copyOf(template, name, client))
  const url = databaseUrl(server, name)
  const db = connect({ connectionString: url, onError: () => undefined })
  t.teardown(async () => {
    await db.destroy()
    await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
  })
  return { url, db }
}

const copyOf = async (template: string, name: string, client: pg.Client): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`create database ${name} template ${template}`)
      return
    } catch (error) {
      // 55006: somebody is in the template at this moment
      if ((error as pg.DatabaseError).code !== '55006' || attempt === 50) throw error
      await delay(100)
    }
  }
}
