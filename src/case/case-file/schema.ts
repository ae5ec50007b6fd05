/** Wire types that every room of a case shares: who acted, what is possible, what is due. */
import Type from 'typebox'
import { Id, Nullable, named, StrEnum, Text, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { MOST_OF_NAME, staffNameFormat, supervisorNameFormat } from '../../platform/access/people.ts'
import { businessUnits, naturalUnits } from '../../rules/policy/clock-rule-schema.ts'
import { deadlineKinds, deadlineStatuses, sides, silences } from '../../words/deadlines.ts'

/** A coded word of the caller's own choosing. */
export const OpenCode = (description: string) =>
  Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', maxLength: 64, description, example: 'no_agreement' })

/** `role:id` of somebody who works on cases. */
export const StaffName = (roles: 'agent|supervisor' | 'supervisor', description: string) =>
  Type.String({
    format: roles === 'supervisor' ? supervisorNameFormat : staffNameFormat,
    maxLength: MOST_OF_NAME,
    description,
    example: 'supervisor:zhao',
  })

/** Every action takes a remark; what staff write here stays internal. */
export const Note = Type.Optional(Text(2000, { description: 'A remark kept with the event; internal when staff write it.' }))

export const SideWord = StrEnum(sides, { description: 'Whose duty it is; agents and supervisors act for the platform.' })

export const HeardOut = Nullable(
  Type.Object({
    side: StrEnum(['complainant', 'respondent'], { description: 'Whose words.' }),
    resource: StrEnum(['message', 'evidence'], { description: 'Whether they are a message or a proof.' }),
    resource_id: Id({ description: 'Which one.' }),
    at: TimeText({ description: 'When they were said.' }),
    until: Nullable(TimeText(), { description: 'When it ends unanswered; null on a `next_reply`, which holds nothing.' }),
    ended_at: Nullable(TimeText(), { description: 'When that ended; null while it has not.' }),
    ended_by: Nullable(StrEnum(['answered', 'no_answer_needed', 'unanswered']), { description: 'How it ended.' }),
  }),
  {
    description:
      'Words of a side. On its own clock they hold the consequence of its silence, once, while it is paused and they have not ended; on a `next_reply` they are what waits for an answer.',
  },
)

export const DeadlineOut = named(
  'Deadline',
  Type.Object({
    id: Id(),
    kind: StrEnum(deadlineKinds, { description: 'Which duty or right.' }),
    party: SideWord,
    due_at: TimeText({
      description:
        'When the service may act. It does with its next sweep: an answer that comes before that still counts, late and heard. A right (`appeal_window`) ends at this very moment.',
    }),
    status: StrEnum(deadlineStatuses, { description: 'How it stands.' }),
    on_silence: StrEnum(silences, { description: 'What the service does when nobody acts in time.' }),
    subject_id: Nullable(Id(), {
      description: 'The plan, step, appeal, decision, message or proof it is about; null for the case as a whole.',
    }),
    started_at: TimeText({ description: 'When it began.' }),
    overdue_since: Nullable(TimeText(), { description: 'On a repeated clock: since when the duty has been owed.' }),
    ended_at: Nullable(TimeText(), { description: 'When it ended; null while it is open.' }),
    rule: Nullable(
      Type.Object({
        policy_version: Type.Integer({ minimum: 1, description: 'The document is at `/v1/policy?version=…`.' }),
        lines: Type.Array(Type.String(), {
          description: 'Pointers into that document: the line that fits first, then those that say what it leaves out.',
          example: ['/clocks/first_response/4'],
        }),
      }),
      {
        description:
          'What it is counted by; null where a person named the moment, for a notice, and where an earlier version of the service started it.',
      },
    ),
    allowance: Nullable(
      Type.Object({
        count: Type.Integer({ description: 'How many.', minimum: 1 }),
        unit: StrEnum([...naturalUnits, ...businessUnits], { description: 'Of what.' }),
      }),
      { description: 'How long that rule lets it take.' },
    ),
    pinned: Type.Boolean({ description: 'A person named its moment: `due_at` is that, and no recomputation moves it.' }),
    calendar: Nullable(Type.String(), { description: 'The calendar whose open time it counts; null for elapsed time.' }),
    calendar_version: Nullable(Type.Integer(), {
      description: 'The version of it that this clock is counted in, `/v1/calendars/{name}?version=…`.',
    }),
    allowed_ms: Type.Integer({ minimum: 0, description: 'All its time, in milliseconds of the time it counts in.' }),
    used_ms: Type.Integer({
      minimum: 0,
      description: 'What had been used up of it before its present stretch; while paused, by the pause.',
    }),
    counted_since: TimeText({
      description:
        'Where its present stretch begins: unless `pinned`, it is due when what is left (`allowed_ms` less `used_ms`) is used up from there on, but not before `kept_until`.',
    }),
    shortened_from: Nullable(TimeText(), { description: 'Its due time before it was shortened for the first time.' }),
    kept_until: Nullable(TimeText(), {
      description:
        'It was shortened, and is not due before this moment: a side keeps a last, warned piece of time (`least_notice` of the policy), the platform until the moment of the change.',
    }),
    remaining_ms: Nullable(Type.Integer(), {
      description: 'While paused: the unused rest, in milliseconds of the time it counts in.',
    }),
    provisional: Type.Boolean({
      description:
        'It was counted through a year whose public holidays had not been published; a recomputation can move it once they are.',
    }),
    step: Type.Integer({
      minimum: 0,
      description: 'How often the duty had been missed before this clock fell due last: its place on the ladder of the policy.',
    }),
    times_missed: Type.Integer({
      minimum: 0,
      description:
        'How often the duty has been missed by now. While it stays owed, a miss that changes nothing (no level is above, nobody else is to be told) makes no event: the same deadline goes on, and this counts it.',
    }),
    escalation: Nullable(
      Type.Object({
        action: StrEnum(['escalate', 'remind', 'call_supervisors'], { description: 'Whether the case climbed.' }),
        level: Type.Integer({ minimum: 1, maximum: 3, description: 'The level of the case afterwards.' }),
        tells: Type.Array(Type.String(), { description: 'Who is told.', example: ['owner', 'supervisors'] }),
        told_at: Nullable(TimeText(), { description: 'Null while the service hours are waited for.' }),
      }),
      { description: 'What its latest miss led to; null where it was not missed, or the case ended by it.' },
    ),
    held_until: Nullable(TimeText(), { description: 'A supervisor holds back what follows silence until then.' }),
    heard: HeardOut,
    margin_ms: Nullable(Type.Integer(), {
      description:
        'At its end: the time that was left, in milliseconds of the time it counts in; negative when it was late. Null while open, and when cancelled.',
    }),
  }),
)

export type DeadlineWire = Wire<typeof DeadlineOut>
