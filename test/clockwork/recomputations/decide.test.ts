import fc from 'fast-check'
import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { recount } from '../../../src/clockwork/recomputations/decide.ts'
import { DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import type { ClockRule, Duration } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import type { CountedKind } from '../../../src/words/deadlines.ts'
import { finished } from '../../support/events.ts'
import { agent, buyer, inShanghai, once, Story, withCalendar, withPolicy } from '../../support/rules.ts'

const natural = (count: number): Duration => ({ count, unit: 'days' })
const business = (count: number): Duration => ({ count, unit: 'business_days' })

/** The default policy, in which one kind of clock follows another rule. */
const having = (kind: CountedKind, rule: Partial<ClockRule>): Rules => {
  const [first] = defaultPolicy.clocks[kind]
  return withPolicy({ clocks: { ...defaultPolicy.clocks, [kind]: [{ ...first, when: undefined, ...rule }] } })
}

/** Counts a story's clocks anew, by other rules. */
const recomputed = (story: Story, by: Rules): Story => {
  const d = new Decision(story.file, systemActor, story.now, by)
  recount(d, { applies: 'policy_and_calendars' })
  story.last = finished(d)
  story.file = d.file
  return story.under(by)
}

/** The case as it stands, without what was told last. */
const standing = ({ file: { events: _, ...rest } }: Story): string => JSON.stringify(rest)

const asked = () => once.accepted().by(agent, 'request_information', { items: ['照片'] })

t.test('a running clock is counted from where it began: time that was used stays used', (t) => {
  const story = once.accepted().at('2026-11-24 10:00')
  recomputed(story, having('resolution', { allow: business(3) }))
  t.strictSame(story.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-11-26 10:00',
    'respondent_response of respondent until 2026-11-25 10:00',
  ])
  recomputed(story, having('resolution', { allow: business(10) }))
  t.match(story.open[1], /^resolution of platform until 2026-12-07 10:00/)
  t.match(story.last?.events, [
    {
      type: 'clocks_recomputed',
      actor_role: 'system',
      visibility: 'parties',
      data: {
        clocks: [
          {
            kind: 'resolution',
            change: 'recomputed',
            old_due_at: inShanghai('2026-11-26 10:00'),
            new_due_at: inShanghai('2026-12-07 10:00'),
          },
        ],
      },
    },
  ])
  t.equal(story.file.complaint.next_due_at, inShanghai('2026-11-25 10:00'))
  t.end()
})

t.test('nobody becomes late by it: what would have been due already is due now', (t) => {
  const story = once.accepted().at('2026-11-27 10:00')
  recomputed(story, having('resolution', { allow: business(1) }))
  t.match(story.open[1], /^resolution of platform until 2026-11-27 10:00/)
  t.equal(recomputed(story.after(HOUR), having('resolution', { allow: business(1) })).last?.events.length, 0, 'and stays so')
  t.end()
})

t.test('a paused clock keeps what it has used', (t) => {
  const story = once
    .accepted()
    .at('2026-11-24 10:00')
    .by(agent, 'request_information', { items: ['照片'] })
  t.match(story.open, [
    'completion of platform paused with 63 h',
    /information/,
    'resolution of platform paused with 54 h',
    'respondent_response of respondent paused with 9 h',
  ])
  recomputed(story, having('resolution', { allow: business(9) }))
  t.match(story.open[2], 'resolution of platform paused with 72 h', 'one day of nine is used')
  recomputed(story, having('resolution', { allow: { count: 3, unit: 'business_hours' } }))
  t.match(story.open[2], 'resolution of platform paused with 0 h')
  story.by(buyer, 'provide_information', { statement: '已上传' })
  t.match(story.open[1], 'resolution of platform until 2026-11-24 10:00', 'due as soon as it may run')
  t.end()
})

t.test('a clock that a person named the moment of stays', (t) => {
  const story = once.escalated().by(agent, 'suspend', { reason_code: 'court', resume_at: inShanghai('2026-12-24 10:00') })
  const before = JSON.stringify(story.running('suspension'))
  recomputed(story, having('suspension', { allow: natural(2) }))
  t.equal(JSON.stringify(story.running('suspension')), before)
  const unnamed = once.escalated().by(agent, 'suspend', { reason_code: 'court' })
  recomputed(unnamed, having('suspension', { allow: natural(2) }))
  t.equal(unnamed.running('suspension')[0]?.due_at, inShanghai('2026-11-25 10:00'))
  t.equal(unnamed.file.complaint.suspension?.resume_at, inShanghai('2026-11-25 10:00'), 'and the case says so')
  t.end()
})

t.test('while the case waits for a side, what becomes business time stands still, and what no longer is runs', (t) => {
  const story = asked()
  recomputed(story, having('resolution', { allow: natural(9) }))
  t.match(story.open[2], 'resolution of platform until 2026-12-02 10:00')
  recomputed(story.at('2026-11-24 10:00'), having('resolution', { allow: business(9) }))
  t.match(story.open[2], /^resolution of platform paused with/)
  story.by(buyer, 'provide_information', { statement: '已上传' })
  t.equal(story.running('resolution').length, 1)
  t.end()
})

