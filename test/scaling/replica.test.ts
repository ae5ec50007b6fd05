/** Lists from a replica show what was written before they were asked for, whoever wrote it, and are there when the replica is not. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { prepareDatabase } from '../../src/database.ts'
import { connect } from '../../src/foundation/sql/database.ts'
import { readFromReplica } from '../../src/foundation/sql/replica.ts'
import { faultsIn } from '../outward/feed/room.ts'
import { ask, eventually, startService } from '../process/child.ts'
import { filing } from '../races/cases.ts'
import type { Json } from '../support/app.ts'
import { startPair } from './streaming.ts'

const open = (t: Test, connectionString: string) => {
  const db = connect({ connectionString, onError: () => undefined })
  t.teardown(() => db.destroy())
  return db
}

/** Waits until the statistics of a replica tell that a table was read: its sessions report when they have rested for a while. */
const untilRead = async (t: Test, url: string, table: string): Promise<void> => {
  const replica = open(t, url)
  await eventually(async () => {
    const { rows } = await sql<{ scans: number }>`
      select coalesce(idx_scan, 0) + coalesce(seq_scan, 0) as scans from pg_stat_user_tables where relname = ${table}`.execute(
      replica,
    )
    return (rows[0]?.scans ?? 0) > 0 ? true : undefined
  }, `the replica’s ${table} were read`)
}

await t.test('lists from a replica', async (t) => {
  const pair = await startPair(t)
  const primary = open(t, pair.primary)
  const replica = open(t, pair.replica)
  const replicaOwner = open(t, pair.replicaOwner)
  await prepareDatabase(primary, open(t, pair.primaryOwner))
  const warnings: unknown[] = []
  const readList = readFromReplica(primary, replica, (error) => warnings.push(error))

  let added = 0
  const add = async () => {
    added += 1
    await sql`insert into platforms values (gen_random_uuid(), ${`p${added}`}, 'test', 0, now())`.execute(primary)
  }
  /** How many platforms a list shows, and whether the replica served it. */
  const list = () =>
    readList(async (db) => {
      const { rows } = await sql<{ shown: number; byReplica: boolean }>`
        select count(*)::integer as shown, pg_is_in_recovery() as "byReplica" from platforms`.execute(db)
      return rows[0]
    })

  await t.test('show the write before, each time', async (t) => {
    for (let n = 0; n < 50; n++) {
      await add()
      const shown = await list()
      t.equal(shown?.shown, added)
    }
    // one that was behind for a moment is left alone for a while
    await eventually(async () => ((await list())?.byReplica ? true : undefined), 'the replica serves a list')
    t.strictSame(new Set(await Promise.all(Array.from({ length: 30 }, async () => (await list())?.shown))), new Set([added]))
  })

  await t.test('also while the replica replays nothing: then the primary serves them', async (t) => {
    await sql`select pg_wal_replay_pause()`.execute(replicaOwner)
    warnings.length = 0
    await add()
    t.strictSame(await list(), { shown: added, byReplica: false })
    t.match(warnings, [{ message: 'the replica is behind' }])
    await sql`select pg_wal_replay_resume()`.execute(replicaOwner)
  })

  await t.test('also when it has gone', async (t) => {
    await pair.killReplica()
    await add()
    t.strictSame(
      await Promise.all([list(), list()]),
      Array.from({ length: 2 }, () => ({ shown: added, byReplica: false })),
    )
  })
})

