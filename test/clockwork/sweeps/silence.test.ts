import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { agent, buyer, filing, inShanghai, liability, merchant, offer, once, Story, supervisor } from '../../support/rules.ts'

const disputed = { position: 'dispute', statement: '已足额发货' }
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '物流记录显示从未签收' }
const bothWindows = (until: string) => [
  `appeal_window of complainant until ${until}`,
  `appeal_window of respondent until ${until}`,
]

t.test('nobody answers a new complaint: it climbs, and again every business day', async (t) => {
  const story = new Story()
  story.at('2026-11-23 10:59').sweep()
  t.strictSame(story.events, ['deadline_due_soon'], 'before it is due nothing but a warning')
  story.now = '2026-11-23T02:59:59.999Z'
  t.strictSame(story.sweep().events, [], 'not a millisecond before')
  story.at('2026-11-23 11:00').sweep()
  t.match(story.file.complaint, { status: 'submitted', level: 2, owed_since: inShanghai('2026-11-23 11:00') })
  t.match(story.last?.events, [
    { type: 'deadline_missed', actor_role: 'system', data: { kind: 'first_response', party: 'platform' } },
    { type: 'complaint_escalated', reason_code: 'first_response_missed', data: { from_level: 1, to_level: 2 } },
  ])
  t.strictSame(story.ended, ['first_response of platform missed'])
  t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'first_response of platform until 2026-11-24 11:00'])
  t.strictSame(story.sweep().events, [], 'a deadline is missed once')

  story.at('2026-11-24 11:00').sweep()
  t.equal(story.file.complaint.level, 3)
  t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'first_response of platform until 2026-11-25 11:00'])
  story.at('2026-11-25 11:00').sweep()
  t.strictSame(story.events, [], 'at the highest level nothing climbs, and nobody is left to be told')
  t.match(
    story.running('first_response'),
    [{ step: 3, escalation: { level: 3, told_at: inShanghai('2026-11-24 11:00') } }],
    'the miss is counted on the clock, which goes on',
  )
  t.match(story.file.complaint, { level: 3, owed_since: inShanghai('2026-11-23 11:00') })
  story.at('2026-11-28 12:00').sweep()
  t.strictSame(
    story.open,
    ['completion of platform until 2026-12-02 10:00', 'first_response of platform until 2026-11-30 18:00'],
    'counted from the moment of acting',
  )
  story.by(agent, 'accept')
  t.equal(story.file.complaint.owed_since, null, 'nothing is owed any more')
})

t.test('a case is not resolved in time: it climbs, and again every business day', async (t) => {
  const talks = once.accepted().by(merchant, 'respond', disputed).at('2026-12-02 10:00').sweep()
  t.match(
    talks.file.complaint,
    { status: 'investigating', level: 3 },
    'out of talks the platform steps in; the whole handling is late, too',
  )
  t.strictSame(talks.open, [
    'completion of platform until 2026-12-03 10:00',
    'intervention of platform until 2026-12-04 10:00',
    'last_resort of platform until 2026-12-07 10:00',
    'resolution of platform until 2026-12-03 10:00',
  ])
  talks.by(agent, 'determine_liability', liability).at('2026-12-03 10:00').sweep()
  t.match(talks.file.complaint, { status: 'investigating', level: 3 })
  t.strictSame(talks.open, [
    'completion of platform until 2026-12-04 10:00',
    'last_resort of platform until 2026-12-07 10:00',
    'resolution of platform until 2026-12-04 10:00',
  ])
  const waiting = once.judged().at('2026-12-02 09:00').by(agent, 'create', offer(100)).onPlan(agent, 'propose')
  waiting.at('2026-12-02 10:00').sweep()
  t.match(waiting.file.complaint, { status: 'awaiting_confirmation', level: 3 })
})

t.test('the platform does not intervene in time: it climbs once', async (t) => {
  const story = once.escalated().at('2026-11-25 10:00').sweep()
  t.match(story.file.complaint, { status: 'investigating', level: 3 })
  t.strictSame(story.open, [
    'completion of platform until 2026-12-02 10:00',
    'last_resort of platform until 2026-11-30 10:00',
    'resolution of platform until 2026-12-02 10:00',
  ])
})

