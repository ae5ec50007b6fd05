import t from 'tap'
import {
  agent,
  buyer,
  filing,
  inShanghai,
  liability,
  merchant,
  offer,
  once,
  otherSupervisor,
  person,
  refusal,
  Story,
  supervisor,
} from '../../support/rules.ts'

const notNow = '409 action_not_available'
const separation = '403 separation_of_duties'
const inWords = { explanation: '不同意' }
const becauseLiable = { explanation: '责任明确' }
const otherAgent = person('agent:bob')
const againstPlatform = filing({ respondent: { role: 'platform', id: 'platform' } })
const rich = (paid: number) =>
  filing({
    order: {
      id: 'O-1',
      currency: 'CNY',
      paid_amount: paid,
      lines: [{ line_id: '1', name: '相机', quantity: 1, unit_amount: paid }],
    },
  })
/** A plan of the agent that needs approval, not yet handed in. */
const large = () => once.judged(rich(900_000)).by(agent, 'create', offer(600_000))

t.test('a plan is written', async (t) => {
  await t.test('by either party or by staff, as a draft that moves nothing', async (t) => {
    for (const [actor, side, visibility] of [
      [buyer, 'complainant', 'complainant'],
      [merchant, 'respondent', 'respondent'],
      [agent, 'platform', 'staff'],
      [supervisor, 'platform', 'staff'],
    ] as const) {
      const story = once.accepted()
      const before = story.open
      story.by(actor, 'create', offer(5_000))
      t.equal(story.status, 'negotiating', actor.role)
      t.match(story.plan, {
        status: 'draft',
        author_side: side,
        version_number: 1,
        supersedes: null,
        refund_amount: 5_000,
        refund_in_force: 0,
        currency: 'CNY',
        steps: [],
      })
      t.strictSame(story.open, before)
      t.match(story.last?.events, [{ type: 'plan_created', visibility }])
    }
  })

  await t.test('while the case is argued, and each one numbered', async (t) => {
    t.equal(
      refusal(() => new Story().by(agent, 'create', offer(100))),
      notNow,
    )
    t.equal(
      refusal(() => once.proposed().by(agent, 'create', offer(100))),
      notNow,
    )
    const story = once.escalated().by(buyer, 'create', offer(100)).by(buyer, 'create', offer(200))
    t.strictSame(
      story.file.plans.map((plan) => plan.version_number),
      [1, 2],
    )
  })
})

t.test('a large plan is approved', async (t) => {
  await t.test('handed in by its author, approved by a supervisor, then proposed', async (t) => {
    const story = large()
    t.match(story.plan, { status: 'draft', needs_approval: true })
    t.equal(
      refusal(() => story.onPlan(agent, 'propose')),
      notNow,
      'not before it is approved',
    )
    t.equal(
      refusal(() => story.onPlan(otherAgent, 'submit')),
      '403 forbidden',
    )
    story.onPlan(agent, 'submit')
    t.equal(story.plan.status, 'in_review')
    story.onPlan(supervisor, 'approve')
    t.match(story.plan, { status: 'approved', approved_by: 'supervisor:zhao' })
    t.equal(
      refusal(() => story.onPlan(otherAgent, 'propose')),
      '403 separation_of_duties',
      'the case is alice’s',
    )
    story.onPlan(supervisor, 'propose')
    t.equal(story.plan.status, 'proposed')
  })

  await t.test('or sent back and handed in again', async (t) => {
    const story = large().onPlan(agent, 'submit').onPlan(supervisor, 'send_back', inWords)
    t.equal(story.plan.status, 'draft')
    t.match(story.last?.events, [
      {
        type: 'plan_sent_back',
        from_status: 'in_review',
        to_status: 'draft',
        reason_code: null,
        data: { explanation: '不同意' },
      },
    ])
    t.equal(story.onPlan(agent, 'submit').plan.status, 'in_review')
  })

  await t.test('never by its author, whatever the role', async (t) => {
    const bySupervisor = once.judged(rich(900_000)).by(supervisor, 'create', offer(600_000)).onPlan(supervisor, 'submit')
    const promoted = large().onPlan(agent, 'submit')
    for (const [story, author] of [
      [bySupervisor, supervisor],
      [promoted, person('supervisor:alice')],
    ] as const) {
      for (const action of ['approve', 'send_back'])
        t.equal(
          refusal(() => story.onPlan(author, action, inWords)),
          separation,
          action,
        )
      t.equal(story.onPlan(otherSupervisor, 'approve').plan.status, 'approved')
    }
  })

  await t.test('a plan that needs no approval is not handed in', async (t) => {
    t.equal(
      refusal(() => once.judged().by(agent, 'create', offer(100)).onPlan(agent, 'submit')),
      notNow,
    )
  })
})

