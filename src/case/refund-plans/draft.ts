/** How a plan is drafted: what it may hold, in which currency, within which bounds, and whether a supervisor must approve it. Pure. */

import { newId } from '../../foundation/ids.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { type FieldError, invalidField, problem } from '../../words/problems.ts'
import { type CaseFile, sideOf } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { type Book, bookOfCase, lineOf } from '../orders/book.ts'
import type { Amounts } from '../orders/money.ts'
import { approvalReasons } from './approval.ts'
import { freightContradicts } from './effect.ts'
import { planLifecycle } from './lifecycle.ts'
import { linesContradict } from './lines.ts'
import { fieldFaults } from './remedy-fields.ts'
import type { NewPlan } from './schema.ts'
import { moneyRemedies, refundRemedies } from './steps.ts'
import type { Confirmation, PlanRow, Remedy } from './table.ts'
import { amountsWithin, goodsOf, replacementWorth } from './takings.ts'

const pending = (): Confirmation => ({ status: 'pending', by: null, at: null })

/** The confirmations of a plan that no side has answered yet. */
export const nobodyConfirmed = (): PlanRow['confirmations'] => ({ complainant: pending(), respondent: pending() })

const sum = (remedies: readonly Remedy[], fits: (remedy: Remedy) => boolean): number =>
  remedies.filter(fits).reduce((total, remedy) => total + (remedy.amount ?? 0), 0)

/** Whether a remedy that moves money lacks an amount, or one that moves none has one. @param pointer to the amount */
export const amountFault = ({ type, amount }: Pick<Remedy, 'type' | 'amount'>, pointer: string): FieldError[] => {
  const money = moneyRemedies.includes(type)
  if (money && amount === undefined) return [{ pointer, code: 'required', detail: `${type} needs an amount in minor units` }]
  if (!money && amount !== undefined) return [{ pointer, code: 'not_allowed', detail: `${type} moves no money` }]
  return []
}

/** Shape faults that a schema cannot say well: which remedies carry an amount, pieces, and parts of the amount. */
const checkAmounts = (remedies: readonly Remedy[]): void => {
  const errors = remedies.flatMap((remedy, index) => {
    const faults = amountFault(remedy, `/remedies/${index}/amount`)
    return faults.length > 0 ? faults : fieldFaults(remedy, `/remedies/${index}`)
  })
  if (errors.length > 0) throw problem('validation_failed', 'The remedies do not fit their types.', { errors })
}

/** The currency the plan's money is in: the order's, or the one named where there is no order; null for a plan without money. */
const currencyOf = ({ order }: CaseFile, remedies: readonly Remedy[], named: string | undefined): string | null => {
  const ordered = order?.currency
  if (ordered === undefined && remedies.some(({ type }) => refundRemedies.includes(type) || type === 'statutory_damages')) {
    throw problem('order_needed', 'The complaint names no order, so there is nothing to refund; a compensation is possible.')
  }
  if (ordered === undefined && remedies.some(({ replacement }) => replacement !== undefined))
    throw problem('order_needed', 'The complaint names no order, so nothing says what the goods are worth that are exchanged.')
  if (ordered !== undefined && named !== undefined && named !== ordered) {
    throw problem('currency_mismatch', `/currency: the order is in ${ordered}.`)
  }
  const currency = ordered ?? named ?? null
  if (currency === null && remedies.some((remedy) => moneyRemedies.includes(remedy.type))) {
    throw invalidField('/currency', 'required', 'without an order, name the currency of the amounts')
  }
  return currency
}

/** Shipping and tax are parts of the amount. @throws Problem `part_exceeds_amount` */
const checkParts = (remedies: readonly Remedy[]): void => {
  for (const [index, { amount = 0, freight_amount = 0, tax_amount = 0 }] of remedies.entries())
    for (const [part, value] of Object.entries({ freight_amount, tax_amount }))
      if (value > amount)
        throw problem('part_exceeds_amount', `/remedies/${index}/${part}: is a part of the amount, which is ${amount}.`)
}

/** The tax in what a refund takes of each line, by its share of what was paid for the line. */
const taxIn = (book: Book, { pots }: Amounts): number =>
  pots.reduce((sum, { kind, key, amount }) => {
    const tax = kind === 'line' ? lineOf(book, key)?.tax_amount : undefined
    const paid = BigInt(book.lines.get(key) ?? 0)
    // half a unit is rounded up
    return tax === undefined || paid === 0n ? sum : sum + Number((2n * BigInt(amount) * BigInt(tax) + paid) / (2n * paid))
  }, 0)

