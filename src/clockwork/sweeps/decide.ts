import { findGateFacts } from '../../case/advances/find.ts'
import { countAdvances } from '../../case/advances/metrics.ts'
import type { CaseFile } from '../../case/case-file/case-file.ts'
import type { Decision } from '../../case/case-file/decision.ts'
import { countResults } from '../../case/deadlines/metrics.ts'
import { isLeft } from '../../case/decisions/left-to-others.ts'
import { lockFreeCaseFiles } from '../../case/decisions/load.ts'
import { record } from '../../case/decisions/record.ts'
import { countHolds } from '../../case/holds/metrics.ts'
import type { OrderRow } from '../../case/orders/table.ts'
import { decideSilence } from '../../case/silence/decide.ts'
import { type Act, type Acts, asksGate, isDue } from '../../case/silence/silence.ts'
import { classify } from '../../case/stuck-cases/classify.ts'
import { forgetStuck, keepStuck, putToSleep } from '../../case/stuck-cases/record.ts'
import { decideUnstuck, type Failed, failedTry, isIdle, isResting } from '../../case/stuck-cases/rules.ts'
import { type Time, toTime } from '../../foundation/clock.ts'
import { loggedError } from '../../foundation/process/logger.ts'
import type { Trx } from '../../foundation/sql/database.ts'
import { databaseUnavailable, isCollision, sqlState } from '../../foundation/sql/errors.ts'
import { transact } from '../../foundation/sql/transaction.ts'
import { systemActor } from '../../platform/access/caller.ts'
import { isStopped } from '../../rules/automation/switch.ts'
import { RulesMissing } from '../../rules/rule-book/missing.ts'
import type { RuleBook, RuledPlatform } from '../../rules/rule-book/rule-book.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { Deps } from '../deps.ts'
import type { Allowance, Grant } from './budget.ts'
import { add, addDecision, nothingDone } from './counts.ts'
import { observeLateness } from './lateness.ts'
import type { Runs } from './runs.ts'
import type { SweepResult } from './table.ts'

type Sweeping = Pick<Deps, 'db' | 'log' | 'rules' | 'metrics' | 'clock'>

/** The platform and the time of a batch. */
export interface Moment {
  platform: RuledPlatform
  /** The platform's time. */
  now: Time
}

/** The outcome of a part of a sweep. */
export interface Swept {
  result: SweepResult
  /** Cases that somebody else holds at the moment. */
  busy: number
  /** Cases that are left to instances of a newer version. */
  left: number
}

/**
 * Decides cases in turn. Cases of one order share its money, so a later case sees what an earlier one has reserved.
 * @param trx also reads rules that are not known yet: the pool may have no second connection while this one is held
 */
export const createDecider = (
  trx: Trx,
  rules: RuleBook,
  { platform, now }: Moment,
  automationStopped: boolean,
  allowance: Allowance,
) => {
  const orders = new Map<string, OrderRow>()
  const missing = new Map<number, RulesMissing>()
  /** A policy version that is missing is looked for only once. */
  const rulesOf = async (file: CaseFile): Promise<Rules> => {
    const version = file.complaint.policy_version
    const known = missing.get(version)
    if (known) throw known
    try {
      return await rules.of(platform, file, trx)
    } catch (error) {
      if (error instanceof RulesMissing && error.missing === 'policy') missing.set(version, error)
      throw error
    }
  }
  return async (file: CaseFile): Promise<{ decision: Decision; done: Acts }> => {
    if (file.order) file.order = orders.get(file.order.id) ?? file.order
    const ruled = { ...(await rulesOf(file)), automationStopped }
    const asks = file.deadlines.some((clock) => isDue(clock, now) && asksGate(clock))
    // unlocked: the statement of a decision is guarded, and a batch would take the locks of its cases in any order
    const beyond = asks ? { gate: await findGateFacts(trx, file, systemActor, now, ruled, { lock: false }) } : {}
    const { decision, done } = decideSilence(file, { now, rules: ruled }, allowance.room(), beyond)
    allowance.use(done.acts.length)
    if (decision.file.order) orders.set(decision.file.order.id, decision.file.order)
    return { decision, done }
  }
}

/** A case that could not be decided. */
interface Stuck extends Failed {
  error: unknown
}

interface Decided extends Swept {
  decisions: readonly { decision: Decision; acts: readonly Act[] }[]
  stuck: readonly Stuck[]
}

/** An error of the database ends the transaction of the whole batch; any other concerns one case only. */
const isOfTheDatabase = (error: unknown): boolean => sqlState(error) !== undefined || databaseUnavailable(error)

/**
 * Decides the given cases as the system and writes all of it at once: the decisions, which cases are stuck and which no longer are, and
 * what the run has done so far.
 */
