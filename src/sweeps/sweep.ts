/**
 * The sweep: finds what is due by an index, claims the cases nobody else holds, and lets each be decided again under its lock. Any number
 * of instances may sweep at once; what one holds the others pass over. Batches are bounded, and one that fails is taken case by case, so a
 * single bad row never stops the rest.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { systemActor } from '../access/caller.ts'
import { rulesOf } from '../case-file/act.ts'
import { Decision } from '../case-file/decision.ts'
import { lockFreeCaseFiles } from '../case-file/load.ts'
import { record } from '../case-file/record.ts'
import type { Db, Trx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type Time, toTime } from '../foundation/clock.ts'
import { loggedError } from '../foundation/logger.ts'
import { databaseUnavailable, isCollision } from '../foundation/pg-errors.ts'
import { transact } from '../foundation/transaction.ts'
import { actOnSilence } from './silence.ts'
import type { SweepResult } from './table.ts'

const nothingDone = (): SweepResult => ({
  due: 0,
  escalated: 0,
  closed: 0,
  expired: 0,
  deemed_accepted: 0,
  warned: 0,
  failed: 0,
})

const add = (total: SweepResult, part: SweepResult): void => {
  for (const key of Object.keys(total) as (keyof SweepResult)[]) total[key] += part[key]
}

type Sweeper = Pick<Deps, 'db' | 'clock' | 'log'> & { config: Pick<Deps['config'], 'sweepBatch'> }

/** How far a pass has come: the walk goes on behind the last deadline that it looked at, whether or not that could be acted on. */
interface Position {
  /** As Postgres prints it, to the microsecond: rounded, the walk would come to the same rows again. */
  wakes_at: string
  id: string
}

