/**
 * Evidence: one typed proof by one party or by staff. Its content never changes; staff accept or refuse it, and its author may take it
 * back while that is undecided. This table rules it.
 */

import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { type EvidenceState, evidenceStateNames } from '../../words/evidence.ts'
import { contestableNow } from '../appeals/windows.ts'
import { partySide, type Subject, type Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase } from '../complaints/deciders.ts'

export type EvidenceAction = 'add' | 'accept' | 'refuse' | 'withdraw'

const caseOpen: Condition<Subject> = { says: 'the case is not closed', holds: ({ file }) => file.complaint.status !== 'closed' }

/** What is new is shown first and named in the appeal then, also of a case that is closed. */
const openOrContestable: Condition<Subject> = {
  says: 'the case is not closed, or this party may still appeal',
  holds: ({ file, actor, now }) => {
    const side = partySide(file.complaint, actor)
    return file.complaint.status !== 'closed' || (side !== null && contestableNow(file, side, now) !== undefined)
  },
}

export const evidenceLifecycle = {
  resource: 'evidence',
  states: evidenceStateNames,
  initial: 'submitted',
  final: ['accepted', 'refused', 'withdrawn'],
  actions: {
    add: {
      summary: 'Add a proof: a file, words or a structured record.',
      allow: [{ by: ['complainant', 'respondent', 'agent', 'supervisor'], from: [], to: ['submitted'] }],
      when: [openOrContestable],
    },
    accept: {
      summary: 'Accept the proof.',
      allow: [{ by: ['agent', 'supervisor'], from: ['submitted'], to: ['accepted'] }],
      apart: [notAnotherAgentsCase],
      when: [caseOpen],
    },
    refuse: {
      summary: 'Refuse the proof with an explanation.',
      allow: [{ by: ['agent', 'supervisor'], from: ['submitted'], to: ['refused'] }],
      apart: [notAnotherAgentsCase],
      when: [caseOpen],
    },
    withdraw: {
      summary: 'Take an undecided proof back.',
      allow: [{ by: ['author'], from: ['submitted'], to: ['withdrawn'] }],
      when: [caseOpen],
    },
  },
} as const satisfies Lifecycle<EvidenceState, EvidenceAction, Who, Subject>

export const setEvidenceStatus = statusSetter<EvidenceState>(evidenceLifecycle)

export const evidenceStates = Object.keys(evidenceLifecycle.states) as EvidenceState[]
