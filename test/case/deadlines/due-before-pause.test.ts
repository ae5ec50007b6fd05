/** What was due before somebody lets a clock stand still was missed by then, whether or not a sweep came by. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { holdClock } from '../../../src/case/deadlines/holds.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import type { ClockRule } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { finished } from '../../support/events.ts'
import {
  agent,
  buyer,
  dismissal,
  inShanghai,
  liability,
  merchant,
  once,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const asked = { items: ['照片'] }
const court = { reason_code: 'court' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }

const last = (story: Story, kind: string, status?: string) =>
  story.file.deadlines.findLast((x) => x.kind === kind && (status === undefined || x.status === status))
const told = (story: Story) => (story.last?.events ?? []).map(({ type, actor_role }) => `${type} by ${actor_role}`)
const changes = (story: Story, index: number) =>
  ((story.last?.events[index]?.data.clocks ?? []) as { kind: string; change: string; why: string }[]).map(
    ({ kind, change, why }) => `${kind} ${change}: ${why}`,
  )

t.test('a merchant that was silent until yesterday does not get its time back by a question to the buyer', async (t) => {
  const story = once.accepted().at('2026-12-07 10:00').by(agent, 'request_information', asked)
  t.strictSame(told(story), [
    'deadline_missed by system',
    'complaint_escalated by system',
    'escalation_notice by system',
    'deadline_missed by system',
    'complaint_escalated by system',
    'escalation_notice by system',
    'information_requested by agent',
  ])
  t.match(last(story, 'respondent_response'), { status: 'missed', margin_ms: -8 * 9 * HOUR, escalation: { level: 2 } })
  t.match(last(story, 'resolution', 'missed'), { margin_ms: -3 * 9 * HOUR, escalation: { level: 3 } })
  t.match(story.file.complaint, {
    status: 'awaiting_information',
    returns_to: 'investigating',
    level: 3,
    owed_since: inShanghai('2026-12-02 10:00'),
    sla: { resolution: { result: 'missed', margin_ms: -27 * HOUR } },
  })
  t.match(last(story, 'intervention'), { status: 'paused', remaining_ms: 18 * HOUR })
  t.strictSame(changes(story, 0), [
    'respondent_response missed: time_up_before_pause',
    'intervention started: platform_stepped_in',
    'resolution missed: time_up_before_pause',
    'last_resort started: highest_level_reached',
    'resolution started: still_owed',
  ])
  t.strictSame(changes(story, 6), [
    'intervention paused: information_requested',
    'last_resort paused: information_requested',
    'resolution paused: information_requested',
    'information started: information_requested',
  ])
  story.after(DAY).by(buyer, 'provide_information', { statement: '已上传' })
  t.equal(story.status, 'investigating')
  t.strictSame(story.sweep().events, [], 'nobody is late a second time')
})

t.test('an hour before it is due nothing is missed, and the rest is kept', async (t) => {
  const story = once.accepted().at('2026-11-25 09:00').by(agent, 'request_information', asked)
  t.strictSame(told(story), ['information_requested by agent'])
  t.match(last(story, 'respondent_response'), { status: 'paused', remaining_ms: HOUR, owed_since: null })
})

t.test('an intervention and a resolution that were due before a suspension', async (t) => {
  const story = once.escalated().at('2026-11-26 10:00').by(agent, 'suspend', court)
  t.strictSame(told(story), [
    'deadline_missed by system',
    'complaint_escalated by system',
    'escalation_notice by system',
    'complaint_suspended by agent',
  ])
  t.match(last(story, 'intervention'), { status: 'missed', margin_ms: -9 * HOUR, escalation: { level: 3 } })
  story.after(DAY).by(agent, 'resume').by(agent, 'determine_liability', liability)
  t.match(last(story, 'intervention'), { status: 'missed', owed_since: null })

  const late = once.judged().at('2026-12-03 10:00').by(agent, 'suspend', court)
  t.match(last(late, 'resolution', 'missed'), { margin_ms: -9 * HOUR })
  t.match(last(late, 'resolution'), {
    status: 'paused',
    step: 1,
    remaining_ms: 9 * HOUR,
    owed_since: inShanghai('2026-12-02 10:00'),
  })
})

/** Under these rules clocks are due on Thursday the 26th at ten, whether they count days or business days; here it is a day later. */
const FRIDAY = '2026-11-27 10:00'
const THURSDAY = inShanghai('2026-11-26 10:00')
const qian = { role: 'supervisor' as const, id: 'qian' }