t.test('a plan is proposed', async (t) => {
  await t.test('by the platform: both sides have three days, with different results of silence', async (t) => {
    const story = once.escalated().by(agent, 'create', offer(5_000)).onPlan(agent, 'propose')
    t.equal(story.status, 'awaiting_confirmation')
    t.match(story.file.complaint, { returns_to: 'investigating', current_plan_id: story.plan.id })
    t.match(story.plan, {
      status: 'proposed',
      proposed_at: inShanghai('2026-11-23 10:00'),
      confirmations: { complainant: { status: 'pending' }, respondent: { status: 'pending' } },
    })
    t.strictSame(story.ended, ['completion of platform paused', 'intervention of platform met'])
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'confirmation of complainant until 2026-11-26 10:00',
      'confirmation of respondent until 2026-11-26 10:00',
      'resolution of platform until 2026-12-02 10:00',
    ])
    t.strictSame(
      story.running('confirmation').map((x) => [x.party, x.on_silence]),
      [
        ['complainant', 'expire_and_escalate'],
        ['respondent', 'deem_accepted'],
      ],
    )
  })

  await t.test('by a party: its own offer counts as its acceptance', async (t) => {
    const byMerchant = once.accepted().by(merchant, 'create', offer(3_000)).onPlan(merchant, 'propose')
    t.equal(byMerchant.status, 'awaiting_confirmation')
    t.match(byMerchant.plan.confirmations, {
      complainant: { status: 'pending' },
      respondent: { status: 'accepted', by: 'merchant:M-1' },
    })
    t.strictSame(byMerchant.ended, ['respondent_response of respondent met'], 'an offer is an answer')
    t.match(byMerchant.running('confirmation'), [{ party: 'complainant', on_silence: 'expire_and_escalate' }])

    const byBuyer = once.accepted().by(buyer, 'create', offer(3_000)).onPlan(buyer, 'propose')
    t.strictSame(byBuyer.ended, [])
    t.strictSame(byBuyer.open, [
      'completion of platform paused with 63 h',
      'confirmation of respondent until 2026-11-26 10:00',
      'resolution of platform until 2026-12-02 10:00',
      'respondent_response of respondent until 2026-11-25 10:00',
    ])
    t.match(byBuyer.running('confirmation'), [{ party: 'respondent', on_silence: 'expire_and_escalate' }])
  })

  await t.test('over an open one: that is superseded, and the way back is kept', async (t) => {
    const story = once
      .accepted()
      .by(agent, 'create', offer(1_000))
      .by(merchant, 'create', offer(3_000))
      .onPlan(merchant, 'propose')
    const [drafted, offered] = story.file.plans
    story.by(agent, 'propose', undefined, { plan: drafted?.id })
    t.match(story.file.plans, [
      { status: 'proposed', supersedes: offered?.id },
      { status: 'superseded', id: offered?.id },
    ])
    t.match(story.file.complaint, { status: 'awaiting_confirmation', returns_to: 'negotiating', current_plan_id: drafted?.id })
    t.strictSame(story.ended, ['confirmation of complainant cancelled'])
    t.equal(story.running('confirmation').length, 2)
  })

  await t.test('and discloses liability to the parties, until it is fixed anew', async (t) => {
    const story = once.judged()
    t.equal(story.file.complaint.liability_disclosed, false)
    story.by(agent, 'create', offer(100)).onPlan(agent, 'propose')
    t.equal(story.file.complaint.liability_disclosed, true)
    story.onPlan(buyer, 'decline', inWords).by(agent, 'determine_liability', liability)
    t.equal(story.file.complaint.liability_disclosed, false)
  })
})