t.test('the complainant does not send what was asked for: closed', async (t) => {
  const story = once
    .accepted()
    .by(agent, 'request_information', { items: ['照片'] })
    .at('2026-11-26 10:00')
    .sweep()
  t.match(story.file.complaint, {
    status: 'closed',
    outcome: 'no_response',
    close_reason: 'no_response',
    closed_at: inShanghai('2026-11-26 10:00'),
  })
  t.strictSame(story.open, ['appeal_window of complainant until 2026-12-03 10:00'], 'which the complainant may appeal')
  t.strictSame(story.events, ['deadline_missed', 'complaint_closed'])
})

t.test('the respondent does not answer: the platform steps in', async (t) => {
  const story = once.accepted().at('2026-11-25 10:00').sweep()
  t.match(story.file.complaint, { status: 'investigating', level: 2 })
  t.strictSame(story.open, [
    'completion of platform until 2026-12-04 10:00',
    'intervention of platform until 2026-11-27 10:00',
    'resolution of platform until 2026-12-02 10:00',
  ])
  const offered = once.accepted().by(buyer, 'create', offer(3_000)).onPlan(buyer, 'propose').at('2026-11-25 10:00').sweep()
  t.match(offered.file.complaint, { status: 'awaiting_confirmation', level: 2 }, 'an offer on the table stays there')
})

t.test('a plan of the platform is not confirmed', async (t) => {
  await t.test('by the respondent alone: deemed accepted', async (t) => {
    const story = once.proposed().onPlan(buyer, 'accept').at('2026-11-26 10:00').sweep()
    t.match(story.file.complaint, { status: 'executing', outcome: 'settled', level: 2 })
    t.match(story.plan, {
      status: 'executing',
      refund_in_force: 5_000,
      confirmations: { complainant: { status: 'accepted' }, respondent: { status: 'deemed_accepted', by: null } },
    })
    t.strictSame(story.open, [
      ...bothWindows('2026-12-03 10:00'),
      'completion of platform until 2026-12-07 10:00',
      'refund of platform until 2026-11-27 10:00',
    ])
    t.strictSame(story.events, ['deadline_missed', 'plan_accepted', 'refund_requested'])
  })

  await t.test('by the respondent, but the money is not there: it expires', async (t) => {
    const story = once.proposed().onPlan(buyer, 'accept').at('2026-11-26 10:00')
    if (!story.file.order) throw new Error('the case has no order')
    story.file.order.refund_in_force = 20_901
    story.sweep()
    t.equal(story.plan.status, 'expired')
    t.match(story.file.complaint, { status: 'investigating', level: 3, outcome: null })
    t.equal(story.file.order.refund_in_force, 20_901)
  })

  await t.test('by the complainant: it expires and the case climbs', async (t) => {
    const story = once.proposed().onPlan(merchant, 'accept').at('2026-11-26 10:00').sweep()
    t.match(story.plan, { status: 'expired', confirmations: { complainant: { status: 'pending' } } })
    t.match(story.file.complaint, { status: 'investigating', level: 3 })
    t.strictSame(story.open, [
      'completion of platform until 2026-12-07 10:00',
      'last_resort of platform until 2026-12-01 10:00',
      'resolution of platform until 2026-12-02 10:00',
    ])
    t.strictSame(story.events, ['deadline_missed', 'plan_expired', 'complaint_escalated'])
  })

  await t.test('by neither: it expires', async (t) => {
    const story = once.proposed().at('2026-11-26 10:00').sweep()
    t.equal(story.plan.status, 'expired')
    t.match(story.file.complaint, { status: 'investigating', level: 3 })
    t.strictSame(story.ended, [
      'completion of platform resumed',
      'confirmation of complainant missed',
      'confirmation of respondent missed',
    ])
  })
})

