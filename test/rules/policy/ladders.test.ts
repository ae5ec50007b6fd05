/** Every ladder of silence that a policy may name really works: each step is taken, and an open case is never without a clock. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import type { WholeRule } from '../../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import { type ChosenSilence, type CountedKind, countedKinds, ladderOf } from '../../../src/words/deadlines.ts'
import {
  agent,
  buyer,
  dismissal,
  liability,
  MONDAY_TEN,
  merchant,
  once,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const days = (count: number) => ({ count, unit: 'days' }) as const
const placeless = { remedies: [{ type: 'return_and_refund', amount: 5_000 }], explanation: '退货退款' }
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const apology = { remedies: [{ type: 'apology' }], explanation: '道歉' }
const cash = { remedies: [{ type: 'refund', amount: 5_000 }], explanation: '退款' }
const large = { remedies: [{ type: 'compensation', amount: 6_000 }], explanation: '补偿' }
const shipped = { tracking_number: 'SF1' }

const rule = (...on_silence: WholeRule['on_silence']): WholeRule => ({
  allow: days(2),
  on_silence,
  while_overdue: [days(1)],
  warn: null,
})

/** The default policy with other rules for some clocks. */
const having = (clocks: Partial<Record<CountedKind, WholeRule[]>>): Rules =>
  withPolicy({ clocks: { ...defaultPolicy.clocks, ...clocks } })

const paying = (by: Rules, more: Partial<Rules['policy']> = {}): Story =>
  once.agreed().under({ ...by, policy: { ...by.policy, ...more } })
const inspected = (by: Rules): Story =>
  once
    .agreed(returned)
    .under(by)
    .onStep(buyer, 'complete_step', shipped)
    .onStep(merchant, 'complete_step', { received: [{ line_id: '1', quantity: 1, verdict: 'damaged' }] })
const reshipped = (by: Rules): Story =>
  once
    .agreed({ remedies: [{ type: 'reship' }], explanation: '补发' })
    .under(by)
    .onStep(merchant, 'complete_step', shipped)

/** A plan is imposed on a liable merchant, under the numbers of the policy for advances. */
const executing = (by: Rules, numbers: Partial<Rules['policy']['advances']>, plan: object = cash): Story =>
  once
    .judged()
    .by(agent, 'create', plan)
    .under({ ...by, policy: { ...by.policy, advances: { ...by.policy.advances, ...numbers } } })
    .onPlan(supervisor, 'impose', { explanation: '责任在商家' })

/** The fund has paid the buyer. */
const advanced = (by: Rules): Story =>
  executing(by, {})
    .by(agent, 'ask', { explanation: '先付' })
    .onStep(agent, 'fail_step', { explanation: '余额不足' })
    .onStep(agent, 'complete_step', { payment_reference: 'F-1' })

/** A case with a held settlement is over, and when the service first looked, another case of its order was not. */
const claimedElsewhere = (by: Rules): Story => {
  const story = once
    .accepted()
    .under(by)
    .by(agent, 'hold', { explanation: '先暂缓结算' })
    .onHold(agent, 'report_held', { amount: 100 })
    .by(buyer, 'withdraw')
  story.file.otherCases = { open: 1, last_closed_at: null }
  story.sweep()
  story.file.otherCases = { open: 0, last_closed_at: null }
  return story
}

/** Words of the complainant have made the case critical. */
const alarming = (by: Rules): Story => once.escalated().under(by).says(buyer, { text: '充电时突然起火，我的手烧伤了' })

