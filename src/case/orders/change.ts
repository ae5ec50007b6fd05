/** How an order is changed beside decisions: under the locks of its open cases, which are told. */

import type { Trx } from '../../foundation/sql/database.ts'
import { LostRace } from '../../foundation/sql/errors.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { platformNow } from '../../platform/platforms/clock.ts'
import { notFound, problem } from '../../words/problems.ts'
import { isPartyInDisguise } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { isLeft } from '../decisions/left-to-others.ts'
import { readCaseFiles } from '../decisions/load.ts'
import { record } from '../decisions/record.ts'
import { readRules } from '../decisions/take.ts'
import type { Deps } from '../deps.ts'
import { statementOf } from './book.ts'
import { type Known, refundElsewhere, type Stated, stateOrder, tellCorrection, tellRefundElsewhere } from './decide.ts'
import { findLimits, findRefundByReference, lockOrder } from './find.ts'
import { exceedsMore } from './metrics.ts'
import { insertOrder, insertRefundElsewhere, insertStatement, updateOrder } from './record.ts'
import type { OrderStatementBody, RefundElsewhereBody } from './schema.ts'
import { isSameStatement } from './statement.ts'
import type { OrderLimitRow, OrderRow, RefundElsewhereRow } from './table.ts'

/** What it takes to change an order. */
export type Needs = Pick<Deps, 'rules' | 'clock' | 'log' | 'metrics'>

/** What was changed; told where something was. */
export interface Changed {
  /** Whether more is in force now than the order holds, or more so than before. */
  exceeds: boolean
}

/** The order under its lock and those of its open cases; `known` is undefined where nobody has named it. */
const lockKnown = async (trx: Trx, platformId: string, id: string): Promise<{ known: Known | undefined; caseIds: string[] }> => {
  const { order, caseIds } = await lockOrder(trx, platformId, id)
  const known = order && { order, facts: statementOf(order), limits: await findLimits(trx, platformId, id) }
  return { known, caseIds }
}

/** Tells the open cases of an order, but those that nothing can be decided in now. @throws Problem `separation_of_duties` */
export const tellCases = async (
  deps: Needs,
  trx: Trx,
  { platform, actor }: Caller,
  caseIds: readonly string[],
  tell: (d: Decision) => Decision,
): Promise<void> => {
  const now = platformNow(platform, deps.clock)
  const entries = []
  for (const file of (await readCaseFiles(trx, platform.id, caseIds)).values()) {
    if (isPartyInDisguise(file.complaint, actor))
      throw problem('separation_of_duties', 'You are a party of a complaint about this order; somebody else must do this.')
    const rules = isLeft(deps, file) ? undefined : await readRules(deps.rules, platform, file, trx)
    if (rules) entries.push({ decision: tell(new Decision(file, actor, now, rules)) })
  }
  await record(trx, entries)
}

/**
 * States an order, for the first time or anew.
 * @param check is given the version that the order has under its lock, or undefined where it is new; throws where that is not the expected
 */
export const putOrder = async (
  deps: Needs,
  trx: Trx,
  caller: Caller,
  { id, body, check }: { id: string; body: OrderStatementBody; check: (version: number | undefined) => void },
): Promise<{ order: OrderRow; limits: OrderLimitRow[]; changed: Changed | undefined }> => {
  const { platform, actor } = caller
  const { known, caseIds } = await lockKnown(trx, platform.id, id)
  check(known?.order.version)
  const { policy } = await deps.rules.present(platform, trx)
  const now = platformNow(platform, deps.clock)
  const stated: Stated = stateOrder(platform.id, id, body, known, { actor, now, policy })
  if (known && isSameStatement(known, stated)) return { ...known, changed: undefined }
  if (known === undefined) {
    if (!(await insertOrder(trx, stated.order))) throw new LostRace('the order became known meanwhile')
  } else await updateOrder(trx, stated.order, stated.limits)
  await insertStatement(trx, stated.kept)
  await tellCases(deps, trx, caller, caseIds, (d) => tellCorrection(d, stated.order, stated.kept.statement))
  return { ...stated, changed: { exceeds: exceedsMore(known, stated) } }
}

/** Records money that went back elsewhere, once for each reference. @throws Problem `not_found`, `refund_reference_taken` */
export const addRefundElsewhere = async (
  deps: Needs,
  trx: Trx,
  caller: Caller,
  { id, body, check }: { id: string; body: RefundElsewhereBody; check: (version: number) => void },
): Promise<{ order: OrderRow; row: RefundElsewhereRow; changed: Changed | undefined }> => {
  const { platform, actor } = caller
  const { known, caseIds } = await lockKnown(trx, platform.id, id)
  if (known === undefined) throw notFound()
  check(known.order.version)
  const now = platformNow(platform, deps.clock)
  const earlier = await findRefundByReference(trx, platform.id, id, body.reference)
  if (earlier) {
    if (earlier.amount !== body.amount || (body.means ?? null) !== earlier.means)
      throw problem('refund_reference_taken', `/reference: ${body.reference} is known with ${earlier.amount} (minor units).`)
    return { order: known.order, row: earlier, changed: undefined }
  }
  const { order, limits, kept } = refundElsewhere(known, body, { actor, now })
  await updateOrder(trx, order, limits)
  await insertRefundElsewhere(trx, kept)
  await tellCases(deps, trx, caller, caseIds, (d) => tellRefundElsewhere(d, order, kept))
  return { order, row: kept, changed: { exceeds: exceedsMore(known, { order, limits }) } }
}