const decideCases = async (
  trx: Trx,
  sweeping: Sweeping,
  moment: Moment,
  ids: readonly string[],
  allowance: Allowance,
  runs: Runs,
): Promise<Decided> => {
  const { rules, clock } = sweeping
  const { platform, now } = moment
  const result = nothingDone()
  const stopped = await isStopped(trx, platform.id)
  const files = await lockFreeCaseFiles(trx, platform.id, ids)
  const decide = createDecider(trx, rules, moment, stopped, allowance)
  const decisions: { decision: Decision; acts: readonly Act[] }[] = []
  const stuck: Stuck[] = []
  const freed: string[] = []
  const realNow = toTime(clock.nowMs())
  let left = 0
  for (const file of files) {
    if (isLeft(sweeping, file)) {
      left += 1
      continue
    }
    if (isResting(file, { now, realNow })) continue
    try {
      if (file.stuck && isIdle(file, now)) decisions.push({ decision: decideUnstuck(file, file.stuck, now), acts: [] })
      else {
        const { decision, done } = await decide(file)
        addDecision(result, decision, done)
        // a clock that only waits longer causes no event, but has to be written
        if (decision.events.length > 0 || decision.changedDeadlines().length > 0) decisions.push({ decision, acts: done.acts })
      }
      if (file.stuck) freed.push(file.complaint.id)
    } catch (error) {
      if (isOfTheDatabase(error)) throw error
      stuck.push({ ...failedTry(file, classify(error), { now, realNow }), error })
    }
  }
  result.failed += stuck.length
  const written = [...decisions, ...stuck].map(({ decision }) => ({ decision }))
  if (written.length > 0) await record(trx, written)
  await keepStuck(
    trx,
    stuck.map(({ row }) => row),
  )
  await forgetStuck(trx, platform.id, freed)
  // last, so that batches of one platform wait for each other no longer than a commit takes
  await runs.note(trx, platform.id, result)
  return { result, busy: ids.length - files.length, left, decisions, stuck }
}

const tell = (log: Sweeping['log'], stuck: readonly Stuck[]): void => {
  for (const { row, error, isToBeLogged } of stuck) {
    if (!isToBeLogged) continue
    const { complaint_id: complaint, error_class, tries, next_try_at } = row
    log.error({ ...loggedError(error), complaint, error_class, tries, next_try_at }, 'a due case could not be decided')
  }
}

/**
 * Marks a case as stuck after the database refused its decision: with an event in its trail or, if that is refused as well, without one.
 * @returns whether the case was passed over: another transaction holds it, or it is left to newer instances
 */
const keepRefused = async (
  sweeping: Sweeping,
  { platform, now }: Moment,
  id: string,
  error: unknown,
  runs: Runs,
): Promise<boolean> => {
  const { db, log, clock } = sweeping
  const keep = (told: boolean): Promise<Stuck | undefined> =>
    transact(db, async (trx) => {
      const [file] = await lockFreeCaseFiles(trx, platform.id, [id])
      if (file === undefined || isLeft(sweeping, file)) return undefined
      const failed = failedTry(file, classify(error), { now, realNow: toTime(clock.nowMs()) })
      if (told) await record(trx, [{ decision: failed.decision }])
      else await putToSleep(trx, failed.row, now)
      await keepStuck(trx, [failed.row])
      await runs.note(trx, platform.id, { ...nothingDone(), failed: 1 })
      return { ...failed, error }
    })
  const kept = await keep(true).catch((again: unknown) => {
    if (databaseUnavailable(again)) throw again
    return keep(false)
  })
  if (kept) tell(log, [kept])
  return kept === undefined
}

/** Decides cases in one batch. If the batch fails, they are decided one by one. */
export const decideAll = async (
  sweeping: Sweeping,
  moment: Moment,
  ids: readonly string[],
  grant: Grant,
  runs: Runs,
): Promise<Swept> => {
  const { db, log, metrics } = sweeping
  const decide = async (of: readonly string[]): Promise<Swept> => {
    let used = 0
    const undo = (): void => {
      grant.undo(used)
      used = 0
    }
    const allowance: Allowance = {
      room: grant.room,
      use: (deadlines) => {
        used += deadlines
        grant.use(deadlines)
      },
    }
    try {
      const decided = await transact(db, (trx) => {
        // a rerun begins afresh
        undo()
        return decideCases(trx, sweeping, moment, of, allowance, runs)
      })
      for (const { decision, acts } of decided.decisions) {
        countResults(metrics, decision)
        countAdvances(metrics, decision)
        countHolds(metrics, decision)
        observeLateness(metrics, decision, acts)
      }
      tell(log, decided.stuck)
      return decided
    } catch (error) {
      undo()
      throw error
    }
  }
  try {
    return await decide(ids)
  } catch (error) {
    // without a database nothing is gained by asking once for each case
    if (databaseUnavailable(error) && !isCollision(error)) throw error
    log.warn({ ...loggedError(error), cases: ids.length }, 'a batch failed and is taken case by case')
  }
  const swept: Swept = { result: nothingDone(), busy: 0, left: 0 }
  for (const id of ids) {
    try {
      const { result, busy, left } = await decide([id])
      add(swept.result, result)
      swept.busy += busy
      swept.left += left
    } catch (error) {
      if (databaseUnavailable(error) && !isCollision(error)) throw error
      swept.result.failed += 1
      // a collision passes; the next tick tries again
      if (isCollision(error)) log.warn({ ...loggedError(error), complaint: id }, 'a due case is held; the next tick tries again')
      else if (await keepRefused(sweeping, moment, id, error, runs)) swept.busy += 1
    }
  }
  return swept
}