for (const [unit, late] of [
  ['days', -DAY],
  ['business_days', -9 * HOUR],
] as const) {
  const ruled = (kinds: Partial<Record<keyof typeof defaultPolicy.clocks, ClockRule['on_silence']>>): Rules =>
    withPolicy({
      clocks: {
        ...defaultPolicy.clocks,
        ...Object.fromEntries(
          Object.entries(kinds).map(([kind, on_silence]) => [kind, [{ allow: { count: 3, unit }, on_silence, warn: null }]]),
        ),
      },
    })
  const imposed = (by: Rules, plan: object): Story =>
    once.judged().under(by).by(agent, 'create', plan).onPlan(supervisor, 'impose', { explanation: '责任明确' })

  for (const [kind, plan] of [
    ['refund', { remedies: [{ type: 'refund', amount: 5_000 }], explanation: '退款' }],
    ['step', { remedies: [{ type: 'apology' }], explanation: '道歉' }],
  ] as const)
    t.test(`a ${kind} that is to be escalated after three ${unit}, when an appeal lets it wait`, async (t) => {
      const story = imposed(ruled({ [kind]: ['escalate'] }), plan)
        .at(FRIDAY)
        .by(merchant, 'file', wrongFacts)
      t.strictSame(told(story), [
        'deadline_missed by system',
        'complaint_escalated by system',
        'escalation_notice by system',
        'appeal_filed by merchant',
      ])
      t.match(last(story, kind, 'missed'), { due_at: THURSDAY, margin_ms: late, escalation: { level: 3 } })
      t.match(last(story, kind), { status: 'paused', step: 1, remaining_ms: 9 * HOUR, owed_since: THURSDAY })
      t.match(story.file.complaint, { status: 'under_appeal', level: 3, owed_since: THURSDAY })
    })

  t.test(
    `goods that were not sent back within three ${unit}: an appeal comes before the closing, and late is late`,
    async (t) => {
      const by = ruled({ return_shipment: ['close_return_not_shipped'] })
      const story = imposed(by, returned).at(FRIDAY).by(merchant, 'file', wrongFacts)
      t.strictSame(told(story), ['deadline_missed by system', 'appeal_filed by merchant'])
      t.match(last(story, 'return_shipment', 'missed'), { due_at: THURSDAY, margin_ms: late, step: 0 })
      t.match(last(story, 'return_shipment'), { status: 'paused', remaining_ms: 0, owed_since: THURSDAY, step: 1 })
      t.match(story.file.complaint, { status: 'under_appeal', owed_since: THURSDAY })
      story.after(HOUR).onAppeal(qian, 'deny', { explanation: '维持' })
      t.equal(story.status, 'executing')
      t.match(
        story.sweep().file.complaint,
        { status: 'closed', close_reason: 'return_not_shipped' },
        'what was put off follows now',
      )

      const shipped = imposed(by, returned).at(FRIDAY).by(merchant, 'file', wrongFacts).onAppeal(merchant, 'withdraw')
      shipped.onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
      t.match(last(shipped, 'return_shipment'), { status: 'met', margin_ms: late }, 'who sends it all the same is late')
    },
  )

  t.test(
    `goods that were not inspected within three ${unit} are not deemed to have passed while an appeal is open`,
    async (t) => {
      const story = imposed(ruled({ inspection: ['deem_passed'] }), returned)
        .onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
        .onStep(merchant, 'complete_step')
      story.at(FRIDAY).by(merchant, 'file', wrongFacts)
      t.strictSame(told(story), ['deadline_missed by system', 'appeal_filed by merchant'])
      t.match(last(story, 'inspection', 'missed'), { margin_ms: late })
      t.equal(story.plan.steps[2]?.status, 'pending')
      story.after(HOUR).onAppeal(merchant, 'withdraw').sweep()
      t.match(story.plan.steps[2], { status: 'done', data: { deemed: true } })
    },
  )

  t.test(`a case that would have closed by itself after three ${unit} waits for the appeal, and closes then`, async (t) => {
    const story = once
      .judged()
      .under(ruled({ auto_close: ['close'] }))
      .by(agent, 'dismiss', dismissal)
    story.at(FRIDAY).by(buyer, 'file', wrongFacts)
    t.strictSame(told(story), ['deadline_missed by system', 'appeal_filed by buyer'])
    t.match(last(story, 'auto_close', 'missed'), { margin_ms: late })
    t.match(last(story, 'auto_close'), { status: 'paused', remaining_ms: 0, owed_since: THURSDAY })
    t.match(story.after(HOUR).onAppeal(qian, 'deny', { explanation: '维持' }).sweep().file.complaint, {
      status: 'closed',
      close_reason: 'auto_confirmed',
    })
  })

  t.test(`the other side’s window of three ${unit} had shut before one side appealed`, async (t) => {
    const shorter = {
      allow: { count: 3, unit },
      on_silence: ['window_shuts' as const],
      warn: null,
      when: { party: ['complainant' as const] },
    }
    const [other] = defaultPolicy.clocks.appeal_window
    const by = withPolicy({ clocks: { ...defaultPolicy.clocks, appeal_window: [shorter, ...(other ? [other] : [])] } })
    const story = once
      .judged()
      .under(by)
      .by(supervisor, 'close', { reason_code: 'other' })
      .at(FRIDAY)
      .by(merchant, 'file', wrongFacts)
    t.strictSame(told(story), ['appeal_window_shut by system', 'appeal_filed by merchant'])
    t.match(
      story.file.deadlines
        .filter((x) => x.kind === 'appeal_window')
        .map(({ party, status, margin_ms }) => [party, status, margin_ms]),
      [
        ['complainant', 'missed', late],
        ['respondent', 'met', 3 * DAY],
      ],
    )
    t.equal(story.file.complaint.owed_since, null, 'a right is nothing that is owed')
  })
}

