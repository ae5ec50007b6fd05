import fc from 'fast-check'
import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { recomputeClock } from '../../../src/case/deadlines/recompute.ts'
import { DAY, HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { agent, buyer, inShanghai, once, rules, Story, withCalendar, withPolicy } from '../../support/rules.ts'

/** Counts every clock of the story anew under other rules; what was recorded of it. */
const recomputed = (story: Story, by: Rules) => {
  const d = new Decision(story.file, systemActor, story.now, by)
  const moved = d.file.deadlines.filter((deadline) => recomputeClock(d, deadline, 'policy_changed')).map(({ kind }) => kind)
  story.file = d.file
  story.rules = by
  return { moved, changes: d.clockChanges }
}

const holiday = (date: string) => withCalendar('china', { holidays: [{ date, name: '临时放假' }] })

t.test('a holiday that is declared later moves the clocks that span it, and no others', async (t) => {
  // resolution until Wednesday 2 December 10:00, respondent_response until Wednesday 25 November 10:00
  const spanned = once.accepted()
  const { moved, changes } = recomputed(spanned, holiday('2026-11-27'))
  t.strictSame(moved, ['resolution'])
  t.match(changes, [
    {
      change: 'recomputed',
      why: 'policy_changed',
      old_due_at: inShanghai('2026-12-02 10:00'),
      new_due_at: inShanghai('2026-12-03 10:00'),
    },
  ])
  t.strictSame(spanned.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-12-03 10:00',
    'respondent_response of respondent until 2026-11-25 10:00',
  ])
  t.strictSame(recomputed(spanned, holiday('2026-11-27')).moved, [], 'and again moves nothing')

  t.strictSame(recomputed(once.accepted(), holiday('2026-12-03')).moved, [], 'a holiday after all of them')
  t.strictSame(recomputed(new Story(), holiday('2026-11-24')).moved, ['completion'], 'but for a clock of elapsed time')
})

t.test('a holiday on which time was already used up gives that time back', async (t) => {
  const story = once.accepted().at('2026-11-25 09:00')
  recomputed(story, holiday('2026-11-24'))
  t.match(story.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-12-03 10:00',
    'respondent_response of respondent until 2026-11-26 10:00',
  ])
})

const moments = fc.integer({ min: Date.parse('2026-01-05'), max: Date.parse('2026-12-20') }).map(toTime)
const dates = fc
  .integer({ min: 0, max: 60 })
  .chain((days) => moments.map((at) => ({ at, date: toTime(Date.parse(at) + days * DAY).slice(0, 10) })))

t.test('whenever a case was accepted and whichever day becomes a holiday', async (t) => {
  fc.assert(
    fc.property(dates, ({ at, date }) => {
      const story = new Story(undefined, undefined, at).by(agent, 'accept')
      const before = story.file.deadlines.map(({ due_at }) => due_at)
      const changed = holiday(date)
      recomputed(story, changed)
      const calendar = rules.calendarNow('china').time
      const dayBegins = inShanghai(`${date} 00:00`)
      const dayEnds = inShanghai(`${date} 23:59`)
      return story.file.deadlines.every((deadline, index) => {
        const old = before[index] as string
        const worked = calendar.between(dayBegins, dayEnds) > 0
        const spans =
          worked &&
          at < dayEnds &&
          old > dayBegins &&
          calendar.between(at > dayBegins ? at : dayBegins, old < dayEnds ? old : dayEnds) > 0
        return deadline.counted_in === 'natural' || deadline.status !== 'running'
          ? deadline.due_at === old
          : spans
            ? deadline.due_at > old
            : deadline.due_at === old
      })
    }),
    { numRuns: 300 },
  )
  t.pass('only what spans it moves, and later')
})

t.test('a paused clock keeps its used time under a longer or shorter policy', async (t) => {
  // one hour of 63 used
  const paused = () =>
    once
      .accepted()
      .at('2026-11-23 11:00')
      .by(agent, 'request_information', { items: ['照片'] })
  const resolutionOf = (count: number) =>
    withPolicy({
      clocks: { ...defaultPolicy.clocks, resolution: [{ allow: { count, unit: 'business_days' }, on_silence: ['escalate'] }] },
    })

  const longer = paused()
  t.strictSame(recomputed(longer, resolutionOf(10)).moved, ['resolution'])
  t.match(longer.open[3], 'respondent_response of respondent paused with 17 h')
  t.match(longer.open[2], 'resolution of platform paused with 89 h')

  const shorter = paused()
  recomputed(shorter, resolutionOf(1))
  t.match(shorter.open[2], 'resolution of platform paused with 8 h')
  shorter.at('2026-11-24 10:00').by(buyer, 'provide_information', { statement: '已上传' })
  t.match(shorter.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-11-24 18:00',
    'respondent_response of respondent until 2026-11-25 18:00',
  ])
})