/** A case whose clock of each kind has just started under these rules. */
const begun: Readonly<Record<CountedKind, (by: Rules) => Story>> = {
  // a new complaint starts by the default policy: asked back, its clock starts afresh
  first_response: (by) =>
    new Story()
      .under(by)
      .by(agent, 'request_information', { items: ['照片'] })
      .by(buyer, 'provide_information', { statement: '已上传' }),
  completion: (by) => new Story(undefined, undefined, MONDAY_TEN, by),
  resolution: (by) => new Story().under(by).by(agent, 'accept'),
  intervention: (by) => once.accepted().under(by).by(buyer, 'escalate', { reason_code: 'no_agreement' }),
  information: (by) =>
    once
      .accepted()
      .under(by)
      .by(agent, 'request_information', { items: ['照片'] }),
  respondent_response: (by) => new Story().under(by).by(agent, 'accept'),
  confirmation: (by) => once.judged().under(by).by(agent, 'create', returned).onPlan(agent, 'propose').onPlan(buyer, 'accept'),
  difference: (by) =>
    once
      .proposed({
        remedies: [
          { type: 'exchange', replacement: [{ name: '升级款', quantity: 1, unit_amount: 29_900 }], return_address: '退货仓' },
        ],
        explanation: '换货',
      })
      .under(by)
      .onPlan(buyer, 'accept')
      .onPlan(merchant, 'accept'),
  return_address: (by) => once.proposed(placeless).under(by).onPlan(buyer, 'accept').onPlan(merchant, 'accept'),
  return_again: (by) =>
    once
      .agreed(returned)
      .under(by)
      .onStep(buyer, 'complete_step', shipped)
      .onStep(agent, 'fail_step', { explanation: '未收到包裹' }),
  return_shipment: (by) => once.proposed(returned).under(by).onPlan(buyer, 'accept').onPlan(merchant, 'accept'),
  inspection: (by) => once.agreed(returned).under(by).onStep(buyer, 'complete_step', shipped).onStep(merchant, 'complete_step'),
  refund: (by) => once.proposed().under(by).onPlan(buyer, 'accept').onPlan(merchant, 'accept'),
  step: (by) => once.proposed(apology).under(by).onPlan(buyer, 'accept').onPlan(merchant, 'accept'),
  suspension: (by) => once.escalated().under(by).by(agent, 'suspend', { reason_code: 'court' }),
  auto_close: (by) => once.agreed().under(by).onStep(agent, 'complete_step', { payment_reference: 'PAY-1' }),
  appeal_window: (by) => once.judged().under(by).by(agent, 'dismiss', dismissal),
  appeal_decision: (by) => once.dismissed().under(by).by(buyer, 'file', { reason_code: 'wrong_facts', statement: '请复核' }),
  next_reply: (by) => once.escalated().under(by).says(buyer),
  last_resort: (by) =>
    once
      .judged()
      .by(agent, 'escalate', { reason_code: 'panel' })
      .by(agent, 'dismiss', dismissal)
      .under(by)
      .by(buyer, 'file', { reason_code: 'wrong_facts', statement: '请复核' }),
  approval: (by) => once.judged().under(by).by(agent, 'create', large).onPlan(agent, 'submit'),
  arrival: (by) => reshipped(by),
  arrival_decision: (by) => reshipped(by).onStep(buyer, 'fail_step', { explanation: '未收到' }),
  contest: (by) => inspected(by),
  contest_decision: (by) => inspected(by).onStep(buyer, 'complete_step', { explanation: '完好' }),
  send_back: (by) => inspected(by).onStep(buyer, 'fail_step', { explanation: '认可' }),
  payment: (by) => paying(by).onStep(agent, 'progress_step', {}),
  step_decision: (by) => paying(by).onStep(agent, 'fail_step', { explanation: '账户异常' }),
  payee_details: (by) =>
    paying(by, { payments: { ...defaultPolicy.payments, failures_before_payee_details: 1 } }).onStep(agent, 'fail_step', {
      explanation: '账户异常',
    }),
  advance_approval: (by) => executing(by, { approval_above: {} }).by(agent, 'ask', { explanation: '先付' }),
  advance_due: (by) => {
    const { policy } = by
    const owing = { ...by, policy: { ...policy, advance_due_from: 'filing' as const } }
    return new Story(undefined, undefined, MONDAY_TEN, owing)
      .by(agent, 'accept')
      .by(buyer, 'escalate', { reason_code: 'no_agreement' })
      .by(agent, 'determine_liability', liability)
      .by(agent, 'create', cash)
      .onPlan(supervisor, 'impose', { explanation: '责任在商家' })
  },
  buyer_answer: (by) =>
    executing(by, {}, returned).by(agent, 'ask', { explanation: '先付' }).onAdvance(supervisor, 'not_returned', {
      explanation: '没有物流信息',
    }),
  merchant_pays: (by) => advanced(by),
  debt: (by) =>
    advanced({ ...by, policy: { ...by.policy, clocks: { ...by.policy.clocks, merchant_pays: [rule('claw_back')] } } })
      .after(2 * DAY)
      .sweep(),
  hold_answer: (by) => once.accepted().under(by).by(agent, 'hold', { explanation: '先暂缓结算' }),
  hold_release: (by) => claimedElsewhere(by),
  risk_review: alarming,
  fast_feedback: alarming,
  fast_facts: alarming,
  fast_plan: alarming,
  challenge: (by) => once.accepted().under(by).by(buyer, 'challenge', { reason_code: 'acquainted', explanation: '相识' }),
}

/** All ladders of up to three words. */
const laddersOf = (kind: CountedKind): ChosenSilence[][] => {
  const { last, before } = ladderOf(kind)
  return last.flatMap((end) => [
    [end],
    ...before.flatMap((first) => [[first, end], ...before.map((second) => [first, second, end])]),
  ])
}

/** For a deemed acceptance the rule must say for whom. */
const rulesOf = (ladder: ChosenSilence[]): WholeRule[] =>
  ladder.includes('deem_accepted')
    ? [{ ...rule(...ladder), when: { party: ['respondent'], plan_of: ['platform'] } }, rule('expire_and_escalate')]
    : [rule(...ladder)]

const isWaitedFor = ({ file }: Story): boolean =>
  file.complaint.status === 'closed' || file.deadlines.some((x) => x.status === 'running' || x.status === 'paused')

