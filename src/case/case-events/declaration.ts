/** How an event is declared, and the schemas that the data of several events share. */

import Type from 'typebox'
import { Id, Nullable, named, StrEnum, TimeText } from '../../foundation/http/schema.ts'
import { clockReasonCodes, clockReasons } from '../../words/clock-reasons.ts'
import { deviationReasonCodes, HIGHEST_LEVEL } from '../../words/complaints.ts'
import { deadlineKinds, sides, silences } from '../../words/deadlines.ts'
import { clockChangeWords } from '../deadlines/reasons.ts'
import type { Visibility } from './table.ts'

/** What an event can be about. */
export const eventResources = [
  'complaint',
  'refund_plan',
  'appeal',
  'evidence',
  'message',
  'deadline',
  'advance',
  'receivable',
  'hold',
] as const
export type EventResource = (typeof eventResources)[number]

export interface EventDeclaration {
  /** What happened, in one sentence. */
  en: string
  zh: string
  /** What it is about. Of two, the first is meant where the event has no `resource_id`, else the last. */
  of: readonly EventResource[]
  /** Who reads it, unless the rule that tells it names other readers. */
  visibility: Extract<Visibility, 'parties' | 'staff'>
  /** To which other readers a rule may tell it, and when, in words. Absent: always to those of `visibility`. */
  otherwise?: string
  /** The fields of its data, besides `clocks`. */
  data: Type.TProperties
}

/** A part of the catalogue. */
export type Declarations = Readonly<Record<string, EventDeclaration>>

const Party = StrEnum(sides, { description: 'Whose duty it is; agents and supervisors act for the platform.' })

export const ClockChangeOut = named(
  'ClockChange',
  Type.Object(
    {
      deadline_id: Id(),
      kind: StrEnum(deadlineKinds),
      party: Party,
      step: Type.Integer({ minimum: 0, description: 'How often the duty had been missed before.' }),
      change: StrEnum(clockChangeWords),
      why: StrEnum(clockReasonCodes, {
        description: clockReasonCodes
          .map((code) => `\`${code}\`: ${clockReasons[code].en} (${clockReasons[code].zh})`)
          .join('\n'),
      }),
      old_due_at: Nullable(TimeText()),
      new_due_at: Nullable(TimeText(), { description: 'Null where it stands still, or has ended.' }),
      margin_ms: Nullable(Type.Integer(), {
        description: 'At its end: the time that was left, in milliseconds of the time it counts in; negative when it was late.',
      }),
    },
    { description: 'What became of a deadline, and why.' },
  ),
)

/** An optional field in the data of every event. Of the events that one act tells, the first carries it (`keepClocks`). */
export const clocks = Type.Optional(
  Type.Array(ClockChangeOut.ref, {
    description: 'What it did to deadlines. Of several events that one act tells, the first lists them.',
  }),
)

/** Which clock an event tells of. */
export const ofClock = { deadline_id: Id(), kind: StrEnum(deadlineKinds), party: Party }

/** Which clock ran out or is going to, and when it is due. */
export const ofDueClock = { ...ofClock, due_at: TimeText() }

/** What the service was going to do, or has done, because nobody acted. */
export const Silence = StrEnum(silences, { description: 'What the service does when nobody acts in time.' })

export const Explanation = Type.String({ description: 'Why, in the words of whoever did it.' })

/** `role:id` of somebody who works on cases. */
export const Staff = (description: string) => Type.String({ description, example: 'agent:alice' })

export const Level = (description: string) => Type.Integer({ minimum: 1, maximum: HIGHEST_LEVEL, description })

/** A settlement rule of the respondent. */
export const ofSettlementRule = {
  rule_id: Type.String({ description: 'Its name among the rules of the respondent.', example: 'small_refunds' }),
  rules_version: Type.Integer({ minimum: 1, description: 'In which version of them.' }),
}

/** What a settlement rule did without a person. */
export const Automatic = {
  automatic: Type.Optional(
    Type.Object(ofSettlementRule, { description: 'A settlement rule of the respondent did it, and no person.' }),
  ),
}

/** In the event of a decision: whether it waived the separation of duties. */
export const Waived = {
  separation_waived: Type.Optional(
    Type.Literal(true, { description: 'The last resort decided, although separation of duties would have forbidden it.' }),
  ),
}

export const Deviates = {
  deviation: Type.Optional(
    Type.Object(
      { reason_code: StrEnum(deviationReasonCodes) },
      { description: 'Why it deviates from the liability that was fixed.' },
    ),
  ),
}