const START: Position = { wakes_at: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

interface Suspect extends Position {
  complaint_id: string
  clock_offset_ms: number
}

/** What has come of a pass over one platform. */
interface Swept {
  result: SweepResult
  /** Cases that somebody else holds at the moment. */
  busy: number
}

/** The running deadlines of a platform that have woken, to be acted on or warned of, in that order. */
const findDue = async (trx: Trx, platformId: string, nowMs: number, after: Position, limit: number): Promise<Suspect[]> => {
  // Statistics lie in the past of what is due: the planner would fetch and sort all of it for every batch instead of walking the index.
  await sql`set local enable_bitmapscan = off`.execute(trx)
  const { rows } = await sql<Suspect>`
    select d.complaint_id, d.wakes_at::text as wakes_at, d.id, p.clock_offset_ms
      from platforms p cross join lateral (
        select complaint_id, wakes_at, id from deadlines
         where platform_id = p.id and status = 'running'
           and wakes_at <= ${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 millisecond'
           and (wakes_at, id) > (${after.wakes_at}::timestamptz, ${after.id}::uuid)
         order by wakes_at, id limit ${limit}) d
     where p.id = ${platformId}`.execute(trx)
  return rows
}

/** Decides the given cases as the system and writes all of it at once. */
const decideCases = async (
  trx: Trx,
  platformId: string,
  ids: readonly string[],
  now: Time,
): Promise<{ result: SweepResult; held: number }> => {
  const result = nothingDone()
  const files = await lockFreeCaseFiles(trx, platformId, ids)
  const decisions: Decision[] = []
  // cases of one order share its money: what an earlier decision of this batch reserved, a later one must see
  const orders = new Map(files.flatMap(({ order }) => (order ? [[order.id, order]] : [])))
  for (const file of files) {
    if (file.order) file.order = orders.get(file.order.id) ?? file.order
    const decision = new Decision(file, systemActor, now, rulesOf(platformId))
    result.due += actOnSilence(decision)
    if (decision.events.length === 0) continue
    decisions.push(decision.finish())
    if (decision.file.order) orders.set(decision.file.order.id, decision.file.order)
  }
  if (decisions.length > 0) {
    await record(
      trx,
      decisions.map((decision) => ({ decision })),
    )
  }
  for (const { type, data } of decisions.flatMap((decision) => decision.events)) {
    if (type === 'complaint_escalated') result.escalated += 1
    else if (type === 'complaint_closed') result.closed += 1
    else if (type === 'plan_expired') result.expired += 1
    else if (type === 'plan_accepted' && data.deemed === true) result.deemed_accepted += 1
    else if (type === 'deadline_due_soon') result.warned += 1
  }
  return { result, held: files.length }
}

/** Decides cases together if that goes, else one by one. */
const decideAll = async ({ db, log }: Sweeper, platformId: string, ids: readonly string[], now: Time): Promise<Swept> => {
  try {
    const { result, held } = await transact(db, (trx) => decideCases(trx, platformId, ids, now))
    return { result, busy: ids.length - held }
  } catch (error) {
    // without a database nothing is gained by asking once for each case
    if (databaseUnavailable(error) && !isCollision(error)) throw error
    log.warn({ ...loggedError(error), cases: ids.length }, 'a batch failed and is taken case by case')
  }
  const swept: Swept = { result: nothingDone(), busy: 0 }
  for (const id of ids) {
    try {
      const { result, held } = await transact(db, (trx) => decideCases(trx, platformId, [id], now))
      add(swept.result, result)
      swept.busy += 1 - held
    } catch (error) {
      swept.result.failed += 1
      log.error({ ...loggedError(error), complaint: id }, 'a due case could not be decided')
    }
  }
  return swept
}

/** Batches at work at once: while the database writes one, the next is decided. More gain nothing. */
const LANES = 2

/**
 * One pass over the given platforms, a batch of each in turn, so that a platform with a large backlog does not make the others wait.
 * @param shouldStop asked before each batch
 */
const pass = async (sweeper: Sweeper, platformIds: readonly string[], shouldStop: () => boolean): Promise<Map<string, Swept>> => {
  const { db, clock, config } = sweeper
  const swept = new Map<string, Swept>()
  // a case with several woken clocks can be in several batches; whoever decides it acts on all of them
  const inHand = new Set<string>()
  const queue = platformIds.map((platformId) => ({ platformId, after: START }))
  const finished = Promise.withResolvers<void>()
  const failures: unknown[] = []
  let atWork = 0

  const batch = async ({ platformId, after }: { platformId: string; after: Position }): Promise<void> => {
    const nowMs = clock.nowMs()
    const found = await transact(db, (trx) => findDue(trx, platformId, nowMs, after, config.sweepBatch))
    const last = found.at(-1)
    if (last === undefined) return
    if (found.length === config.sweepBatch) {
      queue.push({ platformId, after: { wakes_at: last.wakes_at, id: last.id } })
      fillLanes()
    }
    const ids = new Set(found.map((suspect) => suspect.complaint_id)).difference(inHand)
    if (ids.size === 0) return
    for (const id of ids) inHand.add(id)
    const { result, busy } = await decideAll(sweeper, platformId, [...ids].sort(), toTime(nowMs + last.clock_offset_ms))
    for (const id of ids) inHand.delete(id)
    const total = swept.get(platformId) ?? { result: nothingDone(), busy: 0 }
    add(total.result, result)
    swept.set(platformId, { result: total.result, busy: total.busy + busy })
  }

  const fillLanes = (): void => {
    while (atWork < LANES && queue.length > 0) {
      if (shouldStop()) {
        queue.length = 0
        break
      }
      atWork += 1
      void batch(queue.shift() as (typeof queue)[number])
        .catch((error: unknown) => {
          queue.length = 0
          failures.push(error)
        })
        .then(() => {
          atWork -= 1
          fillLanes()
        })
    }
    if (atWork === 0) finished.resolve()
  }
  fillLanes()
  await finished.promise
  if (failures.length > 0) throw failures[0]
  return swept
}

/** How long a sweep by request waits for cases that others hold, in milliseconds. */
const WAIT_FOR_OTHERS_MS = 10_000
const PAUSE_MS = 50

/** Sweeps one platform until nothing more is due, for `POST /v1/sweeps`. What is held by others is waited for, within bounds. */
export const sweepPlatform = async (sweeper: Sweeper, platformId: string): Promise<SweepResult> => {
  const total = nothingDone()
  let waits = WAIT_FOR_OTHERS_MS / PAUSE_MS
  for (;;) {
    const { result, busy } = (await pass(sweeper, [platformId], () => false)).get(platformId) ?? {
      result: nothingDone(),
      busy: 0,
    }
    add(total, { ...result, failed: 0 })
    total.failed = result.failed
    const acted = result.due + result.warned
    if (busy === 0 && acted === 0) return total
    if (acted > 0) continue
    if (waits-- <= 0) return total
    await pause(PAUSE_MS)
  }
}

/** Platforms on which something is due now, each by its own clock. */
const platformsWithDue = async (db: Db, nowMs: number): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select p.id from platforms p cross join lateral (
      select from deadlines d where d.platform_id = p.id and d.status = 'running'
         and d.wakes_at <= ${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 millisecond'
       order by d.wakes_at limit 1) due
    order by p.id`.execute(db)
  return rows.map((row) => row.id)
}

/**
 * One pass over every platform. What others hold, or what only now falls due, is the next tick's.
 * @param shouldStop asked before each batch
 */
export const sweepAll = async (sweeper: Sweeper, shouldStop: () => boolean): Promise<Map<string, SweepResult>> => {
  const platformIds = await platformsWithDue(sweeper.db, sweeper.clock.nowMs())
  const swept = await pass(sweeper, platformIds, shouldStop)
  return new Map([...swept].map(([platformId, { result }]) => [platformId, result]))
}
