import t from 'tap'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'
import {
  alice,
  type CaseStory,
  dismissal,
  liability,
  newOrder,
  qian,
  refundOf,
  returnOf,
  type Service,
  tell,
  tellToInvestigation,
  tellToLiability,
  zhao,
} from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const thePlatform = { role: 'platform', id: 'platform' }
const paid = { payment_reference: 'PAY-1' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '物流记录显示从未签收' }

/** Money of the story's order, as the books have it. */
const moneyOf = async ({ db, platformId }: TestApp, story: CaseStory) => {
  const { order } = await story.seenBy(alice)
  return db
    .selectFrom('orders')
    .select(['refund_in_force', 'compensation_in_force'])
    .where('platform_id', '=', platformId)
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow()
}

/** The trail is whole: no gap, and every state of the case begins where the one before ended. */
const trailOf = async (story: CaseStory) => {
  const { data } = await story.read(alice, `/v1/complaints/${story.id}/events?sort=sequence&limit=100`)
  const moves = data.filter((event: Json) => event.resource === 'complaint' && event.to_status !== null)
  return {
    types: data.map((event: Json) => event.type),
    sequences: data.map((event: Json) => event.sequence),
    states: [...new Set(moves.map((event: Json) => event.to_status))],
  }
}

t.test('disputes from the first word to the end', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })

  await t.test('settled between the parties', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'accept')
    await story.by(merchant, 'respond', { position: 'agree', statement: '同意退款' })
    t.match(await story.seenBy(buyer), { status: 'awaiting_confirmation', outcome: null })
    const { data } = await story.read(buyer, `/v1/complaints/${story.id}/refund-plans`)
    story.plan = data[0]
    await story.onPlan(buyer, 'accept')
    t.match(await moneyOf(app, story), { refund_in_force: 5_000 })
    await story.onStep(alice, 'complete', paid)
    await story.by(buyer, 'confirm')
    t.match(await story.seenBy(merchant), {
      status: 'closed',
      outcome: 'settled',
      close_reason: 'confirmed',
      level: 1,
      owner: alice,
      current_plan_id: story.plan.id,
      closed_at: '2026-11-23T02:00:00.000Z',
      next_due_at: null,
      available_actions: [],
    })
    t.strictSame(await trailOf(story), {
      types: [
        'complaint_submitted',
        'complaint_accepted',
        'respondent_answered',
        'plan_proposed',
        'plan_accepted',
        'refund_requested',
        'step_completed',
        'plan_executed',
        'complaint_resolved',
        'complaint_closed',
      ],
      sequences: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      states: ['submitted', 'negotiating', 'awaiting_confirmation', 'resolved', 'closed'],
    })
  })

  await t.test('by offer and counter-offer', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'accept')
    await story.writePlan(merchant, refundOf(3_000))
    await story.onPlan(merchant, 'propose')
    await story.onPlan(buyer, 'counter', refundOf(8_000))
    t.match(story.plan, { status: 'proposed', version_number: 2, author: { side: 'complainant' } }, 'answered with the new plan')
    await story.onPlan(merchant, 'counter', refundOf(5_500))
    await story.onPlan(buyer, 'accept')
    const { data: plans } = await story.read(buyer, `/v1/complaints/${story.id}/refund-plans`)
    t.match(plans, [
      { version_number: 3, status: 'executing', supersedes: plans[1].id, total_amount: 5_500 },
      { version_number: 2, status: 'superseded', supersedes: plans[2].id, total_amount: 8_000 },
      { version_number: 1, status: 'superseded', supersedes: null, total_amount: 3_000 },
    ])
    await story.onStep(zhao, 'complete', paid)
    t.match(await story.seenBy(buyer), { status: 'resolved', outcome: 'settled' })
  })

  await t.test('imposed; the merchant’s appeal is denied', async (t) => {
    const story = await tellToLiability(app)
    await story.writePlan(alice, returnOf(20_000))
    await story.onPlan(alice, 'propose')
    await story.onPlan(buyer, 'accept')
    await story.onPlan(merchant, 'decline', { explanation: '不同意' })
    await story.onPlan(zhao, 'impose', { explanation: '责任明确' })
    t.match(story.plan, { status: 'executing', imposition: { by: zhao, explanation: '责任明确' } })
    await story.onStep(buyer, 'complete', { tracking_number: 'SF1', carrier: 'SF' })
    await story.file(merchant, wrongFacts)
    await story.onAppeal(zhao, 'assign', { reviewer: qian })
    await story.onAppeal(qian, 'deny', { explanation: '证据充分' })
    t.match(story.appeal, {
      status: 'denied',
      reviewer: qian,
      outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
    })
    story.plan = await story.read(alice, `/v1/refund-plans/${story.plan.id}`)
    await story.onStep(merchant, 'complete', { passed: true })
    await story.onStep(alice, 'complete', paid)
    await story.by(buyer, 'confirm')
    t.match(await story.seenBy(buyer), { status: 'closed', outcome: 'upheld', close_reason: 'confirmed' })
    t.match(await moneyOf(app, story), { refund_in_force: 20_000 })
  })

  await t.test('dismissed; the buyer’s appeal is upheld, and the case is decided again', async (t) => {
    const story = await tellToLiability(app)
    await story.by(alice, 'dismiss', dismissal)
    await story.addEvidence(buyer)
    await story.file(buyer, { reason_code: 'new_evidence', statement: '补充开箱视频', evidence_ids: [story.evidence.id] })
    await story.onAppeal(qian, 'uphold', { explanation: '新证据成立', owner: 'agent:bob' })
    t.match(await story.seenBy(alice), { status: 'investigating', level: 3, liability: null, outcome: null, dismissal: null })
    await story.by('agent:bob', 'determine-liability', liability)
    await story.writePlan('agent:bob', refundOf(5_000))
    await story.onPlan('agent:bob', 'propose')
    await story.onPlan(merchant, 'accept')
    await story.onPlan(buyer, 'accept')
    await story.onStep('agent:bob', 'complete', paid)
    t.match(await story.seenBy(buyer), { status: 'resolved', outcome: 'settled' })
  })

  await t.test('with a refund that fails first', async (t) => {
    const story = await tellToLiability(app)
    await story.writePlan(alice, refundOf(5_000))
    await story.onPlan(alice, 'propose')
    await story.onPlan(buyer, 'accept')
    await story.onPlan(merchant, 'accept')
    await story.onStep(alice, 'fail', { explanation: 'account_closed' })
    t.match(story.plan, { status: 'executing', steps: [{ status: 'failed', data: { explanation: 'account_closed' } }] })
    t.match(await story.seenBy(buyer), { status: 'executing', outcome: 'settled' }, 'a failure is a state')
    t.match(await moneyOf(app, story), { refund_in_force: 5_000 })
    await story.onPlan(alice, `steps/${story.plan.steps[0].id}/skip`, { explanation: 'account_closed' })
    t.match(story.plan, { status: 'failed', end_reason_code: 'step_given_up' })
    t.match(await story.seenBy(buyer), { status: 'investigating', outcome: null })
    t.match(await moneyOf(app, story), { refund_in_force: 0 }, 'what is given up is free')
    await story.writePlan(alice, refundOf(5_000, { method: 'bank_transfer' }))
    await story.onPlan(alice, 'propose')
    await story.onPlan(merchant, 'accept')
    await story.onPlan(buyer, 'accept')
    await story.onStep(alice, 'complete', paid)
    t.match(await story.seenBy(buyer), { status: 'resolved', outcome: 'settled' })
    t.match(await moneyOf(app, story), { refund_in_force: 5_000 })
  })

  await t.test('withdrawn with an offer on the table', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'accept')
    await story.writePlan(merchant, refundOf(3_000))
    await story.onPlan(merchant, 'propose')
    await story.by(buyer, 'withdraw', { explanation: '已私下解决' })
    t.match(await story.seenBy(merchant), { status: 'closed', outcome: 'withdrawn', close_reason: 'withdrawn' })
    t.match(await story.read(merchant, `/v1/refund-plans/${story.plan.id}`), { status: 'cancelled', available_actions: [] })
  })

  await t.test('asked for information, suspended, reopened', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'request-information', { items: ['开箱照片'] })
    t.match(await story.seenBy(buyer), {
      status: 'awaiting_information',
      information_request: { items: ['开箱照片'] },
      available_actions: [
        { action: 'provide_information', mandatory: true, due_at: '2026-11-26T02:00:00.000Z', on_silence: 'close_no_response' },
      ],
    })
    await story.by(buyer, 'provide-information', { statement: '照片已上传' })
    await story.by(alice, 'accept')
    await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
    await story.by(alice, 'suspend', { reason_code: 'lab_test' })
    await story.by(alice, 'resume')
    await story.by(alice, 'determine-liability', liability)
    await story.by(alice, 'dismiss', dismissal)
    await story.by(buyer, 'reopen', { explanation: '检测报告有误' })
    await story.by(zhao, 'close', { reason_code: 'in_court' })
    t.match(await story.seenBy(buyer), { status: 'closed', close_reason: 'in_court', outcome: null })
  })

  await t.test('of a buyer against the platform', async (t) => {
    const story = await tell(app, { respondent: thePlatform, category: 'platform_policy' })
    await story.by(alice, 'accept')
    t.equal((await story.seenBy(buyer)).status, 'investigating')
    await story.writePlan(buyer, refundOf(9_000))
    await story.onPlan(buyer, 'propose')
    await story.onPlan(alice, 'counter', refundOf(4_000))
    t.match(story.plan.confirmations, { complainant: { status: 'pending' }, respondent: { status: 'accepted', by: alice } })
    await story.onPlan(buyer, 'accept')
    await story.onStep(alice, 'complete', paid)
    await story.by(buyer, 'confirm')
    t.match(await story.seenBy(buyer), { status: 'closed', outcome: 'settled' })
  })

  await t.test('of a merchant against the platform', async (t) => {
    const story = await tell(app, {
      complainant: { role: 'merchant', id: 'M-1' },
      respondent: thePlatform,
      order: null,
      wanted: null,
    })
    await story.by(alice, 'accept')
    await story.by(alice, 'determine-liability', { ...liability, shares: [{ party: 'platform', percent: 100 }] })
    await story.writePlan(alice, {
      remedies: [{ type: 'compensation', amount: 30_000 }],
      explanation: '误扣保证金',
      currency: 'CNY',
    })
    t.equal(story.plan.needs_approval, true, 'a compensation without an order always does')
    await story.onPlan(alice, 'submit')
    await story.onPlan(zhao, 'approve')
    await story.onPlan(alice, 'propose')
    await story.onPlan(merchant, 'accept')
    await story.onStep(alice, 'complete', paid)
    await story.by(merchant, 'confirm')
    t.match(await story.seenBy(merchant), { status: 'closed', outcome: 'settled' })
  })

  await t.test('two about one order share its money', async (t) => {
    const order = newOrder(25_900)
    const agreeOn = async (amount: number) => {
      const story = await tell(app, { order })
      await story.by(alice, 'accept')
      await story.writePlan(buyer, refundOf(amount))
      return story.onPlan(buyer, 'propose')
    }
    const first = await agreeOn(20_000)
    const tooMuch = await agreeOn(5_901)
    await first.onPlan(merchant, 'accept')
    t.match(await tooMuch.try(merchant, `/v1/refund-plans/${tooMuch.plan.id}/accept`), {
      status: 422,
      body: { code: 'order_total_exceeded' },
    })
    t.match(await tooMuch.seenBy(buyer), { status: 'awaiting_confirmation' }, 'nothing has happened')
    await (await agreeOn(5_900)).onPlan(merchant, 'accept')
    t.match(await moneyOf(app, tooMuch), { refund_in_force: 25_900 })
  })

  await t.test('a refusal says what is possible instead', async (t) => {
    const story = await tell(app)
    const answer = await story.try(buyer, `/v1/complaints/${story.id}/confirm`)
    t.match(answer, { status: 409, body: { code: 'action_not_available' } })
    t.strictSame(
      answer.body.available_actions.map((action: Json) => action.action),
      ['withdraw', 'add', 'post'],
    )
  })
})