t.test('a proposal is accepted', async (t) => {
  await t.test('by each side once; with the second word it is carried out', async (t) => {
    const story = once.proposed().onPlan(buyer, 'accept')
    t.equal(story.status, 'awaiting_confirmation')
    t.strictSame(story.ended, ['confirmation of complainant met'])
    t.equal(
      refusal(() => story.onPlan(buyer, 'accept')),
      notNow,
    )
    story.onPlan(merchant, 'accept')
    t.equal(story.status, 'executing')
    t.match(story.plan, { status: 'executing', refund_in_force: 5_000 })
    t.match(story.file.complaint, { outcome: 'settled', returns_to: null })
    t.equal(story.file.order?.refund_in_force, 5_000, 'the money is reserved')
    t.strictSame(story.ended, ['completion of platform resumed', 'confirmation of respondent met', 'resolution of platform met'])
    t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'refund of platform until 2026-11-24 10:00'])
    t.strictSame(story.events, ['plan_accepted', 'refund_requested'])
    t.match(story.last?.events[1]?.data, { amount: 5_000, currency: 'CNY', method: 'original_payment' })
  })

  await t.test('a word of the respondent meets its first duty too', async (t) => {
    const offered = () => once.accepted().by(buyer, 'create', offer(3_000)).onPlan(buyer, 'propose')
    t.strictSame(offered().onPlan(merchant, 'accept').ended, [
      'completion of platform resumed',
      'confirmation of respondent met',
      'resolution of platform met',
      'respondent_response of respondent met',
    ])
    for (const [action, body] of [
      ['accept', {}],
      ['decline', inWords],
      ['counter', offer(2_000)],
    ] as const) {
      const story = offered().onPlan(merchant, action, body)
      t.ok(story.ended.includes('respondent_response of respondent met'), action)
    }
  })
})

