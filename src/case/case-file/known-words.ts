/**
 * Words of a newer version of the service. In a rolling upgrade an older instance reads cases that a newer one has written: a kind of clock, a
 * state, a consequence of silence that it has no rule for. Who does not know a word cannot know what it asks for, so the case is left to the
 * instances that do; reading it goes on. Everything in a case that the rules look up in a table is looked at here. A word that is written no more
 * stays in its list: cases of before still have it, and would be left to others for good.
 */

import { appealStateNames } from '../../words/appeals.ts'
import { challengeStatuses, complaintStateNames } from '../../words/complaints.ts'
import { deadlineKinds, deadlineStatuses, sides, silences } from '../../words/deadlines.ts'
import { evidenceStateNames } from '../../words/evidence.ts'
import { planStateNames, remedyTypes, stepKinds, stepStates } from '../../words/refund-plans.ts'
import { eventTypes } from '../case-events/catalogue.ts'
import type { CaseFile, UnknownWord } from './case-file.ts'
import { type Extent, type PartName, partNames, wasRead } from './parts.ts'

/** What this version knows, by what the words are. */
export const knownWords = {
  complaint_state: Object.keys(complaintStateNames),
  challenge_state: challengeStatuses,
  clock_kind: deadlineKinds,
  clock_state: deadlineStatuses,
  on_silence: silences,
  side: sides,
  plan_state: Object.keys(planStateNames),
  remedy: remedyTypes,
  step_kind: stepKinds,
  step_state: stepStates,
  appeal_state: Object.keys(appealStateNames),
  evidence_state: Object.keys(evidenceStateNames),
  event_type: eventTypes,
} as const satisfies Readonly<Record<string, readonly string[]>>
export type WordKind = keyof typeof knownWords

const known = new Map(Object.entries(knownWords).map(([what, words]): [string, ReadonlySet<string>] => [what, new Set(words)]))

type Look = (what: WordKind, word: string | null) => void

/** Where the words of each part stand. */
const wordsOf: { readonly [P in PartName]: (part: CaseFile[P], look: Look) => void } = {
  complaint: ({ status, returns_to, challenges }, look) => {
    look('complaint_state', status)
    look('complaint_state', returns_to)
    for (const challenge of challenges) look('challenge_state', challenge.status)
  },
  order: () => {},
  plans: (plans, look) => {
    for (const { status, remedies, steps } of plans) {
      look('plan_state', status)
      for (const { type } of remedies) look('remedy', type)
      for (const step of steps) {
        look('step_kind', step.kind)
        look('step_state', step.status)
      }
    }
  },
  appeals: (appeals, look) => {
    for (const { status, returns_to } of appeals) {
      look('appeal_state', status)
      look('complaint_state', returns_to)
    }
  },
  evidence: (proofs, look) => {
    for (const { status } of proofs) look('evidence_state', status)
  },
  messages: () => {},
  deadlines: (deadlines, look) => {
    for (const { kind, status, on_silence, party } of deadlines) {
      look('clock_kind', kind)
      look('clock_state', status)
      look('on_silence', on_silence)
      look('side', party)
    }
  },
  stuck: () => {},
  events: (events, look) => {
    for (const { type } of events) look('event_type', type)
  },
}

/** A column of rows that are not read with their case, and are looked through where they stand. */
interface Beside {
  part: PartName
  column: string
  what: WordKind
  /** How many of the newest are looked through, by which column: to read all of them would cost more than the case itself. */
  newest: { by: string; rows: number }
}

/** What to look through: of a case that is read for somebody's words alone, what happened in it. */
export const besideCase = (extent: Extent): readonly Beside[] => (extent === 'whole' ? [proofs, trail] : [trail])
const proofs: Beside = { part: 'evidence', column: 'status', what: 'evidence_state', newest: { by: 'position', rows: 50 } }
/** No rule looks at what was told; what was told last says who wrote last. */
const trail: Beside = { part: 'events', column: 'type', what: 'event_type', newest: { by: 'sequence', rows: 1 } }

/**
 * Each unknown word of what was read of a case, once.
 * @param beside unknown words that were found where they stand
 */
export const unknownWordsIn = (file: CaseFile, beside: readonly UnknownWord[] = []): UnknownWord[] => {
  const found = new Map(beside.map((one) => [`${one.what} ${one.word}`, one]))
  const look: Look = (what, word) => {
    if (word !== null && !known.get(what)?.has(word)) found.set(`${what} ${word}`, { what, word })
  }
  const lookIn = <P extends PartName>(name: P): void => {
    if (wasRead(file, name)) wordsOf[name](file[name], look)
  }
  partNames.forEach(lookIn)
  return [...found.values()]
}
