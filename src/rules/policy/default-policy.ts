import type { Category } from '../../words/complaints.ts'
import type { CountedKind } from '../../words/deadlines.ts'
import { type OfferedRemedyType, offeredRemedyTypes } from '../../words/refund-plans.ts'
import type { Duration, WholeRule } from './clock-rule-schema.ts'
import type { BurdenOfProof, Policy } from './schema.ts'

const minutes = (count: number): Duration => ({ count, unit: 'minutes' })
const hours = (count: number): Duration => ({ count, unit: 'hours' })
const days = (count: number): Duration => ({ count, unit: 'days' })
const businessDays = (count: number): Duration => ({ count, unit: 'business_days' })

const always = (allow: Duration, ...on_silence: WholeRule['on_silence']): WholeRule[] => [{ allow, on_silence }]

/** A clock that documents from before do not know: its rule sets every field whose default such a document may have changed. */
const addedLater = (allow: Duration, ...on_silence: WholeRule['on_silence']): WholeRule[] => [
  { allow, on_silence, warn: { at_percent: 80 }, while_overdue: [businessDays(1)] },
]

/** What a critical case is owed does not wait for an office to open; while it is owed the supervisors hear of it every half day. */
const byDayAndNight = (allow: Duration): WholeRule[] => [
  { allow, on_silence: ['call_supervisors'], warn: { at_percent: 80 }, while_overdue: [hours(12)] },
]

/** The first side has two business days to prove what it says; the other side (`then`) has two more to answer. */
const first = (party: BurdenOfProof['party'], ...accepted_types: BurdenOfProof['accepted_types']): BurdenOfProof => ({
  party,
  accepted_types,
  within: businessDays(2),
})
const then = (party: BurdenOfProof['party'], ...accepted_types: BurdenOfProof['accepted_types']): BurdenOfProof => ({
  party,
  accepted_types,
  within: businessDays(4),
})

const buyerShowsThenMerchantPacked = [
  first('buyer', 'photo', 'video'),
  first('buyer', 'order_record'),
  then('merchant', 'packing_record'),
]

/** A visible defect is noticed within three days. One that was hidden and shows within six months has to be explained by the merchant. */
const visible = { received_within: hours(72) }
const hidden = { received_after: hours(72), received_within: days(180) }
const late = { received_after: days(180) }

const anyRemedy = [...offeredRemedyTypes]
const without = (...types: OfferedRemedyType[]): OfferedRemedyType[] => anyRemedy.filter((type) => !types.includes(type))
const moneyOrWords: OfferedRemedyType[] = ['refund', 'compensation', 'apology']

/** Which remedies suit a category: nothing is repaired that never arrived, nothing sent back for a rude word. */
const fitting: Record<Category, OfferedRemedyType[]> = {
  product_quality: anyRemedy,
  not_as_described: anyRemedy,
  wrong_or_missing_item: without('repair'),
  counterfeit: ['refund', 'return_and_refund', 'compensation', 'apology'],
  not_received: ['refund', 'reship', 'compensation', 'apology'],
  logistics: without('repair'),
  after_sales: anyRemedy,
  service_attitude: ['compensation', 'apology'],
  price_dispute: moneyOrWords,
  promotion: moneyOrWords,
  transaction_dispute: moneyOrWords,
  order_handling: moneyOrWords,
  platform_policy: ['compensation', 'apology'],
  other: anyRemedy,
}

