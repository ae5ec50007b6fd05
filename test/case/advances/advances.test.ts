/** Advances over HTTP on a real Postgres: each path as a story that ends with its journal, printed and balanced. */
import t, { type Test } from 'tap'
import { payMerchants, settleDebts } from '../../../src/case/receivables/settle.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import type { Posting } from '../../../src/money/ledger/post.ts'
import { ask, imposed, onAdvance, paidFirst, payIn, refundIn } from '../../support/advances.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced, journalsOf } from '../../support/ledger.ts'
import { alice, type CaseStory, liability, qian, refundOf, returnOf, tellToLiability, zhao } from '../../support/story.ts'

const admin = 'admin:root'

/** A fund of 1,000.00 CNY, and so much of the merchant's deposit. */
const funded = async (t: Test, { fund = 100_000, deposit = 0 } = {}) => {
  const app = await testApp(t)
  const platform_id = app.platformId
  const pay = (postings: readonly Posting[]) => payIn(app.db, platform_id, postings)
  if (fund > 0) await pay([{ kind: 'fund_topped_up', amount: fund }])
  if (deposit > 0) await pay([{ kind: 'deposit_received', amount: deposit, owner: 'M-1' }])
  const journal_ = () => journalsOf(app.db, platform_id)
  const ends = async (balances: Record<string, number>) => {
    await checkBalanced(t, app.db, platform_id)
    const { body } = await app.call('GET', '/v1/reconciliation?limit=100', { as: admin })
    t.strictSame(
      body.data.filter(({ is_open, kind }: Json) => !is_open && kind !== 'transfer_without_movement'),
      [],
      'what cases say is what the ledger says',
    )
    t.strictSame(await balancesOf(app.db, platform_id), balances)
  }
  return { app, pay, ends, journal: journal_ }
}

const read = (story: CaseStory, advance: Json, as = alice) => story.read(as, `/v1/advances/${advance.id}`)
const later = async (app: TestApp, ms: number) => {
  app.clock.advance(ms)
  const { status, text } = await app.call('POST', '/v1/sweeps', { as: admin, body: {} })
  if (status > 299) throw new Error(text)
}

t.test('the merchant does not pay: the fund pays at once, and has it back from the deposit', async (t) => {
  const { app, ends, journal } = await funded(t, { deposit: 30_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await ask(story)
  t.match(asked, { status: 'frozen', mode: 'at_once', amount: 5_000, frozen_amount: 5_000 })
  // what was asked for otherwise is asked back, and the payment system leaves it
  await story.onStep(alice, 'fail', { explanation: '商户余额不足' })
  t.match(refundIn(story.plan).attempts, [{ status: 'cancelled' }, { status: 'asked', amount: 5_000 }])
  t.match(await read(story, asked), { status: 'paying' })
  await story.onStep(alice, 'complete', { payment_reference: 'F-1' })
  t.match(await read(story, asked), { status: 'paid', paid_amount: 5_000, merchant_part: 5_000 })
  t.match(await story.seenBy(story.buyer), { status: 'resolved' })
  await later(app, 6 * DAY)
  t.match(await read(story, asked), { status: 'recovered', recovered_amount: 5_000, owed_amount: 0 })
  t.strictSame((await journal()).slice(2), [
    '3.1 fund → frozen 5000 CNY advance_frozen',
    '4.1 frozen → buyer_paid 5000 CNY advance_paid',
    '5.1 deposit of M-1 → fund 5000 CNY deposit_taken',
    '5.2 buyer_paid → outside 5000 CNY recovered',
  ])
  const moneySeenBy = async (as: string) =>
    (await story.read(as, `/v1/complaints/${story.id}/money`)).data.map(
      ({ way, type, amount }: Json) => `${way} ${type} ${amount}`,
    )
  t.strictSame(await moneySeenBy(story.buyer), ['set_aside advance_frozen 5000', 'to refund 5000'])
  t.strictSame(await moneySeenBy(story.respondent), ['from deposit_taken 5000'])
  t.equal((await moneySeenBy(alice)).length, 3)
  const text = await app.deps.metrics.registry.metrics()
  for (const state of ['frozen', 'paying', 'paid', 'recovered'])
    t.match(text, new RegExp(`redress_advances_total\\{state="${state}"\\} 1`))
  await ends({ 'deposit of M-1 CNY': 25_000, 'fund CNY': 100_000, 'outside CNY': -125_000 })
})

t.test('goods come back first: the very money that was put aside is paid, and the merchant pays the fund itself', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, returnOf(20_000))
  const asked = await ask(story)
  t.match(asked, { status: 'frozen', mode: 'after_return', amount: 20_000 })
  await story.onStep(story.buyer, 'complete', { tracking_number: 'SF1', carrier: '顺丰' })
  await story.onStep(story.respondent, 'complete', {})
  t.match(await read(story, asked), { status: 'frozen' }, 'not before the goods have passed')
  await story.onStep(story.respondent, 'complete', { passed: true })
  t.match(await read(story, asked), { status: 'paying' })
  t.match(refundIn(story.plan).attempts, [{ status: 'asked', amount: 20_000 }])
  await story.onStep(alice, 'complete', { payment_reference: 'F-2' })
  t.match(await onAdvance(story, alice, asked, 'recover', { amount: 12_000 }), { status: 'paid', recovered_amount: 12_000 })
  t.match(await onAdvance(story, alice, asked, 'recover', { amount: 9_000 }), { status: 'recovered', recovered_amount: 20_000 })
  await ends({ 'deposit of M-1 CNY': 1_000, 'fund CNY': 100_000, 'outside CNY': -101_000 })
})

