/** Writers, slow transactions and readers of the feed, together for a while. */
import { sql } from 'kysely'
import type { Test } from 'tap'
import { complaintMoves } from '../../src/case/complaints/moves.ts'
import { decide } from '../../src/case/decisions/decide.ts'
import { lockCaseFile } from '../../src/case/decisions/load.ts'
import { record } from '../../src/case/decisions/record.ts'
import { toTime } from '../../src/foundation/clock.ts'
import type { Trx } from '../../src/foundation/sql/database.ts'
import { faultsIn, type Reader, readerOf, settled } from '../outward/feed/room.ts'
import { eventually } from '../process/child.ts'
import type { Json, TestApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { done, faultsInBooks, file, supervisor } from './cases.ts'

/** Lets the case have an owner within a transaction that is already open. */
export const assignIn = async (trx: Trx, { deps, platformId, clock }: TestApp, id: string, owner: string): Promise<void> => {
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
export const numbered = async (one: TestApp): Promise<{ trx: Trx; commit: () => Promise<void> }> => {
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

export const assign = (app: Pick<TestApp, 'call'>, id: string, n: number) =>
  done(app, supervisor, `/v1/complaints/${id}/assign`, { owner: `agent:a${n}` })

/** What the timelines tell, by case. */
export const told = async ({ db }: TestApp): Promise<Map<string, number>> => {
  const rows = await db.selectFrom('case_events').select(['complaint_id', 'sequence']).execute()
  return new Map([...Map.groupBy(rows, (row) => row.complaint_id)].map(([id, all]) => [id, all.length]))
}
/** The same of what a reader has seen. Other subjects, as merchants, have no timeline. */
export const countsOf = (events: readonly Json[]): Map<string, number> => {
  const ofCases = events.filter(({ subject }) => subject.type === 'complaint')
  return new Map([...Map.groupBy(ofCases, ({ subject }) => subject.id)].map(([id, all]) => [id, all.length]))
}

/**
 * Four writers at two instances, transactions that take their number early and decide late, and two readers that stop and go on: both must have
 * every event once, and those of a case in order.
 */
export const followWhileOthersWrite = async (t: Test, one: TestApp, two: TestApp): Promise<void> => {
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
}
