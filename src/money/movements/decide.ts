/** What becomes of a movement: its next state, and what the ledger gets with it. Pure. */

import { addMs, DAY, type Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import { type Actor, actorName, systemActor } from '../../platform/access/caller.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { after } from '../../rules/policy/which-rule.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { type MovementEndReason, type MovementKind, movementKindRows } from '../../words/fund.ts'
import type { TransferKind } from '../../words/ledger.ts'
import { problem } from '../../words/problems.ts'
import { accountIdOf, journal } from '../ledger/post.ts'
import type { AccountRow, TransferRow } from '../ledger/table.ts'
import type { MovementVerb } from './events.ts'
import { setMovementStatus } from './lifecycle.ts'
import type { MovementRow } from './table.ts'

/** A movement after a decision. */
export interface Moved {
  movement: MovementRow
  transfers: TransferRow[]
  /** What its event says. */
  verb: MovementVerb
}

/** Who decides, and when by the platform's clock. */
export interface Deciding {
  actor: Actor
  now: Time
}

/** What an account has. */
export type Holding = Pick<AccountRow, 'balance' | 'reserved'>
export const nothing: Holding = { balance: 0, reserved: 0 }

/** What of it can be taken out. */
export const availableOf = ({ balance, reserved }: Holding): number => Math.max(0, balance - reserved)

interface Posts {
  moves: TransferKind
  /** Takes it back. */
  back?: TransferKind
}
const posts: Readonly<Record<MovementKind, Posts>> = {
  fund_top_up: { moves: 'fund_topped_up' },
  deposit: { moves: 'deposit_received' },
  fund_withdrawal: { moves: 'fund_withdrawn', back: 'fund_withdrawal_failed' },
  deposit_withdrawal: { moves: 'deposit_withdrawn', back: 'deposit_withdrawal_failed' },
}

/** The account of ours that a movement goes into or comes out of. */
export const accountOfMovement = ({
  kind,
  currency,
  merchant_id,
}: Pick<MovementRow, 'kind' | 'currency' | 'merchant_id'>): string =>
  accountIdOf(movementKindRows[kind].account, currency, merchant_id ?? '')

const post = (
  movement: MovementRow,
  now: Time,
  amount: number,
  kind: TransferKind,
  reverses: string | null = null,
): TransferRow[] => {
  const { platform_id, currency, id, policy_version, merchant_id } = movement
  return journal({ platform_id, currency, now, movement_id: id, policy_version }, [
    { kind, amount, reverses, ...(merchant_id !== null && { owner: merchant_id }) },
  ])
}

/** Whether a withdrawal of this amount waits for a second admin; where the policy names no amount for the currency, any does. */
export const needsSecondAdmin = ({ fund }: Pick<Policy, 'fund'>, currency: string, amount: number): boolean => {
  const above = fund.second_admin_above[currency]
  return above === undefined || amount > above
}

/** What keeps an account from paying a withdrawal. */
const obstacleTo = ({ kind, amount }: MovementRow, holding: Holding): MovementEndReason | undefined => {
  const { balance } = holding
  if (balance < amount) return movementKindRows[kind].account === 'fund' ? 'fund_short' : 'deposit_short'
  return availableOf(holding) < amount ? 'deposit_reserved' : undefined
}

const next = (movement: MovementRow, { now }: Deciding, change: Partial<MovementRow>): MovementRow => ({
  ...movement,
  ...change,
  version: movement.version + 1,
  updated_at: now,
})

const ended = (movement: MovementRow, end_reason_code: MovementEndReason, explanation?: string): void => {
  movement.end_reason_code = end_reason_code
  movement.end_explanation = explanation ?? null
  movement.due_at = null
}

/** Debits the account and has the payment system asked; or refuses, where the account lacks the money. */
const pay = (movement: MovementRow, { now }: Deciding, holding: Holding): Moved => {
  const obstacle = obstacleTo(movement, holding)
  movement.due_at = null
  if (obstacle !== undefined) {
    setMovementStatus(movement, 'refused')
    ended(movement, obstacle)
    return { movement, transfers: [], verb: 'refused' }
  }
  setMovementStatus(movement, 'paying')
  movement.due_at = addMs(now, ANSWERED_WITHIN)
  return { movement, transfers: post(movement, now, movement.amount, posts[movement.kind].moves), verb: 'payment_requested' }
}

export interface Wanted {
  kind: MovementKind
  merchant_id?: string
  currency: string
  amount: number
  reference?: string
  explanation?: string
}

/** @param platformId of the platform @param holding what the account has now, where money is asked for */
export const begin = (
  platformId: string,
  { merchant_id, reference, explanation, ...wanted }: Wanted,
  by: Deciding,
  rules: Pick<Rules, 'policy' | 'policyVersion' | 'calendarNow'>,
  holding: Holding,
): Moved => {
  const { policy, policyVersion } = rules
  const isIn = movementKindRows[wanted.kind].way === 'in'
  const needs = !isIn && needsSecondAdmin(policy, wanted.currency, wanted.amount)
  const within = isIn ? policy.fund.receipt_expected_within : policy.fund.second_admin_within
  const movement: MovementRow = {
    platform_id: platformId,
    id: newId(),
    ...wanted,
    status: isIn ? 'expected' : 'asked',
    merchant_id: merchant_id ?? null,
    received_amount: null,
    uncovered_amount: 0,
    reference: reference ?? null,
    explanation: explanation ?? null,
    needs_second_admin: needs,
    policy_version: policyVersion,
    requested_by: actorName(by.actor),
    decided_by: null,
    reported_by: null,
    payment_reference: null,
    end_reason_code: null,
    end_explanation: null,
    due_at: after(by.now, within, rules.calendarNow(policy.calendar).time),
    version: 1,
    created_at: by.now,
    updated_at: by.now,
  }
  if (isIn) return { movement, transfers: [], verb: 'expected' }
  return needs ? { movement, transfers: [], verb: 'asked' } : pay(movement, by, holding)
}

export const approve = (movement: MovementRow, by: Deciding, holding: Holding): Moved =>
  pay(next(movement, by, { decided_by: actorName(by.actor) }), by, holding)

const end = (
  movement: MovementRow,
  by: Deciding,
  status: 'refused' | 'cancelled' | 'expired',
  why: MovementEndReason,
  explanation?: string,
): Moved => {
  const row = next(movement, by, { decided_by: actorName(by.actor) })
  setMovementStatus(row, status)
  ended(row, why, explanation)
  return { movement: row, transfers: [], verb: status }
}

export const refuse = (movement: MovementRow, by: Deciding, explanation: string): Moved =>
  end(movement, by, 'refused', 'second_admin', explanation)

export const cancel = (movement: MovementRow, by: Deciding, explanation?: string): Moved =>
  end(movement, by, 'cancelled', 'called_off', explanation)

/** So long the payment system has to answer. Then it is told each time once more: the money stays taken until it does. */
export const ANSWERED_WITHIN = DAY

/** What silence makes of it; undefined where nothing is due. */
export const fallDue = (movement: MovementRow, now: Time): Moved | undefined => {
  if (movement.due_at === null || movement.due_at > now) return undefined
  const by = { actor: systemActor, now }
  if (movement.status === 'paying')
    return { movement: next(movement, by, { due_at: addMs(now, ANSWERED_WITHIN) }), transfers: [], verb: 'overdue' }
  return movement.status === 'asked' ? end(movement, by, 'refused', 'no_answer') : end(movement, by, 'expired', 'not_received')
}

const reported = (movement: MovementRow, by: Deciding, reference: string | undefined): MovementRow =>
  next(movement, by, {
    reported_by: actorName(by.actor),
    payment_reference: reference ?? movement.payment_reference,
    end_reason_code: null,
    end_explanation: null,
    due_at: null,
  })

export interface Receipt {
  amount?: number
  payment_reference?: string
}

/** What came in is posted, be it more or less than was announced. */
export const receive = (movement: MovementRow, by: Deciding, { amount = movement.amount, payment_reference }: Receipt): Moved => {
  const row = reported(movement, by, payment_reference)
  row.received_amount = amount
  setMovementStatus(row, 'received')
  return { movement: row, transfers: post(row, by.now, amount, posts[row.kind].moves), verb: 'received' }
}

/**
 * It was paid. Where it had been reported as failed, the money was put back and leaves again; what the account does not have any more is
 * uncovered until it has.
 */
export const complete = (movement: MovementRow, by: Deciding, { payment_reference }: Receipt, holding: Holding): Moved => {
  const row = reported(movement, by, payment_reference)
  const again = movement.status === 'failed' ? Math.min(availableOf(holding), row.amount) : 0
  if (movement.status === 'failed') row.uncovered_amount = row.amount - again
  setMovementStatus(row, 'done')
  return { movement: row, transfers: again > 0 ? post(row, by.now, again, posts[row.kind].moves) : [], verb: 'done' }
}

/** What a withdrawal that was paid after all still owes the ledger, as far as the account has it now; undefined where it has nothing. */
export const cover = (movement: MovementRow, now: Time, holding: Holding): Pick<Moved, 'movement' | 'transfers'> | undefined => {
  const amount = Math.min(availableOf(holding), movement.uncovered_amount)
  if (amount === 0) return undefined
  const row = next(movement, { actor: systemActor, now }, { uncovered_amount: movement.uncovered_amount - amount })
  return { movement: row, transfers: post(row, now, amount, posts[row.kind].moves) }
}

/** It was not paid: the money goes back. @param paid the transfer that took it */
export const fail = (
  movement: MovementRow,
  by: Deciding,
  explanation: string | undefined,
  paid: Pick<TransferRow, 'id'>,
): Moved => {
  const row = reported(movement, by, undefined)
  setMovementStatus(row, 'failed')
  ended(row, 'payment_failed', explanation)
  const { back = posts[row.kind].moves } = posts[row.kind]
  return { movement: row, transfers: post(row, by.now, row.amount, back, paid.id), verb: 'failed' }
}

/**
 * Whether a report says what is known already: it is then answered as the first one was. A payment outweighs a failure, so a failure that
 * is reported after it changes nothing.
 * @throws Problem `report_contradicts` where it says something else of the same
 */
export const isKnown = (action: string, movement: MovementRow, { amount, payment_reference }: Receipt): boolean => {
  const { status, received_amount } = movement
  const isSame =
    payment_reference === undefined || movement.payment_reference === null || payment_reference === movement.payment_reference
  const says = (it: string) => problem('report_contradicts', `It is known ${it}.`)
  if (action === 'fail') return status === 'failed' || status === 'done'
  if (action === 'complete' && status === 'done') {
    if (!isSame) throw says('with another payment reference')
    return true
  }
  if (action === 'receive' && status === 'received') {
    if (amount !== undefined && amount !== received_amount) throw says(`that ${received_amount} (minor units) came in`)
    if (!isSame) throw says('with another payment reference')
    return true
  }
  return false
}
