/** Wire types of sweeps. */
import Type from 'typebox'
import { Id, named, StrEnum, Strict, TimeText, type Wire } from '../../foundation/http/schema.ts'
import { deadlineKinds, sides, silences } from '../../words/deadlines.ts'
import { runStatuses } from './table.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

const results = {
  due: count('Deadlines that were due and acted on.'),
  escalated: count('Cases that climbed a level.'),
  closed: count('Cases closed by silence.'),
  expired: count('Plans that lapsed.'),
  deemed_accepted: count('Plans that silence accepted.'),
  warned: count('Deadlines that were warned of before they are missed.'),
  failed: count('Cases that could not be decided; they stay due and are tried again ever more rarely, see `/v1/stuck-cases`.'),
  left_over: Type.Boolean({
    description:
      'More is due than one sweep may act on (`SWEEP_MAX_PER_TICK`, `SWEEP_MAX_PER_PLATFORM`; `due` and `warned` count). The next one goes on.',
  }),
  stopped: Type.Boolean({ description: 'Something is due that the platform’s switch stops, see `/v1/automation`.' }),
  duration_ms: count('How long it took, in milliseconds of real time.'),
}

export const SweepIn = named(
  'Sweep',
  Strict(
    {
      dry_run: Type.Optional(Type.Boolean({ default: false, description: 'Lists what a sweep would do, and does nothing.' })),
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1000,
          description: 'Of a dry run alone: how many deadlines to list at most; 100 when left out.',
        }),
      ),
    },
    { example: { dry_run: true, limit: 100 } },
  ),
)
export type SweepBody = Wire<typeof SweepIn>

export const SweepResultOut = named('SweepResult', Type.Object(results))

const PlannedOut = Type.Object({
  complaint_id: Id({ description: 'The case.' }),
  case_number: Type.String({ description: 'The case, for people.' }),
  deadline_id: Id({ description: 'The deadline.' }),
  kind: StrEnum(deadlineKinds, { description: 'Its kind.' }),
  party: StrEnum(sides, { description: 'Whose duty it is.' }),
  action: StrEnum([...silences, 'warn'], {
    description:
      'What silence leads to; `warn` before the deadline is missed, `tell` of a miss that waited for the service hours.',
  }),
  due_at: TimeText({ description: 'When it fell due.' }),
  events: Type.Array(Type.String(), {
    description: 'The types of the events that would be told.',
    example: ['deadline_missed', 'complaint_escalated', 'escalation_notice'],
  }),
})
export type Planned = Wire<{ schema: typeof PlannedOut }>

export const DryRunOut = named(
  'SweepDryRun',
  Type.Object(
    {
      ...results,
      dry_run: Type.Boolean({ description: 'Nothing was done.' }),
      would: Type.Array(PlannedOut, { description: 'In the order in which it would be done, as far as one case is concerned.' }),
    },
    { description: 'The counts are of what is listed.' },
  ),
)

export const SweepRunOut = named(
  'SweepRun',
  Type.Object({
    id: Id(),
    trigger: StrEnum(['cron', 'request'], { description: 'Who began it: the timetable, or `POST /v1/sweeps`.' }),
    started_at: TimeText({ description: 'Real time.' }),
    status: StrEnum(runStatuses, {
      description:
        '`running` from the first batch that did something, with what it has done so far; `done` at its end. `interrupted`: it was stopped or failed on its way, or it was killed, which is told by its silence for three minutes. Its counts are what was done.',
    }),
    ...results,
  }),
)
