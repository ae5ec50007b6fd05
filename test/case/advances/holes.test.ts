/** What happens to money after its decision was overturned, and to what is paid beyond what was asked for: each ends with a balanced journal. */
import t, { type Test } from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import type { Posting } from '../../../src/money/ledger/post.ts'
import { ask, imposed, paidFirst, payIn, refundIn } from '../../support/advances.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced } from '../../support/ledger.ts'
import { alice, type CaseStory, liability, qian, refundOf, zhao } from '../../support/story.ts'

const admin = 'admin:root'

const funded = async (t: Test, { fund = 100_000, deposit = 0 } = {}) => {
  const app = await testApp(t)
  const pay = (postings: readonly Posting[]) => payIn(app.db, app.platformId, postings)
  await pay([{ kind: 'fund_topped_up', amount: fund }])
  if (deposit > 0) await pay([{ kind: 'deposit_received', amount: deposit, owner: 'M-1' }])
  const ends = async (balances: Record<string, number>) => {
    await checkBalanced(t, app.db, app.platformId)
    const { body } = await app.call('GET', '/v1/reconciliation?limit=100', { as: admin })
    t.strictSame(
      body.data.filter(({ is_open, kind }: Json) => !is_open && kind !== 'transfer_without_movement'),
      [],
    )
    t.strictSame(await balancesOf(app.db, app.platformId), balances)
  }
  return { app, ends }
}

const later = async (app: TestApp, ms: number) => {
  app.clock.advance(ms)
  const { status, text } = await app.call('POST', '/v1/sweeps', { as: admin, body: {} })
  if (status > 299) throw new Error(text)
}
const overturned = async (story: CaseStory) => {
  await story.file(story.respondent, { reason_code: 'wrong_facts', statement: '责任不在我方' })
  await story.onAppeal(qian, 'uphold', { explanation: '事实认定有误' })
}
const decidedAgain = async (story: CaseStory, amount: number) => {
  await story.by(qian, 'determine-liability', liability)
  await story.writePlan(alice, refundOf(amount))
  await story.onPlan(zhao, 'impose', { explanation: '责任仍在商家' })
}
const debtsIn = async (story: CaseStory) => (await story.read(qian, `/v1/complaints/${story.id}/receivables`)).data
const stepUrl = (plan: Json) => `/v1/refund-plans/${plan.id}/steps/${refundIn(plan).id}`
const planNow = (story: CaseStory) => story.read(qian, `/v1/refund-plans/${story.plan.id}`)

t.test('what a later decision granted of the fund comes back: it is owed anew, and paid again from the same money', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  const first = story.plan
  await overturned(story)
  await decidedAgain(story, 5_000)
  t.match(story.plan, { status: 'executed' })
  t.equal((await story.try(alice, `${stepUrl(first)}/return`, { explanation: '账户已注销' })).status, 200)
  story.plan = await planNow(story)
  t.match(story.plan, { status: 'executing', steps: [{ status: 'returned', amount: 5_000, granted_before_amount: 0 }] })
  t.match(await story.seenBy(alice), { status: 'executing' })
  await story.onPlan(alice, `steps/${refundIn(story.plan).id}/retry`)
  t.match(refundIn(story.plan).attempts, [{ status: 'asked', amount: 5_000 }])
  await story.onStep(alice, 'complete', { payment_reference: 'F-2' })
  t.match(await story.seenBy(alice), { status: 'resolved' })
  await later(app, 6 * DAY)
  await ends({ 'fund CNY': 95_000, 'merchant_receivable of M-1 CNY': 5_000, 'outside CNY': -100_000 })
})

t.test('the same of an ordinary payment, of which a part had been granted', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, refundOf(5_000))
  await story.onStep(alice, 'complete', { payment_reference: 'P-1' })
  const first = story.plan
  await overturned(story)
  await decidedAgain(story, 3_000)
  t.match(story.plan, { status: 'executed' })
  t.equal((await story.try(alice, `${stepUrl(first)}/return`, { explanation: '账户已注销' })).status, 200)
  story.plan = await planNow(story)
  t.match(story.plan, { status: 'executing', steps: [{ status: 'returned', amount: 3_000 }] })
  await story.onPlan(alice, `steps/${refundIn(story.plan).id}/retry`)
  await story.onStep(alice, 'complete', { payment_reference: 'P-2' })
  await later(app, 8 * DAY)
  t.match(await story.seenBy(alice), { status: 'closed' })
  const order = await story.read(alice, `/v1/orders/${(await story.seenBy(alice)).order.id}`)
  t.match(order, { refund_in_force: 3_000 })
  t.strictSame(await debtsIn(story), [], 'nothing of it is owed')
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test(
  'an ordinary payment that no later decision grants is the buyer’s debt when the case ends, to others than the fund',
  async (t) => {
    const { app, ends } = await funded(t)
    const story = await imposed(app, refundOf(5_000))
    await story.onStep(alice, 'complete', { payment_reference: 'P-1' })
    const first = story.plan
    await overturned(story)
    await decidedAgain(story, 2_000)
    await later(app, 8 * DAY)
    t.match(await story.seenBy(alice), { status: 'closed' })
    const [debt] = await debtsIn(story)
    t.match(debt, {
      amount: 3_000,
      reason_code: 'refund_not_due',
      creditor: 'outside',
      advance_id: null,
      debtor: { role: 'buyer' },
    })
    t.match(await story.try(alice, `/v1/receivables/${debt.id}/pay`, { amount: 1_000 }), { body: { status: 'partly_paid' } })
    t.equal((await story.try(alice, `${stepUrl(first)}/return`, { explanation: '账户已注销' })).status, 200)
    t.match(await debtsIn(story), [{ status: 'paid', paid_amount: 3_000 }], 'what came back is owed no more')
    story.plan = await planNow(story)
    t.match(story.plan, { status: 'executing', steps: [{ status: 'returned', amount: 2_000 }] }, 'and what was granted is')
    await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
  },
)

