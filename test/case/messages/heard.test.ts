/** Words are heard: what a side says to the platform holds the consequence of its silence, once per deadline, until a person of staff answers. */
import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { recomputeClock } from '../../../src/case/deadlines/recompute.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import {
  agent,
  buyer,
  dismissal,
  filing,
  inShanghai,
  liability,
  merchant,
  offer,
  once,
  person,
  rules,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const machine = person('agent:key-019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f')
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const last = ({ file }: Story, kind: string) => file.deadlines.findLast((x) => x.kind === kind)
const event = ({ last: decision }: Story, type: string) => decision?.events.find((x) => x.type === type)
/** Without what only the service waits for, and without windows. */
const clocks = ({ open }: Story): string[] =>
  open.filter((x) => !/^(held_silence|appeal_window|resolution|completion|last_resort)/.test(x))

t.test('a buyer who writes on day 6 that nothing arrived is not closed on day 7', async (t) => {
  const story = once.resolved()
  t.strictSame(clocks(story), ['auto_close of complainant until 2026-11-30 10:00'])
  story.at('2026-11-29 10:00').says(buyer, { text: '钱还没到' })
  t.strictSame(story.events, ['message_posted', 'silence_held'])
  t.strictSame(clocks(story), ['auto_close of complainant paused with 24 h', 'next_reply of platform until 2026-11-30 18:00'])
  t.match(last(story, 'auto_close')?.heard, {
    side: 'complainant',
    resource: 'message',
    resource_id: event(story, 'message_posted')?.resource_id,
    at: inShanghai('2026-11-29 10:00'),
    until: inShanghai('2026-12-11 18:00'),
    ended_at: null,
  })
  t.match(event(story, 'silence_held'), {
    visibility: 'complainant',
    data: { deadline_ids: [last(story, 'auto_close')?.id], kinds: ['auto_close'], side: 'complainant' },
  })
  t.strictSame(story.at('2026-11-30 10:00').sweep().events, [])
  t.equal(story.status, 'resolved')

  story.at('2026-11-30 14:00').says(agent, { text: '已向支付方查询' })
  t.strictSame(story.events, ['message_posted', 'silence_released'])
  t.strictSame(clocks(story), ['auto_close of complainant until 2026-12-01 14:00'])
  t.match(event(story, 'silence_released'), {
    visibility: 'complainant',
    reason_code: 'answered',
    data: { due_at: inShanghai('2026-12-01 14:00') },
  })
  t.match(last(story, 'next_reply'), { status: 'met', margin_ms: 4 * HOUR })
  t.strictSame(story.sweep().events, ['deadline_due_soon'], 'a day before, which is now')

  t.strictSame(story.says(buyer, { text: '还是没到' }).events, ['message_posted'], 'once per deadline')
  t.strictSame(clocks(story), [
    'auto_close of complainant until 2026-12-01 14:00',
    'next_reply of platform until 2026-12-01 14:00',
  ])
  story.at('2026-12-01 14:00').sweep()
  t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed', unanswered_since: null })
})

t.test('who is answered keeps the rest, and a business day at least', async (t) => {
  const early = once.resolved().at('2026-11-24 10:00').says(buyer).at('2026-11-25 10:00').says(agent)
  t.strictSame(clocks(early), ['auto_close of complainant until 2026-12-01 10:00'], 'six days were left')
  const friday = once.resolved().at('2026-11-30 09:00').says(buyer).at('2026-12-04 16:00').says(agent)
  t.strictSame(clocks(friday), ['auto_close of complainant until 2026-12-07 16:00'], 'over the weekend')
  t.strictSame(friday.at('2026-12-06 16:00').sweep().events, ['deadline_due_soon'])
  const night = once.resolved().at('2026-11-30 09:00').says(buyer).at('2026-11-30 22:00').says(agent)
  t.strictSame(clocks(night), ['auto_close of complainant until 2026-12-01 22:00'], 'and no less than 24 hours')
  const businessTime = withPolicy({
    clocks: { ...defaultPolicy.clocks, auto_close: [{ allow: { count: 3, unit: 'business_days' }, on_silence: ['close'] }] },
  })
  const story = once
    .agreed()
    .under(businessTime)
    .onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
    .at('2026-11-26 09:00')
    .says(buyer)
  t.strictSame(clocks(story), ['auto_close of complainant paused with 1 h', 'next_reply of platform until 2026-11-26 18:00'])
  t.strictSame(clocks(story.at('2026-11-26 12:00').says(agent)), ['auto_close of complainant until 2026-11-27 12:00'])
})

