/** A duty that stays owed and is missed again and again: told once for each level, and counted on its clock. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { agent, inShanghai, liability, once, Story, supervisor, withPolicy } from '../../support/rules.ts'

/** A sweep an hour, day after day; the types of all events from the filing on. */
const untouched = (story: Story, days: number): string[] => {
  const told: string[] = []
  for (let hours = 0; hours < days * 24; hours++) told.push(...story.after(DAY / 24).sweep().events)
  return told
}

t.test('a case that nobody touches for a year is told of for each level, and no more', async (t) => {
  const story = new Story()
  t.strictSame(story.at('2026-11-23 10:50').sweep().events, ['deadline_due_soon'])
  t.strictSame(untouched(story, 365), [
    'deadline_missed',
    'complaint_escalated',
    'escalation_notice',
    'deadline_missed',
    'complaint_escalated',
    'escalation_notice',
    'deadline_due_soon',
    'deadline_missed',
    'escalation_notice',
  ])
  t.equal(story.file.complaint.event_count, 11, 'the filing among them, and the whole handling; 127 are ten times more')
  t.equal(story.file.deadlines.length, 5)
  const [clock] = story.running('first_response')
  t.ok((clock?.step ?? 0) > 100, `missed ${clock?.step} times`)
  t.match(clock, { escalation: { action: 'escalate', level: 3, tells: ['owner', 'supervisors', 'panel'] } })
  t.match(story.file.complaint, { level: 3, owed_since: inShanghai('2026-11-23 11:00') })
  story.by(agent, 'accept')
  t.match(story.file.complaint, {
    owed_since: inShanghai('2026-12-02 10:00'),
    sla: { first_response: { result: 'missed' } },
  })
})

t.test('nor is one that was accepted and forgotten', async (t) => {
  const story = once.accepted()
  const told = untouched(story, 365)
  t.equal(
    told.filter((type) => type === 'deadline_missed').length,
    9,
    'the answer, the intervention, the resolution and the whole handling, once each; five calls of the last resort',
  )
  t.equal(told.filter((type) => type === 'last_resort_called').length, 5)
  t.ok(told.length < 35, `${told.length} events`)
  t.ok((story.running('resolution')[0]?.step ?? 0) > 100)
})

t.test('whoever is to be told besides makes it news again', async (t) => {
  const story = new Story().without('completion')
  untouched(story, 4)
  t.strictSame(story.after(3 * DAY).sweep().events, [])
  const { levels } = defaultPolicy
  story.under(withPolicy({ levels: { ...levels, '3': { ...levels['3'], tells: ['owner', 'complainant'] } } }))
  t.strictSame(story.after(3 * DAY).sweep().events, ['deadline_missed', 'escalation_notice'])
  t.strictSame(story.after(3 * DAY).sweep().events, [])
})

t.test('a person who climbs to the next level makes the next miss the first of that level', async (t) => {
  const story = once.judged().without('completion').at('2026-12-02 10:00').sweep()
  t.match(story.file.complaint, { level: 3 })
  t.strictSame(story.at('2026-12-03 10:00').sweep().events, [], 'the panel was told with the first miss')
  const lower = once.judged().without('completion')
  lower.file.complaint.level = 1
  lower.at('2026-12-02 10:00').sweep()
  t.match(lower.file.complaint, { level: 2 })
  lower.by(supervisor, 'escalate', { reason_code: 'no_agreement' })
  t.strictSame(lower.at('2026-12-03 10:00').sweep().events, ['deadline_missed', 'escalation_notice'])
})

t.test('each reminder of a ladder is told, being a rung of its own', async (t) => {
  const rule = {
    allow: { count: 1, unit: 'days' as const },
    on_silence: ['remind' as const, 'remind' as const, 'escalate' as const],
    while_overdue: [{ count: 1, unit: 'days' as const }],
    warn: null,
  }
  const by = withPolicy({ clocks: { ...defaultPolicy.clocks, first_response: [rule] } })
  const story = new Story(undefined, undefined, undefined, by)
  const day = () => story.after(DAY).sweep().events
  t.strictSame(day(), ['deadline_missed', 'deadline_reminder'])
  t.strictSame(day(), ['deadline_missed', 'deadline_reminder'])
  t.strictSame(day(), ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
  t.strictSame(day(), ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
  t.strictSame(day(), [])
})

t.test('what is counted on the clock takes part in what follows: a wait lets it stand still', async (t) => {
  const story = once.escalated().by(agent, 'determine_liability', liability)
  untouched(story, 30)
  const [running] = story.running('resolution')
  story.by(agent, 'suspend', { reason_code: 'court' })
  t.match(
    story.file.deadlines.find((x) => x.id === running?.id),
    { status: 'paused', owed_since: inShanghai('2026-12-02 10:00') },
  )
})
