/**
 * Nobody is ever left without a judge. Where separation rules out everybody whom the policy names, or nobody has decided for too long on the
 * highest level, one person may decide all the same: the last resort. What it waives is marked. Pure.
 */

import type { Condition } from '../../foundation/lifecycle.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { samePerson, splitName } from '../../platform/access/people.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import { HIGHEST_LEVEL } from '../../words/complaints.ts'
import { isPartyInDisguise, type Subject } from '../case-file/case-file.ts'
import { isRecused } from './recusals.ts'

/** What a decision looks at to know who may take it. */
export type Judged = Omit<Subject, 'actor' | 'now'>

export const asSupervisor = (name: string): Actor => ({ role: 'supervisor', id: splitName(name).id })

/** A party never decides, nor who stood down or was replaced: there the last resort is as good as none. */
export const isOut = ({ file }: Pick<Judged, 'file'>, actor: Actor): boolean =>
  isPartyInDisguise(file.complaint, actor) || isRecused(file, actor.id)

/** Everybody whom the policy names for the highest level. */
export const namedPeople = ({ people: { level_3, deputies } }: Policy): Actor[] => [...level_3, ...deputies].map(asSupervisor)

/** The last resort of this case; null where none is named, or it is out of the case. */
export const lastResortOf = (judged: Judged): Actor | null => {
  const { last_resort } = judged.policy.people
  if (last_resort === null) return null
  const actor = asSupervisor(last_resort)
  return isOut(judged, actor) ? null : actor
}

/** Whether the policy names people, and separation has ruled out each of them. */
export const allRuledOut = (judged: Judged, separations: readonly Condition<Subject>[], now: Subject['now']): boolean => {
  const named = namedPeople(judged.policy)
  return (
    named.length > 0 &&
    named.every((actor) => isOut(judged, actor) || separations.some((one) => !one.holds({ ...judged, actor, now })))
  )
}

/** Whether it is the last resort's turn: it was called, or everybody named is ruled out. Lower levels have the next one to turn to. */
export const isLastResortsTurn = (subject: Subject, separations: readonly Condition<Subject>[]): boolean =>
  subject.file.complaint.level >= HIGHEST_LEVEL &&
  (subject.file.complaint.last_resort_at !== null || allRuledOut(subject, separations, subject.now))

/** Whether this actor decides as the last resort now. */
export const decidesAsLastResort = (subject: Subject, separations: readonly Condition<Subject>[]): boolean => {
  const { actor } = subject
  const last = lastResortOf(subject)
  return actor.role === 'supervisor' && last !== null && samePerson(last.id, actor.id) && isLastResortsTurn(subject, separations)
}

/** The same conditions, which the last resort need not meet. */
export const unlessLastResort = (...separations: readonly Condition<Subject>[]): Condition<Subject>[] =>
  separations.map((one) => ({
    says: `${one.says}; or the last resort of the policy (\`people\`), in its turn`,
    holds: (subject) => one.holds(subject) || decidesAsLastResort(subject, separations),
  }))

/**
 * Whether a decision that was let through waives separation: only where that would have forbidden it.
 * @param of what it is taken on, besides the case
 */
export const waives = (
  { file, actor, now, policy }: Pick<Subject, 'file' | 'actor' | 'now' | 'policy'>,
  separations: readonly Condition<Subject>[],
  of: Pick<Subject, 'plan' | 'appeal'> = {},
): boolean => separations.some((one) => !one.holds({ file, actor, now, policy, ...of }))

/** What the event of a decision says of it. */
export const waivedTold = (waived: boolean): { separation_waived?: true } => (waived ? { separation_waived: true } : {})
