/**
 * Who may judge an appeal: a supervisor who took no part. Where a supervisor decided, it must be somebody whom the policy names for the
 * highest level. Each rule is a condition with its own text; the lifecycle table lists them. Pure.
 */

import type { Condition } from '../../foundation/lifecycle.ts'
import { isAmong, samePerson, splitName } from '../../platform/access/people.ts'
import type { Subject } from '../case-file/case-file.ts'
import {
  allRuledOut,
  decidesAsLastResort,
  isLastResortsTurn,
  lastResortOf,
  namedPeople,
  unlessLastResort,
} from '../complaints/last-resort.ts'
import type { ContestableDecision } from '../complaints/table.ts'

/** Whether a supervisor took the decision. Decisions of an earlier version lack `by`; of those only `imposed` is surely a supervisor's. */
export const isOfSupervisor = ({ kind, by }: ContestableDecision): boolean =>
  by === undefined ? kind === 'imposed' : by !== null && splitName(by).role === 'supervisor'

const tookNoPart: Condition<Subject> = {
  says: 'a supervisor who took no part in what is appealed',
  holds: ({ file, actor }) => !isAmong(file.complaint.took_part, actor.id),
}

/** A supervisor who judged proofs of the appellant would otherwise judge their own judgement. */
const judgedNoEvidence: Condition<Subject> = {
  says: 'a supervisor who accepted or refused no evidence of the appellant’s side',
  holds: ({ file, appeal, actor }) =>
    !appeal || !isAmong(file.complaint.judged_evidence_of[appeal.appellant_side] ?? [], actor.id),
}

/** The separation of duties for judges of an appeal. The last resort need not meet it. */
export const appealSeparations: readonly Condition<Subject>[] = [tookNoPart, judgedNoEvidence]

/** An appeal against a supervisor's decision is judged by somebody of a higher level, where the policy names anybody. */
const namedForIt: Condition<Subject> = {
  says: 'where a supervisor decided, somebody whom the policy names for level 3 or as a deputy (`people`); whoever took no part where it names nobody, or none of them is left and there is no last resort',
  holds: (subject) => {
    const { appeal, actor, policy } = subject
    const named = namedPeople(policy)
    if (!appeal || !isOfSupervisor(appeal.decision) || named.length === 0) return true
    if (named.some(({ id }) => samePerson(id, actor.id))) return true
    if (lastResortOf(subject) === null)
      return isLastResortsTurn(subject, appealSeparations) || allRuledOut(subject, appealSeparations, subject.now)
    return decidesAsLastResort(subject, appealSeparations)
  },
}

/** All conditions on the judge of an appeal. */
export const judgeConditions: readonly Condition<Subject>[] = [...unlessLastResort(...appealSeparations), namedForIt]

/** The text of the first condition that the actor does not meet as judge of this appeal; undefined where it meets all. */
export const judgeFault = (subject: Subject): string | undefined => judgeConditions.find((one) => !one.holds(subject))?.says
