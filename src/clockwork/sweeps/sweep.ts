/**
 * The sweep: finds what is due by an index, claims the cases nobody else holds, and lets each be decided again under its lock. Any number
 * of instances may sweep at once; what one holds the others pass over. Batches are bounded, and one that fails is taken case by case, so a
 * single bad row never stops the rest. So is the whole sweep: whatever went wrong with a policy or a clock, it acts on so many deadlines
 * and no more, says that something is left over, and the next one goes on. A case that cannot be decided is put aside (see `stuck-cases`): it
 * is found again when its next try is due, and then only a few of its kind are tried at a time, as long as all of them fail. A platform whose
 * rows are out of reach is left out, and the others are swept.
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

/** Where a platform's walk goes on: behind a deadline, or with the next so many stuck cases. */
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
 * @param budget what the pass may do; with less than a batch for each platform left, they share it
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
  // a case with several woken clocks can be in several batches; whoever decides it acts on all of them
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
    // those behind a failure wait for the next tick: they would most likely fail as well; what is left to others would be found again
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
      // who has reached a limit waits: a batch at work may give something back
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

/** Whatever breaks a sweep off, its runs say so; where that cannot be written either, their silence will. */
const orInterrupt = async <T>(runs: Runs, sweep: () => Promise<T>): Promise<T> => {
  try {
    return await sweep()
  } catch (error) {
    await runs.interrupt().catch(() => undefined)
    throw error
  }
}

/**
 * Sweeps one platform until nothing more is due or its limit is reached, for `POST /v1/sweeps`. What is held by others is waited for, within
 * bounds.
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
    // what was left is told as of the last pass; what could not be decided is not tried again by the next
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
 * One pass over every platform. What others hold, or what only now falls due, is the next tick's.
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
