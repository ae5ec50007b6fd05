/** A respondent who never answers the complaint can be taken to have agreed: by policy, and by amount. */
import t from 'tap'
import type { NewComplaintBody } from '../../../src/case/complaints/filing-schema.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Policy } from '../../../src/rules/policy/schema.ts'
import type { Rules } from '../../../src/rules/rule-book/rules.ts'
import {
  agent,
  buyer,
  filing,
  inShanghai,
  liability,
  merchant,
  offer,
  otherSupervisor,
  refusal,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const agreeing = (deem_agreed_up_to: Policy['deem_agreed_up_to']): Rules =>
  withPolicy({
    clocks: {
      ...defaultPolicy.clocks,
      respondent_response: [{ allow: { count: 2, unit: 'business_days' }, on_silence: ['deem_agreed'] }],
    },
    deem_agreed_up_to,
  })
const UP_TO_50 = agreeing({ CNY: 5_000 })

const DUE = '2026-11-25 10:00'
const accepted = (by: Rules, wanted: NewComplaintBody['wanted'], change: Partial<NewComplaintBody> = {}) => {
  const { wanted: _, ...body } = filing(change)
  return new Story({ ...body, ...(wanted && { wanted }) }, undefined, undefined, by).by(agent, 'accept')
}
const silent = (...given: Parameters<typeof accepted>) =>
  accepted(...given)
    .at(DUE)
    .sweep()

t.test('up to the bound what was wanted is carried out at once, as agreed by both', async (t) => {
  const story = silent(UP_TO_50, { remedy: 'refund', amount: 5_000 })
  t.match(story.file.complaint, { status: 'executing', outcome: 'settled', level: 1 })
  t.match(story.plan, {
    status: 'executing',
    author_role: 'buyer',
    author_id: 'B-1',
    author_side: 'complainant',
    remedies: [{ type: 'refund', amount: 5_000 }],
    refund_in_force: 5_000,
    confirmations: {
      complainant: { status: 'accepted', by: 'buyer:B-1' },
      respondent: { status: 'deemed_accepted', by: null },
    },
  })
  t.equal(story.file.order?.refund_in_force, 5_000)
  t.strictSame(story.events, ['deadline_missed', 'plan_proposed', 'plan_accepted', 'refund_requested'])
  t.match(story.last?.events, [
    { reason_code: 'deem_agreed', actor_role: 'system', data: { kind: 'respondent_response' } },
    { reason_code: 'respondent_silent' },
    { data: { side: 'respondent', deemed: true } },
  ])
  t.strictSame(story.open, [
    `appeal_window of complainant until 2026-12-02 10:00`,
    `appeal_window of respondent until 2026-12-02 10:00`,
    'completion of platform until 2026-12-04 10:00',
    'refund of platform until 2026-11-26 10:00',
  ])
})

t.test('above the bound, and in a currency without one, the money comes back for the goods', async (t) => {
  for (const [name, by, wanted] of [
    ['above', UP_TO_50, { remedy: 'refund', amount: 5_001 }],
    ['a compensation above', UP_TO_50, { remedy: 'compensation', amount: 5_001 }],
    ['another currency', agreeing({ USD: 1_000_000 }), { remedy: 'refund', amount: 1 }],
    ['no bound at all', agreeing({}), { remedy: 'refund', amount: 1 }],
  ] as const) {
    const story = silent(by, wanted)
    t.equal(story.status, 'executing', name)
    t.match(story.plan.remedies, [{ type: 'return_and_refund', amount: wanted.amount }], name)
    t.match(story.running('return_address'), [{ party: 'respondent' }], name)
  }
  t.match(silent(UP_TO_50, { remedy: 'compensation', amount: 700 }).plan.remedies, [{ type: 'compensation', amount: 700 }])
})

t.test('it can be appealed like a deemed acceptance', async (t) => {
  const story = silent(UP_TO_50, { remedy: 'refund', amount: 5_000 })
  const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
  t.equal(
    refusal(() => story.by(buyer, 'file', wrongFacts)),
    '422 reason_code_not_open_to_you',
    'it was the buyer’s own wish',
  )
  story.by(merchant, 'file', wrongFacts)
  t.match(story.appeal, { decision: { kind: 'deemed_accepted', plan_id: story.plan.id } })
  story.onAppeal(otherSupervisor, 'uphold', { explanation: '成立' })
  t.match(story.file.complaint, { status: 'investigating', outcome: null })
  t.match(story.plan.steps, [{ status: 'cancelling' }], 'the payment system was asked already')
  t.equal(story.file.order?.refund_in_force, 5_000)
  story.onStep(agent, 'fail_step', { explanation: '已取消' })
  t.equal(story.file.order?.refund_in_force, 0)
})

t.test('where it cannot take effect the platform steps in, and the event says why', async (t) => {
  const bound = accepted(UP_TO_50, { remedy: 'refund', amount: 5_000 })
  if (bound.file.order) bound.file.order.refund_in_force = 25_900
  for (const [obstacle, story] of [
    ['nothing_wanted', silent(UP_TO_50, undefined)],
    ['no_amount', silent(UP_TO_50, { remedy: 'refund' })],
    ['no_amount', silent(UP_TO_50, { remedy: 'exchange' })],
    [
      'order_needed',
      silent(agreeing({}), { remedy: 'compensation', amount: 100, currency: 'CNY' }, { order: undefined } as never),
    ],
    ['no_currency', silent(UP_TO_50, { remedy: 'compensation', amount: 100 }, { order: undefined } as never)],
    ['currency_mismatch', silent(UP_TO_50, { remedy: 'compensation', amount: 100, currency: 'USD' })],
    ['order_total_exceeded', silent(UP_TO_50, { remedy: 'refund', amount: 25_901 })],
    ['order_total_exceeded', bound.at(DUE).sweep()],
  ] as const) {
    t.match(story.file.complaint, { status: 'investigating', level: 2 }, obstacle)
    t.strictSame(story.file.plans, [], 'nothing is left of the attempt')
    t.match(
      story.last?.events.find(({ type }) => type === 'complaint_escalated'),
      { reason_code: 'respondent_response_missed', visibility: 'parties', data: { to_level: 2, obstacle } },
    )
    t.match(
      story.file.deadlines.find(({ kind }) => kind === 'respondent_response'),
      { status: 'missed', obstacle },
    )
    t.equal(story.running('intervention').length, 1)
  }
})

t.test('an offer on the table is not overruled, and a word of the merchant ends the silence', async (t) => {
  const offered = accepted(UP_TO_50, { remedy: 'refund', amount: 5_000 })
    .by(buyer, 'create', offer(3_000))
    .onPlan(buyer, 'propose')
  offered.at(DUE).sweep()
  t.match(offered.file.complaint, { status: 'awaiting_confirmation', level: 2 })
  t.match(
    offered.last?.events.find(({ type }) => type === 'complaint_escalated'),
    { data: { obstacle: 'plan_on_table' } },
  )
  const disputed = accepted(UP_TO_50, { remedy: 'refund', amount: 5_000 })
  disputed.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' }).at(DUE).sweep()
  t.equal(disputed.status, 'negotiating')
})

t.test('it is warned of, reminded of first where the policy says so, and the switch stops it', async (t) => {
  const story = accepted(UP_TO_50, { remedy: 'refund', amount: 5_000 }).at('2026-11-24 15:24').sweep()
  t.match(story.last?.events, [{ type: 'deadline_due_soon', reason_code: 'deem_agreed', visibility: 'respondent' }])
  story
    .under({ ...UP_TO_50, automationStopped: true })
    .at(DUE)
    .sweep()
  t.strictSame(story.events, [])
  t.equal(story.under(UP_TO_50).after(DAY).sweep().status, 'executing', 'started again, it is acted on')

  const reminding = withPolicy({
    clocks: {
      ...defaultPolicy.clocks,
      respondent_response: [{ allow: { count: 2, unit: 'business_days' }, on_silence: ['remind', 'deem_agreed'] }],
    },
  })
  const reminded = silent(reminding, { remedy: 'refund', amount: 5_000 })
  t.strictSame(reminded.events, ['deadline_missed', 'deadline_reminder'])
  t.match(reminded.at('2026-11-26 10:00').sweep().file.complaint, { status: 'executing' })
})

t.test('by default silence of the respondent calls the platform in', async (t) => {
  const story = new Story().by(agent, 'accept').at(DUE).sweep()
  t.match(story.file.complaint, { status: 'investigating', level: 2 })
  t.notOk('obstacle' in (story.last?.events.find(({ type }) => type === 'complaint_escalated')?.data ?? {}))
})

/** The platform goes before both sides with what was wanted, once it has been silent on the highest level. */
const proposing = withPolicy({ platform_silence: { resolution: 'propose_wanted', appeal_decision: 'none' } })
const atTheTop = (
  wanted: NewComplaintBody['wanted'] | null = { remedy: 'refund', amount: 5_000 },
  change: Partial<NewComplaintBody> = {},
) => {
  const { wanted: _, ...body } = filing(change)
  const story = new Story({ ...body, ...(wanted && { wanted }) }, undefined, undefined, proposing)
    .by(agent, 'accept')
    .by(buyer, 'escalate', { reason_code: 'no_agreement' })
  return story.by(supervisor, 'escalate', { reason_code: 'panel' })
}
const words = (story: Story) => story.running('resolution').map(({ on_silence }) => on_silence)

t.test('a resolution missed on the highest level proposes what was wanted as the platform’s plan', async (t) => {
  const story = atTheTop()
  t.equal(story.file.complaint.level, 3)
  t.strictSame(words(story), ['propose_wanted'], 'and everybody can read so before')
  story.at('2026-12-02 10:00').sweep()
  t.match(story.file.complaint, { status: 'awaiting_confirmation', level: 3 })
  t.match(story.plan, {
    status: 'proposed',
    author_role: 'system',
    author_side: 'platform',
    remedies: [{ type: 'refund', amount: 5_000 }],
    confirmations: { complainant: { status: 'pending' }, respondent: { status: 'pending' } },
  })
  t.match(story.running('confirmation'), [{ on_silence: 'expire_and_escalate' }, { on_silence: 'deem_accepted' }])
  t.strictSame(words(story), ['escalate'], 'once in a case; it stays owed')
  story.onPlan(merchant, 'decline', { explanation: '不同意' })
  t.strictSame(words(story), ['escalate'])
  story.after(DAY).sweep()
  t.equal(story.file.plans.length, 1)
})

t.test('climbing to the highest level comes first, and out of talks the platform steps in first', async (t) => {
  const climbing = new Story(undefined, undefined, undefined, proposing)
    .by(agent, 'accept')
    .by(buyer, 'escalate', { reason_code: 'x' })
  climbing.by(agent, 'determine_liability', liability).at('2026-12-01 10:00')
  t.strictSame(words(climbing), ['escalate'])
  climbing.at('2026-12-02 10:00').sweep()
  t.match(climbing.file.complaint, { level: 3, status: 'investigating' })
  t.strictSame(climbing.file.plans, [])
  t.strictSame(words(climbing), ['propose_wanted'])
  climbing.at('2026-12-03 10:00').sweep()
  t.equal(climbing.status, 'awaiting_confirmation')

  const talking = new Story(undefined, undefined, undefined, proposing).by(agent, 'accept')
  talking.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
  talking.file.complaint.level = 3
  t.strictSame(words(talking.at('2026-12-01 10:00').sweep()), ['escalate'])
  talking.at('2026-12-02 10:00').sweep()
  t.equal(talking.status, 'investigating')
  t.strictSame(words(talking), ['propose_wanted'])
})

t.test('where it cannot be proposed the case stays escalated, and the desk reads why', async (t) => {
  const onlyBuyer = { ...liability, shares: [{ party: 'buyer', percent: 100 }] }
  const bound = atTheTop()
  if (bound.file.order) bound.file.order.refund_in_force = 25_900
  const onTable = atTheTop()
    .at('2026-12-01 10:00')
    .by(agent, 'determine_liability', liability)
    .by(agent, 'create', offer(100))
    .onPlan(agent, 'propose')
  for (const [obstacle, story] of [
    ['nothing_wanted', atTheTop(null)],
    ['no_amount', atTheTop({ remedy: 'refund' })],
    ['liability_contradicts', atTheTop().by(agent, 'determine_liability', onlyBuyer)],
    [
      'approval_needed',
      atTheTop({ remedy: 'refund', amount: 600_000 }, { order: { id: 'O-2', currency: 'CNY', paid_amount: 900_000, lines: [] } }),
    ],
    ['order_total_exceeded', bound],
    ['plan_on_table', onTable],
  ] as const) {
    const plans = story.file.plans.length
    const { status } = story
    story.at('2026-12-02 10:00').sweep()
    t.equal(story.status, status, obstacle)
    t.equal(story.file.plans.length, plans, 'nothing is left of the attempt')
    t.match(
      story.last?.events.find(({ type }) => type === 'default_outcome_blocked'),
      { reason_code: obstacle, visibility: 'staff', data: { kind: 'resolution', action: 'propose_wanted' } },
    )
    t.ok(story.told('escalation_notice'), 'the panel is called in')
    t.strictSame(words(story), ['propose_wanted'], 'and tried again next time')
  }
})

t.test('by default nothing but the escalation follows', async (t) => {
  const story = new Story()
    .by(agent, 'accept')
    .by(buyer, 'escalate', { reason_code: 'x' })
    .by(supervisor, 'escalate', { reason_code: 'panel' })
  story.at('2026-12-02 10:00').sweep()
  t.strictSame(story.file.plans, [])
  t.notOk(story.told('default_outcome_blocked'))
  t.equal(story.file.complaint.owed_since, inShanghai('2026-11-25 10:00'), 'the intervention was late before')
})
