/** Where clocks of different kinds of time, pauses, holds and sweeps that come late meet. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { bringForward } from '../../../src/case/deadlines/holds.ts'
import { recount } from '../../../src/clockwork/recomputations/decide.ts'
import { DAY, HOUR, type Time } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import type { WholeRule } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { finished } from '../../support/events.ts'
import {
  agent,
  buyer,
  filing,
  inShanghai,
  liability,
  offer,
  once,
  rules,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const policyWith = (kind: keyof typeof defaultPolicy.clocks, ...list: WholeRule[]): Rules =>
  withPolicy({ clocks: { ...defaultPolicy.clocks, [kind]: list } })

const last = (story: Story, kind: string) => story.file.deadlines.findLast((x) => x.kind === kind)

const forward = (story: Story, kind: string, party: string, at: Time = story.now): void => {
  const d = new Decision(story.file, supervisor, story.now, story.rules)
  for (const clock of d.file.deadlines)
    if (clock.kind === kind && clock.party === party && clock.status === 'running') {
      const told = { deadline_id: clock.id, kind: clock.kind, party: clock.party, action: clock.on_silence }
      const { due_at: old } = clock
      bringForward(d, clock, at)
      d.tell({ type: 'planned_action_brought_forward', data: { ...told, old_due_at: old, due_at: at } })
    }
  story.file = finished(d).file
}

const recomputed = (story: Story, by: Rules): void => {
  story.under(by)
  const d = new Decision(story.file, systemActor, story.now, by)
  recount(d, { applies: 'policy_and_calendars' })
  story.file = finished(d).file
}

await t.test('how late a first response came is measured in its own time, whether or not a sweep saw it', async (t) => {
  const filed = () => new Story(filing(), buyer, inShanghai('2026-11-20 17:00'))
  const late = { result: 'missed', margin_ms: -63.5 * HOUR }
  const swept = filed().at('2026-11-20 18:00').sweep()
  t.match(swept.file.complaint.sla.first_response, { result: 'missed', margin_ms: 0 })
  t.match(swept.at('2026-11-23 09:30').by(agent, 'accept').file.complaint.sla.first_response, late)
  t.match(filed().at('2026-11-23 09:30').by(agent, 'accept').file.complaint.sla.first_response, late)
})

await t.test('what is late stays late over a wait', async (t) => {
  const owed = once
    .escalated()
    .after(20 * DAY)
    .sweep()
    .by(agent, 'suspend', { reason_code: 'court' })
  owed.after(DAY).by(supervisor, 'close', { reason_code: 'in_court' })
  t.equal(owed.file.complaint.sla.resolution?.result, 'missed')
  t.ok((owed.file.complaint.sla.resolution?.margin_ms ?? 0) < 0)

  const unseen = once.escalated()
  unseen.now = unseen.running('intervention')[0]?.due_at ?? unseen.now
  unseen
    .after(2 * HOUR)
    .by(agent, 'suspend', { reason_code: 'court' })
    .after(DAY)
    .by(agent, 'resume')
  unseen.by(agent, 'determine_liability', liability)
  t.match(last(unseen, 'intervention'), { status: 'missed', escalation: { level: 3 } })
  t.ok((last(unseen, 'intervention')?.margin_ms ?? 0) < 0, 'although no sweep came by before the wait')
})

await t.test('silence that waited for the other side counts as soon as that has spoken', async (t) => {
  const early = once.proposed().after(HOUR)
  forward(early, 'confirmation', 'respondent')
  early.sweep()
  t.equal(early.status, 'awaiting_confirmation', 'the buyer may still answer')
  t.equal(early.after(HOUR).onPlan(buyer, 'accept').after(HOUR).sweep().status, 'executing')

  const rule = (count: number, ...on_silence: WholeRule['on_silence']) => ({
    allow: { count, unit: 'days' as const },
    on_silence,
  })
  const differing = policyWith(
    'confirmation',
    { when: { party: ['respondent'], plan_of: ['platform'] }, ...rule(2, 'deem_accepted') },
    rule(10, 'expire_and_escalate'),
  )
  const story = once.judged().under(differing).by(agent, 'create', offer(5_000)).onPlan(agent, 'propose')
  story
    .after(2 * DAY)
    .sweep()
    .after(DAY)
    .onPlan(buyer, 'accept')
  t.equal(story.after(DAY).sweep().status, 'executing')
})

await t.test('a complainant who still has time is not silent', async (t) => {
  const rule = (count: number) => ({ allow: { count, unit: 'days' as const }, on_silence: ['expire_and_escalate' as const] })
  const story = once.judged().under(policyWith('confirmation', { when: { party: ['respondent'] }, ...rule(1) }, rule(5)))
  for (const round of ['first', 'second', 'third']) {
    story.by(agent, 'create', offer(5_000)).onPlan(agent, 'propose').after(DAY).sweep()
    t.match(story.plan, { status: 'expired', end_reason_code: 'respondent_silent', end_explanation: null }, `the ${round} plan`)
  }
  t.match(story.file.complaint, { status: 'investigating', silent_expiries: 0 })
})

await t.test('what is brought forward happens then, also outside of business hours', async (t) => {
  const story = once
    .accepted()
    .at('2026-11-28 10:00')
    .by(buyer, 'escalate', { reason_code: 'no_agreement' })
    .at('2026-11-28 11:00')
  forward(story, 'intervention', 'platform', inShanghai('2026-11-29 12:00'))
  t.strictSame(story.at('2026-11-29 12:00').sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
})

await t.test('time that is used up does not come back by a policy that is changed there and back', async (t) => {
  // 45 of 63 hours
  const story = once.escalated().at('2026-11-30 10:00').by(agent, 'suspend', { reason_code: 'court' })
  const left = () => (last(story, 'resolution')?.remaining_ms ?? 0) / HOUR
  t.equal(left(), 18)
  const three: WholeRule = { allow: { count: 3, unit: 'business_days' }, on_silence: ['escalate'] }
  recomputed(story, { ...policyWith('resolution', three), policyVersion: 2 })
  t.equal(left(), 0)
  recomputed(story, { ...rules, policyVersion: 3 })
  t.equal(left(), 18)
})

await t.test('a recomputation takes over when clocks warn', async (t) => {
  const story = once.escalated()
  const before = story.running('resolution')[0]?.wakes_at ?? ''
  recomputed(story, { ...withPolicy({ warn: { at_percent: 20 } }), policyVersion: 2 })
  t.ok((story.running('resolution')[0]?.wakes_at ?? '') < before)
})

await t.test('a suspension to a named moment ends then, whatever reminders the policy has', async (t) => {
  const reminding: WholeRule = { allow: { count: 30, unit: 'days' }, on_silence: ['remind', 'resume'] }
  const until = inShanghai('2026-12-24 10:00')
  const story = once
    .escalated()
    .under(policyWith('suspension', reminding))
    .by(agent, 'suspend', { reason_code: 'court', resume_at: until })
  t.equal(story.at('2026-12-24 10:00').sweep().status, 'investigating')
})

const quiet = (holds_back: ('warnings' | 'notices')[]) => withPolicy({ service_hours: { calendar: 'china', holds_back } })

await t.test(
  'a notice that is put off again stays a clock that can be written, and is told in the next service hours',
  async (t) => {
    // filed Saturday: the miss is told on Monday, but the sweep comes only on Monday night
    const story = new Story(filing(), buyer, inShanghai('2026-11-28 10:00'), quiet(['notices'])).at('2026-11-28 12:00').sweep()
    t.strictSame(story.events, ['deadline_missed', 'complaint_escalated'])
    const columns = Object.keys(story.running('notice')[0] ?? {})
    t.strictSame(story.at('2026-11-30 08:30').sweep().events, [], 'before they begin')
    story.at('2026-11-30 20:00').sweep()
    t.strictSame(Object.keys(story.running('notice').at(-1) ?? {}), columns)
    story.at('2026-12-01 09:00').sweep()
    t.ok(story.told('escalation_notice'))
  },
)

await t.test('what was done overnight is told nobody in the morning', async (t) => {
  const story = new Story(filing(), buyer, inShanghai('2026-11-28 10:00'), quiet(['notices'])).at('2026-11-28 12:00').sweep()
  story.at('2026-11-28 13:00').by(agent, 'accept')
  t.strictSame(story.at('2026-11-30 09:00').sweep().events, [])
  t.match(last(story, 'notice'), { status: 'cancelled' })
})
