/**
 * The sweep finds what is due by an index, locks the cases that nobody else holds, and has each decided anew under its lock. Any number of
 * instances may sweep at once; each passes over the cases that another one holds. Batches are bounded, and a batch that fails is decided
 * case by case, so a single bad row never stops the rest. The whole sweep is bounded, too: whatever went wrong with a policy or a clock, it
 * acts on a limited number of deadlines, reports that something is left over, and the next sweep goes on. A case that cannot be decided is
 * put aside (see `stuck-cases`) and found again when its next try is due. Then a few stuck cases are tried first, and more only if none of
 * them fails. A platform whose rows are out of reach is left out, and the others are swept.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { toTime } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { apart, askEach, type LeaveOut, leaveNobodyOut } from '../../platform/platforms/ask-each.ts'
import { findAllCalls } from '../across-platforms.ts'
import type { Deps, SweepConfig } from '../deps.ts'
import { type Budget, budgetOf, type Grant, type SweepLimits } from './budget.ts'
import { actedOn, add, countsOf, nothingDone } from './counts.ts'
import { decideAll, type Swept } from './decide.ts'
import { type Called, findCalls, findDue, findRetries, hasStopped, type Position, type Retry, START } from './find.ts'
import { sweepMetrics } from './metrics.ts'
import { createRuns, type Runs } from './runs.ts'
import type { SweepResult } from './table.ts'

export type Sweeper = Pick<Deps, 'db' | 'clock' | 'log' | 'rules' | 'metrics'> & { config: SweepConfig }

export const limitsOf = ({ config }: Pick<Sweeper, 'config'>): SweepLimits => ({
  perTick: config.sweepMaxPerTick,
  perPlatform: config.sweepMaxPerPlatform,
})

/** Where the pass over a platform goes on: after a deadline, or with a number of stuck cases. */
interface Turn {
  platformId: string
  walk: { after: Position } | { retries: number }
}

/** How many stuck cases of a platform are tried again at once, until a batch of them shows that they can be decided. */
export const RETRIES = 50

/** Batches at work at once: while the database writes one, the next is decided. More gain nothing. */
const LANES = 2

/**
 * One pass over the given platforms, a batch of each in turn, so that a platform with a large backlog does not make the others wait.
 * @param budget how much the pass may do; where less than a batch is left for each platform, the platforms share it
 * @param shouldStop asked before each batch
 * @param leaveOut told of a platform that fails alone; what it throws ends the pass
 */
const pass = async (
  sweeper: Sweeper,
  platforms: readonly Called[],
  budget: Budget,
  runs: Runs,
  shouldStop: () => boolean,
  leaveOut: LeaveOut,
): Promise<Map<string, Swept>> => {
  const { db, clock, config } = sweeper
  const swept = new Map<string, Swept>()
  // a case with several woken clocks can be in several batches; the first of them acts on all of its clocks
  const inHand = new Set<string>()
  let queue: Turn[] = platforms.flatMap(({ id: platformId, due, retries }) => [
    ...(due ? [{ platformId, walk: { after: START } }] : []),
    ...(retries ? [{ platformId, walk: { retries: Math.min(RETRIES, config.sweepBatch) } }] : []),
  ])
  const finished = Promise.withResolvers<void>()
  const failures: unknown[] = []
  let atWork = 0

  const note = (platformId: string, part: Partial<Swept>): void => {
    const total = swept.get(platformId) ?? { result: nothingDone(), busy: 0, left: 0 }
    if (part.result) add(total.result, part.result)
    total.busy += part.busy ?? 0
    total.left += part.left ?? 0
    swept.set(platformId, total)
  }

  const decideFound = async (
    platformId: string,
    nowMs: number,
    found: readonly Retry[],
    grant: Grant,
  ): Promise<Swept | undefined> => {
    const [first] = found
    const ids = new Set(found.map((suspect) => suspect.complaint_id)).difference(inHand)
    if (first === undefined || ids.size === 0) return undefined
    for (const id of ids) inHand.add(id)
    const platform = { id: platformId, rules_version: first.rules_version }
    const now = toTime(nowMs + first.clock_offset_ms)
    const part = await decideAll(sweeper, { platform, now }, [...ids].sort(), grant, runs)
    for (const id of ids) inHand.delete(id)
    note(platformId, part)
    return part
  }

  const walkOn = async (platformId: string, after: Position, grant: Grant): Promise<void> => {
    const nowMs = clock.nowMs()
    const found = await transact(db, (trx) => findDue(trx, platformId, { nowMs, after, limit: grant.size }))
    const last = found.at(-1)
    if (last !== undefined && found.length === grant.size) {
      queue.push({ platformId, walk: { after: { wakes_at: last.wakes_at, id: last.id } } })
      fillLanes()
    }
    await decideFound(platformId, nowMs, found, grant)
  }

  const retry = async (platformId: string, limit: number, grant: Grant): Promise<void> => {
    const nowMs = clock.nowMs()
    const found = await findRetries(db, platformId, { nowMs, limit: Math.min(limit, grant.size) })
    const part = await decideFound(platformId, nowMs, found, grant)
    // After a failure the other stuck cases wait for the next tick, since they would most likely fail as well. Busy cases and cases that
    // are left to newer instances would only be found again.
    if (part && found.length >= limit && part.result.failed + part.busy + part.left === 0)
      queue.push({ platformId, walk: { retries: config.sweepBatch } })
  }

  const batch = async ({ platformId, walk }: Turn, grant: Grant): Promise<void> => {
    if ('after' in walk) await walkOn(platformId, walk.after, grant)
    else await retry(platformId, walk.retries, grant)
    await runs.beat()
  }

  const drop = (): void => {
    for (const { platformId } of queue.splice(0)) runs.cut(platformId)
  }

  const giveUp: LeaveOut = (platformId, error) => {
    leaveOut(platformId, error)
    runs.cut(platformId)
    queue = queue.filter((turn) => turn.platformId !== platformId)
  }

  const begin = (turn: Turn): void => {
    const grant = budget.grant(turn.platformId, config.sweepBatch, queue.length + 1)
    atWork += 1
    void apart(turn.platformId, giveUp, () => batch(turn, grant))
      .catch((error: unknown) => {
        drop()
        failures.push(error)
      })
      .then(() => {
        grant.end()
        atWork -= 1
        fillLanes()
      })
  }

  const fillLanes = (): void => {
    while (atWork < LANES) {
      // a platform that has reached a limit waits: a batch at work may give something back
      const index = queue.findIndex(({ platformId }) => budget.left(platformId) > 0)
      if (index < 0) break
      if (shouldStop()) {
        drop()
        break
      }
      for (const turn of queue.splice(index, 1)) begin(turn)
    }
    if (atWork === 0) finished.resolve()
  }
  fillLanes()
  await finished.promise
  if (failures.length > 0) throw failures[0]

  const nowMs = clock.nowMs()
  for (const { platformId, walk } of queue) {
    await apart(platformId, leaveOut, async () => {
      const [more] =
        'after' in walk
          ? await transact(db, (trx) => findDue(trx, platformId, { nowMs, after: walk.after, limit: 1 }))
          : await findRetries(db, platformId, { nowMs, limit: 1 })
      if (more) note(platformId, { result: { ...nothingDone(), left_over: true } })
    })
  }
  return swept
}