t.test('the goods do not come back: the buyer is asked, and silence gives the money back to the fund', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, returnOf(20_000))
  const asked = await ask(story)
  t.match(await onAdvance(story, zhao, asked, 'not-returned', { explanation: '没有物流信息' }), { status: 'asking_buyer' })
  await later(app, 3 * DAY + HOUR)
  t.match(await read(story, asked), { status: 'returned_to_fund', frozen_amount: 0, end_reason_code: 'not_returned' })
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('the deposit is too small: the merchant owes the rest, pays a part, and the rest is waived', async (t) => {
  const { app, ends } = await funded(t, { deposit: 1_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await paidFirst(story)
  await later(app, 6 * DAY)
  t.match(await read(story, asked), { status: 'recovered', recovered_amount: 1_000, owed_amount: 4_000 })
  const { data } = await story.read(story.respondent, `/v1/complaints/${story.id}/receivables`)
  const [debt] = data
  t.match(debt, { status: 'open', amount: 4_000, debtor: { role: 'merchant', id: 'M-1' } })
  t.match(await story.read(story.buyer, `/v1/complaints/${story.id}/receivables`), { data: [] }, 'the buyer does not see it')
  const paid = await story.try(alice, `/v1/receivables/${debt.id}/pay`, { amount: 1_500 })
  t.match(paid, { status: 200, body: { status: 'partly_paid', paid_amount: 1_500 } })
  t.match(await story.try(alice, `/v1/receivables/${debt.id}/pay`, { amount: 2_501 }), { status: 400 })
  t.match(await story.try(alice, `/v1/receivables/${debt.id}/waive`, { explanation: '算了' }), { status: 403 })
  t.match(await story.try(zhao, `/v1/receivables/${debt.id}/waive`, { explanation: '商家困难' }), { body: { status: 'waived' } })
  await ends({ 'fund CNY': 97_500, 'goodwill CNY': 2_500, 'outside CNY': -100_000 })
})

t.test('a fund that is spent refuses, and that is a state', async (t) => {
  const { app, ends } = await funded(t, { fund: 4_999 })
  const story = await imposed(app, refundOf(5_000))
  t.match(await ask(story), { status: 'refused', refused_because: 'fund_short', frozen_amount: 0 })
  await ends({ 'fund CNY': 4_999, 'outside CNY': -4_999 })
})

t.test('a won appeal before the payment gives the money back to the fund', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, returnOf(20_000))
  const asked = await ask(story)
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  t.match(await read(story, asked), { status: 'cancelled', end_reason_code: 'refund_not_due' })
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('a won appeal after the payment makes the merchant whole, and the buyer owes what no decision grants', async (t) => {
  const { app, ends } = await funded(t, { deposit: 30_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await paidFirst(story)
  await later(app, 6 * DAY)
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  t.match(await read(story, asked), { status: 'reversed', provisional_amount: 5_000, recovered_amount: 0 })
  await story.by(qian, 'close', { reason_code: 'settled_elsewhere' })
  const { data } = await story.read(story.buyer, `/v1/complaints/${story.id}/receivables`)
  t.match(data, [{ status: 'open', amount: 5_000, debtor: { role: 'buyer', id: 'B-1' }, reason_code: 'advance_not_due' }])
  await ends({
    'buyer_receivable of B-1 CNY': 5_000,
    'deposit of M-1 CNY': 30_000,
    'fund CNY': 95_000,
    'outside CNY': -130_000,
  })
})

t.test('a fund that is spent when an appeal is won owes the merchant what it lacks', async (t) => {
  const { app, ends, pay } = await funded(t, { fund: 5_000, deposit: 5_000 })
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  await later(app, 6 * DAY)
  await pay([{ kind: 'fund_withdrawn', amount: 3_000 }])
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  await ends({
    'buyer_paid CNY': 5_000,
    'deposit of M-1 CNY': 2_000,
    'merchant_payable of M-1 CNY': 3_000,
    'outside CNY': -10_000,
  })
})

t.test('the same decision again after a won appeal pays nobody twice, and the merchant bears it', async (t) => {
  const { app, ends } = await funded(t, { deposit: 30_000 })
  const story = await imposed(app, refundOf(5_000))
  const asked = await paidFirst(story)
  await later(app, 6 * DAY)
  await story.file(story.respondent, { reason_code: 'advance_not_due', statement: '不应垫付' })
  await story.onAppeal(qian, 'uphold', { explanation: '程序有误' })
  await story.by(qian, 'determine-liability', liability)
  await story.writePlan(alice, refundOf(7_000))
  await story.onPlan(zhao, 'impose', { explanation: '责任仍在商家' })
  t.match(refundIn(story.plan), { status: 'pending', amount: 2_000, granted_before_amount: 5_000 })
  t.match(await read(story, asked), { status: 'reversed', provisional_amount: 0 })
  const { data } = await story.read(alice, `/v1/complaints/${story.id}/advances`)
  t.match(data[0], { status: 'paid', amount: 5_000, paid_amount: 5_000, merchant_part: 5_000 })
  await story.onStep(alice, 'complete', { payment_reference: 'P-2' })
  await later(app, 6 * DAY)
  const order = await story.read(alice, `/v1/orders/${(await story.seenBy(alice)).order.id}`)
  t.match(order, { refund_in_force: 7_000 }, 'counted once')
  await ends({ 'deposit of M-1 CNY': 25_000, 'fund CNY': 100_000, 'outside CNY': -125_000 })
})

t.test('a new decision that grants less is done at once, and the rest is owed when the case ends', async (t) => {
  const { app, ends } = await funded(t, { deposit: 30_000 })
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '部分责任' })
  await story.by(qian, 'determine-liability', {
    ...liability,
    shares: [
      { party: 'merchant', percent: 50 },
      { party: 'platform', percent: 50 },
    ],
  })
  await story.writePlan(alice, refundOf(3_000))
  await story.onPlan(zhao, 'impose', { explanation: '各半' })
  t.match(story.plan, { status: 'executed' })
  await later(app, 8 * DAY)
  t.match(await story.seenBy(alice), { status: 'closed' })
  await ends({
    'buyer_receivable of B-1 CNY': 2_000,
    'deposit of M-1 CNY': 28_500,
    'expense CNY': 1_500,
    'fund CNY': 96_500,
    'outside CNY': -128_500,
  })
})

t.test('a payment that comes back is put aside once more and paid again', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, refundOf(5_000))
  const asked = await paidFirst(story)
  const refund = refundIn(story.plan)
  await story.onPlan(alice, `steps/${refund.id}/return`, { explanation: '账户已注销' })
  t.match(await read(story, asked), { status: 'paid', paid_amount: 0, frozen_amount: 5_000 })
  await story.onPlan(alice, `steps/${refund.id}/retry`)
  await story.onStep(alice, 'complete', { payment_reference: 'F-2' })
  await onAdvance(story, alice, asked, 'recover', { amount: 5_000 })
  t.match(await read(story, asked), { status: 'recovered', paid_amount: 5_000, frozen_amount: 0 })
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('the gate says all that is in the way, and a supervisor sets some of it aside', async (t) => {
  const { app } = await funded(t)
  const story = await tellToLiability(app)
  await story.writePlan(alice, refundOf(5_000))
  await story.onPlan(zhao, 'impose', { explanation: '责任在商家' })
  const path = `/v1/complaints/${story.id}/advance-eligibility`
  const gate = await story.read(alice, path)
  t.match(gate, { eligible: false, amount: 5_000, most_amount: 5_000, mode: 'at_once', needs_approval: false })
  t.strictSame(
    gate.checks.filter(({ passed }: Json) => !passed).map(({ check }: Json) => check),
    ['evidence_complete'],
  )
  t.match(await app.call('GET', path, { as: story.buyer }), { status: 403 })
  const href = `/v1/complaints/${story.id}/advances`
  const refused = await story.try(alice, href, { explanation: '先付' })
  t.match(refused, { status: 422, body: { code: 'advance_not_open', errors: [{ code: 'evidence_complete' }] } })
  t.match(await story.try(alice, href, { explanation: '先付', set_aside: ['evidence_complete'] }), { status: 403 })
  t.match(await story.try(qian, href, { explanation: '先付', set_aside: ['no_abuse', 'evidence_complete'] }), {
    status: 400,
    body: { errors: [{ pointer: '/set_aside/0' }] },
  })
  t.match(await ask(story, qian, { set_aside: ['evidence_complete'] }), { status: 'frozen', set_aside: ['evidence_complete'] })
})

t.test('a large advance waits for a supervisor who did not ask for it', async (t) => {
  const { app, ends } = await funded(t, { fund: 1_000_000 })
  const line = { line_id: '1', name: '电脑', quantity: 1, unit_amount: 300_000 }
  const order = { id: 'O-large', currency: 'CNY', paid_amount: 300_000, lines: [line] }
  const story = await imposed(app, refundOf(300_000), { order })
  t.match(await story.try(alice, `/v1/complaints/${story.id}/advances`, { explanation: '先付' }), {
    status: 422,
    body: { errors: [{ code: 'amount' }] },
  })
  const asked = await ask(story, qian, { set_aside: ['amount'] })
  t.match(asked, { status: 'requested' })
  t.match(await story.read(story.buyer, `/v1/complaints/${story.id}/advances`), { data: [] }, 'the parties do not know yet')
  t.match(await story.try(qian, `/v1/advances/${asked.id}/approve`), { status: 403, body: { code: 'separation_of_duties' } })
  t.match(await onAdvance(story, zhao, asked, 'approve'), { status: 'frozen', approved_by: 'supervisor:zhao' })
  await ends({ 'frozen CNY': 300_000, 'fund CNY': 700_000, 'outside CNY': -1_000_000 })
})

t.test('a buyer has two advances open at once, over all cases and whoever asks at the same time', async (t) => {
  const { app } = await funded(t)
  const stories = await Promise.all(Array.from({ length: 5 }, () => imposed(app, refundOf(1_000))))
  const answers = await Promise.all(
    stories.map((story) => story.try(alice, `/v1/complaints/${story.id}/advances`, { explanation: '商家余额不足' })),
  )
  t.strictSame(answers.map(({ status }) => status).sort(), [201, 201, 422, 422, 422])
})

t.test('many ask at once for money that is there for some of them: exactly those get it', async (t) => {
  const { app, ends } = await funded(t, { fund: 3_000 })
  const stories = await Promise.all(
    Array.from({ length: 6 }, (_, n) => imposed(app, refundOf(1_000), { complainant: { role: 'buyer', id: `B-${n}` } })),
  )
  const answers = await Promise.all(stories.map((story) => ask(story)))
  t.strictSame(answers.map(({ status }) => status).sort(), ['frozen', 'frozen', 'frozen', 'refused', 'refused', 'refused'])
  await ends({ 'frozen CNY': 3_000, 'outside CNY': -3_000 })
})

t.test('a deposit that has money again pays the oldest debts, and a fund that has some what it owes to merchants', async (t) => {
  const { app, ends, pay } = await funded(t, { fund: 20_000 })
  const first = await imposed(app, refundOf(5_000))
  const second = await imposed(app, refundOf(4_000))
  await paidFirst(first)
  app.clock.advance(HOUR)
  await paidFirst(second)
  await later(app, 6 * DAY)
  const debtsOf = async (story: CaseStory) => (await story.read(alice, `/v1/complaints/${story.id}/receivables`)).data
  await pay([{ kind: 'deposit_received', amount: 6_000, owner: 'M-1' }])
  t.equal(await settleDebts(app.deps, app.platformId, 10), 2)
  t.match(await debtsOf(first), [{ status: 'set_off', paid_amount: 5_000 }])
  t.match(await debtsOf(second), [{ status: 'partly_paid', paid_amount: 1_000 }])
  t.equal(await settleDebts(app.deps, app.platformId, 10), 0, 'nothing more to pay with')
  await pay([{ kind: 'fund_withdrawn', amount: 17_000 }])
  await first.file(first.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await first.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
  t.equal(await payMerchants(app.deps, app.platformId, 10), 0, 'the fund has nothing')
  await pay([{ kind: 'fund_topped_up', amount: 10_000 }])
  t.equal(await payMerchants(app.deps, app.platformId, 10), 1)
  await ends({
    'buyer_paid CNY': 5_000,
    'deposit of M-1 CNY': 5_000,
    'fund CNY': 5_000,
    'merchant_receivable of M-1 CNY': 3_000,
    'outside CNY': -18_000,
  })
})

t.test('an advance is listed for staff where one can be asked for, and its actions for whoever may take them', async (t) => {
  const { app } = await funded(t)
  const story = await imposed(app, returnOf(20_000))
  const listed = async (as: string) =>
    (await story.seenBy(as)).available_actions
      .filter(({ resource }: Json) => resource === 'advance')
      .map(({ action }: Json) => action)
  t.strictSame(await listed(alice), ['ask'])
  t.strictSame(await listed(story.buyer), [])
  const asked = await ask(story)
  t.strictSame(await listed(alice), ['cancel', 'not_returned'])
  t.strictSame(await listed(zhao), ['cancel', 'not_returned'])
  t.strictSame(await listed(story.respondent), [])
  t.match(await story.try(alice, `/v1/complaints/${story.id}/advances`, { explanation: '再付' }), {
    status: 409,
    body: { code: 'action_not_available' },
  })
  await onAdvance(story, alice, asked, 'not-returned', { explanation: '没有物流信息' })
  t.strictSame(await listed(alice), ['cancel', 'wait_on', 'return'])
  t.match(await story.try(story.buyer, `/v1/advances/${asked.id}/return`, { explanation: '未退' }), { status: 403 })
})
