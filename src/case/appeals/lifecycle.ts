/**
 * The appeal: a party contests a decision, and somebody higher who took no part in it decides. This table rules it. The appeal windows
 * (`windows.ts`) say who may contest which decision, and until when.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { isNameOf } from '../../platform/access/people.ts'
import { type AppealState, appealStateNames } from '../../words/appeals.ts'
import { partySide, type Subject, type Who } from '../case-file/case-file.ts'
import { decidesAsLastResort } from '../complaints/last-resort.ts'
import { notChallengedBefore } from '../complaints/recusals.ts'
import { appealSeparations, judgeConditions } from './judges.ts'
import { contestableNow } from './windows.ts'

export type AppealAction = 'file' | 'assign' | 'uphold' | 'deny' | 'withdraw' | 'end_undecided' | 'stand_down' | 'challenge'

const caseStates = ['rejected', 'resolved', 'closed', 'executing'] as const

const theReviewer: Condition<Subject> = {
  says: 'the assigned reviewer, or an appeal without one; or the last resort in its turn',
  holds: (subject) =>
    !subject.appeal?.reviewer ||
    isNameOf(subject.appeal.reviewer, subject.actor) ||
    decidesAsLastResort(subject, appealSeparations),
}

const back = [{ from: ['under_appeal'], to: caseStates }] as const

export const appealLifecycle = {
  resource: 'appeal',
  states: appealStateNames,
  initial: 'submitted',
  final: ['upheld', 'denied', 'withdrawn', 'undecided'],
  actions: {
    file: {
      summary: 'Contest the latest decision whose window is open; the case waits until the appeal is decided.',
      allow: [{ by: ['complainant', 'respondent'], from: [], to: ['submitted'] }],
      moves: [{ from: caseStates, to: ['under_appeal'] }],
      when: [
        {
          says: `the case is ${caseStates.join(' or ')}`,
          holds: ({ file }: Subject) => (caseStates as readonly string[]).includes(file.complaint.status),
        },
        {
          says: 'an open window of this party to appeal a decision',
          holds: ({ file, actor, now }: Subject) => {
            const side = partySide(file.complaint, actor)
            return side !== null && contestableNow(file, side, now) !== undefined
          },
        },
      ],
    },
    assign: {
      summary:
        'Name the reviewer: a supervisor who took no part in what is appealed and judged no evidence of the appellant, and where a supervisor decided somebody of level 3, as far as the policy names people.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['under_review'] }],
    },
    uphold: {
      summary:
        'Agree with the appellant: the decision’s effects are rolled back and the case is investigated again, one level higher.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['upheld'] }],
      moves: [{ from: ['under_appeal'], to: ['investigating'] }],
      meets: ['appeal_decision', 'last_resort'],
      apart: judgeConditions,
      when: [theReviewer],
    },
    deny: {
      summary: 'Let the decision stand: final for the appellant, who is told the outside routes.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['denied'] }],
      moves: back,
      meets: ['appeal_decision', 'last_resort'],
      apart: judgeConditions,
      when: [theReviewer],
    },
    withdraw: {
      summary: 'Take the appeal back.',
      allow: [{ by: ['appellant'], from: ['submitted', 'under_review'], to: ['withdrawn'] }],
      moves: back,
    },
    stand_down: {
      summary: 'Give the review out of one’s hands: the appeal is without a reviewer at once.',
      allow: [{ by: ['reviewer'], from: ['under_review'], to: ['submitted'] }],
    },
    challenge: {
      summary: 'Ask for another reviewer, once per side and person; another supervisor judges it.',
      allow: [{ by: ['complainant', 'respondent'], from: ['under_review'] }],
      when: [notChallengedBefore],
    },
    end_undecided: {
      summary:
        'Nobody has judged it, the last resort neither: the decision stands, and the appellant is told the outside routes.',
      allow: [{ by: ['system'], from: ['submitted', 'under_review'], to: ['undecided'] }],
      moves: back,
    },
  },
  cascades: {
    lose_reviewer: {
      summary: 'Its reviewer leaves the case, by standing down as its owner or by a challenge: it is without a reviewer at once.',
      from: ['under_review'],
      to: ['submitted'],
    },
  },
} as const satisfies Lifecycle<AppealState, AppealAction, Who, Subject>

export const setAppealStatus = statusSetter<AppealState>(appealLifecycle)

export const appealStates = Object.keys(appealLifecycle.states) as AppealState[]
export const openAppealStates: readonly AppealState[] = ['submitted', 'under_review']
