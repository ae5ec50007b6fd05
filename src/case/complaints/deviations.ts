/** Decisions agree with the liability that was fixed, or say in a code and in words why they do not. Pure. */

import { problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Remedy } from '../refund-plans/table.ts'
import type { ComplaintRow, Deviation } from './table.ts'

/** Nothing is held against a complaint whose respondent bears a share of the fault, however small. */
export const dismissalContradicts = ({ liability, respondent_role }: ComplaintRow): boolean =>
  liability?.shares.some(({ party }) => party === respondent_role) ?? false

/** Whether who complains was found to be alone at fault. */
export const isOwnFault = ({ liability, complainant_role }: ComplaintRow): boolean =>
  liability?.shares.every(({ party }) => party === complainant_role) ?? false

/** Whoever bears all of the fault is owed neither money nor goods; an apology costs nobody either. */
export const impositionContradicts = (complaint: ComplaintRow, remedies: readonly Remedy[]): boolean =>
  isOwnFault(complaint) && remedies.some(({ type }) => type !== 'apology')

/**
 * Why a decision deviates from the liability; null where it agrees and says nothing. One that agrees may name a deviation all the same, since
 * how far a decision goes can deviate where its direction does not.
 * @param because what the liability says, where the decision contradicts it
 * @throws Problem `decision_contradicts_liability`, `deviation_needs_supervisor`
 */
export const deviationOf = (d: Decision, because: string | false, deviation: Deviation | undefined): Deviation | null => {
  if (deviation === undefined) {
    if (because === false) return null
    throw problem(
      'decision_contradicts_liability',
      `${because}: add deviation { reason_code, explanation } to say why it is decided otherwise, or determine the liability anew.`,
      { errors: [{ pointer: '/deviation', code: 'required', detail: 'say why the decision deviates from the liability' }] },
    )
  }
  const { reason_code, explanation } = deviation
  if (reason_code === 'other' && d.actor.role !== 'supervisor') {
    throw problem(
      'deviation_needs_supervisor',
      '/deviation/reason_code: only a supervisor deviates for another reason than those of the list.',
      { errors: [{ pointer: '/deviation/reason_code', code: 'not_allowed', detail: 'other is for supervisors' }] },
    )
  }
  return { reason_code, explanation }
}

/** What an event says of it; its words stand with the decision. */
export const deviationTold = (deviation: Deviation | null): { deviation?: Pick<Deviation, 'reason_code'> } =>
  deviation === null ? {} : { deviation: { reason_code: deviation.reason_code } }