t.test('a proposal is declined: the case goes back to where it came from', async (t) => {
  const fromTalks = once
    .accepted()
    .by(merchant, 'create', offer(3_000))
    .onPlan(merchant, 'propose')
    .onPlan(buyer, 'decline', inWords)
  t.equal(fromTalks.status, 'negotiating')
  t.match(fromTalks.plan, {
    status: 'declined',
    end_reason_code: 'declined',
    end_explanation: '不同意',
    confirmations: { complainant: { status: 'declined', by: 'buyer:B-1' } },
  })
  t.match(fromTalks.last?.events, [{ type: 'plan_declined', reason_code: 'declined', data: { explanation: '不同意' } }])
  t.strictSame(fromTalks.open, ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-02 10:00'])
  const fromInvestigation = once.proposed().onPlan(merchant, 'decline', inWords)
  t.equal(fromInvestigation.status, 'investigating')
  t.equal(fromInvestigation.file.complaint.returns_to, null)
  t.strictSame(fromInvestigation.ended, [
    'completion of platform resumed',
    'confirmation of complainant cancelled',
    'confirmation of respondent met',
  ])
})

t.test('a proposal is countered: a new one lies on the table at once', async (t) => {
  const story = once.proposed().at('2026-11-24 10:00').onPlan(merchant, 'counter', offer(2_000))
  t.equal(story.status, 'awaiting_confirmation')
  const [first, second] = story.file.plans
  t.match(first, { status: 'superseded', end_reason_code: null })
  t.match(story.last?.events[0], { type: 'plan_countered', reason_code: null, data: { explanation: '补偿' } })
  t.match(second, {
    status: 'proposed',
    version_number: 2,
    supersedes: first?.id,
    author_side: 'respondent',
    confirmations: { complainant: { status: 'pending' }, respondent: { status: 'accepted' } },
  })
  t.match(story.running('confirmation'), [{ party: 'complainant', due_at: inShanghai('2026-11-27 10:00') }])
  story.onPlan(buyer, 'counter', offer(4_000)).onPlan(merchant, 'accept')
  t.match(story.file.complaint, { status: 'executing', outcome: 'settled', current_plan_id: story.plan.id })
})

t.test('a supervisor imposes a plan', async (t) => {
  await t.test('that is drafted, approved, proposed, declined or expired', async (t) => {
    const ways: Record<string, Story> = {
      draft: large(),
      approved: large().onPlan(agent, 'submit').onPlan(otherSupervisor, 'approve'),
      proposed: once.proposed(),
      declined: once.proposed().onPlan(merchant, 'decline', inWords),
      expired: once.proposed().at('2026-11-26 10:00').sweep(),
    }
    for (const [status, story] of Object.entries(ways)) {
      t.equal(story.plan.status, status)
      story.onPlan(supervisor, 'impose', becauseLiable)
      t.match(story.file.complaint, { status: 'executing', outcome: 'upheld' }, status)
      t.match(story.plan, {
        status: 'executing',
        imposition: { by: 'supervisor:zhao', explanation: '责任明确' },
        end_reason_code: null,
        end_explanation: null,
      })
      t.match(story.last?.events[0], { type: 'plan_imposed', reason_code: null, data: { explanation: '责任明确' } })
      t.equal(story.file.order?.refund_in_force, story.plan.refund_amount)
      t.strictSame(
        story.running('appeal_window').map((x) => x.party),
        ['complainant', 'respondent'],
        'both may appeal',
      )
      t.equal(story.running('confirmation').length + story.running('resolution').length, 0)
    }
  })

  await t.test('but not its author, not without liability, not one in review', async (t) => {
    const own = once.judged().by(supervisor, 'create', offer(100))
    t.equal(
      refusal(() => own.onPlan(supervisor, 'impose', becauseLiable)),
      separation,
    )
    t.equal(own.onPlan(otherSupervisor, 'impose', becauseLiable).status, 'executing')
    t.equal(
      refusal(() => once.escalated().by(agent, 'create', offer(100)).onPlan(supervisor, 'impose', becauseLiable)),
      notNow,
    )
    t.equal(
      refusal(() => large().onPlan(agent, 'submit').onPlan(supervisor, 'impose', becauseLiable)),
      notNow,
    )
    t.equal(
      refusal(() => once.accepted().by(agent, 'create', offer(100)).onPlan(supervisor, 'impose', becauseLiable)),
      notNow,
    )
  })

  await t.test('in place of another that lies on the table', async (t) => {
    const story = once.judged().by(agent, 'create', offer(100)).by(buyer, 'create', offer(9_000)).onPlan(buyer, 'propose')
    story.by(supervisor, 'impose', becauseLiable, { plan: story.file.plans[0]?.id })
    t.match(story.file.plans, [{ status: 'executing' }, { status: 'superseded' }])
    t.equal(story.file.complaint.current_plan_id, story.file.plans[0]?.id)
  })
})

t.test('a plan is taken off the table', async (t) => {
  const ways: Record<string, Story> = {
    draft: large(),
    in_review: large().onPlan(agent, 'submit'),
    approved: large().onPlan(agent, 'submit').onPlan(supervisor, 'approve'),
    proposed: once.proposed(),
  }
  for (const [status, story] of Object.entries(ways)) {
    t.equal(story.plan.status, status)
    t.equal(
      refusal(() => story.onPlan(otherAgent, 'cancel', inWords)),
      '403 forbidden',
    )
    story.onPlan(status === 'approved' ? supervisor : agent, 'cancel', inWords)
    t.match(story.plan, { status: 'cancelled', end_reason_code: 'cancelled', end_explanation: '不同意' })
    t.equal(story.status, 'investigating')
    t.equal(story.running('confirmation').length, 0)
  }
  t.equal(
    refusal(() => once.agreed().onPlan(supervisor, 'cancel', inWords)),
    notNow,
    'not once it is carried out',
  )
  const talks = once.accepted().by(merchant, 'create', offer(100))
  t.equal(talks.onPlan(merchant, 'cancel', inWords).status, 'negotiating', 'a draft that goes moves nothing')
  const beside = once.accepted().by(agent, 'create', offer(100)).by(merchant, 'create', offer(200)).onPlan(merchant, 'propose')
  beside.by(agent, 'cancel', inWords, { plan: beside.file.plans[0]?.id })
  t.equal(beside.status, 'awaiting_confirmation', 'nor beside another that lies on the table')
})

const sentBack = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货' }

t.test('steps', async (t) => {
  const stepsOf = (type: string, amount?: number) => {
    const remedy = amount === undefined ? { type } : { type, amount }
    return once.agreed({ remedies: [remedy], explanation: '方案' }).plan.steps
  }

  await t.test('follow from the remedy, in order, each with its party', async (t) => {
    const cameBack = ['return_address of respondent', 'return_shipment of complainant', 'arrival of respondent']
    const rows: [string, number | undefined, string[]][] = [
      ['refund', 100, ['refund of platform']],
      ['return_and_refund', 100, [...cameBack, 'inspection of respondent', 'refund of platform']],
      [
        'exchange',
        undefined,
        [...cameBack, 'inspection of respondent', 'replacement_shipment of respondent', 'arrival of complainant'],
      ],
      ['repair', undefined, [...cameBack, 'repair of respondent', 'repaired_shipment of respondent', 'arrival of complainant']],
      ['reship', undefined, ['replacement_shipment of respondent', 'arrival of complainant']],
      ['compensation', 100, ['compensation of platform']],
      ['apology', undefined, ['apology of respondent']],
    ]
    for (const [type, amount, expected] of rows) {
      const steps = stepsOf(type, amount)
      t.strictSame(
        steps.map((step) => `${step.kind} of ${step.party}`),
        expected,
        type,
      )
      t.strictSame(
        steps.map((step) => step.due_at !== null),
        expected.map((_, index) => index === 0),
        `only the first step of ${type} has its turn`,
      )
    }
  })

  await t.test('have their time: an address a business day, refund 24 hours, anything else 7 days', async (t) => {
    const due = (type: string, amount?: number) => stepsOf(type, amount)[0]?.due_at
    t.equal(due('return_and_refund', 100), inShanghai('2026-11-24 10:00'))
    t.equal(once.agreed(sentBack).plan.steps[0]?.due_at, inShanghai('2026-11-30 10:00'))
    t.equal(due('refund', 100), inShanghai('2026-11-24 10:00'))
    for (const [type, amount] of [['reship'], ['apology'], ['compensation', 100]] as const)
      t.equal(due(type, amount), inShanghai('2026-11-30 10:00'), type)
  })

  await t.test('come one after the other, and the last one resolves the case', async (t) => {
    const story = once.agreed(sentBack)
    const [shipment, arrival, inspection, refund] = story.plan.steps
    const early = { plan: story.plan.id, step: inspection?.id }
    t.equal(
      refusal(() => story.by(merchant, 'complete_step', { passed: true }, early)),
      notNow,
      'not before its turn',
    )
    t.equal(
      refusal(() => story.onStep(merchant, 'complete_step', { tracking_number: 'SF1' })),
      '403 forbidden',
      'the buyer ships',
    )
    t.equal(
      refusal(() => story.onStep(buyer, 'complete_step', { carrier: 'SF' })),
      '400 validation_failed',
      'with a tracking number',
    )
    story.at('2026-11-25 10:00').onStep(buyer, 'complete_step', { tracking_number: 'SF1', carrier: 'SF' })
    t.strictSame(story.ended, ['return_shipment of complainant met'])
    t.strictSame(story.open, ['arrival of respondent until 2026-12-10 10:00', 'completion of platform paused with 63 h'])
    story.onStep(merchant, 'complete_step')
    t.match(story.plan.steps[1], { id: arrival?.id, status: 'done' })
    t.strictSame(story.open, ['completion of platform paused with 63 h', 'inspection of respondent until 2026-12-05 10:00'])
    t.match(story.plan.steps[0], {
      id: shipment?.id,
      status: 'done',
      completed_at: inShanghai('2026-11-25 10:00'),
      data: { tracking_number: 'SF1', carrier: 'SF' },
    })
    t.equal(
      refusal(() => story.onStep(merchant, 'complete_step')),
      '400 validation_failed',
      'an inspection says whether it was passed',
    )
    story.at('2026-11-26 10:00').onStep(merchant, 'complete_step', { passed: true })
    t.strictSame(story.open, ['completion of platform until 2026-12-07 10:00', 'refund of platform until 2026-11-27 10:00'])
    t.strictSame(story.events, ['step_completed', 'refund_requested'])
    t.equal(
      refusal(() => story.onStep(buyer, 'complete_step', { payment_reference: 'PAY-1' })),
      '403 forbidden',
      'money is reported for the platform',
    )
    story.onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
    t.equal(story.plan.steps[3]?.id, refund?.id)
    t.match(story.plan, { status: 'executed', refund_in_force: 5_000 })
    t.match(story.file.complaint, { status: 'resolved', outcome: 'settled' })
    t.strictSame(story.open, ['auto_close of complainant until 2026-12-03 10:00'])
    t.strictSame(story.events, ['step_completed', 'plan_executed', 'complaint_resolved'])
  })

  await t.test('of several remedies run side by side', async (t) => {
    const story = once.agreed({
      remedies: [{ type: 'compensation', amount: 500 }, { type: 'apology' }, { type: 'refund', amount: 1_000 }],
      explanation: '补偿并道歉',
    })
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'refund of platform until 2026-11-24 10:00',
      'step of platform until 2026-11-30 10:00',
      'step of respondent until 2026-11-30 10:00',
    ])
    const [compensation, apology, refund] = story.plan.steps.map((step) => ({ plan: story.plan.id, step: step.id }))
    story.by(merchant, 'complete_step', {}, apology).by(agent, 'complete_step', {}, refund)
    t.equal(story.status, 'executing')
    t.equal(
      refusal(() => story.by(merchant, 'complete_step', {}, apology)),
      notNow,
      'a step is done once',
    )
    t.equal(story.by(agent, 'complete_step', {}, compensation).status, 'resolved')
  })

  await t.test('reported by staff for whoever has the turn', async (t) => {
    const story = once.agreed({ remedies: [{ type: 'repair' }], explanation: '维修' })
    story
      .onStep(agent, 'complete_step', { return_to: { address: '维修站' } })
      .onStep(agent, 'complete_step', { tracking_number: 'SF1' })
      .onStep(agent, 'complete_step')
      .onStep(supervisor, 'complete_step')
      .onStep(agent, 'complete_step', { tracking_number: 'SF2' })
      .onStep(supervisor, 'complete_step')
    t.equal(story.status, 'resolved')
  })

  await t.test('that fail are given up or tried again: what they hold stays held, and the other remedies go on', async (t) => {
    const story = once
      .agreed({
        remedies: [
          { type: 'refund', amount: 1_000 },
          { type: 'compensation', amount: 500 },
        ],
        explanation: '退款并补偿',
      })
      .onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
      .at('2026-11-24 10:00')
      .onStep(agent, 'fail_step', { explanation: '账户已注销' })
    t.match(story.plan, {
      status: 'executing',
      refund_in_force: 1_000,
      compensation_in_force: 500,
      steps: [{ status: 'done' }, { status: 'failed', data: { explanation: '账户已注销' } }],
    })
    t.match(story.last?.events, [{ type: 'step_failed', reason_code: 'step_failed', data: { explanation: '账户已注销' } }])
    t.strictSame(story.open, [
      'completion of platform until 2026-12-02 10:00',
      'step_decision of platform until 2026-11-25 10:00',
    ])
    story.onStep(agent, 'skip_step', { explanation: '改由客服另行处理' })
    t.match(story.plan, { status: 'failed', end_reason_code: 'step_given_up', refund_in_force: 1_000, compensation_in_force: 0 })
    t.strictSame(story.events, ['step_skipped', 'plan_failed'])
    t.match(story.file.order, { refund_in_force: 1_000, compensation_in_force: 0 }, 'what was paid stays in force')
    t.match(story.file.complaint, { status: 'investigating', outcome: null })
    t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-03 10:00'])
    const lost = once.agreed(sentBack).onStep(buyer, 'fail_step', { explanation: '包裹丢失' })
    t.match(lost.plan.steps, [{ status: 'failed' }, { status: 'pending' }, { status: 'pending' }, { status: 'pending' }])
    t.equal(lost.file.order?.refund_in_force, 5_000)
    lost.onStep(agent, 'skip_step', { explanation: '包裹丢失' })
    t.strictSame(
      lost.plan.steps.map(({ status }) => status),
      ['skipped', 'skipped', 'skipped', 'skipped'],
    )
    t.equal(lost.file.order?.refund_in_force, 0)
    t.strictSame(lost.open, ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-02 10:00'])
  })

  await t.test('an inspection that is not passed has failed', async (t) => {
    const story = once
      .agreed({ remedies: [{ type: 'exchange', return_address: '退货仓' }], explanation: '换货' })
      .onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
      .onStep(merchant, 'complete_step', { passed: false, explanation: '人为损坏' })
    t.match(story.plan.steps, [
      { status: 'done' },
      { status: 'done' },
      { status: 'failed', data: { passed: false, explanation: '人为损坏', reason_code: 'inspection_not_passed' } },
      { status: 'pending', due_at: null },
      { status: 'pending', due_at: null },
    ])
    t.equal(story.status, 'executing')
  })

  await t.test('of an imposed plan that are given up leave no decision to appeal', async (t) => {
    const story = once
      .imposed()
      .onStep(agent, 'fail_step', { explanation: '账户已注销' })
      .onStep(agent, 'skip_step', { explanation: '改由客服另行处理' })
    t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-02 10:00'])
  })
})