/** The policy a platform starts with. */
export const defaultPolicy: Omit<Policy, 'clocks'> & { clocks: Record<CountedKind, WholeRule[]> } = {
  calendar: 'china',
  warn: { at_percent: 80 },
  while_overdue: [businessDays(1)],
  clocks: {
    first_response: [
      { when: { channel: ['chat'] }, allow: minutes(5), on_silence: ['escalate'] },
      { when: { channel: ['hotline'] }, allow: minutes(15), on_silence: ['escalate'] },
      { when: { channel: ['email'] }, allow: hours(2), on_silence: ['escalate'] },
      { when: { channel: ['social'] }, allow: hours(24), on_silence: ['escalate'] },
      { allow: hours(1), on_silence: ['escalate'] },
    ],
    completion: addedLater(businessDays(7), 'escalate'),
    resolution: always(businessDays(7), 'escalate'),
    intervention: always(businessDays(2), 'escalate'),
    information: always(days(3), 'close_no_response'),
    respondent_response: always(businessDays(2), 'escalate'),
    confirmation: [
      { when: { party: ['respondent'], plan_of: ['platform'] }, allow: days(3), on_silence: ['deem_accepted'] },
      { allow: days(3), on_silence: ['expire_and_escalate'] },
    ],
    difference: addedLater(days(3), 'skip_remedy'),
    return_address: addedLater(businessDays(1), 'escalate', 'escalate', 'refund_without_return'),
    return_shipment: always(days(7), 'close_return_not_shipped'),
    return_again: addedLater(days(3), 'close_return_not_shipped'),
    inspection: always(days(10), 'deem_passed'),
    refund: always(hours(24), 'escalate'),
    step: always(days(7), 'escalate'),
    arrival: addedLater(days(15), 'refer'),
    arrival_decision: addedLater(businessDays(1), 'escalate'),
    contest: addedLater(days(3), 'finding_stands'),
    contest_decision: addedLater(businessDays(2), 'escalate'),
    send_back: addedLater(businessDays(3), 'refund_due'),
    payment: addedLater(days(10), 'escalate'),
    step_decision: addedLater(businessDays(1), 'escalate'),
    payee_details: addedLater(days(7), 'leave_unclaimed'),
    suspension: always(days(30), 'resume'),
    auto_close: [{ allow: days(7), on_silence: ['close'], warn: { before: days(1) } }],
    appeal_window: [{ allow: days(7), on_silence: ['window_shuts'], warn: null }],
    appeal_decision: always(businessDays(5), 'escalate'),
    next_reply: addedLater(businessDays(1), 'escalate'),
    // Like `addedLater`, it sets every field whose default a document from before this clock may have changed.
    last_resort: [
      {
        allow: businessDays(3),
        on_silence: [
          'call_last_resort',
          'call_last_resort',
          'call_last_resort',
          'call_last_resort',
          'call_last_resort',
          'end_undecided',
        ],
        while_overdue: [businessDays(1)],
        warn: null,
      },
    ],
    approval: addedLater(businessDays(1), 'call_supervisors'),
    challenge: addedLater(businessDays(1), 'replace'),
    advance_approval: addedLater(businessDays(1), 'call_supervisors'),
    advance_due: addedLater(businessDays(10), 'escalate'),
    buyer_answer: addedLater(days(3), 'return_to_fund'),
    merchant_pays: addedLater(businessDays(3), 'claw_back'),
    hold_answer: addedLater(hours(24), 'escalate'),
    hold_release: [{ allow: days(30), on_silence: ['release_hold'], warn: { before: days(7) }, while_overdue: [days(1)] }],
    risk_review: [{ allow: hours(2), on_silence: ['risk_stands'], warn: { at_percent: 80 }, while_overdue: [hours(2)] }],
    fast_feedback: byDayAndNight(hours(2)),
    fast_facts: byDayAndNight(hours(12)),
    fast_plan: byDayAndNight(hours(24)),
    // a buyer has a fortnight, a merchant a week; half a year after it arose nobody waits for a debt any more
    debt: [
      {
        when: { party: ['complainant'] },
        allow: days(15),
        on_silence: ['remind', 'remind', 'write_off'],
        warn: { before: days(3) },
        while_overdue: [days(30), days(135)],
      },
      {
        allow: days(7),
        on_silence: ['remind', 'remind', 'write_off'],
        warn: { before: days(2) },
        while_overdue: [days(30), days(143)],
      },
    ],
  },
  levels: {
    '1': { name: 'agent', tells: ['owner'] },
    '2': { name: 'supervisor', tells: ['owner', 'supervisors'] },
    '3': { name: 'dispute panel', tells: ['owner', 'supervisors', 'panel'] },
  },
  service_hours: null,
  holds_at_most: days(30),
  approval_amounts: { CNY: 500_000 },
  compensation_cap_percent: 30,
  compensation_beyond_paid_percent: 30,
  silent_expiries_before_close: 2,
  filing_windows: [
    { since: 'received_at', allow: days(180) },
    { since: 'paid_at', allow: days(365) },
  ],
  burden_of_proof: {
    not_received: [first('merchant', 'shipping_record'), first('merchant', 'delivery_proof')],
    product_quality: [
      { ...first('buyer', 'photo', 'video'), when: visible },
      { ...then('merchant', 'quality_report', 'inspection_record'), when: visible },
      { ...first('merchant', 'quality_report'), when: hidden },
      { ...first('buyer', 'photo', 'video', 'quality_report'), when: late },
    ],
    not_as_described: buyerShowsThenMerchantPacked,
    wrong_or_missing_item: buyerShowsThenMerchantPacked,
    counterfeit: [first('merchant', 'authorisation_paper', 'order_record')],
    logistics: [first('merchant', 'courier_damage_record', 'shipping_record')],
    service_attitude: [first('platform', 'chat_record')],
    price_dispute: [first('merchant', 'page_snapshot', 'promotion_rules')],
    promotion: [first('merchant', 'page_snapshot', 'promotion_rules')],
    after_sales: [first('buyer', 'return_tracking'), then('merchant', 'inspection_record')],
    order_handling: [],
    transaction_dispute: [],
    platform_policy: [],
    other: [],
  },
  outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
  words: { hears: ['information', 'confirmation', 'return_shipment', 'auto_close'], held_at_most: businessDays(10) },
  unconfirmed_order: 'approval',
  agent_compensation_percent: 20,
  statutory_damages_multiple: 0,
  compensation_steps: [5, 10, 20, 30],
  fitting_remedies: fitting,
  remedy_approval_amounts: {},
  freight_claims_up_to: { CNY: 5_000 },
  promotions: { reclaim_discount: false, reclaim_gifts: false },
  payments: { failures_before_payee_details: 3, returned_within: days(180) },
  fund: {
    second_admin_above: { CNY: 1_000_000 },
    second_admin_within: businessDays(3),
    receipt_expected_within: days(30),
  },
  deem_agreed_up_to: {},
  advances: {
    approval_above: { CNY: 200_000 },
    amount_each: { CNY: 200_000 },
    open_per_buyer: 2,
    per_buyer_and_day: { CNY: 400_000 },
    open_per_merchant: { CNY: 5_000_000 },
    per_day: { CNY: 20_000_000 },
    abuse_within: days(365),
    supervisor_overrides: true,
  },
  settlement_holds: { longest: days(180) },
  recovery: { affiliates: false },
  advance_due_from: null,
  deposit_top_up_within: businessDays(3),
  risk: {
    // One loud word makes a case normal; two of the loud ones, or a mass case, make it high.
    weights: {
      regulator: 30,
      press: 25,
      lawsuit: 25,
      injury: 40,
      hazard: 30,
      food: 10,
      minor: 15,
      fraud: 10,
      threat: 40,
      large_amount: 20,
      repeat_complainant: 10,
      // alone it makes nothing of a case: most cases of a large merchant would carry it
      merchant_many_open: 5,
      order_disputed: 10,
      missed_clocks: 20,
      mass_case: 50,
    },
    levels: { normal: 10, high: 50 },
    critical_together: [
      ['injury', 'hazard'],
      ['regulator', 'press'],
      ['minor', 'injury'],
    ],
    large_amounts: { CNY: 500_000 },
    missed_clocks: 2,
    repeat_complaints: 5,
    repeat_within_days: 30,
    merchant_open_cases: 50,
    lowerings_before_ignored: 2,
    lowerings_within_days: 90,
    critical_tells: [],
    mass_complainants: 10,
    mass_within_hours: 24,
    new_account_hours: 24,
    mass_quiet_days: 7,
  },
  least_notice: { natural: hours(24), business: businessDays(1) },
  people: { level_3: [], deputies: [], last_resort: null },
  platform_silence: { resolution: 'none', appeal_decision: 'none' },
  public_time_limits: false,
  entered_within: days(3),
  any_agent_decides: false,
  liability_apart: [{ when: { above_approval_amount: true }, apart: true }, { apart: false }],
}