t.test('an offer of a party is not answered: it expires and the platform steps in', async (t) => {
  const byMerchant = once
    .accepted()
    .by(merchant, 'create', offer(3_000))
    .onPlan(merchant, 'propose')
    .at('2026-11-26 10:00')
    .sweep()
  t.equal(byMerchant.plan.status, 'expired')
  t.match(byMerchant.file.complaint, { status: 'investigating', level: 2, returns_to: null })
  t.strictSame(byMerchant.open, [
    'completion of platform until 2026-12-07 10:00',
    'intervention of platform until 2026-11-30 10:00',
    'resolution of platform until 2026-12-02 10:00',
  ])
  const byBuyer = once.accepted().by(merchant, 'respond', disputed).by(buyer, 'create', offer(3_000)).onPlan(buyer, 'propose')
  byBuyer.at('2026-11-26 10:00').sweep()
  t.equal(byBuyer.plan.status, 'expired', 'never deemed accepted')
  t.match(byBuyer.file.complaint, { status: 'investigating', level: 2 })
})

t.test('the complainant is silent twice in a row: closed', async (t) => {
  const twice = (between: (story: Story) => Story) =>
    between(once.proposed().onPlan(merchant, 'accept').at('2026-11-26 10:00').sweep())
      .by(agent, 'create', offer(6_000))
      .onPlan(agent, 'propose')
      .after(3 * DAY)
      .sweep()
  const silent = twice((story) => story)
  t.match(silent.file.complaint, { status: 'closed', outcome: 'no_response', close_reason: 'no_response' })
  t.match(silent.plan, { status: 'expired' })
  t.strictSame(silent.open, ['appeal_window of complainant until 2026-12-06 10:00'])
  const spoken = twice((story) =>
    story.by(agent, 'create', offer(100)).onPlan(agent, 'propose').onPlan(buyer, 'decline', { explanation: '太少' }),
  )
  t.equal(spoken.status, 'investigating', 'a word between begins the count anew')
  const decided = twice((story) =>
    story
      .onPlan(supervisor, 'impose', { explanation: '责任明确' })
      .onStep(agent, 'fail_step', { explanation: 'account_closed' })
      .onStep(agent, 'skip_step', { explanation: 'account_closed' }),
  )
  t.equal(decided.status, 'investigating', 'so does a plan that was carried out')
})

t.test('the goods are not sent back: closed, and the money is free again', async (t) => {
  const story = once.agreed(returned).at('2026-11-30 10:00').sweep()
  t.match(story.file.complaint, { status: 'closed', close_reason: 'return_not_shipped', outcome: 'not_fulfilled' })
  t.match(story.plan, {
    status: 'cancelled',
    refund_in_force: 0,
    steps: [{ status: 'skipped' }, { status: 'skipped' }, { status: 'skipped' }, { status: 'skipped' }],
  })
  t.equal(story.file.order?.refund_in_force, 0)
  t.strictSame(story.open, bothWindows('2026-12-07 10:00'))
  t.equal(once.imposed(returned).at('2026-11-30 10:00').sweep().file.complaint.outcome, 'not_fulfilled', 'imposed or agreed')
})

t.test('the goods are not inspected: deemed passed, the refund goes on', async (t) => {
  const story = once
    .agreed(returned)
    .onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
    .onStep(merchant, 'complete_step')
    .at('2026-12-03 10:00')
    .sweep()
  t.equal(story.status, 'executing')
  t.match(story.plan.steps[2], { status: 'done', data: { passed: true } })
  t.strictSame(story.open, ['completion of platform until 2026-12-14 10:00', 'refund of platform until 2026-12-04 10:00'])
  t.strictSame(story.events, ['deadline_missed', 'step_completed', 'refund_requested'])
})

