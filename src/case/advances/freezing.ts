/** Money is put aside for a buyer, or is the fund's again. Pure. */

import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { postFor } from './journal.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

/** The clocks of an advance. */
const clocksOfAdvance = ['advance_approval', 'buyer_answer', 'merchant_pays'] as const

/**
 * Puts the money aside. A fund that has not enough refuses it, and that is a state of the advance.
 * @param fund what the fund has, as it was just read: the statement writes nothing where others took it meanwhile
 */
export const putAside = (d: Decision, advance: AdvanceRow, fund: number): void => {
  const from = advance.status
  const { amount, currency, mode, step_id } = advance
  if (fund < amount) {
    setAdvanceStatus(advance, 'refused')
    advance.refused_because = 'fund_short'
    advance.ended_at = d.now
    tellAdvance(d, advance, from, { type: 'advance_refused', reasonCode: 'fund_short', data: { amount, currency } })
    return
  }
  setAdvanceStatus(advance, 'frozen')
  advance.frozen_amount = amount
  advance.frozen_at = d.now
  endClocks(d, 'met', { kinds: ['advance_due'] })
  postFor(d, advance, [{ kind: 'advance_frozen', amount }])
  tellAdvance(d, advance, from, { type: 'advance_frozen', data: { amount, currency, mode, step_id } })
}

/** What is still put aside is the fund's again. */
export const release = (d: Decision, advance: AdvanceRow): void => {
  postFor(d, advance, [{ kind: 'advance_released', amount: advance.frozen_amount }])
  advance.frozen_amount = 0
}

/** Ends an advance of which nothing was paid. */
export const endUnpaid = (
  d: Decision,
  advance: AdvanceRow,
  to: 'cancelled' | 'returned_to_fund',
  reasonCode: string,
  explanation?: string,
): void => {
  const from = advance.status
  const amount = advance.frozen_amount
  setAdvanceStatus(advance, to)
  advance.end_reason_code = reasonCode
  advance.ended_at = d.now
  release(d, advance)
  endClocks(d, 'cancelled', { kinds: clocksOfAdvance, subjectId: advance.id })
  const data = { amount, currency: advance.currency, ...(explanation !== undefined && { explanation }) }
  if (to === 'cancelled') tellAdvance(d, advance, from, { type: 'advance_cancelled', reasonCode, data })
  else tellAdvance(d, advance, from, { type: 'advance_returned', reasonCode, data })
}
