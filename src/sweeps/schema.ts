/** Wire types of sweeps. */
import Type from 'typebox'
import { Id, named, StrEnum, TimeText } from '../foundation/schema.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

const results = {
  due: count('Deadlines that were missed and acted on.'),
  escalated: count('Cases that climbed a level.'),
  closed: count('Cases closed by silence.'),
  expired: count('Plans that lapsed.'),
  deemed_accepted: count('Plans that silence accepted.'),
  warned: count('Deadlines that were warned of before they are missed.'),
  failed: count('Cases that could not be decided; they stay due.'),
  duration_ms: count('How long it took, in milliseconds of real time.'),
}

export const SweepResultOut = named('SweepResult', Type.Object(results))

export const SweepRunOut = named(
  'SweepRun',
  Type.Object({
    id: Id(),
    trigger: StrEnum(['cron', 'request']),
    started_at: TimeText({ description: 'Real time.' }),
    ...results,
  }),
)
