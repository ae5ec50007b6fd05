/**
 * Words of a newer version of the service. In a rolling upgrade an older instance reads cases that a newer one has written: they may hold a
 * kind of clock, a state or a consequence of silence for which it has no rule. It leaves the decisions in such a case to newer instances
 * and only reads it. This file checks every word that the rules look up in a table. A word that is no longer written must stay in its list:
 * older cases still hold it, and no instance would decide them any more.
 */

import { advanceStates, receivableStates } from '../../words/advances.ts'
import { appealStateNames } from '../../words/appeals.ts'
import { challengeStatuses, complaintStateNames } from '../../words/complaints.ts'
import { deadlineKinds, deadlineStatuses, sides, silences } from '../../words/deadlines.ts'
import { evidenceStateNames } from '../../words/evidence.ts'
import { holdStates } from '../../words/holds.ts'
import { limitKinds, orderSources } from '../../words/orders.ts'
import { planStateNames, remedyTypes, stepKinds, stepStates } from '../../words/refund-plans.ts'
import { eventTypes } from '../case-events/catalogue.ts'
import type { CaseFile, UnknownWord } from './case-file.ts'
import { type Extent, type PartName, partNames, wasRead } from './parts.ts'

/** The words that this version knows, by kind. */
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
  advance_state: advanceStates,
  receivable_state: receivableStates,
  hold_state: holdStates,
  order_source: orderSources,
  limit_kind: limitKinds,
  evidence_state: Object.keys(evidenceStateNames),
  event_type: eventTypes,
} as const satisfies Readonly<Record<string, readonly string[]>>
export type WordKind = keyof typeof knownWords

const known = new Map(Object.entries(knownWords).map(([what, words]): [string, ReadonlySet<string>] => [what, new Set(words)]))

type Look = (what: WordKind, word: string | null) => void

/** Calls `look` for each word of a part. */
const wordsOf: { readonly [P in PartName]: (part: CaseFile[P], look: Look) => void } = {
  complaint: ({ status, returns_to, challenges }, look) => {
    look('complaint_state', status)
    look('complaint_state', returns_to)
    for (const challenge of challenges) look('challenge_state', challenge.status)
  },
  order: (order, look) => look('order_source', order?.source ?? null),
  limits: (limits, look) => {
    for (const { kind } of limits) look('limit_kind', kind)
  },
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
  advances: (advances, look) => {
    for (const { status } of advances) look('advance_state', status)
  },
  receivables: (receivables, look) => {
    for (const { status } of receivables) look('receivable_state', status)
  },
  holds: (holds, look) => {
    for (const { status } of holds) look('hold_state', status)
  },
  otherCases: () => {},
  affiliates: () => {},
  accounts: () => {},
  transfers: () => {},
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
  settlementRules: () => {},
  returnInstructions: () => {},
  events: (events, look) => {
    for (const { type } of events) look('event_type', type)
  },
}

/** A column that the database checks for unknown words, since its rows are not read with the case. */
interface Beside {
  part: PartName
  column: string
  what: WordKind
  /** Only so many of the newest rows are checked, in the order of the column `by`: all of them would cost more than the case itself. */
  newest: { by: string; rows: number }
}

/** The columns to check. For the extent `words` that is only the type of the last event. */
export const besideCase = (extent: Extent): readonly Beside[] => (extent === 'whole' ? [proofs, trail] : [trail])
const proofs: Beside = { part: 'evidence', column: 'status', what: 'evidence_state', newest: { by: 'position', rows: 50 } }
/** No rule looks at earlier events, so the last one is enough: a type that is unknown shows that a newer version wrote last. */
const trail: Beside = { part: 'events', column: 'type', what: 'event_type', newest: { by: 'sequence', rows: 1 } }

/**
 * The unknown words of a case, each once: in the parts that were read, and those that the database found.
 * @param beside unknown words that the database found in columns of `besideCase`
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
