/**
 * A reader that follows the feed has every event once and those of a case in order, whoever takes the number of its transaction first, commits
 * last, is killed, or stops reading for a while.
 */
import { sql } from 'kysely'
import t from 'tap'
import { complaintMoves } from '../../src/case/complaints/moves.ts'
import { decide } from '../../src/case/decisions/decide.ts'
import { lockCaseFile } from '../../src/case/decisions/load.ts'
import { record } from '../../src/case/decisions/record.ts'
import { toTime } from '../../src/foundation/clock.ts'
import type { Trx } from '../../src/foundation/sql/database.ts'
import { cursorOf } from '../../src/outward/feed/cursor.ts'
import { continueMovedFeeds } from '../../src/platform/across-platforms.ts'
import { faultsIn, type Reader, readerOf, settled } from '../outward/feed/room.ts'
import { ask, eventually, startService, until } from '../process/child.ts'
import { type Json, type TestApp, testApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { agent, done, faultsInBooks, file, instance, supervisor } from './cases.ts'

/** Lets the case have an owner within a transaction that is already open. */
const assignIn = async (trx: Trx, { deps, platformId, clock }: TestApp, id: string, owner: string): Promise<void> => {
  const before = await lockCaseFile(trx, platformId, { table: 'complaints', id }, { lockOrder: false })
  if (!before) throw new Error('there is no such case')
  const scope = { id: platformId, mode: 'test' as const, clock_offset_ms: 0, rules_version: 0 }
  const { decision } = decide(
    before,
    { of: complaintMoves, action: 'assign', body: { owner }, facts: undefined as never },
    { actor: { role: 'supervisor', id: 'zhao' }, now: toTime(clock.nowMs()), rules: await deps.rules.of(scope, before, trx) },
  )
  await record(trx, [{ decision }])
}

/** A transaction that has its number and does nothing yet. */
const numbered = async (one: TestApp): Promise<{ trx: Trx; commit: () => Promise<void> }> => {
  const db = openDb(one.url, 1)
  const trx = await db.startTransaction().execute()
  await sql`select pg_current_xact_id()`.execute(trx)
  return {
    trx,
    commit: async () => {
      await trx.commit().execute()
      await db.destroy()
    },
  }
}

const assign = (app: Pick<TestApp, 'call'>, id: string, n: number) =>
  done(app, supervisor, `/v1/complaints/${id}/assign`, { owner: `agent:a${n}` })

/** What the timelines tell, by case. */
const told = async ({ db }: TestApp): Promise<Map<string, number>> => {
  const rows = await db.selectFrom('case_events').select(['complaint_id', 'sequence']).execute()
  return new Map([...Map.groupBy(rows, (row) => row.complaint_id)].map(([id, all]) => [id, all.length]))
}
const countsOf = (events: readonly Json[]): Map<string, number> =>
  new Map([...Map.groupBy(events, ({ subject }) => subject.id)].map(([id, all]) => [id, all.length]))

await t.test('who took its number first and decides second does not turn the events of a case around', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  await settled(one)
  const reader = readerOf(one)
  await reader.read()
  const early = await numbered(one)
  await assign(one, id, 1)
  t.strictSame(await reader.read(), [], 'nobody reads beyond a transaction that is still open')
  await assignIn(early.trx, one, id, 'agent:a2')
  t.strictSame(await reader.read(), [])
  await early.commit()
  await settled(one)
  t.strictSame(
    (await reader.read(1)).map(({ sequence }) => sequence),
    [2, 3],
  )
})

await t.test('a slow transaction on another case holds events back and loses none', async (t) => {
  const one = await testApp(t)
  const [slow, quick] = [await file(one), await file(one)]
  await settled(one)
  const reader = readerOf(one)
  await reader.read()
  const late = await numbered(one)
  await assignIn(late.trx, one, slow.id, 'agent:a1')
  await assign(one, quick.id, 1)
  t.strictSame(await reader.read(), [])
  await late.commit()
  await settled(one)
  t.strictSame(
    countsOf(await reader.read(1)),
    new Map([
      [slow.id, 1],
      [quick.id, 1],
    ]),
  )
})