t.test('money or goods do not come: the case climbs, and again every business day', async (t) => {
  const refund = once.agreed().at('2026-11-24 10:00').sweep()
  t.match(refund.file.complaint, { status: 'executing', level: 3 })
  t.strictSame(refund.open, ['completion of platform until 2026-12-02 10:00', 'refund of platform until 2026-11-25 10:00'])
  refund.at('2026-11-25 10:00').sweep()
  t.strictSame(refund.events, [], 'nobody is above level 3, and who is there knows')
  t.strictSame(refund.open, ['completion of platform until 2026-12-02 10:00', 'refund of platform until 2026-11-26 10:00'])
  refund.onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
  t.equal(refund.status, 'resolved', 'it can still be done')
  t.equal(refund.file.complaint.owed_since, null)

  const apology = once
    .agreed({ remedies: [{ type: 'apology' }], explanation: '道歉' })
    .at('2026-11-30 10:00')
    .sweep()
  t.match(apology.file.complaint, { status: 'executing', level: 3 })
  t.strictSame(apology.open, ['completion of platform paused with 63 h', 'step of respondent until 2026-12-01 10:00'])
})

t.test('a suspension is over: the case goes on by itself', async (t) => {
  const story = once.escalated().by(agent, 'suspend', { reason_code: 'court', resume_at: inShanghai('2026-12-01 10:00') })
  story.at('2026-12-01 10:00').sweep()
  t.equal(story.status, 'investigating')
  t.strictSame(story.open, [
    'completion of platform until 2026-12-10 10:00',
    'intervention of platform until 2026-12-03 10:00',
    'resolution of platform until 2026-12-10 10:00',
  ])
  t.strictSame(story.events, ['deadline_missed', 'complaint_resumed'])
})

t.test('nobody confirms: the case closes', async (t) => {
  const resolved = once.resolved().at('2026-11-30 10:00').sweep()
  t.match(resolved.file.complaint, { status: 'closed', close_reason: 'auto_confirmed', outcome: 'settled' })
  const dismissed = once.dismissed().at('2026-11-30 10:00').sweep()
  t.match(dismissed.file.complaint, { status: 'closed', close_reason: 'auto_confirmed', outcome: 'not_upheld' })
  const rejected = once.rejected().at('2026-11-30 10:00').sweep()
  t.match(rejected.file.complaint, { status: 'closed', close_reason: 'rejected', outcome: 'rejected' })
  t.strictSame(rejected.open, [], 'the rejection could be appealed already')
})

t.test('a window shuts, and nothing else happens', async (t) => {
  const story = once.accepted().by(supervisor, 'close', { reason_code: 'other' }).at('2026-11-30 10:00').sweep()
  t.equal(story.status, 'closed')
  t.strictSame(story.events, ['appeal_window_shut', 'appeal_window_shut'])
  t.strictSame(story.open, [])
})

t.test('an appeal is not decided: the case climbs, and again every business day', async (t) => {
  const story = once.accepted(filing()).by(supervisor, 'close', { reason_code: 'other' }).by(buyer, 'file', wrongFacts)
  story.at('2026-11-30 10:00').sweep()
  t.match(story.file.complaint, { status: 'under_appeal', level: 2 })
  t.strictSame(story.open, [
    'appeal_decision of platform until 2026-12-01 10:00',
    'appeal_window of respondent paused with 168 h',
  ])
  story.at('2026-12-01 10:00').sweep()
  t.equal(story.file.complaint.level, 3)
  t.equal(story.running('appeal_decision').length, 1)
})

t.test('what is paused does not fall due', async (t) => {
  const story = once.dismissed().by(buyer, 'file', wrongFacts).at('2026-11-30 09:59').sweep()
  t.strictSame(story.events, ['deadline_due_soon'], 'the appeal is warned of, not the auto-close')
  story.at('2027-01-04 10:00').sweep()
  t.strictSame(
    story.events,
    ['deadline_missed', 'complaint_escalated', 'escalation_notice'],
    'the appeal alone is late; the case does not close',
  )
})