/** The exchanges with what the complainant pays on top. @throws Problem `difference_exceeds_worth` */
const withDifference = (file: CaseFile, remedies: readonly Remedy[]): Remedy[] => {
  const book = bookOfCase(file)
  return remedies.map((remedy, index) => {
    if (remedy.replacement === undefined) return remedy
    const most = Math.max(0, replacementWorth(remedy.replacement) - goodsOf(file, book, remedy))
    const { difference_amount: asked = most, ...rest } = remedy
    if (asked > most)
      throw problem(
        'difference_exceeds_worth',
        `/remedies/${index}/difference_amount: the replacement costs ${most} more than the goods that come back.`,
      )
    return asked > 0 ? { ...rest, difference_amount: asked } : rest
  })
}

/** The remedies with the tax in their refunds told, where lines say what tax they include. */
const withTax = (file: CaseFile, remedies: readonly Remedy[], amounts: readonly Amounts[]): Remedy[] => {
  const book = bookOfCase(file)
  if (book === null) return [...remedies]
  return remedies.map((remedy, index) => {
    const tax = remedy.tax_amount ?? (amounts[index] && taxIn(book, amounts[index])) ?? 0
    return tax > 0 ? { ...remedy, tax_amount: tax } : remedy
  })
}

/**
 * Adds a new plan to the case. Refuses one that does not fit into what is left of the order; marks one that is merely large for approval.
 * @param author whose plan it is, where somebody else writes it in their name
 * @throws Problem
 */
export const draftPlan = (d: Decision, body: NewPlan, supersedes: string | null, author: Actor = d.actor): PlanRow => {
  const { file } = d
  const { complaint, plans } = file
  const written = body.remedies as Remedy[]
  checkAmounts(written)
  const currency = currencyOf(file, written, body.currency)
  const asked = withDifference(file, written)
  const fault = linesContradict(file, asked)
  if (fault) throw fault
  checkParts(asked)
  const side = sideOf(complaint, author)
  if (side === 'platform') checkForPlatform(d, asked)
  else refuseDamages(asked)
  if (asked.some(({ type }) => type === 'statutory_damages')) checkDamages(file)
  const refund = sum(asked, (remedy) => refundRemedies.includes(remedy.type))
  const compensation = sum(asked, (remedy) => remedy.type === 'compensation')
  const damages = sum(asked, (remedy) => remedy.type === 'statutory_damages')
  if (!Number.isSafeInteger(refund + compensation + damages))
    throw invalidField('/remedies', 'maximum', 'the amounts add up beyond 2^53-1')
  const remedies = withTax(file, asked, amountsWithin(file, asked, currency))
  const plan: PlanRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    version_number: plans.length + 1,
    supersedes,
    status: planLifecycle.initial,
    author_role: author.role,
    author_id: author.id,
    author_side: side,
    currency,
    remedies,
    refund_amount: refund,
    compensation_amount: compensation,
    statutory_damages_amount: damages,
    refund_in_force: 0,
    compensation_in_force: 0,
    statutory_damages_in_force: 0,
    explanation: body.explanation,
    needs_approval: false,
    approved_by: null,
    approval_separation_waived: false,
    imposition: null,
    confirmations: nobodyConfirmed(),
    steps: [],
    end_reason_code: null,
    end_explanation: null,
    buyer_id: complaint.buyer_id,
    merchant_id: complaint.merchant_id,
    proposed_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  plan.needs_approval = side === 'platform' && approvalReasons(file, d.policy, plan).length > 0
  plans.push(plan)
  if (side === 'platform') d.tookPart()
  return plan
}

/** Nobody offers statutory damages, or agrees to them. @throws Problem `statutory_damages_imposed` */
export const refuseDamages = (remedies: readonly Pick<Remedy, 'type'>[]): void => {
  const index = remedies.findIndex(({ type }) => type === 'statutory_damages')
  if (index !== -1)
    throw problem(
      'statutory_damages_imposed',
      `/remedies/${index}/type: a supervisor imposes statutory damages; nobody offers them.`,
    )
}

/** @throws Problem `statutory_damages_off` */
const checkDamages = ({ order }: CaseFile): void => {
  if (order?.facts?.statutory_damages_multiple === undefined)
    throw problem('statutory_damages_off', 'The policy granted no statutory damages when this order was stated.')
}

/** What the platform may not put forward. @throws Problem `freight_follows_fault`, `order_unconfirmed` */
const checkForPlatform = ({ file, policy }: Decision, remedies: readonly Remedy[]): void => {
  const freight = freightContradicts(file.complaint, remedies)
  if (freight) throw freight
  if (
    file.order?.source === 'party' &&
    policy.unconfirmed_order === 'refuse' &&
    remedies.some(({ type }) => moneyRemedies.includes(type))
  )
    throw problem('order_unconfirmed', 'Only a party has spoken about this order: state it at PUT /v1/orders/{id} first.')
}