t.test('time passes on a test platform', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const { key } = await app.platform('test')
  const service: Service = { call: app.call, apiKey: key }
  const advance = (by: string) => app.call('POST', '/v1/test-clock/advance', { key, body: { by } })
  const sweep = async () => {
    const { duration_ms: _, ...counts } = (await app.call('POST', '/v1/sweeps', { key })).body
    return counts
  }
  const nothing = {
    due: 0,
    escalated: 0,
    closed: 0,
    expired: 0,
    deemed_accepted: 0,
    warned: 0,
    failed: 0,
    left_over: false,
    stopped: false,
  }

  const silentMerchant = await tell(service)
  await silentMerchant.by(alice, 'accept')
  const silentBuyer = await tellToInvestigation(service)
  await silentBuyer.by(alice, 'request-information', { items: ['照片'] })
  const deemed = await tellToLiability(service)
  await deemed.writePlan(alice, refundOf(5_000))
  await deemed.onPlan(alice, 'propose')
  await deemed.onPlan(buyer, 'accept')
  const offered = await tell(service)
  await offered.by(alice, 'accept')
  await offered.writePlan(merchant, refundOf(3_000))
  await offered.onPlan(merchant, 'propose')
  const waiting = await tell(service, { channel: 'social' })
  await waiting.by(alice, 'accept')
  await waiting.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })

  t.strictSame(await sweep(), nothing, 'nothing is due yet')
  t.equal((await advance('PT71H59M')).body.now, '2026-11-26T01:59:00.000Z')
  t.strictSame(
    await sweep(),
    { ...nothing, due: 1, escalated: 1, warned: 3 },
    'the merchant had two business days; the others are warned',
  )
  t.match(await silentMerchant.seenBy(buyer), { status: 'investigating', level: 2 })
  await advance('PT1M')
  t.strictSame(await sweep(), { ...nothing, due: 3, escalated: 1, closed: 1, expired: 1, deemed_accepted: 1 }, 'three days')
  t.strictSame(await sweep(), nothing, 'each once')

  t.match(await silentBuyer.seenBy(buyer), {
    status: 'closed',
    close_reason: 'no_response',
    closed_at: '2026-11-26T02:00:00.000Z',
  })
  t.match(await deemed.seenBy(merchant), { status: 'executing', outcome: 'settled' })
  t.match(await offered.seenBy(merchant), { status: 'investigating', level: 2 })
  t.match(await waiting.seenBy(buyer), { status: 'negotiating', level: 1 })
  t.ok((await deemed.eventsSeenBy(merchant)).includes('deadline_missed'), 'the parties read what the clock did')

  const { data: runs } = await app.call('GET', '/v1/sweeps', { key }).then(({ body }) => body)
  const busy = runs.filter((run: Json) => run.due > 0)
  t.match(busy, [
    { trigger: 'request', due: 3, closed: 1 },
    { trigger: 'request', due: 1, escalated: 1 },
  ])

  await deemed.file(merchant, wrongFacts)
  await advance('P30D')
  t.match(await sweep(), { failed: 0 })
  t.match(await deemed.seenBy(merchant), { status: 'under_appeal', level: 3 }, 'an appeal outlasts its deadlines')
  t.match(await waiting.seenBy(buyer), { status: 'investigating', level: 3 }, 'each running deadline is acted on once')
  t.equal((await app.call('GET', '/v1/complaints?limit=1')).body.data.length, 0, 'other platforms have their own time and cases')
})