t.test('more than was asked for arrives from the fund: the buyer owes it at once', async (t) => {
  const { app, ends } = await funded(t, { deposit: 30_000 })
  const story = await imposed(app, refundOf(5_000))
  const advance = await ask(story)
  await story.onStep(alice, 'fail', { explanation: '余额不足' })
  await story.onStep(alice, 'complete', { payment_reference: 'F-1', amount: 6_000 })
  t.match(await story.read(alice, `/v1/advances/${advance.id}`), { status: 'paid', paid_amount: 5_000 })
  const [debt] = await debtsIn(story)
  t.match(debt, { amount: 1_000, reason_code: 'overpaid', creditor: 'fund', debtor: { role: 'buyer', id: 'B-1' } })
  await story.try(alice, `/v1/receivables/${debt.id}/pay`, { amount: 400 })
  await later(app, 6 * DAY)
  await ends({
    'buyer_receivable of B-1 CNY': 600,
    'deposit of M-1 CNY': 25_000,
    'fund CNY': 99_400,
    'outside CNY': -125_000,
  })
})

t.test('a payment is told after its advance has ended: the ledger has it, and the buyer owes it', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, refundOf(5_000))
  const advance = await ask(story)
  await story.onStep(alice, 'fail', { explanation: '余额不足' })
  const { attempts } = refundIn(story.plan)
  const attempt_id = attempts.at(-1).id
  await story.onStep(alice, 'fail', { explanation: '银行退单' })
  await story.onPlan(zhao, `steps/${refundIn(story.plan).id}/skip`, { explanation: '改由平台另行处理' })
  t.match(await story.read(alice, `/v1/advances/${advance.id}`), { status: 'cancelled' })
  t.equal((await story.try(alice, `${stepUrl(story.plan)}/complete`, { attempt_id })).status, 200)
  t.match(await debtsIn(story), [{ amount: 5_000, reason_code: 'overpaid' }])
  await ends({ 'buyer_receivable of B-1 CNY': 5_000, 'fund CNY': 95_000, 'outside CNY': -100_000 })
  t.equal((await story.try(alice, `${stepUrl(story.plan)}/return`, { attempt_id, explanation: '退回' })).status, 200)
  t.match(await debtsIn(story), [{ status: 'paid' }])
  await ends({ 'fund CNY': 100_000, 'outside CNY': -100_000 })
})

t.test('a case that is opened again after the buyer came to owe counts the money once', async (t) => {
  const { app, ends } = await funded(t)
  const story = await imposed(app, refundOf(5_000))
  await paidFirst(story)
  await overturned(story)
  await story.by(qian, 'close', { reason_code: 'settled_elsewhere' })
  t.match(await debtsIn(story), [{ status: 'open', amount: 5_000, reason_code: 'advance_not_due' }])
  await story.file(story.buyer, { reason_code: 'wrong_facts', statement: '并未另行和解' })
  await story.onAppeal('supervisor:sun', 'uphold', { explanation: '未见和解' })
  t.match(await debtsIn(story), [{ status: 'reversed' }], 'it is provisional again')
  await decidedAgain(story, 5_000)
  t.match(story.plan, { status: 'executed', steps: [{ amount: 0, granted_before_amount: 5_000 }] })
  await later(app, 8 * DAY)
  t.strictSame((await debtsIn(story)).map(({ status, debtor }: Json) => `${debtor.role} ${status}`).sort(), [
    'buyer reversed',
    'merchant open',
  ])
  await ends({ 'fund CNY': 95_000, 'merchant_receivable of M-1 CNY': 5_000, 'outside CNY': -100_000 })
})
