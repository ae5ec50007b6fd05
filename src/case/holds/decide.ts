/** The rules of the actions on held settlements. Pure. */

import { newId } from '../../foundation/ids.ts'
import { actorName } from '../../platform/access/caller.ts'
import { invalidField, problem } from '../../words/problems.ts'
import { closeRecovered } from '../advances/recovery.ts'
import type { Decision } from '../case-file/decision.ts'
import { checkExplained } from '../complaints/reporters.ts'
import { endClocks, startClock } from '../deadlines/clocks.ts'
import { setOff } from '../receivables/effects.ts'
import { changeHold, keep, letGo, noteReleased, tellHold } from './effects.ts'
import { everHeld, holdLifecycle, setHoldStatus } from './lifecycle.ts'
import { mostToHold } from './most.ts'
import type { HoldBodies, NewHold } from './schema.ts'
import type { HoldRow } from './table.ts'

export const decideNewHold = (d: Decision, body: NewHold): HoldRow => {
  const { complaint, order } = d.file
  const { key, left } = mostToHold(d.file)
  const amount = body.amount ?? left
  if (amount > left || amount === 0)
    throw problem(
      'order_total_exceeded',
      `/amount: ${left} (minor units) of the order can still be held for this merchant, over all cases.`,
      { errors: [{ pointer: '/amount', code: 'exceeds_settlement', detail: `at most ${left} is left` }] },
    )
  const hold: HoldRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    version: 1,
    status: holdLifecycle.initial,
    order_id: order?.id ?? '',
    merchant_id: complaint.respondent_id,
    currency: order?.currency ?? '',
    limit_key: key,
    amount,
    held_amount: 0,
    taken_amount: 0,
    released_amount: 0,
    asked_by: actorName(d.actor),
    explanation: body.explanation,
    release_reason: null,
    held_at: null,
    ended_at: null,
    created_at: d.now,
    updated_at: d.now,
  }
  d.file.holds.push(hold)
  changeHold(d, hold, () => {}, 0)
  startClock(d, 'hold_answer', { party: 'platform', subjectId: hold.id })
  tellHold(d, hold, null, {
    type: 'settlement_hold_asked',
    data: {
      amount,
      currency: hold.currency,
      order_id: hold.order_id,
      merchant_id: hold.merchant_id,
      explanation: body.explanation,
    },
  })
  d.tookPart()
  return hold
}

/** One rule for each action; the lifecycle table has already said that this actor may take it now. */
export const decideHold: {
  [Action in keyof HoldBodies]: (d: Decision, hold: HoldRow, body: HoldBodies[Action]) => void
} = {
  report_held: (d, hold, { amount, explanation }) => {
    checkExplained(d, { explanation })
    if (amount > hold.amount) throw invalidField('/amount', 'maximum', `${hold.amount} was asked for`)
    const before = everHeld(hold)
    if (amount < before) throw invalidField('/amount', 'minimum', `${before} was reported already`)
    endClocks(d, 'met', { kinds: hold.status === 'asked' ? ['hold_answer'] : [], subjectId: hold.id })
    keep(d, hold, amount - before, explanation)
    for (const debt of d.file.receivables) setOff(d, debt)
    closeRecovered(d)
  },
  report_refused: (d, hold, { explanation }) => {
    checkExplained(d, { explanation })
    const { amount, currency } = hold
    changeHold(d, hold, () => setHoldStatus(hold, 'refused'))
    hold.ended_at = d.now
    endClocks(d, 'met', { kinds: ['hold_answer'], subjectId: hold.id })
    tellHold(d, hold, 'asked', {
      type: 'settlement_hold_refused',
      data: { amount, currency, ...(explanation !== undefined && { explanation }) },
    })
  },
  release: (d, hold, { explanation }) => {
    letGo(d, hold, 'by_staff', explanation)
    d.tookPart()
  },
  report_released: (d, hold, { explanation }) => {
    checkExplained(d, { explanation })
    noteReleased(d, hold, explanation)
  },
}