/** How long a sweep by request waits for cases that others hold, in milliseconds. */
const WAIT_FOR_OTHERS_MS = 10_000
const PAUSE_MS = 50

/** Marks the runs as interrupted when the sweep fails. Where that cannot be written either, their silence tells it. */
const orInterrupt = async <T>(runs: Runs, sweep: () => Promise<T>): Promise<T> => {
  try {
    return await sweep()
  } catch (error) {
    await runs.interrupt().catch(() => undefined)
    throw error
  }
}

/**
 * Sweeps one platform until nothing more is due or its limit is reached, for `POST /v1/sweeps`. Waits at most `WAIT_FOR_OTHERS_MS` for
 * cases that others hold.
 */
export const sweepPlatform = (sweeper: Sweeper, platformId: string): Promise<SweepResult> => {
  const runs = createRuns(sweeper, 'request')
  return orInterrupt(runs, async () => {
    const result = await sweepUntilDone(sweeper, platformId, runs)
    await runs.end(platformId, result)
    return result
  })
}

const sweepUntilDone = async (sweeper: Sweeper, platformId: string, runs: Runs): Promise<SweepResult> => {
  const { db, clock } = sweeper
  const budget = budgetOf(limitsOf(sweeper))
  let total = nothingDone()
  let waits = WAIT_FOR_OTHERS_MS / PAUSE_MS
  for (;;) {
    const swept = await pass(sweeper, [{ id: platformId, due: true, retries: true }], budget, runs, () => false, leaveNobodyOut)
    const { result, busy } = swept.get(platformId) ?? { result: nothingDone(), busy: 0 }
    // `left_over` and `stopped` are those of the last pass. Counts add up: a case that failed is not tried again by the next pass.
    const earlier = { ...nothingDone(), ...countsOf(total) }
    total = { ...result }
    add(total, earlier)
    const acted = actedOn(result)
    if (budget.left(platformId) === 0 || (busy === 0 && acted === 0)) break
    if (acted > 0) continue
    if (waits-- <= 0) break
    await pause(PAUSE_MS)
  }
  total.stopped ||= await hasStopped(db, platformId, clock.nowMs())
  return total
}

/** How many platforms one line of the log names. */
const MOST_NAMED = 20

/**
 * One pass over every platform. Cases that others hold, and deadlines that fall due meanwhile, are left to the next tick.
 * @param shouldStop asked before each batch
 */
export const sweepAll = (sweeper: Sweeper, shouldStop: () => boolean): Promise<Map<string, SweepResult>> => {
  const { db, clock, log, metrics } = sweeper
  const runs = createRuns(sweeper, 'cron')
  const failed = new Map<string, unknown>()
  const leaveOut: LeaveOut = (platformId, error) => void failed.set(platformId, failed.get(platformId) ?? error)
  return orInterrupt(runs, async () => {
    const nowMs = clock.nowMs()
    const ofAll = { together: () => findAllCalls(db, nowMs), alone: (id: string) => findCalls(db, id, nowMs) }
    const platforms = await askEach(db, ofAll, leaveOut)
    const swept = await pass(sweeper, platforms, budgetOf(limitsOf(sweeper)), runs, shouldStop, leaveOut)
    for (const [platformId, { result }] of swept)
      await apart(platformId, leaveOut, async () => {
        result.stopped ||= await hasStopped(db, platformId, clock.nowMs())
        await runs.end(platformId, result)
      })
    const [first] = failed.values()
    if (failed.size > 0) {
      sweepMetrics(metrics).platformsFailed.inc(failed.size)
      const named = [...failed.keys()].slice(0, MOST_NAMED)
      log.error(
        { ...loggedError(first), count: failed.size, platforms: named },
        'platforms could not be swept; the next tick tries',
      )
    }
    return new Map([...swept].map(([platformId, { result }]) => [platformId, result]))
  })
}
