import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import { isOpen } from '../deadlines/due.ts'
import { clocksFor } from '../deadlines/view.ts'
import { holdActionsFor, type Viewer } from '../decisions/available.ts'
import type { HoldWire } from './schema.ts'
import type { HoldRow } from './table.ts'

/** A held settlement as this caller may see it; whether the caller may see it at all is `seesHold`. */
export const holdView = (file: CaseFile, hold: HoldRow, viewer: Viewer): HoldWire => {
  const isStaff = readerOf(file.complaint, viewer.actor) === 'all'
  const clocks = file.deadlines.filter((x) => x.subject_id === hold.id)
  return {
    id: hold.id,
    complaint_id: hold.complaint_id,
    status: hold.status,
    order_id: hold.order_id,
    merchant_id: hold.merchant_id,
    currency: hold.currency,
    amount: hold.amount,
    held_amount: hold.held_amount,
    taken_amount: hold.taken_amount,
    released_amount: hold.released_amount,
    asked_by: isStaff ? hold.asked_by : null,
    explanation: isStaff ? hold.explanation : null,
    release_reason: hold.release_reason,
    release_due_at: clocks.find((x) => x.kind === 'hold_release' && isOpen(x))?.due_at ?? null,
    deadlines: clocksFor(file.complaint, viewer.actor, clocks),
    available_actions: holdActionsFor(file, hold, viewer),
    version: hold.version,
    held_at: hold.held_at,
    ended_at: hold.ended_at,
    created_at: hold.created_at,
    updated_at: hold.updated_at,
  }
}
