/** What the service says it will do by itself is what it then does: the pure side, over cases of every kind. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { decidePatch } from '../../../src/case/complaints/decide.ts'
import { bringForward, holdClock, releaseClock } from '../../../src/case/deadlines/holds.ts'
import { recomputeClock } from '../../../src/case/deadlines/recompute.ts'
import type { DeadlineRow } from '../../../src/case/deadlines/table.ts'
import { actOnSilence } from '../../../src/case/silence/silence.ts'
import { pastActions, plannedActions } from '../../../src/clockwork/planned-actions/view.ts'
import { addMs, DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import { clockOf } from '../../../src/words/deadlines.ts'
import { finished } from '../../support/events.ts'
import { agent, buyer, filing, inShanghai, merchant, offer, once, rules, Story, supervisor, take } from '../../support/rules.ts'

const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const apology = { remedies: [{ type: 'apology' }, { type: 'compensation', amount: 100 }], explanation: '道歉' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }

/** A case in each situation in which clocks run. */
const situations: Record<string, () => Story> = {
  submitted: () => new Story(),
  'first response owed': () => new Story().at('2026-11-23 12:00').sweep(),
  negotiating: () => once.accepted(),
  'waiting for information': () => once.accepted().by(agent, 'request_information', { items: ['照片'] }),
  investigating: () => once.escalated(),
  suspended: () => once.escalated().by(agent, 'suspend', { reason_code: 'court' }),
  'plan proposed': () => once.proposed(),
  'the respondent alone silent': () => once.proposed().onPlan(buyer, 'accept'),
  'the complainant alone silent': () => once.proposed().onPlan(merchant, 'accept'),
  'an offer': () => once.accepted().by(buyer, 'create', offer(3_000)).onPlan(buyer, 'propose'),
  'return to be shipped': () => once.agreed(returned),
  'goods to be inspected': () => once.agreed(returned).onStep(buyer, 'complete_step', { tracking_number: 'SF1' }),
  'refund to be paid': () => once.agreed(),
  'apology and compensation': () => once.agreed(apology),
  'decided without consent': () => once.imposed(),
  resolved: () => once.resolved(),
  dismissed: () => once.dismissed(),
  rejected: () => once.rejected(),
  'under appeal': () => once.dismissed().by(buyer, 'file', wrongFacts),
  closed: () => once.accepted().by(supervisor, 'close', { reason_code: 'other' }),
  'against the platform': () =>
    new Story(filing({ respondent: { role: 'platform', id: 'platform' } })).after(30 * MINUTE).by(agent, 'accept'),
}

const planned = (story: Story) => plannedActions(new Decision(story.file, supervisor, story.now, rules), false)

/** The rows of all clocks, as text that can be compared. */
const clocks = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row))

for (const [name, tell] of Object.entries(situations)) {
  t.test(`${name}: what is planned next is what the next sweep does`, async (t) => {
    const story = tell()
    const before = clocks(story.file.deadlines)
    const [next] = planned(story)
    if (!next?.at) throw new Error('nothing is planned')
    t.strictSame(clocks(story.file.deadlines), before, 'to look ahead changes nothing')
    story.now = next.at
    story.sweep()
    const acted = story.file.deadlines.find(({ id }) => id === next.id)
    t.match(acted, { status: 'missed', on_silence: next.action, due_at: next.deadline.due_at })
    t.equal(story.file.complaint.level, next.level_after)
    t.strictSame(acted?.escalation?.tells ?? [], next.tells)
  })

  t.test(`${name}: each kind of clock is of the sides that the desk looks for it under`, async (t) => {
    const story = tell()
    const all = [...story.file.deadlines, ...story.after(40 * DAY).sweep().file.deadlines]
    t.ok(all.length > 0)
    for (const { kind, party } of all) t.ok(clockOf[kind].sides.includes(party), `${kind} of ${party}`)
  })

  t.test(`${name}: another owner, another category and a remark change no clock`, async (t) => {
    const { file, now } = tell()
    const later = addMs(now, 7 * MINUTE)
    const patched = new Decision(file, agent, later, rules)
    decidePatch(patched, { category: 'counterfeit', tags: ['vip'] })
    t.strictSame(clocks(finished(patched).file.deadlines), clocks(file.deadlines))
    t.strictSame(patched.changedDeadlines(), [])
    const open = file.complaint.status !== 'closed'
    const remark = { owner: 'agent:bob', note: '转交' }
    const assigned = open ? [take(file, supervisor, { action: 'assign', body: remark }, later)] : []
    t.equal(assigned.length, open ? 1 : 0)
    for (const { file: after } of assigned) t.strictSame(clocks(after.deadlines), clocks(file.deadlines))
  })
}

t.test('planned actions stand in the order of their times, and what is paused comes last', async (t) => {
  const shown = planned(situations['waiting for information']?.() ?? new Story())
  t.strictSame(
    shown.map(({ deadline: { kind, status }, at }) => [kind, status, at]),
    [
      ['information', 'running', inShanghai('2026-11-26 10:00')],
      ['respondent_response', 'paused', null],
      ['completion', 'paused', null],
      ['resolution', 'paused', null],
    ],
  )
  t.match(shown[0], { action: 'close_no_response', why: 'information of the complainant is not met by then', level_after: 1 })
})

