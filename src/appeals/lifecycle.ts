/**
 * The appeal: a party contests a decision, and somebody higher who took no part in it decides. This table rules it; who may contest
 * which decision until when is kept by the appeal windows (`effects.ts`).
 */
import { isAmong } from '../access/people.ts'
import { partySide, type Subject, type Who } from '../case-file/case-file.ts'
import type { PartySide } from '../deadlines/words.ts'
import type { Condition, Lifecycle } from '../foundation/lifecycle.ts'
import { contestableNow } from './windows.ts'
import { type AppealState, appealStateNames } from './words.ts'

export type AppealAction = 'file' | 'assign' | 'uphold' | 'deny' | 'withdraw'

const caseStates = ['rejected', 'resolved', 'closed', 'executing'] as const

const tookNoPart: Condition<Subject> = {
  says: 'a supervisor who took no part in what is appealed',
  holds: ({ file, actor }) => !file.complaint.took_part.includes(actor.id),
}

/** Whoever judged what the appellant had to show would judge their own judgement. */
export const judgedNoEvidenceOf = ({ file }: Pick<Subject, 'file'>, side: PartySide, staffId: string): boolean =>
  !isAmong(file.complaint.judged_evidence_of[side] ?? [], staffId)

const judgedNoEvidence: Condition<Subject> = {
  says: 'a supervisor who accepted or refused no evidence of the appellant’s side',
  holds: (subject) => !subject.appeal || judgedNoEvidenceOf(subject, subject.appeal.appellant_side, subject.actor.id),
}

const theReviewer: Condition<Subject> = {
  says: 'the assigned reviewer, or an appeal without one',
  holds: ({ appeal, actor }) => !appeal?.reviewer || appeal.reviewer === `${actor.role}:${actor.id}`,
}

const back = [{ from: ['under_appeal'], to: caseStates }] as const

export const appealLifecycle = {
  resource: 'appeal',
  states: appealStateNames,
  initial: 'submitted',
  final: ['upheld', 'denied', 'withdrawn'],
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
      summary: 'Name the reviewer: a supervisor who took no part in what is appealed and judged no evidence of the appellant.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['under_review'] }],
    },
    uphold: {
      summary:
        'Agree with the appellant: the decision’s effects are rolled back and the case is investigated again, one level higher.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['upheld'] }],
      moves: [{ from: ['under_appeal'], to: ['investigating'] }],
      meets: ['appeal_decision'],
      apart: [tookNoPart, judgedNoEvidence],
      when: [theReviewer],
    },
    deny: {
      summary: 'Let the decision stand: final for the appellant, who is told the outside routes.',
      allow: [{ by: ['supervisor'], from: ['submitted', 'under_review'], to: ['denied'] }],
      moves: back,
      meets: ['appeal_decision'],
      apart: [tookNoPart, judgedNoEvidence],
      when: [theReviewer],
    },
    withdraw: {
      summary: 'Take the appeal back.',
      allow: [{ by: ['appellant'], from: ['submitted', 'under_review'], to: ['withdrawn'] }],
      moves: back,
    },
  },
} as const satisfies Lifecycle<AppealState, AppealAction, Who, Subject>

export const appealStates = Object.keys(appealLifecycle.states) as AppealState[]
export const openAppealStates: readonly AppealState[] = ['submitted', 'under_review']
