/** The money of a case: what was paid, put aside, taken and owed, for whom, and by which decision. Pure. */

import type { Time } from '../../foundation/clock.ts'
import type { TransferRow } from '../../money/ledger/table.ts'
import type { Actor } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { TransferKind } from '../../words/ledger.ts'
import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import { movesMoney } from '../refund-plans/steps.ts'
import type { MoneyEntry } from './schema.ts'

/**
 * Whom a transfer concerns besides the platform, and which way its money goes for that side; null for what is the platform's alone. What
 * buyers are paid is told by the payments of the steps.
 */
const concerns: Readonly<Record<TransferKind, readonly [side: PartySide, way: MoneyEntry['way']] | null>> = {
  fund_topped_up: null,
  fund_withdrawn: null,
  fund_withdrawal_failed: null,
  deposit_received: ['respondent', 'from'],
  deposit_withdrawn: null,
  deposit_withdrawal_failed: null,
  advance_frozen: ['complainant', 'set_aside'],
  advance_released: ['complainant', 'released'],
  advance_paid: null,
  advance_bounced: null,
  advance_paid_again: null,
  merchant_paid: ['respondent', 'from'],
  deposit_taken: ['respondent', 'from'],
  settlement_held: ['respondent', 'set_aside'],
  settlement_released: ['respondent', 'released'],
  held_taken: ['respondent', 'from'],
  affiliate_deposit_taken: ['respondent', 'from'],
  recovered: null,
  borne: null,
  borne_no_more: null,
  owed_by_merchant: ['respondent', 'owed'],
  owed_by_buyer: ['complainant', 'owed'],
  merchant_owes_no_more: null,
  buyer_owes_no_more: null,
  buyer_repaid: ['complainant', 'from'],
  overpaid_by_fund: ['complainant', 'owed'],
  paid_late: null,
  paid_late_by_others: null,
  paid_late_no_more: null,
  owed_to_others: ['complainant', 'owed'],
  buyer_owes_by_no_decision: ['complainant', 'owed_no_more'],
  merchant_waived: ['respondent', 'owed_no_more'],
  buyer_waived: ['complainant', 'owed_no_more'],
  merchant_written_off: ['respondent', 'owed_no_more'],
  buyer_written_off: ['complainant', 'owed_no_more'],
  given_back_to_deposit: ['respondent', 'to'],
  given_back_to_held: ['respondent', 'set_aside'],
  not_recovered: null,
  owed_no_more_by_reversal: ['respondent', 'owed_no_more'],
  waived_no_more: null,
  written_off_no_more: null,
  owed_to_merchant: ['respondent', 'due_to'],
  merchant_made_whole: null,
}

const ofTransfer = (transfer: TransferRow): MoneyEntry[] => {
  const concerned = concerns[transfer.kind] ?? null
  if (concerned === null) return []
  const [side, way] = concerned
  const { id, kind, amount, currency, plan_id, step_id, advance_id, receivable_id, created_at: at } = transfer
  return [{ id, side, way, type: kind, amount, currency, at, plan_id, step_id, advance_id, receivable_id }]
}

/** What the payment system paid to the complainant, and what came back of it. */
const ofSteps = ({ plans }: CaseFile): MoneyEntry[] =>
  plans.flatMap((plan) =>
    plan.steps.flatMap((step) => {
      if (!movesMoney(step.kind) || plan.currency === null) return []
      const { currency } = plan
      return (step.attempts ?? []).flatMap((attempt): MoneyEntry[] => {
        const about = { plan_id: plan.id, step_id: step.id, advance_id: attempt.advance_id ?? null, receivable_id: null }
        const { id, paid, paid_at, ended_at, status } = attempt
        if (paid === undefined || paid_at === undefined) return []
        const entry = { id, side: 'complainant' as const, amount: paid, currency, ...about }
        const back =
          status === 'returned' ? [{ ...entry, way: 'from' as const, type: 'payment_returned', at: ended_at ?? paid_at }] : []
        return [{ ...entry, way: 'to' as const, type: step.kind, at: paid_at }, ...back]
      })
    }),
  )

const inOrder = (a: { at: Time; id: string }, b: { at: Time; id: string }): number =>
  a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1

/** What this caller may know of it, the oldest first: a party its own side, the people of the platform both. */
export const moneyOf = (file: CaseFile, transfers: readonly TransferRow[], actor: Actor): MoneyEntry[] => {
  const reader = readerOf(file.complaint, actor)
  return [...ofSteps(file), ...transfers.flatMap(ofTransfer)]
    .filter(({ side }) => reader === 'all' || reader === side)
    .sort(inOrder)
}