t.test('silence that would accept a plan waits for the other side, and so does what is planned', async (t) => {
  const story = once.proposed()
  const [mine, other] = story.running('confirmation')
  if (!mine || !other) throw new Error('two confirmations')
  other.due_at = inShanghai('2026-11-28 10:00')
  const { party, on_silence: action } = mine
  t.match({ party, action }, { party: 'complainant', action: 'expire_and_escalate' })
  const later = planned(story).find(({ id }) => id === other.id)
  t.match(later, { at: other.due_at, action: 'deem_accepted' })
  other.due_at = mine.due_at
  mine.due_at = inShanghai('2026-11-28 10:00')
  const waits = planned(story).find(({ id }) => id === other.id)
  t.match(waits, { at: mine.due_at, deadline: { due_at: inShanghai('2026-11-26 10:00') } })
})

t.test('what the platform has switched off is marked: closing and deeming, not escalating', async (t) => {
  const stopped = (story: Story) =>
    plannedActions(new Decision(story.file, agent, story.now, rules), true)
      .filter((one) => one.stopped)
      .map(({ action }) => action)
  t.strictSame(stopped(once.accepted()), [])
  t.strictSame(stopped(once.resolved()), ['close'])
  t.strictSame(stopped(once.proposed()), ['deem_accepted'])
  const twice = once.proposed()
  twice.file.complaint.silent_expiries = 1
  t.strictSame(stopped(twice).sort(), ['deem_accepted', 'expire_and_escalate'], 'the second expiry would close')
})

t.test('a miss that waits for the service hours to be told is planned, too', async (t) => {
  const policy = { ...rules.policy, service_hours: { calendar: 'china', holds_back: ['notices' as const] } }
  const evening = inShanghai('2026-11-23 21:00')
  const { file } = new Story(undefined, undefined, inShanghai('2026-11-23 20:00'))
  const swept = new Decision(file, systemActor, evening, { ...rules, policy })
  actOnSilence(swept)
  const list = plannedActions(new Decision(finished(swept).file, supervisor, evening, { ...rules, policy }), false)
  t.match(
    list.find(({ deadline }) => deadline.kind === 'notice'),
    {
      action: 'tell',
      at: inShanghai('2026-11-24 09:00'),
      why: 'first_response was missed, and the service hours begin',
      tells: ['owner', 'supervisors'],
      available_actions: [],
    },
  )
  const seenBy = (actor: typeof agent) =>
    plannedActions(new Decision(finished(swept).file, actor, evening, { ...rules, policy }), false).map(
      ({ deadline }) => deadline.kind,
    )
  t.ok(seenBy(agent).includes('notice'))
  for (const side of [buyer, merchant]) t.notOk(seenBy(side).includes('notice'), 'the service reminds itself, and no side')
})

t.test('what is planned for a clock is for those who see the clock', async (t) => {
  const readers = { agent, supervisor, buyer, merchant }
  const seenBy = (of: typeof plannedActions | typeof pastActions, { file, now }: Story) =>
    Object.entries(readers).flatMap(([name, actor]) =>
      of(new Decision(file, actor, now, rules), false).some(({ deadline }) => deadline.kind === 'challenge') ? [name] : [],
    )
  const challenged = once.escalated().by(buyer, 'challenge', { reason_code: 'acquainted', explanation: '与商家负责人相识' })
  const its = ['agent', 'supervisor', 'buyer']
  t.strictSame(seenBy(plannedActions, challenged), its, 'a challenge is between its side and the platform')
  t.strictSame(seenBy(pastActions, challenged.at('2026-11-24 10:00').sweep()), its, 'also when its time is over')
  const [missed] = challenged.file.deadlines.filter(({ kind, status }) => kind === 'challenge' && status === 'missed')
  if (!missed) throw new Error('the challenge was not missed')
  missed.cancellation = {
    deadline_id: missed.id,
    action: missed.on_silence,
    by: 'supervisor:zhao',
    cancelled_at: challenged.now,
    explanation: '不再需要',
  }
  t.strictSame(seenBy(pastActions, challenged), its, 'and when it was cancelled')
})

t.test('a recomputation leaves a hold as it is, and what was brought forward where it was put', async (t) => {
  const story = once.accepted()
  const clocks = {
    ...rules.policy.clocks,
    resolution: [{ allow: { count: 3, unit: 'business_days' }, on_silence: ['escalate'] }],
  }
  const shorter = { ...rules, policy: { ...rules.policy, clocks } } as typeof rules
  const resolutionIn = (d: Decision) => d.file.deadlines.find(({ kind }) => kind === 'resolution') as DeadlineRow

  const held = new Decision(story.file, supervisor, story.now, shorter)
  const until = inShanghai('2026-12-20 10:00')
  holdClock(held, resolutionIn(held), { by: 'supervisor:zhao', explanation: '等待鉴定', until, held_at: story.now })
  t.ok(recomputeClock(held, resolutionIn(held), 'policy_changed'))
  t.match(resolutionIn(held), { due_at: inShanghai('2026-11-26 10:00'), hold: { until }, wakes_at: until, warn_before_ms: null })
  releaseClock(held, resolutionIn(held))
  t.ok(resolutionIn(held).wakes_at < inShanghai('2026-11-26 10:00'), 'released, it warns again')

  const forward = new Decision(story.file, supervisor, story.now, shorter)
  bringForward(forward, resolutionIn(forward), inShanghai('2026-11-30 20:00'))
  t.notOk(recomputeClock(forward, resolutionIn(forward), 'policy_changed'))
  t.match(resolutionIn(forward), {
    due_at: inShanghai('2026-11-30 20:00'),
    allowed_ms: 53 * HOUR,
    counts_ms: 53 * HOUR,
    pinned: true,
  })
})