t.test(
  'nobody becomes late by a change: what would have been due already is due now, or with the last piece of time of a side',
  async (t) => {
    const story = once.accepted().at('2026-11-24 12:00')
    const oneHour = { allow: { count: 1, unit: 'business_hours' as const }, on_silence: ['escalate' as const] }
    recomputed(story, withPolicy({ clocks: { ...defaultPolicy.clocks, respondent_response: [oneHour], resolution: [oneHour] } }))
    t.match(story.open, [
      'completion of platform paused with 63 h',
      'resolution of platform until 2026-11-24 12:00',
      'respondent_response of respondent until 2026-11-25 10:00',
    ])
    t.strictSame(story.after(MINUTE).sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
  },
)

t.test('another kind of time counts the same share as used up', async (t) => {
  // 9 of 63 open hours are used, then the clock stands still
  const story = once
    .accepted()
    .at('2026-11-24 10:00')
    .by(agent, 'request_information', { items: ['照片'] })
  const natural = { allow: { count: 7, unit: 'days' as const }, on_silence: ['escalate' as const] }
  recomputed(story, withPolicy({ clocks: { ...defaultPolicy.clocks, resolution: [natural] } }))
  t.match(
    story.file.deadlines.find(({ kind }) => kind === 'resolution'),
    { counted_in: 'natural', calendar: null, remaining_ms: 6 * DAY },
  )
})

t.test('a clock that resumes counts in the calendar as it is then', async (t) => {
  const story = once
    .accepted()
    .at('2026-11-24 18:00')
    .by(agent, 'request_information', { items: ['照片'] })
  story.under(holiday('2026-11-26')).at('2026-11-25 20:00').by(buyer, 'provide_information', { statement: '已上传' })
  // one open hour of the merchant's 18 is left, and the 26th is free
  t.match(story.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-12-04 10:00',
    'respondent_response of respondent until 2026-11-27 10:00',
  ])
})

t.test('moments that a person named stay', async (t) => {
  const story = once.escalated().by(agent, 'suspend', { reason_code: 'court', resume_at: inShanghai('2026-12-24 10:00') })
  const longer = { allow: { count: 60, unit: 'days' as const }, on_silence: ['resume' as const] }
  t.strictSame(recomputed(story, withPolicy({ clocks: { ...defaultPolicy.clocks, suspension: [longer] } })).moved, [])
})

t.test('a warning that went out does not go out again', async (t) => {
  const story = once.accepted().at('2026-11-24 16:30').sweep()
  t.strictSame(story.events, ['deadline_due_soon'])
  recomputed(story, holiday('2026-11-25'))
  t.strictSame(story.at('2026-11-26 09:30').sweep().events, [])
  t.strictSame(story.at('2026-11-26 10:00').sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
})

t.test('a year without published holidays is said', async (t) => {
  const story = new Story(undefined, undefined, inShanghai('2026-12-30 10:00')).by(agent, 'accept')
  t.match(
    story.file.deadlines.filter(({ ended_at }) => ended_at === null).map(({ kind, provisional }) => [kind, provisional]),
    [
      ['completion', true],
      ['resolution', true],
      ['respondent_response', true],
    ],
  )
  // the city hall says which days are free; from then on the year is known
  const published = withCalendar('china', { holidays: [{ date: '2027-01-01', name: '元旦' }], complete_years: [2027] })
  t.strictSame(recomputed(story, published).moved, ['resolution', 'respondent_response'])
  t.strictSame(
    story.file.deadlines.filter(({ status }) => status === 'running').map(({ provisional }) => provisional),
    [false, false],
  )
  t.match(story.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2027-01-11 10:00',
    'respondent_response of respondent until 2027-01-04 10:00',
  ])
})

t.test('who owns a case and what staff note of it never touches a clock', async (t) => {
  const story = once.escalated().after(3 * HOUR)
  const before = structuredClone(story.file.deadlines)
  const supervisor = { role: 'supervisor' as const, id: 'zhao' }
  story
    .by(supervisor, 'assign', { owner: 'agent:bob', note: '换人' })
    .after(HOUR)
    .by(supervisor, 'assign', { owner: 'agent:alice' })
  t.strictSame(story.file.deadlines, before)
})