t.test('a step keeps the time of a step, and its warning goes with it', (t) => {
  const story = new Story().after(HOUR).sweep()
  t.match(story.open, ['completion of platform until 2026-12-02 10:00', 'first_response of platform until 2026-11-24 11:00'])
  recomputed(
    story,
    having('first_response', { allow: { count: 1, unit: 'hours' }, while_overdue: [{ count: 4, unit: 'hours' }] }),
  )
  t.match(story.open, ['completion of platform until 2026-12-02 10:00', 'first_response of platform until 2026-11-23 15:00'])
  const fresh = new Story()
  recomputed(
    fresh,
    having('first_response', { allow: { count: 10, unit: 'hours' }, warn: { before: { count: 3, unit: 'hours' } } }),
  )
  t.equal(fresh.running('first_response')[0]?.wakes_at, inShanghai('2026-11-23 17:00'))
  t.end()
})

t.test('a new holiday moves the clocks that span it, and no other', (t) => {
  const holidays = [{ date: '2026-11-26', name: 'Company day' }]
  const story = once.accepted()
  const [response] = story.running('respondent_response')
  recomputed(story, withCalendar('china', { holidays }))
  t.strictSame(story.open, [
    'completion of platform paused with 63 h',
    'resolution of platform until 2026-12-03 10:00',
    'respondent_response of respondent until 2026-11-25 10:00',
  ])
  const versioned = { ...response, calendar_version: 2 }
  t.strictSame(story.running('respondent_response')[0], versioned, 'only its version of the calendar follows')
  t.equal(story.running('resolution')[0]?.calendar_version, 2)
  const waiting = recomputed(asked(), withCalendar('china', { holidays }))
  t.strictSame(waiting.events, [], 'a paused clock spans nothing yet')
  t.end()
})

t.test('a case that is moved to another version says so, even where no clock changes', (t) => {
  const story = recomputed(new Story(), withPolicy({ compensation_cap_percent: 10 }))
  t.match(story.last?.events, [{ type: 'clocks_recomputed', visibility: 'staff', data: { from_version: 1, to_version: 2 } }])
  t.equal(story.file.complaint.policy_version, 2)
  t.equal(recomputed(story, story.rules).last?.events.length, 0)
  t.end()
})

t.test('what follows silence is the new policy’s, at the step the clock is at', (t) => {
  const story = asked()
  recomputed(story, having('information', { on_silence: ['remind', 'close_no_response'] }))
  t.equal(story.running('information')[0]?.on_silence, 'remind')
  story.at('2026-11-26 10:00').sweep()
  t.equal(story.running('information')[0]?.on_silence, 'close_no_response')
  recomputed(story, having('information', { on_silence: ['close_no_response'] }))
  t.equal(story.running('information')[0]?.on_silence, 'close_no_response')
  t.end()
})

t.test('for any durations and moments: again changes nothing, nothing falls due in the past, used time stays used', (t) => {
  const duration = fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    unit: fc.constantFrom('minutes', 'hours', 'days', 'business_minutes', 'business_hours', 'business_days'),
  })
  const stories = [once.accepted, asked, once.proposed, once.dismissed, once.escalated]
  fc.assert(
    fc.property(
      fc.constantFrom(...stories),
      fc.array(duration, { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 3 * 24 * 60 }), { minLength: 3, maxLength: 3 }),
      (begin, lengths, waits) => {
        const story = begin()
        for (const [i, allow] of lengths.entries()) {
          story.after((waits[i] ?? 0) * MINUTE)
          const before = new Map(story.file.deadlines.map((x) => [x.id, x]))
          const clocks = Object.fromEntries(
            Object.entries(defaultPolicy.clocks).map(([kind, list]) => [
              kind,
              list.map((rule) => ({ ...rule, allow, warn: null })),
            ]),
          ) as unknown as typeof defaultPolicy.clocks
          recomputed(story, { ...withPolicy({ clocks }), policyVersion: i + 2 })
          for (const clock of story.file.deadlines.filter((x) => x.status === 'running')) {
            const old = before.get(clock.id)
            if (clock.due_at < story.now && clock.due_at !== old?.due_at) return false
            if (clock.allowed_ms < clock.counts_ms) return false
          }
          const after = standing(story)
          recomputed(story, story.rules)
          if (standing(story) !== after) return false
        }
        return true
      },
    ),
    { numRuns: 200 },
  )
  t.end()
})

t.test('longer and back again is as it was', (t) => {
  const story = once.accepted().after(DAY)
  const before = story.open
  recomputed(story, having('resolution', { allow: business(20) }))
  recomputed(story.after(HOUR), withPolicy({}))
  t.strictSame(story.open, before)
  t.end()
})
