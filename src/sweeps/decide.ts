import { systemActor } from '../access/caller.ts'
import { isStopped } from '../automation/switch.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { lockFreeCaseFiles } from '../case-file/load.ts'
import { record } from '../case-file/record.ts'
import type { Trx } from '../database.ts'
import { countResults } from '../deadlines/metrics.ts'
import type { Deps } from '../deps.ts'
import type { Time } from '../foundation/clock.ts'
import { loggedError } from '../foundation/logger.ts'
import { databaseUnavailable, isCollision } from '../foundation/pg-errors.ts'
import { transact } from '../foundation/transaction.ts'
import type { OrderRow } from '../orders/table.ts'
import type { RuleBook, RuledPlatform } from '../policy/rule-book.ts'
import type { Allowance, Grant } from './budget.ts'
import { add, addDecision, nothingDone } from './counts.ts'
import { type Acts, actOnSilence } from './silence.ts'
import type { SweepResult } from './table.ts'

/** What a batch is decided by. */
export interface Moment {
  platform: RuledPlatform
  /** The platform's time. */
  now: Time
}

/** What has come of a part of a sweep. */
export interface Swept {
  result: SweepResult
  /** Cases that somebody else holds at the moment. */
  busy: number
}

/**
 * Decides cases in turn. Those of one order share its money: what an earlier one reserved, a later one sees.
 * @param trx reads the rules too, where they are not known: the pool may have no second connection for as long as this one is held
 */
export const createDecider = (
  trx: Trx,
  rules: RuleBook,
  { platform, now }: Moment,
  automationStopped: boolean,
  allowance: Allowance,
) => {
  const orders = new Map<string, OrderRow>()
  return async (file: CaseFile): Promise<{ decision: Decision; done: Acts }> => {
    if (file.order) file.order = orders.get(file.order.id) ?? file.order
    const of = await rules.of(platform, file, trx)
    const decision = new Decision(file, systemActor, now, { ...of, automationStopped })
    const done = actOnSilence(decision, allowance.room())
    allowance.use(done.acts.length)
    decision.finish()
    if (decision.file.order) orders.set(decision.file.order.id, decision.file.order)
    return { decision, done }
  }
}

/** Decides the given cases as the system and writes all of it at once. */
const decideCases = async (
  trx: Trx,
  rules: RuleBook,
  moment: Moment,
  ids: readonly string[],
  allowance: Allowance,
): Promise<Swept & { decisions: readonly Decision[] }> => {
  const result = nothingDone()
  const stopped = await isStopped(trx, moment.platform.id)
  const files = await lockFreeCaseFiles(trx, moment.platform.id, ids)
  const decide = createDecider(trx, rules, moment, stopped, allowance)
  const decisions: Decision[] = []
  for (const file of files) {
    const { decision, done } = await decide(file)
    addDecision(result, decision, done)
    // a clock that only waits a while longer tells nothing, and is written all the same
    if (decision.events.length > 0 || decision.changedDeadlines().length > 0) decisions.push(decision)
  }
  if (decisions.length > 0) {
    await record(
      trx,
      decisions.map((decision) => ({ decision })),
    )
  }
  return { result, busy: ids.length - files.length, decisions }
}

/** Decides cases together if that goes, else one by one. */
export const decideAll = async (
  { db, log, rules, metrics }: Pick<Deps, 'db' | 'log' | 'rules' | 'metrics'>,
  moment: Moment,
  ids: readonly string[],
  grant: Grant,
): Promise<Swept> => {
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
        return decideCases(trx, rules, moment, of, allowance)
      })
      for (const decision of decided.decisions) countResults(metrics, decision)
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
  const swept: Swept = { result: nothingDone(), busy: 0 }
  for (const id of ids) {
    try {
      const { result, busy } = await decide([id])
      add(swept.result, result)
      swept.busy += busy
    } catch (error) {
      swept.result.failed += 1
      log.error({ ...loggedError(error), complaint: id }, 'a due case could not be decided')
    }
  }
  return swept
}
