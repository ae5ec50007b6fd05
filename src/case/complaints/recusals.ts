/** Which staff are out of a case (they stood down or were replaced) or may not decide it for now (they are challenged). Pure. */

import type { Condition } from '../../foundation/lifecycle.ts'
import { isStaff } from '../../platform/access/caller.ts'
import { isAmong, namesPerson, splitName } from '../../platform/access/people.ts'
import { type CaseFile, partySide, type Subject } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'

/** Actions that are no decision: writing, naming somebody else, calling somebody in, adding a proof, reporting what was done. */
const decidesNothing: readonly string[] = [
  'post',
  'assign',
  'escalate',
  'add',
  'provide_information',
  'complete_step',
  'fail_step',
  'progress_step',
  'return_step',
]

/** Actions that end something. A person whose challenge is still open may not take them, but may do the rest of the work. */
const decidesForGood: readonly string[] = [
  'reject',
  'determine_liability',
  'dismiss',
  'close',
  'approve',
  'impose',
  'uphold',
  'deny',
]

export const isRecused = ({ complaint }: CaseFile, id: string): boolean => isAmong(complaint.recused, id)

const isChallenged = ({ complaint }: CaseFile, id: string): boolean =>
  complaint.challenges.some(({ status, person }) => status === 'open' && namesPerson(person, id))

/** Why this actor may not take this action; undefined where it is neither recused nor challenged. */
export const keptFrom = (action: string, { file, actor }: Pick<Subject, 'file' | 'actor'>): string | undefined => {
  if (!isStaff(actor.role)) return undefined
  if (isRecused(file, actor.id) && action === 'assign' && actor.role === 'agent')
    return 'An agent takes cases for itself only, and who stood down or was replaced does not take this one.'
  if (isRecused(file, actor.id) && !decidesNothing.includes(action))
    return 'Who stood down or was replaced decides nothing more in this case.'
  if (isChallenged(file, actor.id) && decidesForGood.includes(action))
    return 'Who is challenged decides nothing until the challenge is judged.'
  return undefined
}

/** Each side may challenge each person once. */
export const notChallengedBefore: Condition<Subject> = {
  says: 'somebody whom this side has not challenged before',
  holds: ({ file: { complaint }, appeal, actor }) => {
    const person = appeal ? appeal.reviewer : complaint.owner
    const side = partySide(complaint, actor)
    return (
      person !== null && !complaint.challenges.some((one) => one.side === side && namesPerson(one.person, splitName(person).id))
    )
  },
}

const openChallenges = ({ complaint }: CaseFile) => complaint.challenges.filter(({ status }) => status === 'open')

/** The open challenges that this actor may judge: those of other people. */
export const challengesFor = (file: CaseFile, actor: Subject['actor']) =>
  openChallenges(file).filter(({ person }) => !namesPerson(person, actor.id))

export const hasOpenChallenge: Condition<Subject> = {
  says: 'a challenge that is open',
  holds: ({ file }) => openChallenges(file).length > 0,
}

/** Nobody judges a challenge of their own person. Where all open challenges are of the actor, there is none to judge. */
export const notTheChallenged: Condition<Subject> = {
  says: 'a supervisor who is not the person challenged',
  holds: ({ file, actor }) => openChallenges(file).length === 0 || challengesFor(file, actor).length > 0,
}

/** Puts this person out of the case for good. */
export const recuse = (d: Decision, id: string): void => {
  if (!isRecused(d.file, id)) d.file.complaint.recused.push(id)
}
