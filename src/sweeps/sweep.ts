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
import { transact } from '../foundation/transaction.ts'
import { actOnSilence } from './silence.ts'
import type { SweepResult } from './table.ts'

export const nothingDone = (): SweepResult => ({
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
  wakes_at: Time
  id: string
}

const START: Position = { wakes_at: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

interface Suspect extends Position {
  complaint_id: string
  clock_offset_ms: number
}

interface Batch {
  result: SweepResult
  /** Cases that somebody else holds at the moment. */
  busy: number
  /** Where to go on; `undefined` when nothing further is due. */
  next: Position | undefined
}

/** The running deadlines of a platform that have woken, to be acted on or warned of, in that order. */
const findDue = async (trx: Trx, platformId: string, nowMs: number, after: Position, limit: number): Promise<Suspect[]> => {
  // Statistics lie in the past of what is due: the planner would fetch and sort all of it for every batch instead of walking the index.
  await sql`set local enable_bitmapscan = off`.execute(trx)
  const { rows } = await sql<Suspect>`
    select d.complaint_id, d.wakes_at, d.id, p.clock_offset_ms
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

const sweepBatch = async ({ db, clock, log, config }: Sweeper, platformId: string, after: Position): Promise<Batch> => {
  const nowMs = clock.nowMs()
  let found: Suspect[] = []
  const decideAll = (trx: Trx, ids: readonly string[]) =>
    decideCases(trx, platformId, ids, toTime(nowMs + (found[0]?.clock_offset_ms ?? 0)))
  const idsOf = () => [...new Set(found.map((suspect) => suspect.complaint_id))].sort()
  const last = () => {
    const suspect = found.at(-1)
    return found.length < config.sweepBatch || !suspect ? undefined : { wakes_at: suspect.wakes_at, id: suspect.id }
  }
  try {
    const { result, held } = await transact(db, async (trx) => {
      found = await findDue(trx, platformId, nowMs, after, config.sweepBatch)
      return found.length === 0 ? { result: nothingDone(), held: 0 } : decideAll(trx, idsOf())
    })
    return { result, busy: idsOf().length - held, next: last() }
  } catch (error) {
    if (found.length === 0) throw error
    log.warn({ ...loggedError(error), cases: idsOf().length }, 'a batch failed and is taken case by case')
  }
  const total = nothingDone()
  let busy = 0
  for (const id of idsOf()) {
    try {
      const { result, held } = await transact(db, (trx) => decideAll(trx, [id]))
      add(total, result)
      busy += 1 - held
    } catch (error) {
      total.failed += 1
      log.error({ ...loggedError(error), complaint: id }, 'a due case could not be decided')
    }
  }
  return { result: total, busy, next: last() }
}

/** How long a sweep by request waits for cases that others hold, in milliseconds. */
const WAIT_FOR_OTHERS_MS = 10_000
const PAUSE_MS = 50

/** Sweeps one platform until nothing more is due, for `POST /v1/sweeps`. What is held by others is waited for, within bounds. */
export const sweepPlatform = async (sweeper: Sweeper, platformId: string): Promise<SweepResult> => {
  const total = nothingDone()
  let waits = WAIT_FOR_OTHERS_MS / PAUSE_MS
  for (;;) {
    let busy = 0
    let acted = 0
    let failed = 0
    for (let position: Position | undefined = START; position; ) {
      const batch: Batch = await sweepBatch(sweeper, platformId, position)
      add(total, { ...batch.result, failed: 0 })
      failed += batch.result.failed
      acted += batch.result.due + batch.result.warned
      busy += batch.busy
      position = batch.next
    }
    total.failed = failed
    if (busy === 0 && acted === 0) return total
    if (acted > 0) continue
    if (waits-- <= 0) return total
    await pause(PAUSE_MS)
  }
}

/** Platforms on which something is due now, each by its own clock. */
const platformsWithDue = async (db: Db, nowMs: number): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select p.id from platforms p where exists (
      select 1 from deadlines d where d.platform_id = p.id and d.status = 'running'
         and d.wakes_at <= ${toTime(nowMs)}::timestamptz + p.clock_offset_ms * interval '1 millisecond')
    order by p.id`.execute(db)
  return rows.map((row) => row.id)
}

/**
 * One pass over every platform, a batch of each in turn, so that a platform with a large backlog does not make the others wait.
 * What others hold, or what only now falls due, is the next tick's.
 * @param shouldStop asked between batches
 */
export const sweepAll = async (sweeper: Sweeper, shouldStop: () => boolean): Promise<Map<string, SweepResult>> => {
  const results = new Map<string, SweepResult>()
  const positions = new Map((await platformsWithDue(sweeper.db, sweeper.clock.nowMs())).map((id) => [id, START]))
  while (positions.size > 0) {
    for (const [platformId, position] of [...positions]) {
      if (shouldStop()) return results
      const { result, next } = await sweepBatch(sweeper, platformId, position)
      const total = results.get(platformId) ?? nothingDone()
      add(total, result)
      results.set(platformId, total)
      if (next) positions.set(platformId, next)
      else positions.delete(platformId)
    }
  }
  return results
}
