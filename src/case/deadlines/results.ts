/** Whether a case kept its promises: was there a first response, and was it resolved, in time? */

import { type DeadlineKind, type PromisedKind, promisedKinds } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import type { DeadlineRow } from './table.ts'

const isPromised = (kind: DeadlineKind): kind is PromisedKind => (promisedKinds as readonly string[]).includes(kind)

/** Notes a promise as pending when its clock starts. A second `first_response` clock leaves the result of the first until it ends. */
export const notePromise = (d: Decision, { kind, step }: DeadlineRow): void => {
  const { sla } = d.file.complaint
  if (!isPromised(kind) || step > 0 || (kind === 'first_response' && sla.first_response)) return
  sla[kind] = { result: 'pending', margin_ms: null }
}

/** Notes the result when the clock of a promise ends. A promise that was missed once stays missed, even if a later clock is met. */
export const noteResult = (d: Decision, { kind, margin_ms }: DeadlineRow, as: 'met' | 'missed' | 'cancelled'): void => {
  const { sla } = d.file.complaint
  if (!isPromised(kind)) return
  const before = sla[kind]
  if (as === 'cancelled') {
    if (before?.result === 'pending') delete sla[kind]
    return
  }
  const missed = as === 'missed' || before?.result === 'missed' || (margin_ms ?? 0) < 0
  sla[kind] = { result: missed ? 'missed' : 'met', margin_ms }
}
