/** Decisions agree with the liability that was fixed, or say in a code and in words why they do not. Pure. */

import { problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Remedy } from '../refund-plans/table.ts'
import type { ComplaintRow, Deviation } from './table.ts'

/** Whether a dismissal would contradict the liability: the respondent bears a share of the fault, however small. */
export const dismissalContradicts = ({ liability, respondent_role }: ComplaintRow): boolean =>
  liability?.shares.some(({ party }) => party === respondent_role) ?? false

/** Whether the complainant alone was found at fault. */
export const isOwnFault = ({ liability, complainant_role }: ComplaintRow): boolean =>
  liability?.shares.every(({ party }) => party === complainant_role) ?? false

/** Whether an imposed plan would contradict the liability: the complainant alone is at fault, and the plan holds more than an apology. */
export const impositionContradicts = (complaint: ComplaintRow, remedies: readonly Remedy[]): boolean =>
  isOwnFault(complaint) && remedies.some(({ type }) => type !== 'apology')

/**
 * Why a decision deviates from the liability; null where it agrees and names no deviation. A decision that agrees in its direction may
 * still name one, since it can go further or less far than the liability suggests.
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

/** What an event tells of a deviation: the code. The explanation is kept with the decision. */
export const deviationData = (deviation: Deviation | null): { deviation?: Pick<Deviation, 'reason_code'> } =>
  deviation === null ? {} : { deviation: { reason_code: deviation.reason_code } }