for (const kind of countedKinds) {
  t.test(kind, (t) => {
    for (const ladder of laddersOf(kind)) {
      const others = { resolution: [{ ...rule('escalate'), allow: days(90) }] }
      const story = begun[kind](having({ ...(kind === 'resolution' ? {} : others), [kind]: rulesOf(ladder) }))
      t.ok(story.running(kind).length > 0, `${ladder.join(', ')}: it runs`)
      const taken: string[] = []
      for (let miss = 0; miss < ladder.length; miss++) {
        story.after((miss === 0 ? 2 : 1) * DAY - 1).sweep()
        t.notOk(
          story.last?.clockChanges.some((x) => x.kind === kind && x.change === 'missed'),
          'not before its time',
        )
        const [due] = story.running(kind)
        story.after(1).sweep()
        const missed =
          story.last?.events.filter((x) => /^(deadline_missed|appeal_window_shut)$/.test(x.type) && x.data.kind === kind) ?? []
        // one that nobody new is told of is counted on the clock
        const counted = story.file.deadlines.filter((x) => x.id === due?.id && x.step > due.step)
        taken.push(...[...missed.map((x) => String(x.reason_code)), ...counted.map(() => String(due?.on_silence))].slice(0, 1))
        t.ok(isWaitedFor(story), `${ladder.join(', ')}: after miss ${miss + 1} somebody is waited for`)
      }
      t.strictSame(taken, ladder, 'each word in its turn')
      const { last } = ladderOf(kind)
      const repeats = last.includes('escalate') && kind !== 'intervention' && kind !== 'respondent_response'
      const ended = story.running(kind).length === 0
      t.equal(
        ended,
        !(repeats && /^(escalate|call_supervisors)$/.test(ladder.at(-1) ?? '')),
        'the last word ends the wait, or calls somebody in again',
      )
    }
    t.end()
  })
}

t.test('a complainant who is to be reminded can still answer: the respondent is not deemed to accept yet', (t) => {
  const clocks = {
    confirmation: [
      { ...rule('deem_accepted'), when: { party: ['respondent' as const], plan_of: ['platform' as const] } },
      rule('remind', 'expire_and_escalate'),
    ],
  }
  const proposed = () => once.judged().under(having(clocks)).by(agent, 'create', returned).onPlan(agent, 'propose')
  const answered = proposed()
    .after(2 * DAY)
    .sweep()
  t.match(answered.plan, { status: 'proposed' })
  t.strictSame(answered.events, ['deadline_missed', 'deadline_reminder'])
  answered.sweep()
  t.strictSame(answered.events, [], 'the reminder is one')
  answered.onPlan(buyer, 'accept').after(DAY).sweep()
  t.match(answered.plan, { status: 'executing', confirmations: { respondent: { status: 'deemed_accepted' } } })
  const silent = proposed()
    .after(2 * DAY)
    .sweep()
    .sweep()
    .after(DAY)
    .sweep()
  t.match(silent.plan, { status: 'expired' })
  t.match(silent.file.complaint, { silent_expiries: 1 })
  t.end()
})

t.test('reminded of a suspension, a case says when it resumes now', (t) => {
  const story = begun
    .suspension(having({ suspension: [rule('remind', 'resume')] }))
    .after(2 * DAY)
    .sweep()
  t.equal(story.status, 'suspended')
  const [clock] = story.running('suspension')
  t.equal(story.file.complaint.suspension?.resume_at, clock?.due_at)
  t.equal(story.after(DAY).sweep().status, 'investigating')
  t.end()
})

t.test('a duty that stays owed in business time stands still while the case waits for a side', (t) => {
  const resolution = [{ allow: days(2), on_silence: ['escalate' as const] }]
  const story = new Story()
    .under(having({ resolution }))
    .by(agent, 'accept')
    .by(agent, 'request_information', { items: ['照片'] })
  story.after(2 * DAY).sweep()
  t.match(
    story.open,
    [
      'completion of platform paused with 63 h',
      'information of complainant',
      'resolution of platform paused with 9 h',
      'respondent_response of respondent paused',
    ].map((x) => new RegExp(x)),
  )
  story.by(buyer, 'provide_information', { statement: '已上传' })
  t.equal(story.running('resolution').length, 1, 'and runs on')
  t.end()
})

t.test('a rule that became shorter meanwhile still ends the wait', (t) => {
  const story = begun.information(having({ information: [rule('remind', 'close_no_response')] }))
  story
    .under(having({ information: [rule('close_no_response')] }))
    .after(2 * DAY)
    .sweep()
  t.equal(story.running('information').length, 1)
  t.equal(story.after(DAY).sweep().status, 'closed')
  t.end()
})

t.test('the default policy names ladders of this table only', (t) => {
  for (const kind of countedKinds) {
    for (const { on_silence } of defaultPolicy.clocks[kind]) {
      t.ok(ladderOf(kind).last.includes(on_silence.at(-1) as ChosenSilence), kind)
      for (const word of on_silence.slice(0, -1)) t.ok(ladderOf(kind).before.includes(word), kind)
    }
  }
  t.end()
})
