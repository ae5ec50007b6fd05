/**
 * The last resort: one person whom the policy names to decide where separation of duties has ruled out everybody else whom it names, or
 * where nobody on the highest level has decided in time. A decision that waives separation is marked as such. Pure.
 */

import type { Condition } from '../../foundation/lifecycle.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { samePerson, splitName } from '../../platform/access/people.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { isPartyInDisguise, type Subject } from '../case-file/case-file.ts'
import { isRecused } from './recusals.ts'

/** A `Subject` before it is known who acts, and when. */
export type Judged = Omit<Subject, 'actor' | 'now'>

export const asSupervisor = (name: string): Actor => ({ role: 'supervisor', id: splitName(name).id })

/** Whether a person may decide nothing in this case, not even as last resort: a party of it, or somebody who stood down or was replaced. */
export const isOutOfCase = ({ file }: Pick<Judged, 'file'>, actor: Actor): boolean =>
  isPartyInDisguise(file.complaint, actor) || isRecused(file, actor.id)

/** Everybody whom the policy names for the highest level. */
export const namedPeople = ({ people: { level_3, deputies } }: Policy): Actor[] => [...level_3, ...deputies].map(asSupervisor)

/** The last resort of this case; null where the policy names none, or that person is out of the case. */
export const lastResortOf = (judged: Judged): Actor | null => {
  const { last_resort } = judged.policy.people
  if (last_resort === null) return null
  const actor = asSupervisor(last_resort)
  return isOutOfCase(judged, actor) ? null : actor
}

/** Whether the policy names people, and separation has ruled out each of them. */
export const allRuledOut = (judged: Judged, separations: readonly Condition<Subject>[], now: Subject['now']): boolean => {
  const named = namedPeople(judged.policy)
  return (
    named.length > 0 &&
    named.every((actor) => isOutOfCase(judged, actor) || separations.some((one) => !one.holds({ ...judged, actor, now })))
  )
}

/** Whether the last resort may decide now: on the highest level, where it was called or everybody named is ruled out. */
export const isLastResortsTurn = (subject: Subject, separations: readonly Condition<Subject>[]): boolean =>
  subject.file.complaint.level >= HIGHEST_LEVEL &&
  (subject.file.complaint.last_resort_at !== null || allRuledOut(subject, separations, subject.now))

/** Whether this actor decides as the last resort now. */
export const decidesAsLastResort = (subject: Subject, separations: readonly Condition<Subject>[]): boolean => {
  const { actor } = subject
  const last = lastResortOf(subject)
  return actor.role === 'supervisor' && last !== null && samePerson(last.id, actor.id) && isLastResortsTurn(subject, separations)
}

/** Conditions that need not hold for the last resort in its turn. */
export const unlessLastResort = (...separations: readonly Condition<Subject>[]): Condition<Subject>[] =>
  separations.map((one) => ({
    says: `${one.says}; or the last resort of the policy (\`people\`), in its turn`,
    holds: (subject) => one.holds(subject) || decidesAsLastResort(subject, separations),
  }))

/**
 * Whether a decision that was allowed waives the separation of duties: one of its conditions does not hold.
 * @param of the plan or appeal that the decision is about
 */
export const waivesSeparation = (
  { file, actor, now, policy }: Pick<Subject, 'file' | 'actor' | 'now' | 'policy'>,
  separations: readonly Condition<Subject>[],
  of: Pick<Subject, 'plan' | 'appeal'> = {},
): boolean => separations.some((one) => !one.holds({ file, actor, now, policy, ...of }))

/** What the event of a decision tells of a waiver. */
export const waiverData = (waived: boolean): { separation_waived?: true } => (waived ? { separation_waived: true } : {})