t.test('a month without a sweep: each clock that was running is acted on once, its consequences count from now', async (t) => {
  const story = once.accepted().at('2026-12-23 12:00').sweep()
  t.strictSame(story.events, [
    'deadline_missed',
    'complaint_escalated',
    'escalation_notice',
    'deadline_missed',
    'complaint_escalated',
    'escalation_notice',
  ])
  t.match(story.file.complaint, { status: 'investigating', level: 3, owed_since: inShanghai('2026-12-02 10:00') })
  t.strictSame(story.open, [
    'completion of platform until 2027-01-01 12:00',
    'intervention of platform until 2026-12-25 12:00',
    'last_resort of platform until 2026-12-28 12:00',
    'resolution of platform until 2026-12-24 12:00',
  ])
  t.strictSame(story.sweep().events, [])
})

t.test('what an earlier silence has ended is left alone', async (t) => {
  const both = once.agreed({ remedies: [...returned.remedies, { type: 'apology' }], explanation: '退货并道歉' })
  both.at('2026-12-31 10:00').sweep()
  t.equal(both.status, 'closed')
  t.equal(both.events.filter((type) => type === 'complaint_closed').length, 1)
  t.strictSame(both.open, bothWindows('2027-01-07 10:00'))
})

t.test('an intervention that was missed is owed until somebody fixes liability', (t) => {
  const story = once.escalated()
  const due = story.running('intervention')[0]?.due_at
  story.at('2026-12-01 10:00').sweep()
  t.equal(story.running('intervention').length, 0, 'it is acted on once')
  t.equal(story.file.complaint.owed_since, due)
  story.by(agent, 'request_information', { items: ['照片'] })
  t.equal(story.file.complaint.owed_since, due, 'also while the case waits')
  story.by(buyer, 'provide_information', { statement: '已上传' }).by(agent, 'determine_liability', liability)
  t.equal(story.file.complaint.owed_since, null)
  t.end()
})

t.test('a warning goes out before a deadline is missed', async (t) => {
  await t.test('once, when four fifths of the time are used up, to whoever has to act', async (t) => {
    const story = new Story()
    const version = story.file.complaint.version
    story.at('2026-11-23 10:48').sweep()
    t.strictSame(story.events, ['deadline_due_soon'])
    t.match(story.last?.events[0], {
      visibility: 'staff',
      data: { kind: 'first_response', due_at: inShanghai('2026-11-23 11:00') },
    })
    t.equal(story.file.complaint.version, version, 'nothing about the case has changed')
    t.strictSame(story.at('2026-11-23 10:59').sweep().events, [])
    t.strictSame(story.at('2026-11-23 11:00').sweep().events, ['deadline_missed', 'complaint_escalated', 'escalation_notice'])
    t.strictSame(
      story.at('2026-11-24 11:00').sweep().events,
      ['deadline_missed', 'complaint_escalated', 'escalation_notice'],
      'what is overdue warns no more',
    )
  })

  await t.test('in business time: two days are eighteen hours, of which 14.4 are used up on Tuesday at 15:24', async (t) => {
    const story = once.accepted()
    t.strictSame(story.at('2026-11-24 15:23').sweep().events, [])
    t.strictSame(story.at('2026-11-24 15:24').sweep().events, ['deadline_due_soon'])
    t.match(story.last?.events[0], { visibility: 'respondent', data: { kind: 'respondent_response' } })
  })

  await t.test('a pause moves it with the clock', async (t) => {
    const story = once
      .accepted()
      .at('2026-11-24 10:00')
      .by(agent, 'request_information', { items: ['照片'] })
    story.at('2026-11-25 10:00').by(buyer, 'provide_information', { statement: '已上传' })
    t.strictSame(story.at('2026-11-25 15:23').sweep().events, [])
    t.strictSame(story.at('2026-11-25 15:24').sweep().events, ['deadline_due_soon'])
  })

  await t.test('a day before a case closes by itself', async (t) => {
    const story = once.resolved()
    t.strictSame(story.at('2026-11-29 09:59').sweep().events, [])
    t.strictSame(story.at('2026-11-29 10:00').sweep().events, ['deadline_due_soon'])
    t.match(story.last?.events[0], { visibility: 'complainant', data: { kind: 'auto_close' } })
  })
})
