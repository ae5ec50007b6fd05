/** How tests catch the service in the middle of its statement: somebody else's open transaction holds the row that comes next. */
import { type RawBuilder, sql } from 'kysely'
import type { Test } from 'tap'
import type { Db } from '../../src/foundation/sql/database.ts'
import type { Reply } from '../process/child.ts'
import type { TestApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'

/** The key under which everything is asked. */
export const key = 'asked-once'

export const heldKey = (as: string, name = key) => sql`
  insert into idempotency_keys (platform_id, api_key_id, actor, key, request_hash, created_at)
  select platform_id, id, ${as}, ${name}, ''::bytea, now() from api_keys where cardinality(roles) > 1`

/** A copy of a row, with some columns changed. */
export const copyOf = (table: string, change: object, where: RawBuilder<unknown>) => sql`
  insert into ${sql.table(table)} select (jsonb_populate_record(null::${sql.table(table)}, to_jsonb(x) || ${JSON.stringify(change)}::jsonb)).*
    from ${sql.table(table)} x where ${where}`

/** Holds something in an open transaction until it is released, which leaves no trace. */
export const hold = async (t: Test, { url }: TestApp, what: RawBuilder<unknown>): Promise<() => Promise<void>> => {
  const db = openDb(url, 1)
  const trx = await db.startTransaction().execute()
  t.teardown(() => db.destroy())
  await what.execute(trx)
  return async () => {
    await trx.rollback().execute()
    await db.destroy()
  }
}

/** How many sessions wait for a lock. */
export const waiting = async (db: Db): Promise<number> => {
  const { rows } = await sql`
    select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows.length
}

/** Asks until there is an answer other than that the first request is still running. */
export const asked = async (again: () => Promise<Reply>): Promise<Reply> => {
  for (;;) {
    const answer = await again()
    if (answer.status !== 409) return answer
  }
}
