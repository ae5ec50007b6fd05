/** Held settlements over HTTP on a real Postgres: each path as a story that ends with its journal, printed and balanced. */
import t, { type Test } from 'tap'
import { settleDebts } from '../../../src/case/receivables/settle.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import { imposed, paidFirst, payIn } from '../../support/advances.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced, journalsOf } from '../../support/ledger.ts'
import { alice, type CaseStory, newOrder, qian, refundOf, tell, zhao } from '../../support/story.ts'

const admin = 'admin:root'
const payments = 'payments:pay'

/** A fund of 1,000.00 CNY. */
const funded = async (t: Test, { deposit = 0 } = {}) => {
  const app = await testApp(t)
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  if (deposit > 0) await payIn(app.db, app.platformId, [{ kind: 'deposit_received', amount: deposit, owner: 'M-1' }])
  const differences = async (): Promise<Json[]> =>
    (await app.call('GET', '/v1/reconciliation?limit=100', { as: admin })).body.data.filter(
      ({ kind }: Json) => kind !== 'transfer_without_movement',
    )
  return {
    app,
    differences,
    later: async (ms: number) => {
      app.clock.advance(ms)
      await app.call('POST', '/v1/sweeps', { as: admin, body: {} })
    },
    ends: async (balances: Record<string, number>) => {
      await checkBalanced(t, app.db, app.platformId)
      t.strictSame(
        (await differences()).filter(({ is_open }) => !is_open),
        [],
        'what cases say is what the ledger says',
      )
      t.strictSame(await balancesOf(app.db, app.platformId), balances)
    },
  }
}

const hold = async (story: CaseStory, more: Json = {}, as = alice): Promise<Json> => {
  const { status, body, text } = await story.try(as, `/v1/complaints/${story.id}/holds`, { explanation: '涉嫌售假', ...more })
  if (status !== 201) throw new Error(text)
  return body
}
const onHold = async (story: CaseStory, as: string, { id }: Json, action: string, body: Json = {}): Promise<Json> => {
  const answer = await story.try(as, `/v1/holds/${id}/${action}`, body)
  if (answer.status > 299) throw new Error(answer.text)
  return answer.body
}
const read = (story: CaseStory, { id }: Json, as = alice) => story.read(as, `/v1/holds/${id}`)
/** The settlement is held as far as the payment system can. */
const held = async (story: CaseStory, amount: number, kept = amount): Promise<Json> =>
  onHold(story, alice, await hold(story, { amount }), 'report-held', { amount: kept })

/** Changes the policy of the platform. */
const decree = async (app: TestApp, change: Json): Promise<void> => {
  const { body, headers } = await app.call('GET', '/v1/policy', { as: admin })
  const answer = await app.call('PUT', '/v1/policy', {
    as: admin,
    headers: { 'if-match': String(headers.etag) },
    body: { document: { ...body.document, ...change } },
  })
  if (answer.status !== 200) throw new Error(answer.text)
}

/** Two cases of one order. */
const twoCases = async (app: TestApp): Promise<[CaseStory, CaseStory]> => {
  const order = newOrder(25_900)
  const one = await tell(app, { order })
  const other = await tell(app, { order, complainant: { role: 'buyer', id: 'B-2' } })
  await one.by(alice, 'accept')
  await other.by(alice, 'accept')
  return [one, other]
}

