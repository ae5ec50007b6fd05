/**
 * Who judges an appeal: a supervisor who took no part, and where a supervisor decided, somebody of those whom the policy names for the highest
 * level. Each rule is a condition with words of its own; the lifecycle table lists them. Pure.
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

/** Before it was kept who decided, a plan was imposed by a supervisor all the same. */
export const isOfSupervisor = ({ kind, by }: ContestableDecision): boolean =>
  by === undefined ? kind === 'imposed' : by !== null && splitName(by).role === 'supervisor'

const tookNoPart: Condition<Subject> = {
  says: 'a supervisor who took no part in what is appealed',
  holds: ({ file, actor }) => !isAmong(file.complaint.took_part, actor.id),
}

/** Whoever judged what the appellant had to show would judge their own judgement. */
const judgedNoEvidence: Condition<Subject> = {
  says: 'a supervisor who accepted or refused no evidence of the appellant’s side',
  holds: ({ file, appeal, actor }) =>
    !appeal || !isAmong(file.complaint.judged_evidence_of[appeal.appellant_side] ?? [], actor.id),
}

/** What keeps judges apart from what they judge; the last resort need not meet it. */
export const appealSeparations: readonly Condition<Subject>[] = [tookNoPart, judgedNoEvidence]

/** An appeal against a supervisor goes higher, as far as the policy says who that is. */
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

/** All that must hold for whoever judges an appeal. */
export const judgeConditions: readonly Condition<Subject>[] = [...unlessLastResort(...appealSeparations), namedForIt]

/** What keeps somebody from judging this appeal, in words; undefined where nothing does. */
export const judgeFault = (subject: Subject): string | undefined => judgeConditions.find((one) => !one.holds(subject))?.says
