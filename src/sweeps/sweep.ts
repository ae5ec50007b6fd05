/**
 * The sweep: finds what is due by an index, claims the cases nobody else holds, and lets each be decided again under its lock. Any number
 * of instances may sweep at once; what one holds the others pass over. Batches are bounded, and one that fails is taken case by case, so a
 * single bad row never stops the rest. So is the whole sweep: whatever went wrong with a policy or a clock, it acts on so many deadlines
 * and no more, says that something is left over, and the next one goes on.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { toTime } from '../foundation/clock.ts'
import { transact } from '../foundation/transaction.ts'
import { type Budget, budgetOf, type Grant, type SweepLimits } from './budget.ts'
import { actedOn, add, countsOf, nothingDone } from './counts.ts'
import { decideAll, type Swept } from './decide.ts'
import { findDue, hasStopped, type Position, platformsWithDue, platformsWithStopped, START } from './find.ts'
import type { SweepResult } from './table.ts'

type SweepConfig = Pick<Deps['config'], 'sweepBatch' | 'sweepMaxPerTick' | 'sweepMaxPerPlatform'>
export type Sweeper = Pick<Deps, 'db' | 'clock' | 'log' | 'rules' | 'metrics'> & { config: SweepConfig }

export const limitsOf = ({ config }: Pick<Sweeper, 'config'>): SweepLimits => ({
  perTick: config.sweepMaxPerTick,
  perPlatform: config.sweepMaxPerPlatform,
})

/** Where a platform's walk goes on. */
interface Turn {
  platformId: string
  after: Position
}

/** Batches at work at once: while the database writes one, the next is decided. More gain nothing. */
const LANES = 2

/**
 * One pass over the given platforms, a batch of each in turn, so that a platform with a large backlog does not make the others wait.
 * @param budget what the pass may do; with less than a batch for each platform left, they share it
 * @param shouldStop asked before each batch
 */
const pass = async (
  sweeper: Sweeper,
  platformIds: readonly string[],
  budget: Budget,
  shouldStop: () => boolean,
): Promise<Map<string, Swept>> => {
  const { db, clock, config } = sweeper
  const swept = new Map<string, Swept>()
  // a case with several woken clocks can be in several batches; whoever decides it acts on all of them
  const inHand = new Set<string>()
  const queue: Turn[] = platformIds.map((platformId) => ({ platformId, after: START }))
  const finished = Promise.withResolvers<void>()
  const failures: unknown[] = []
  let atWork = 0

  const note = (platformId: string, part: Partial<Swept>): void => {
    const total = swept.get(platformId) ?? { result: nothingDone(), busy: 0 }
    if (part.result) add(total.result, part.result)
    total.busy += part.busy ?? 0
    swept.set(platformId, total)
  }

  const batch = async ({ platformId, after }: Turn, grant: Grant): Promise<void> => {
    const nowMs = clock.nowMs()
    const found = await transact(db, (trx) => findDue(trx, platformId, { nowMs, after, limit: grant.size }))
    const last = found.at(-1)
    if (last === undefined) return
    if (found.length === grant.size) {
      queue.push({ platformId, after: { wakes_at: last.wakes_at, id: last.id } })
      fillLanes()
    }
    const ids = new Set(found.map((suspect) => suspect.complaint_id)).difference(inHand)
    if (ids.size === 0) return
    for (const id of ids) inHand.add(id)
    const platform = { id: platformId, rules_version: last.rules_version }
    const part = await decideAll(sweeper, { platform, now: toTime(nowMs + last.clock_offset_ms) }, [...ids].sort(), grant)
    for (const id of ids) inHand.delete(id)
    note(platformId, part)
  }

  const begin = (turn: Turn): void => {
    const grant = budget.grant(turn.platformId, config.sweepBatch, queue.length + 1)
    atWork += 1
    void batch(turn, grant)
      .catch((error: unknown) => {
        queue.length = 0
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
        queue.length = 0
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
  for (const { platformId, after } of queue) {
    const [more] = await transact(db, (trx) => findDue(trx, platformId, { nowMs, after, limit: 1 }))
    if (more) note(platformId, { result: { ...nothingDone(), left_over: true } })
  }
  return swept
}

/** How long a sweep by request waits for cases that others hold, in milliseconds. */
const WAIT_FOR_OTHERS_MS = 10_000
const PAUSE_MS = 50

/**
 * Sweeps one platform until nothing more is due or its limit is reached, for `POST /v1/sweeps`. What is held by others is waited for, within
 * bounds.
 */
export const sweepPlatform = async (sweeper: Sweeper, platformId: string): Promise<SweepResult> => {
  const { db, clock } = sweeper
  const budget = budgetOf(limitsOf(sweeper))
  let total = nothingDone()
  let waits = WAIT_FOR_OTHERS_MS / PAUSE_MS
  for (;;) {
    const swept = await pass(sweeper, [platformId], budget, () => false)
    const { result, busy } = swept.get(platformId) ?? { result: nothingDone(), busy: 0 }
    // what could not be decided, and what was left, is told as of the last pass
    const earlier = { ...nothingDone(), ...countsOf(total), failed: 0 }
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

/**
 * One pass over every platform. What others hold, or what only now falls due, is the next tick's.
 * @param shouldStop asked before each batch
 */
export const sweepAll = async (sweeper: Sweeper, shouldStop: () => boolean): Promise<Map<string, SweepResult>> => {
  const { db, clock } = sweeper
  const platformIds = await platformsWithDue(db, clock.nowMs())
  const swept = await pass(sweeper, platformIds, budgetOf(limitsOf(sweeper)), shouldStop)
  for (const platformId of await platformsWithStopped(db, clock.nowMs())) {
    const found = swept.get(platformId)
    if (found) found.result.stopped = true
  }
  return new Map([...swept].map(([platformId, { result }]) => [platformId, result]))
}