t.test('a word counts as long as no sweep has acted, and one before the clock started holds nothing', async (t) => {
  const late = once.resolved().at('2026-11-30 11:00').says(buyer)
  t.strictSame(clocks(late), ['auto_close of complainant paused with 0 h', 'next_reply of platform until 2026-12-01 11:00'])
  t.strictSame(late.sweep().events, [])
  const before = once.agreed().says(buyer).onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
  t.strictSame(clocks(before), [
    'auto_close of complainant until 2026-11-30 10:00',
    'next_reply of platform until 2026-11-24 10:00',
  ])
  before.at('2026-11-30 10:00').sweep()
  t.equal(before.status, 'closed')
})

t.test('only the side whose silence it is, and only to the platform', async (t) => {
  const of = (say: (story: Story) => Story) => clocks(say(once.resolved()))
  const closes = 'auto_close of complainant until 2026-11-30 10:00'
  const waits = 'next_reply of platform until 2026-11-24 10:00'
  t.strictSame(
    of((story) => story.says(merchant)),
    [closes, waits],
    'the merchant’s words are not the buyer’s',
  )
  t.strictSame(
    of((story) => story.says(buyer, { to: 'other_side' })),
    [closes],
  )
  const held = 'auto_close of complainant paused with 168 h'
  t.strictSame(
    of((story) => story.says(buyer, { to: 'both' })),
    [held, waits],
  )
  t.strictSame(
    of((story) => story.says(buyer, { to: 'platform' })),
    [held, waits],
  )
  t.strictSame(
    of((story) => story.proves(buyer)),
    [held, waits],
    'a proof that holds something waits for an answer, too',
  )
  t.strictSame(
    of((story) => story.proves(merchant)),
    [closes],
    'one that holds nothing does not',
  )
})

