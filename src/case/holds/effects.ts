/** How a settlement is held, taken for the fund and let go: what moves in the ledger, and what counts against its order. Pure. */

import type { Posting } from '../../money/ledger/post.ts'
import { type HoldState, isHolding, type ReleaseReason } from '../../words/holds.ts'
import { post } from '../advances/journal.ts'
import type { EventTypeOf } from '../case-events/catalogue.ts'
import type { Telling } from '../case-events/happening.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { putInForce } from '../orders/in-force.ts'
import { everHeld, setHoldStatus } from './lifecycle.ts'
import type { HoldRow } from './table.ts'

/** Tells the people of the platform, and the merchant once something is held. */
export const tellHold = (d: Decision, hold: HoldRow, from: HoldState | null, happening: Telling<EventTypeOf<'hold'>>): void => {
  const visibility = hold.held_at === null ? 'staff' : 'respondent'
  d.tell({ ...happening, resourceId: hold.id, from, to: hold.status, visibility })
}

const postFor = (d: Decision, hold: HoldRow, postings: readonly Omit<Posting, 'owner'>[]): void => {
  const { platform_id, complaint_id, currency, merchant_id: owner } = hold
  post(
    d,
    { platform_id, complaint_id, currency },
    postings.map((one) => ({ ...one, owner })),
  )
}

/** What of its order's sale a hold binds: what was asked for, then what is held; what the fund took is not to be settled any more. */
const boundBy = ({ status, amount, held_amount, taken_amount }: HoldRow): number =>
  status === 'asked' ? amount : held_amount + taken_amount

/**
 * Changes a hold, and what it counts against its order. What the payment system says it keeps is a fact: it counts whether there is room or
 * not.
 */
export const changeHold = (d: Decision, hold: HoldRow, change: () => void, before = boundBy(hold)): void => {
  change()
  const amount = boundBy(hold) - before
  if (amount === 0) return
  const pots = [{ kind: 'settlement' as const, key: hold.limit_key, amount }]
  putInForce(d.file, { refund: 0, compensation: 0, goods: 0, pots }, { beyond: hold.status !== 'asked' })
}

const settleStatus = (hold: HoldRow): void => {
  const to = everHeld(hold) < hold.amount ? 'partly_held' : 'held'
  if (hold.status !== to) setHoldStatus(hold, to)
}

/** The payment system keeps so much more. What it keeps of a hold that was let go meanwhile is not ours: it goes to the merchant. */
export const keep = (d: Decision, hold: HoldRow, amount: number, explanation?: string): void => {
  const from = hold.status
  const isOver = from === 'releasing' || from === 'released'
  hold.held_at ??= d.now
  changeHold(d, hold, () => {
    if (isOver) hold.released_amount += amount
    else {
      hold.held_amount += amount
      settleStatus(hold)
      hold.ended_at = null
    }
  })
  if (!isOver) postFor(d, hold, [{ kind: 'settlement_held', amount }])
  tellHold(d, hold, from, {
    type: 'settlement_held',
    data: {
      amount: everHeld(hold),
      asked: hold.amount,
      currency: hold.currency,
      ...(explanation !== undefined && { explanation }),
    },
  })
}

/** The payment system is asked to let go what is held, or what was asked for and is not answered yet. The ledger has let it go from now on. */
export const letGo = (d: Decision, hold: HoldRow, reason: ReleaseReason, explanation?: string): void => {
  const { status: from, held_amount: amount, currency } = hold
  changeHold(d, hold, () => {
    setHoldStatus(hold, 'releasing')
    hold.released_amount += amount
    hold.held_amount = 0
  })
  hold.release_reason = reason
  if (amount > 0) postFor(d, hold, [{ kind: 'settlement_released', amount }])
  endClocks(d, 'cancelled', { kinds: ['hold_release', 'hold_answer'], subjectId: hold.id })
  startClock(d, 'hold_answer', { party: 'platform', subjectId: hold.id })
  tellHold(d, hold, from, {
    type: 'settlement_release_asked',
    reasonCode: reason,
    data: { amount, currency, ...(explanation !== undefined && { explanation }) },
  })
}

/** The payment system has let go what was held, asked or not. */
export const noteReleased = (d: Decision, hold: HoldRow, explanation?: string): void => {
  const { status: from, held_amount, currency } = hold
  changeHold(d, hold, () => {
    setHoldStatus(hold, 'released')
    hold.released_amount += held_amount
    hold.held_amount = 0
  })
  hold.release_reason ??= 'by_payment_system'
  hold.ended_at = d.now
  if (held_amount > 0) postFor(d, hold, [{ kind: 'settlement_released', amount: held_amount }])
  endClocks(d, 'met', { kinds: ['hold_answer'], subjectId: hold.id })
  endClocks(d, 'cancelled', { kinds: ['hold_release'], subjectId: hold.id })
  tellHold(d, hold, from, {
    type: 'settlement_released',
    reasonCode: hold.release_reason,
    data: { amount: hold.released_amount, currency, ...(explanation !== undefined && { explanation }) },
  })
}

/** What was taken of one hold. */
export interface Taken {
  hold_id: string
  amount: number
}

/**
 * The fund takes what is held in this case, the oldest first. The caller writes the transfers, since they belong to what they pay for.
 * @param most how much is wanted
 */
export const takeHeld = (d: Decision, most: number): Taken[] => {
  let left = most
  return d.file.holds.flatMap((hold) => {
    const amount = isHolding(hold) ? Math.min(left, hold.held_amount) : 0
    if (amount === 0) return []
    left -= amount
    const from = hold.status
    changeHold(d, hold, () => {
      hold.held_amount -= amount
      hold.taken_amount += amount
      if (hold.held_amount === 0) setHoldStatus(hold, 'taken')
    })
    if (hold.status === 'taken') {
      hold.ended_at = d.now
      endClocks(d, 'cancelled', { kinds: ['hold_release'], subjectId: hold.id })
    }
    tellHold(d, hold, from, { type: 'settlement_deducted', data: { amount, left: hold.held_amount, currency: hold.currency } })
    return [{ hold_id: hold.id, amount }]
  })
}

/** Whether what was taken of a hold can be held again: one that was let go meanwhile is over. */
export const canGiveBack = (d: Decision, holdId: string): boolean =>
  d.file.holds.some((hold) => hold.id === holdId && (isHolding(hold) || hold.status === 'taken'))

/** What was taken of a hold is held again. The caller writes the transfer. */
export const giveBack = (d: Decision, { hold_id, amount }: Taken): void => {
  const hold = d.file.holds.find(({ id }) => id === hold_id)
  if (hold === undefined) return
  const from = hold.status
  changeHold(d, hold, () => {
    hold.held_amount += amount
    hold.taken_amount -= amount
    settleStatus(hold)
  })
  hold.ended_at = null
  tellHold(d, hold, from, { type: 'settlement_given_back', data: { amount, currency: hold.currency } })
}