t.test('the fund takes what is held of this trade before the deposit, and the merchant owes what both lack', async (t) => {
  const { app, later, ends, differences } = await funded(t, { deposit: 1_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await hold(story, { amount: 3_000 })
  t.match(asked, { status: 'asked', amount: 3_000, held_amount: 0, deadlines: [{ kind: 'hold_answer', on_silence: 'escalate' }] })
  t.match(
    (await differences()).filter(({ kind }) => kind === 'hold_open'),
    [{ kind: 'hold_open', is_open: true, expected: 3_000, found: 0 }],
  )
  t.match(
    (await story.try(story.respondent, `/v1/holds/${asked.id}/report-held`, { amount: 1 })).status,
    404,
    'not held yet: unknown',
  )
  t.match(await onHold(story, payments, asked, 'report-held', { amount: 2_500 }), { recorded: true })
  t.match(await read(story, asked), { status: 'partly_held', held_amount: 2_500, deadlines: [{ status: 'met' }] })
  t.match(await read(story, asked, story.respondent), {
    held_amount: 2_500,
    asked_by: null,
    explanation: null,
    available_actions: [],
  })
  t.match(await story.try(story.buyer, `/v1/holds/${asked.id}/release`, { explanation: '我' }), { status: 404 })
  await paidFirst(story)
  t.match((await story.try(zhao, `/v1/holds/${asked.id}/release`, { explanation: '算了' })).body, {
    code: 'action_not_available',
  })
  await later(6 * DAY)
  const [advance] = (await story.read(alice, `/v1/complaints/${story.id}/advances`)).data
  t.match(advance, { status: 'recovered', recovered_amount: 3_500, owed_amount: 1_500 })
  t.match(await read(story, asked), { status: 'taken', held_amount: 0, taken_amount: 2_500 })
  t.strictSame((await journalsOf(app.db, app.platformId)).slice(2), [
    '3.1 outside → held of M-1 2500 CNY settlement_held',
    '4.1 fund → frozen 5000 CNY advance_frozen',
    '5.1 frozen → buyer_paid 5000 CNY advance_paid',
    '6.1 held of M-1 → fund 2500 CNY held_taken',
    '6.2 deposit of M-1 → fund 1000 CNY deposit_taken',
    '6.3 buyer_paid → outside 3500 CNY recovered',
    '7.1 buyer_paid → merchant_receivable of M-1 1500 CNY owed_by_merchant',
  ])
  const money = (await story.read(story.respondent, `/v1/complaints/${story.id}/money`)).data
  t.strictSame(
    money.map(({ way, type, amount }: Json) => `${way} ${type} ${amount}`),
    ['set_aside settlement_held 2500', 'from held_taken 2500', 'from deposit_taken 1000', 'owed owed_by_merchant 1500'],
  )
  // what is held later pays the debt at once
  const more = await held(story, 1_600)
  t.match(more, { status: 'held', held_amount: 100, taken_amount: 1_500 })
  t.match((await story.read(story.respondent, `/v1/complaints/${story.id}/receivables`)).data, [{ status: 'set_off' }])
  await ends({ 'fund CNY': 100_000, 'held of M-1 CNY': 100, 'outside CNY': -100_100 })
})

t.test('a won appeal gives back where it was taken from, and the closed case lets go what is left', async (t) => {
  const { app, later, ends } = await funded(t, { deposit: 4_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await held(story, 3_000)
  await paidFirst(story)
  await later(6 * DAY)
  t.match(await read(story, asked), { status: 'taken' })
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  t.match(await read(story, asked), { status: 'held', held_amount: 3_000, taken_amount: 0, release_due_at: null })
  t.match((await journalsOf(app.db, app.platformId)).slice(-3), [
    / outside → buyer_paid 5000 CNY not_recovered/,
    / fund → deposit of M-1 2000 CNY given_back_to_deposit, takes back 6.2/,
    / fund → held of M-1 3000 CNY given_back_to_held, takes back 6.1/,
  ])
  await story.by(story.buyer, 'withdraw')
  await later(0)
  const releasing = await read(story, asked)
  t.match(releasing, { status: 'releasing', held_amount: 0, released_amount: 3_000, release_reason: 'outcome_final' })
  t.match(await onHold(story, payments, asked, 'report-released'), { recorded: true })
  t.match(await read(story, asked, story.respondent), { status: 'released', deadlines: [] })
  t.match((await story.try(alice, `/v1/holds/${asked.id}/report-released`)).body, { code: 'action_not_available' }, 'never twice')
  await ends({ 'buyer_receivable of B-1 CNY': 5_000, 'deposit of M-1 CNY': 4_000, 'fund CNY': 95_000, 'outside CNY': -104_000 })
})

t.test('what was paid for an order bounds what is held of it, over all its cases', async (t) => {
  const { app, ends } = await funded(t)
  const [one, other] = await twoCases(app)
  const { paid_amount } = (await one.seenBy(alice)).order
  const first = await hold(one, { amount: paid_amount - 100 })
  const refused = await other.try(alice, `/v1/complaints/${other.id}/holds`, { amount: 101, explanation: '另案' })
  t.match(refused, { status: 422, body: { code: 'order_total_exceeded', errors: [{ pointer: '/amount' }] } })
  t.match(await hold(other), { amount: 100 }, 'left out: all that is left')
  t.match(await onHold(one, alice, first, 'report-refused', { explanation: '已结算' }), { status: 'refused' })
  t.match(await hold(other), { amount: paid_amount - 100 })
  // the payment system kept it after all: a fact, whether there is room or not
  t.match(await onHold(one, alice, first, 'report-held', { amount: 200 }), { status: 'partly_held' })
  await ends({ 'fund CNY': 100_000, 'held of M-1 CNY': 200, 'outside CNY': -100_200 })
})

t.test('another case of the order claims what is held, and 180 days are the longest', async (t) => {
  const { app, later, ends } = await funded(t)
  const [one, other] = await twoCases(app)
  const kept = await held(one, 5_000)
  const still = await held(other, 1_000)
  await one.by(one.buyer, 'withdraw')
  await later(0)
  const begun = app.clock.nowMs()
  t.equal(Date.parse((await read(one, kept)).release_due_at), begun + 30 * DAY, 'the other case is open')
  await later(20 * DAY)
  await other.by(other.buyer, 'withdraw')
  await later(0)
  t.match(
    await read(other, still),
    { status: 'held', release_due_at: new Date(begun + 30 * DAY).toISOString() },
    'the first was closed 20 days ago',
  )
  await later(10 * DAY)
  t.match(
    await read(one, kept),
    { status: 'held', release_due_at: new Date(begun + 50 * DAY).toISOString() },
    '30 days after the last claim',
  )
  t.match(await read(other, still), { status: 'releasing', release_reason: 'time_up' })
  await later(20 * DAY)
  t.match(await read(one, kept), { status: 'releasing', release_reason: 'time_up' })
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('the longest time is looked at again each day while another case claims it', async (t) => {
  const { app, later } = await funded(t)
  await decree(app, { settlement_holds: { longest: { count: 3, unit: 'days' } } })
  const [one, other] = await twoCases(app)
  const kept = await held(one, 5_000)
  await one.by(one.buyer, 'withdraw')
  await later(0)
  const begun = app.clock.nowMs()
  t.match(await read(one, kept), { release_due_at: new Date(begun + 3 * DAY).toISOString() })
  await later(3 * DAY)
  t.match(await read(one, kept), { status: 'held', release_due_at: new Date(begun + 4 * DAY).toISOString() })
  await other.by(other.buyer, 'withdraw')
  await later(DAY)
  t.match(await read(one, kept), { status: 'releasing' })
})

t.test('a hold that nobody answers climbs, and a case that ends asks for nothing any more', async (t) => {
  const { app, later, ends } = await funded(t)
  const story = await tell(app)
  await story.by(alice, 'accept')
  const asked = await hold(story, { amount: 500 })
  await later(2 * DAY)
  t.match(await story.seenBy(alice), { level: 2 })
  await story.by(story.buyer, 'withdraw')
  await later(0)
  t.match(await read(story, asked), { status: 'releasing', released_amount: 0 })
  // the two crossed: it is kept, and goes to the merchant at once
  t.match(await onHold(story, alice, asked, 'report-held', { amount: 500 }), {
    status: 'releasing',
    released_amount: 500,
    held_amount: 0,
  })
  t.match(await onHold(story, alice, asked, 'report-released'), { status: 'released' })
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('reports are checked, and a supervisor may let go what nothing claims but the case', async (t) => {
  const { app, ends } = await funded(t)
  const story = await tell(app)
  t.match((await story.try(alice, `/v1/complaints/${story.id}/holds`, { explanation: '早' })).body, {
    code: 'action_not_available',
  })
  await story.by(alice, 'accept')
  const asked = await hold(story, { amount: 500 })
  for (const amount of [0, 501])
    t.match(await story.try(alice, `/v1/holds/${asked.id}/report-held`, { amount }), {
      status: 400,
      body: { errors: [{ pointer: '/amount' }] },
    })
  await onHold(story, alice, asked, 'report-held', { amount: 300 })
  t.match(await story.try(alice, `/v1/holds/${asked.id}/report-held`, { amount: 299 }), { status: 400 })
  t.match(await onHold(story, alice, asked, 'report-held', { amount: 500 }), { status: 'held', held_amount: 500 })
  t.match((await story.try(alice, `/v1/holds/${asked.id}/release`, { explanation: '无' })).status, 403)
  t.match(await onHold(story, zhao, asked, 'release', { explanation: '已和解' }), {
    status: 'releasing',
    release_reason: 'by_staff',
  })
  t.match(await story.eventsSeenBy(story.respondent), [
    'complaint_submitted',
    'complaint_accepted',
    'settlement_held',
    'settlement_held',
    'settlement_release_asked',
  ])
  t.notOk((await story.eventsSeenBy(story.buyer)).some((type) => type.startsWith('settlement')))
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('affiliates pay what the deposit lacks, with what their own cases may not need, where the policy says so', async (t) => {
  const { app, later, ends } = await funded(t, { deposit: 1_000 })
  const name = (merchant_ids: string[], headers = {}) =>
    app.call('PUT', '/v1/merchants/M-1/affiliates', { as: admin, body: { merchant_ids, explanation: '同一主体' }, headers })
  t.match(await name(['M-1']), { status: 400, body: { errors: [{ pointer: '/merchant_ids/0' }] } })
  const named = await name(['M-2', 'M-3'])
  t.match(named, { status: 200, body: { version: 1, merchant_ids: ['M-2', 'M-3'] } })
  t.match((await name(['M-2'])).status, 428)
  t.match((await app.call('GET', '/v1/merchants/M-1/affiliates', { as: alice })).body, { merchant_ids: ['M-2', 'M-3'] })
  t.match((await app.call('GET', '/v1/merchants/M-1/affiliates', { as: 'merchant:M-1' })).status, 403)
  t.match(
    (await app.call('PUT', '/v1/merchants/M-1/affiliates', { as: zhao, body: { merchant_ids: [], explanation: '无' } })).status,
    403,
  )
  for (const [owner, amount] of [
    ['M-2', 500],
    ['M-3', 9_000],
  ] as const)
    await payIn(app.db, app.platformId, [{ kind: 'deposit_received', amount, owner }])
  await decree(app, { recovery: { affiliates: true } })
  const story = await imposed(app, refundOf(5_000))
  const advance = await paidFirst(story)
  await later(6 * DAY)
  t.match(await story.read(alice, `/v1/advances/${advance.id}`), { status: 'recovered', recovered_amount: 5_000, owed_amount: 0 })
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  await ends({
    'buyer_paid CNY': 5_000,
    'deposit of M-1 CNY': 1_000,
    'deposit of M-2 CNY': 500,
    'deposit of M-3 CNY': 9_000,
    'fund CNY': 95_000,
    'outside CNY': -110_500,
  })
  t.equal(await settleDebts(app.deps, app.platformId, 10), 0)
  t.match(await story.try(alice, `/v1/advances/${advance.id}/recover`, { amount: 1 }), { status: 200 })
})