await t.test('four writers on two instances, slow transactions, and a reader that stops and goes on', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const cases: string[] = []
  for (let n = 0; n < 6; n++) cases.push((await file(one)).id)
  let writing = true
  const write = async (app: TestApp, from: number): Promise<void> => {
    for (let n = 0; n < 40; n++) await assign(app, cases[(from + n) % cases.length] as string, from * 1000 + n)
  }
  const dawdle = async (): Promise<void> => {
    for (let n = 0; writing; n++) {
      const { trx, commit } = await numbered(one)
      const count = async () =>
        Number((await sql<{ n: number }>`select count(*) as n from case_events`.execute(one.db)).rows[0]?.n)
      const before = await count()
      await eventually(async () => (!writing || (await count()) > before + 3 ? true : undefined), 'others go on meanwhile')
      await assignIn(trx, one, cases[n % cases.length] as string, `agent:slow${n}`)
      await commit()
    }
  }
  const reader = readerOf(one)
  const resumed = readerOf(two)
  const follow = async (who: Reader, rest: number): Promise<void> => {
    for (let n = 0; writing; n++) {
      // who has read a little stops until others have written some more
      if (n % rest === 0) await eventually(async () => ((await who.read(3)).length > 0 || !writing ? true : undefined), 'more')
      else await who.read(3)
    }
  }
  const reading = [follow(reader, 5), follow(resumed, 2)]
  const dawdling = dawdle()
  await Promise.all([write(one, 1), write(one, 2), write(two, 3), write(two, 4)])
  writing = false
  await Promise.all([dawdling, ...reading])
  const all = await told(one)
  await settled(one)
  for (const who of [reader, resumed]) {
    await who.read()
    t.strictSame(faultsIn(who.seen), [])
    t.strictSame(countsOf(who.seen), all)
  }
  t.ok(reader.seen.length > 170, `${reader.seen.length} events`)
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('instances that are killed leave no gap, and a reader goes on at another', async (t) => {
  const one = await testApp(t)
  const env = { DATABASE_URL: one.url, SWEEP_CRON: '0 0 29 2 *' }
  const services = [startService(t, env), startService(t, env)]
  const urls = await Promise.all(services.map(({ url }) => url))
  const ids = await Promise.all([1, 2, 3, 4].map(async () => (await file(one)).id as string))
  const seen: Json[] = []
  let cursor: string | undefined
  let isOver = false
  let answered = 0
  const read = async (from: string): Promise<number> => {
    const url = `${from}/v1/events?limit=7${cursor === undefined ? '' : `&after=${cursor}`}`
    const { body } = await ask(url, { key: one.everyRole, as: 'integration:erp' })
    seen.push(...body.data)
    cursor = body.next_cursor
    return body.data.length
  }
  const write = async (from: string, n: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const done = await ask(`${from}/v1/complaints/${ids[i % 4]}/assign`, {
        key: one.everyRole,
        as: supervisor,
        body: { owner: `agent:w${n}-${i}` },
      }).catch(() => undefined)
      if (done === undefined) return
      answered += 1
    }
  }
  const [first, second] = urls as [string, string]
  const writers = [write(first, 1), write(first, 2), write(second, 3), write(second, 4)]
  await until(() => answered > 20, 'they write')
  await read(first)
  services[0]?.child.kill('SIGKILL')
  await services[0]?.ended
  const before = answered
  await until(() => answered > before + 20, 'the other goes on')
  await read(second)
  services[1]?.child.kill('SIGKILL')
  await services[1]?.ended
  isOver = true
  await Promise.all(writers)

  const here = readerOf(one, '', cursor)
  await settled(one)
  await here.read()
  const all = [...seen, ...here.seen]
  t.strictSame(faultsIn(all), [])
  t.strictSame(countsOf(all), await told(one))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('rows that moved to a server with lower numbers go on in the feed where they were', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  // as if all this had been written where transactions have far higher numbers
  const far = 1_000_000_000_000
  await sql`update event_outbox set feed_position = feed_position + ${far}::bigint`.execute(one.db)
  await sql`update complaints set feed_position = feed_position + ${far}::bigint`.execute(one.db)
  const [row] = await one.db.selectFrom('event_outbox').selectAll().execute()
  if (!row) throw new Error('no event')
  const place = { position: row.feed_position, subjectType: row.subject_type, subjectId: row.subject_id, sequence: row.sequence }
  t.equal(await continueMovedFeeds(one.db), 1)
  t.equal(await continueMovedFeeds(one.db), 0, 'once')
  const before = readerOf(one, '', cursorOf(one.platformId, place))
  t.strictSame(await before.read(), [], 'the reader of before has had it')
  await done(one, agent, `/v1/complaints/${id}/accept`)
  await settled(one)
  t.strictSame(
    (await before.read()).map(({ sequence }) => sequence),
    [2],
    'and gets what comes',
  )
  t.equal((await readerOf(one).read()).length, 2)
})
