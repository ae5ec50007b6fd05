/** Wire types of what the service is going to do by itself. */
import Type from 'typebox'
import { HeardOut, Note } from '../../case/case-file/schema.ts'
import { Id, Nullable, named, StrEnum, Strict, Text, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { AvailableAction } from '../../platform/wire/available-action.ts'
import { deadlineKinds, deadlineStatuses, sides, silences } from '../../words/deadlines.ts'

const words = 'Why; internal, it is kept as the remark of the event.'

export const holdBodies = {
  hold: named(
    'HoldPlannedAction',
    Strict(
      {
        explanation: Text(2000, { description: words }),
        until: Type.Optional(
          TimeText({
            description:
              'When it ends by itself: after the due time, and at most `holds_at_most` of the policy from now, which is also the default.',
          }),
        ),
        note: Note,
      },
      { example: { explanation: '等待品牌方鉴定', until: '2026-12-01T02:00:00.000Z' } },
    ),
  ),
  release: named('ReleasePlannedAction', Strict({ explanation: Type.Optional(Text(2000, { description: words })), note: Note })),
  cancel: named(
    'CancelPlannedAction',
    Strict({ explanation: Text(2000, { description: words }), note: Note }, { example: { explanation: '买家住院，已电话联系' } }),
  ),
  bring_forward: named(
    'BringForwardPlannedAction',
    Strict(
      {
        explanation: Text(2000, { description: words }),
        at: Type.Optional(
          TimeText({
            description:
              'Until before the present due time; when left out as early as can be: now, or for a complainant or respondent after the last, warned piece of time that a side keeps (`least_notice` of the policy).',
          }),
        ),
        note: Note,
      },
      { example: { explanation: '双方已当面和解' } },
    ),
  ),
}
export type HoldBodies = { [Act in keyof typeof holdBodies]: Wire<(typeof holdBodies)[Act]> }

/**
 * Where a planned action stands: `planned` for later, `due` at the next sweep, `held` back, `paused` with its clock, `ended`. Nobody can
 * change the last three: an `appeal_window` is a party's right, a `notice` only tells a miss, a `held_silence` ends a hold by messages.
 */
export const plannedStates = ['planned', 'due', 'held', 'paused', 'ended', 'appeal_window', 'notice', 'held_silence'] as const
export type PlannedState = (typeof plannedStates)[number]

/** What became of one: it was done, it could not take effect, or a supervisor cancelled it. */
export const pastStates = ['done', 'failed', 'cancelled'] as const

export const PlannedActionOut = named(
  'PlannedAction',
  Type.Object({
    id: Id({ description: 'That of its deadline.' }),
    action: StrEnum(silences, { description: 'What the service will do.' }),
    status: StrEnum([...plannedStates, ...pastStates], {
      description:
        '`planned` for later, `due` at the next sweep, `held` back by a supervisor, `paused` with its clock, `ended`. An `appeal_window` is a party’s right, a `notice` only tells what has happened, and a `held_silence` ends what words hold: nobody moves these. Of what is past: `done`, `failed` (it could not take effect), `cancelled` by a supervisor.',
    }),
    at: Nullable(TimeText(), {
      description: 'When, at the earliest; null while the clock is paused. Of what is past: when it was done or cancelled.',
    }),
    why: Type.String({
      description: 'Why it will happen, in words.',
      example: 'first_response of the platform is not met by then',
    }),
    deadline: Type.Object(
      {
        kind: StrEnum(deadlineKinds, { description: 'Which duty or right.' }),
        party: StrEnum(sides, { description: 'Whose duty it is.' }),
        due_at: TimeText({ description: 'When it is due.' }),
        status: StrEnum(deadlineStatuses, { description: 'How it stands.' }),
        heard: HeardOut,
      },
      { description: 'The clock that it follows.' },
    ),
    warns_at: Nullable(TimeText(), { description: 'When a `deadline_due_soon` goes out; null where none is to come.' }),
    tells: Type.Array(Type.String(), {
      description: 'Who is told then that a duty was missed.',
      example: ['owner', 'supervisors'],
    }),
    level_after: Nullable(Type.Integer({ minimum: 1, maximum: 3 }), {
      description:
        'The level of the case afterwards, as it stands now; null where the system cannot decide it, and of what is past and called nobody in.',
    }),
    obstacle: Nullable(Type.String({ example: 'order_total_exceeded' }), {
      description:
        'Why it failed: `nothing_wanted`, `no_amount`, `no_currency`, `plan_on_table`, `case_waits`, `order_total_exceeded`, or the code of the problem that a person would have met. What the platform could not propose by default is for staff alone.',
    }),
    cancelled: Nullable(
      Type.Object({
        action: StrEnum(silences, { description: 'What will never happen.' }),
        by: Type.String({ description: 'Who, as `role:id`.', example: 'supervisor:zhao' }),
        at: TimeText({ description: 'When.' }),
        explanation: Nullable(Type.String(), { description: 'Internal: null for parties.' }),
      }),
      { description: 'A supervisor cancelled it for good; in its place the supervisors are called in.' },
    ),
    held: Nullable(
      Type.Object({
        by: Type.String({ description: 'Who, as `role:id`.', example: 'supervisor:zhao' }),
        explanation: Nullable(Type.String(), { description: 'Internal: null for parties.' }),
        until: TimeText({ description: 'It ends by itself then.' }),
        held_at: TimeText({ description: 'Since when.' }),
      }),
      { description: 'A supervisor holds it back; the duty stays due.' },
    ),
    stopped: Type.Boolean({ description: 'The platform has switched this off for now; it stays due.' }),
    available_actions: Type.Array(AvailableAction.ref, { description: 'What this caller can do about it now.' }),
  }),
)
export type PlannedActionWire = Wire<typeof PlannedActionOut>