await t.test('the service reads its lists from a replica, and its caller cannot tell', async (t) => {
  const pair = await startPair(t)
  const adminKey = `rdk_${'r'.repeat(40)}`
  const env = {
    DATABASE_URL: pair.primary,
    DATABASE_OWNER_URL: pair.primaryOwner,
    REDRESS_ADMIN_KEY: adminKey,
    PLATFORM_MODE: 'test',
  }
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-replica-data-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const service = startService(t, { ...env, DATABASE_READ_URL: pair.replica, DATA_DIR: dataDir })
  const url = await service.url
  const made = await ask(`${url}/v1/api-keys`, { key: adminKey, body: { name: 'all', roles: ['buyer', 'merchant', 'agent'] } })
  const key: string = made.body.key
  for (let n = 1; n <= 20; n++) {
    const filed = await ask(`${url}/v1/complaints`, { key, as: 'buyer:B-1', body: filing() })
    t.equal(filed.status, 201)
    const { body } = await ask(`${url}/v1/complaints?limit=100`, { key, as: 'buyer:B-1' })
    t.equal(body.data.length, n)
    t.equal(body.data[0].id, filed.body.id)
  }
  await untilRead(t, pair.replica, 'complaints')
  await pair.killReplica()
  t.equal(
    (await ask(`${url}/v1/complaints?limit=100`, { key, as: 'buyer:B-1' })).body.data.length,
    20,
    'the primary serves alone',
  )

  const wrong = startService(t, { ...env, DATABASE_READ_URL: pair.primary, DATA_DIR: dataDir })
  t.equal(await wrong.ended, 1)
  t.match(wrong.err(), 'DATABASE_READ_URL cannot be used: it is no streaming replica of DATABASE_URL')
})

await t.test('a reader of the feed misses nothing of what is read from a replica', async (t) => {
  const pair = await startPair(t)
  const adminKey = `rdk_${'f'.repeat(40)}`
  const dataDir = mkdtempSync(path.join(tmpdir(), 'redress-replica-feed-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const service = startService(t, {
    DATABASE_URL: pair.primary,
    DATABASE_OWNER_URL: pair.primaryOwner,
    DATABASE_READ_URL: pair.replica,
    REDRESS_ADMIN_KEY: adminKey,
    PLATFORM_MODE: 'test',
    DATA_DIR: dataDir,
  })
  const url = await service.url
  const roles = ['buyer', 'supervisor', 'integration']
  const { key } = (await ask(`${url}/v1/api-keys`, { key: adminKey, body: { name: 'all', roles } })).body
  const seen: Json[] = []
  let cursor = ''
  const read = async (wait: number): Promise<void> => {
    const { body } = await ask(`${url}/v1/events?limit=3&wait=${wait}${cursor && `&after=${cursor}`}`, {
      key,
      as: 'integration:erp',
    })
    seen.push(...body.data)
    cursor = body.next_cursor
  }
  const readUntil = (events: number) =>
    eventually(async () => {
      await read(1)
      return seen.length >= events ? true : undefined
    }, `${events} events are read`)
  const file = async (): Promise<string> => (await ask(`${url}/v1/complaints`, { key, as: 'buyer:B-1', body: filing() })).body.id
  const assign = (id: string, n: number) =>
    ask(`${url}/v1/complaints/${id}/assign`, { key, as: 'supervisor:zhao', body: { owner: `agent:a${n}` } })

  const ids = [await file(), await file()] as [string, string]
  await readUntil(2)
  // takes its number first, writes an event of a subject of its own at it, and commits last
  const slow = open(t, pair.primary)
  const trx = await slow.startTransaction().execute()
  await sql`
    insert into event_outbox select (jsonb_populate_record(null::event_outbox, to_jsonb(o) ||
      jsonb_build_object('feed_position', pg_current_xact_id()::text::bigint, 'subject_id', 'S', 'id', gen_random_uuid(),
        'payload', replace(o.payload, o.subject_id, 'S')))).* from event_outbox o limit 1`.execute(trx)
  for (let n = 0; n < 10; n++) for (const id of ids) await assign(id, n)
  await read(0)
  t.equal(seen.length, 2, 'nobody reads beyond a transaction that is still open')
  await trx.commit().execute()
  await readUntil(23)
  t.strictSame(faultsIn(seen), [])
  t.equal(new Set(seen.map(({ subject, sequence }) => `${subject.id} ${sequence}`)).size, 23)
  await untilRead(t, pair.replica, 'event_outbox')
})