t.test('a clock of elapsed time does not stand still, and a question misses nothing of it', async (t) => {
  const days = { allow: { count: 2, unit: 'days' as const }, on_silence: ['escalate' as const] }
  const by = withPolicy({ clocks: { ...defaultPolicy.clocks, respondent_response: [days] } })
  const story = new Story(undefined, undefined, undefined, by).by(agent, 'accept').at('2026-11-26 10:00')
  story.by(agent, 'request_information', asked)
  t.strictSame(told(story), ['information_requested by agent'])
  t.match(last(story, 'respondent_response'), { status: 'running', due_at: inShanghai('2026-11-25 10:00') })
  t.strictSame(story.sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
})

t.test('what a supervisor holds stays held over the wait, and late', async (t) => {
  const story = once.accepted()
  const held = new Decision(story.file, supervisor, story.now, story.rules)
  const until = inShanghai('2026-12-20 10:00')
  for (const clock of held.file.deadlines)
    if (clock.kind === 'respondent_response') {
      const { id, kind, party, on_silence: action } = clock
      holdClock(held, clock, { by: 'supervisor:zhao', explanation: '等待鉴定', until, held_at: story.now })
      held.tell({ type: 'planned_action_held', data: { deadline_id: id, kind, party, action, until } })
    }
  story.file = finished(held).file
  story.at('2026-11-26 10:00').by(agent, 'request_information', asked)
  t.strictSame(told(story), ['information_requested by agent'])
  t.match(last(story, 'respondent_response'), {
    status: 'paused',
    remaining_ms: 0,
    owed_since: inShanghai('2026-11-25 10:00'),
    hold: { until },
  })
  story
    .after(HOUR)
    .by(buyer, 'provide_information', { statement: '已上传' })
    .by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
  t.match(last(story, 'respondent_response'), { status: 'met', margin_ms: -10 * HOUR })
})

t.test(
  'a merchant whose silence agrees was silent before the question: nothing is agreed while the buyer is asked',
  async (t) => {
    const agreeing = { allow: { count: 2, unit: 'business_days' as const }, on_silence: ['deem_agreed' as const] }
    const by = withPolicy({
      clocks: { ...defaultPolicy.clocks, respondent_response: [agreeing] },
      deem_agreed_up_to: { CNY: 20_000 },
    })
    const story = new Story(undefined, undefined, undefined, by).by(agent, 'accept').at('2026-11-26 10:00')
    story.by(agent, 'request_information', asked)
    t.strictSame(changes(story, 0), [
      'respondent_response missed: time_up_before_pause',
      'respondent_response started: still_owed',
    ])
    t.match(last(story, 'respondent_response'), {
      status: 'paused',
      remaining_ms: 0,
      owed_since: inShanghai('2026-11-25 10:00'),
    })
    t.strictSame(story.after(HOUR).sweep().events, [], 'the wait is the buyer’s')
    story.by(buyer, 'provide_information', { statement: '已上传' }).sweep()
    t.strictSame(story.events.slice(0, 2), ['deadline_missed', 'plan_proposed'], 'what was put off follows now')
  },
)

t.test('a last resort that was called enough is counted on over a question, and its standing still is told', async (t) => {
  const story = once.judged().by(agent, 'escalate', { reason_code: 'panel' })
  for (let day = 0; day < 15; day++) story.after(DAY).sweep()
  t.match(story.running('last_resort')[0], { on_silence: 'end_undecided' })
  const step = story.running('last_resort')[0]?.step ?? 0
  story.after(2 * DAY).by(agent, 'request_information', asked)
  const waiting = last(story, 'last_resort')
  t.match(waiting, { status: 'paused', step: step + 1, remaining_ms: 9 * HOUR })
  t.ok(changes(story, story.events.indexOf('information_requested')).includes('last_resort paused: information_requested'))
  story.after(DAY).sweep()
  t.strictSame(last(story, 'last_resort'), waiting, 'nothing moves while it stands still')
})

t.test('a duty that is missed again in a wait, and stands still from then on, is told so', async (t) => {
  const step = (unit: 'days' | 'business_days') => ({ count: 1, unit })
  const ladder = [step('days'), step('days'), step('days'), step('business_days')]
  const { clocks } = defaultPolicy
  for (const [kind, event] of [
    ['resolution', 'deadline_missed'],
    ['last_resort', 'last_resort_called'],
  ] as const) {
    const calls = kind === 'last_resort' ? (['call_last_resort', 'end_undecided'] as const) : (['escalate'] as const)
    const rule = { allow: step('days'), on_silence: [...calls], while_overdue: ladder }
    const story = new Story(undefined, undefined, undefined, withPolicy({ clocks: { ...clocks, [kind]: [rule] } }))
    story.by(agent, 'accept').by(buyer, 'escalate', { reason_code: 'no_agreement' }).by(agent, 'determine_liability', liability)
    story.by(agent, 'escalate', { reason_code: 'panel' })
    const others = story.file.deadlines.filter((x) => x.kind !== kind && x.kind !== 'completion')
    for (const { kind: other } of others) story.without(other)
    story.by(agent, 'suspend', { ...court, resume_at: '2027-02-01T02:00:00.000Z' }).without('suspension')
    const heard: string[][] = []
    for (let day = 0; day < 9 && last(story, kind)?.status === 'running'; day++) heard.push(story.after(DAY).sweep().events)
    t.match(last(story, kind), { status: 'paused' })
    t.ok(heard.at(-1)?.includes(event), 'the miss that lets it stand still is told')
    t.strictSame(heard.at(-2), [], 'the one before was only counted')
  }
})

for (const [name, act, goOn] of [
  ['a suspension', (story: Story) => story.by(agent, 'suspend', court), (story: Story) => story.by(agent, 'resume')],
  [
    'a question',
    (story: Story) => story.by(agent, 'request_information', asked),
    (story: Story) => story.by(buyer, 'provide_information', { statement: '已上传' }),
  ],
] as const)
  t.test(`what the platform would propose for want of its own word waits for ${name}, and is proposed after it`, async (t) => {
    const by = withPolicy({ platform_silence: { resolution: 'propose_wanted', appeal_decision: 'none' } })
    const story = act(once.judged().under(by).by(agent, 'escalate', { reason_code: 'panel' }).at('2026-12-02 11:00'))
    t.ok(['suspended', 'awaiting_information'].includes(story.status))
    t.match(last(story, 'resolution', 'missed'), { on_silence: 'propose_wanted', margin_ms: -HOUR })
    t.match(last(story, 'resolution'), { status: 'paused', remaining_ms: 0, on_silence: 'propose_wanted' })
    t.strictSame(story.file.plans, [], 'nothing is on the table of a case that waits')
    story.after(HOUR).sweep()
    t.strictSame(story.file.plans, [])
    t.equal(goOn(story.after(HOUR)).sweep().status, 'awaiting_confirmation')
    t.match(story.plan, { status: 'proposed', author_role: 'system' })
  })