t.test('what is asked for, and what is sent back, is held; a chat is no answer to a complaint', async (t) => {
  const asked = once
    .escalated()
    .by(agent, 'request_information', { items: ['照片'] })
    .at('2026-11-25 10:00')
    .says(buyer)
  t.strictSame(clocks(asked), [
    'information of complainant paused with 24 h',
    'intervention of platform paused with 18 h',
    'next_reply of platform until 2026-11-26 10:00',
  ])
  t.strictSame(asked.at('2026-11-26 10:00').sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
  t.strictSame(clocks(asked.says(agent)), [
    'information of complainant until 2026-11-27 10:00',
    'intervention of platform paused with 18 h',
  ])

  const sent = once.agreed(returned).at('2026-11-29 10:00').proves(buyer)
  t.match(clocks(sent), ['next_reply of platform until 2026-11-30 18:00', 'return_shipment of complainant paused with 24 h'])
  t.match(last(sent, 'return_shipment')?.heard, { resource: 'evidence' })

  const talked = once.accepted().says(merchant, { to: 'platform' })
  t.strictSame(clocks(talked), [
    'next_reply of platform until 2026-11-24 10:00',
    'respondent_response of respondent until 2026-11-25 10:00',
  ])
})

t.test('while the sides talk to each other only what names the platform alone waits for its answer', async (t) => {
  const answers = (story: Story) => story.running('next_reply').length
  t.equal(answers(once.accepted().says(buyer)), 0)
  t.match(once.accepted().says(buyer).last?.file.messages, [{ addressed_to: 'both', visibility: 'parties' }])
  t.equal(answers(once.accepted().says(buyer, { to: 'platform' })), 1)
  t.match(once.escalated().says(buyer).last?.file.messages, [{ addressed_to: 'platform', visibility: 'complainant' }])
  t.equal(answers(once.escalated().says(buyer)), 1)
  t.equal(answers(once.escalated().says(buyer).says(buyer)), 1, 'when none is open')
  t.equal(answers(once.escalated().says(buyer).says(merchant)), 2, 'each side waits for itself')
})

t.test('an answer is for whom it is addressed to', async (t) => {
  const story = once.escalated().says(buyer).at('2026-11-23 11:00').says(merchant).says(agent, { to: 'respondent' })
  t.match(story.file.complaint, { unanswered_since: inShanghai('2026-11-23 10:00') })
  t.match(story.running('next_reply'), [{ heard: { side: 'complainant' } }])
  story.says(agent, { to: 'complainant' })
  t.match(story.file.complaint, { unanswered_since: null })
  t.equal(
    once.escalated().says(buyer).says(merchant).says(agent).file.complaint.unanswered_since,
    null,
    'both, when nobody is named',
  )
})

t.test('machines and internal notes answer nobody', async (t) => {
  for (const [actor, message] of [
    [machine, {}],
    [agent, { automated: true }],
    [agent, { visibility: 'internal' }],
  ] as const) {
    const story = once.resolved().says(buyer).says(actor, message)
    t.strictSame(clocks(story), ['auto_close of complainant paused with 168 h', 'next_reply of platform until 2026-11-24 10:00'])
    t.ok(new Story().says(actor, message).running('first_response').length === 1, 'no first response either')
  }
})

t.test('staff’s first words to the complainant are the first response; then the case has to be resolved', async (t) => {
  const story = new Story().at('2026-11-23 10:20').says(agent, { to: 'complainant' })
  t.match(last(story, 'first_response'), { status: 'met', margin_ms: 40 * 60_000 })
  t.match(story.file.complaint.sla, { first_response: { result: 'met' }, resolution: { result: 'pending' } })
  const open = (one: Story) => one.open.filter((x) => !x.startsWith('completion'))
  t.strictSame(open(story), ['resolution of platform until 2026-12-02 10:20'])
  story.at('2026-11-24 10:00').by(agent, 'accept')
  t.strictSame(open(story), [
    'resolution of platform until 2026-12-03 10:00',
    'respondent_response of respondent until 2026-11-26 10:00',
  ])
  t.strictSame(open(new Story().says(agent, { to: 'respondent' })), ['first_response of platform until 2026-11-23 11:00'])
  const left = new Story().says(agent).at('2026-12-02 10:00').sweep()
  t.match(left.file.complaint, { status: 'submitted' })
  t.ok(left.file.complaint.level > 1, 'a case that was answered and left lying climbs')
})

t.test('thanks keep nothing open', async (t) => {
  const story = once.resolved().at('2026-11-29 10:00').says(buyer, { text: '谢谢！' })
  story.at('2026-11-29 12:00').by(agent, 'no_answer_needed', { reason_code: 'thanks' })
  t.strictSame(story.events, ['no_answer_needed', 'silence_released'])
  t.match(event(story, 'no_answer_needed'), {
    reason_code: 'thanks',
    visibility: 'complainant',
    data: { sides: ['complainant'] },
  })
  t.match(event(story, 'silence_released'), { reason_code: 'no_answer_needed' })
  t.match(last(story, 'next_reply'), { status: 'met' })
  t.strictSame(clocks(story), ['auto_close of complainant until 2026-11-30 18:00'])
  const both = once
    .escalated()
    .says(buyer)
    .says(merchant)
    .by(agent, 'no_answer_needed', { reason_code: 'duplicate', side: 'respondent' })
  t.match(both.running('next_reply'), [{ heard: { side: 'complainant' } }])
})

t.test('a decision that is told to the sides is an answer', async (t) => {
  const answered = (story: Story) => story.file.complaint.unanswered_since === null
  t.ok(answered(once.judged().says(buyer).by(agent, 'dismiss', dismissal)))
  t.ok(
    answered(
      once
        .escalated()
        .says(buyer)
        .by(agent, 'request_information', { items: ['照片'] }),
    ),
  )
  t.ok(answered(once.judged().says(merchant).by(agent, 'create', offer(5_000)).onPlan(agent, 'propose')))
  t.notOk(answered(once.escalated().says(buyer).by(agent, 'determine_liability', liability)), 'what only staff see is none')
  t.notOk(answered(new Story().says(buyer).by(agent, 'accept')), 'nor is taking the case on')
  const left = once.proposed().at('2026-11-25 10:00').says(buyer)
  t.strictSame(clocks(left.onPlan(buyer, 'accept')).includes('confirmation of complainant paused with 24 h'), false)
  t.equal(last(left, 'held_silence')?.status, 'cancelled', 'what the side does itself ends its hold')
})

t.test('unanswered words climb, and after ten business days the hold ends with the side’s rest', async (t) => {
  const story = once.resolved().at('2026-11-29 10:00').says(buyer)
  for (let day = 0; day < 12; day += 1) story.after(DAY).sweep()
  t.match(story.file.complaint, { status: 'resolved', level: 3 })
  story.at('2026-12-11 18:00').sweep()
  t.ok(story.told('silence_released'))
  t.match(event(story, 'silence_released'), { reason_code: 'unanswered', visibility: 'complainant' })
  t.match(last(story, 'auto_close'), {
    status: 'running',
    heard: { ended_by: 'unanswered' },
    due_at: inShanghai('2026-12-14 18:00'),
  })
  t.match(story.file.complaint, { unanswered_since: inShanghai('2026-11-29 10:00') }, 'it is listed on')
  story.says(buyer)
  t.equal(last(story, 'auto_close')?.status, 'running')
  t.ok(story.at('2026-12-13 18:00').sweep().told('deadline_due_soon'))
  story.at('2026-12-14 18:00').sweep()
  t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed' })
})

t.test('both sides’ answers to a plan are judged together', async (t) => {
  await t.test('who spoke is not the silent one, and the other’s silence waits', async (t) => {
    const story = once.proposed().at('2026-11-25 10:00').says(buyer)
    story.at('2026-11-26 10:00').sweep()
    t.equal(story.plan.status, 'proposed', 'the merchant’s silence would accept only what the buyer accepts')
    t.equal(story.file.complaint.silent_expiries, 0)
    story.says(agent)
    t.ok(clocks(story).includes('confirmation of complainant until 2026-11-27 10:00'))
    story.sweep()
    t.equal(story.plan.status, 'proposed')
    story.at('2026-11-26 18:00').onPlan(buyer, 'accept').sweep()
    t.match(story.plan, { status: 'executing', confirmations: { respondent: { status: 'deemed_accepted' } } })
  })
  await t.test('and silence after the answer is silence', async (t) => {
    const story = once.proposed().at('2026-11-25 10:00').says(buyer).at('2026-11-25 12:00').says(agent)
    story.at('2026-11-26 12:00').sweep()
    t.match(story.plan, { status: 'expired', end_reason_code: 'complainant_silent' })
  })
  await t.test('the buyer’s silence is not the merchant’s, who spoke', async (t) => {
    const story = once.proposed().at('2026-11-25 10:00').says(merchant).at('2026-11-26 10:00').sweep()
    t.match(story.plan, { status: 'expired', end_reason_code: 'complainant_silent' })
    t.equal(story.status, 'investigating')
  })
  await t.test('a merchant that spoke has not accepted by silence', async (t) => {
    const story = once.proposed().onPlan(buyer, 'accept').at('2026-11-25 10:00').says(merchant).at('2026-11-26 10:00').sweep()
    t.match(story.plan, { status: 'proposed', confirmations: { respondent: { status: 'pending' } } })
    story.says(agent).at('2026-11-27 10:00').sweep()
    t.match(story.plan, { status: 'executing', confirmations: { respondent: { status: 'deemed_accepted' } } })
  })
})

t.test('an appeal and a hold of the same clock wait for each other', async (t) => {
  const story = once
    .imposed(returned)
    .at('2026-11-24 10:00')
    .says(buyer)
    .by(merchant, 'file', { reason_code: 'wrong_facts', statement: '请复核' })
  t.ok(clocks(story).includes('return_shipment of complainant paused with 144 h'))
  story.says(supervisor)
  t.ok(clocks(story).includes('return_shipment of complainant paused with 144 h'), 'answered, but the appeal is open')
  t.match(last(story, 'return_shipment')?.heard, { ended_by: 'answered' })
  story.onAppeal(merchant, 'withdraw')
  t.ok(clocks(story).includes('return_shipment of complainant until 2026-11-30 10:00'))

  const other = once
    .imposed(returned)
    .at('2026-11-24 10:00')
    .says(buyer)
    .by(merchant, 'file', { reason_code: 'wrong_facts', statement: '请复核' })
  other.onAppeal(merchant, 'withdraw')
  t.ok(clocks(other).includes('return_shipment of complainant paused with 144 h'), 'the appeal is over, but nobody has answered')
})

t.test('who is held can still reopen, confirm and appeal', async (t) => {
  t.equal(
    once.resolved().at('2026-11-29 10:00').says(buyer).at('2026-12-02 10:00').by(buyer, 'reopen', { explanation: '未到账' })
      .status,
    'investigating',
  )
  t.equal(once.resolved().says(buyer).by(buyer, 'confirm').status, 'closed')
  const appealed = once.dismissed().says(buyer).by(buyer, 'file', { reason_code: 'wrong_facts', statement: '请复核' })
  t.equal(appealed.status, 'under_appeal')
})

t.test('no side stalls a case beyond the sum of its clocks, however much it writes', async (t) => {
  const writesDaily = (story: Story, done: (story: Story) => boolean, answers: boolean): number => {
    const start = Date.parse(story.now)
    for (let day = 0; day < 90 && !done(story); day += 1) {
      story.says(buyer).says(buyer, { to: 'both' }).proves(buyer)
      if (answers) story.after(HOUR).says(agent).says(buyer)
      story.after(answers ? DAY - HOUR : DAY).sweep()
    }
    return (Date.parse(story.now) - start) / DAY
  }
  const isClosed = ({ status }: Story) => status === 'closed'
  const closed = [
    writesDaily(once.resolved(), isClosed, true),
    writesDaily(once.resolved(), isClosed, false),
    writesDaily(once.agreed(returned), isClosed, true),
    writesDaily(once.agreed(returned), isClosed, false),
    writesDaily(once.escalated().by(agent, 'request_information', { items: ['照片'] }), isClosed, false),
  ]
  // 7 days and the hour of the answer; 7 days and what ten business days are from a Monday morning, 14 days
  t.strictSame(closed, [8, 21, 8, 21, 17])
})

t.test('a recomputation leaves what the answer gave', async (t) => {
  const story = once.resolved().at('2026-11-30 09:00').says(buyer).says(agent)
  t.strictSame(clocks(story), ['auto_close of complainant until 2026-12-01 09:00'])
  const d = new Decision(story.file, systemActor, story.now, rules)
  t.notOk(d.file.deadlines.some((x) => recomputeClock(d, x, 'policy_changed')))
  const held = once.resolved().at('2026-11-30 09:00').says(buyer)
  const again = new Decision(held.file, systemActor, held.now, rules)
  t.notOk(
    again.file.deadlines.some((x) => recomputeClock(again, x, 'policy_changed')),
    'nor does it end a hold',
  )
})

t.test('a policy says what is heard, and for how long', async (t) => {
  const deaf = withPolicy({ words: { hears: [], held_at_most: { count: 10, unit: 'business_days' } } })
  t.strictSame(
    clocks(new Story(filing(), buyer, undefined, deaf).by(agent, 'request_information', { items: ['照片'] }).says(buyer)),
    ['information of complainant until 2026-11-26 10:00', 'next_reply of platform until 2026-11-24 10:00'],
  )
  const hasty = withPolicy({ words: { hears: ['information'], held_at_most: { count: 2, unit: 'days' } } })
  const story = new Story(filing(), buyer, undefined, hasty).by(agent, 'request_information', { items: ['照片'] }).says(buyer)
  story.at('2026-11-25 10:00').sweep()
  t.ok(clocks(story).includes('information of complainant until 2026-11-28 10:00'))
})