t.test('against the platform', async (t) => {
  const accepted = () => once.accepted(againstPlatform)

  await t.test('what staff propose carries the platform’s acceptance: only the complainant confirms', async (t) => {
    const story = accepted().by(agent, 'create', offer(5_000)).onPlan(agent, 'propose')
    t.match(story.plan.confirmations, { complainant: { status: 'pending' }, respondent: { status: 'accepted' } })
    t.strictSame(
      story.running('confirmation').map((x) => x.party),
      ['complainant'],
    )
    t.equal(story.onPlan(buyer, 'accept').status, 'executing')
  })

  await t.test('staff answer the complainant’s offer', async (t) => {
    const offered = () => accepted().by(buyer, 'create', offer(5_000)).onPlan(buyer, 'propose')
    t.equal(offered().onPlan(agent, 'accept').status, 'executing')
    const declined = offered().onPlan(supervisor, 'decline', inWords)
    t.match(declined.plan, { status: 'declined', confirmations: { respondent: { status: 'declined', by: 'supervisor:zhao' } } })
    t.equal(declined.status, 'investigating')
    const countered = offered().onPlan(agent, 'counter', offer(2_000))
    t.match(countered.plan.confirmations, { complainant: { status: 'pending' }, respondent: { status: 'accepted' } })
    t.equal(countered.onPlan(buyer, 'accept').status, 'executing')
  })

  await t.test('an answer that needs approval is written and approved as a plan', async (t) => {
    const paid = { ...rich(900_000), respondent: againstPlatform.respondent }
    const story = once.accepted(paid).by(buyer, 'create', offer(800_000)).onPlan(buyer, 'propose')
    t.equal(
      refusal(() => story.onPlan(agent, 'counter', offer(600_000))),
      '422 approval_needed',
    )
  })

  await t.test('only the complainant may appeal what is imposed', async (t) => {
    const story = accepted()
      .by(agent, 'determine_liability', liability)
      .by(agent, 'create', offer(100))
      .onPlan(supervisor, 'impose', becauseLiable)
    t.strictSame(
      story.running('appeal_window').map((x) => x.party),
      ['complainant'],
    )
  })
})

t.test('a draft of a party that staff put forward is that party’s word, and its clock is met', async (t) => {
  const story = once.accepted().by(merchant, 'create', offer(5_000)).onPlan(agent, 'propose')
  t.match(story.plan.confirmations.respondent, { status: 'accepted', by: 'merchant:M-1' })
  t.equal(story.running('respondent_response').length, 0)
  t.equal(story.onPlan(buyer, 'accept').status, 'executing')
})
