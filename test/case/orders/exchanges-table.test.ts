/**
 * What an exchange costs more, who pays a repair, and freight that a buyer laid out. Each with its neighbours: another remedy, the other side,
 * a second complaint, and currencies with no, two and three decimals. Amounts are written in whole units of the currency.
 */
import t from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { faultsInBooks } from '../../races/cases.ts'
import { type Called, type Json, movableClock, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, type CaseStory, zhao } from '../../support/story.ts'
import { inCurrency } from './in-currency.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const app = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
const why = { explanation: '支付失败' }

const stepIn = (story: CaseStory, kind: string): Json => story.plan.steps.find((step: Json) => step.kind === kind)
const tryOn = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<Called> =>
  story.try(as, `/v1/refund-plans/${story.plan.id}/steps/${stepIn(story, kind).id}/${action}`, body)
const on = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<CaseStory> =>
  story.onPlan(as, `steps/${stepIn(story, kind).id}/${action}`, body)
const refresh = async (story: CaseStory): Promise<CaseStory> => {
  story.plan = await story.read(alice, `/v1/refund-plans/${story.plan.id}`)
  return story
}
const pass = async (ms: number): Promise<void> => {
  app.clock.advance(ms)
  await app.call('POST', '/v1/sweeps')
}
const orderOf = async (order: Json): Promise<Json> => (await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body
const proof = async (story: CaseStory): Promise<string> =>
  (await story.try(buyer, `/v1/complaints/${story.id}/evidence`, { type: 'return_tracking', text: '运费发票 12 元' })).body.id
const kindsOf = (story: CaseStory) => story.plan.steps.map((step: Json) => step.kind)

for (const currency of ['CNY', 'JPY', 'KWD'] as const) {
  const { scale, state, complain, remedy, write, agree } = inCurrency(app, currency)
  const priced = () => state(200, [['1', 200]])
  const better = (price: number, more: object = {}) =>
    remedy('exchange', undefined, { replacement: [{ name: '升级款', quantity: 1, unit_amount: price * scale }], ...more })

  await t.test(`${currency}: what a replacement costs more is paid before anything is shipped`, async (t) => {
    const order = await priced()
    const story = await agree(order, better(240), remedy('compensation', 10))
    t.match(story.plan.remedies[0], { difference_amount: 40 * scale })
    t.match(stepIn(story, 'difference'), { party: 'complainant', amount: 40 * scale, held_amount: 0, due_at: String })
    t.match(stepIn(story, 'return_shipment'), { due_at: null })
    t.match(
      (await tryOn(story, buyer, 'difference', 'complete', { payment_reference: 'P-1' })).status,
      409,
      'the payer reports nothing',
    )
    t.match((await tryOn(story, merchant, 'difference', 'complete', { payment_reference: 'P-1' })).status, 403)
    t.match((await tryOn(story, alice, 'difference', 'complete')).body.errors, [{ pointer: '/payment_reference' }])
    await on(story, alice, 'difference', 'complete', { payment_reference: 'P-1' })
    t.match(stepIn(story, 'return_shipment'), { due_at: String })
    await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
    await on(story, merchant, 'inspection', 'complete', { passed: false, explanation: '人为损坏' })
    await on(story, alice, 'inspection', 'skip', { explanation: '不能换' })
    t.match(stepIn(story, 'reimbursement'), { amount: 40 * scale, attempts: [{ status: 'asked', amount: 40 * scale }] })
    t.ok((await story.eventsSeenBy(buyer)).includes('reimbursement_requested'))
    t.match(await orderOf(order), { refund_in_force: 0, compensation_in_force: 10 * scale }, 'it counts against no bound')
    await on(story, alice, 'compensation', 'complete')
    t.match(await story.seenBy(buyer), { status: 'executing' }, 'the difference is still owed')
    await on(story, alice, 'reimbursement', 'complete')
    t.match(await story.seenBy(buyer), { status: 'investigating' })
    await on(story, alice, 'reimbursement', 'return', why)
    await on(story, alice, 'reimbursement', 'retry')
    t.match(
      stepIn(story, 'reimbursement').attempts,
      [{ status: 'returned' }, { status: 'asked' }],
      'it is owed whatever becomes of the plan',
    )
    t.strictSame(await faultsInBooks(app.db), [])
  })

  await t.test(`${currency}: who does not pay it keeps the rest of the plan`, async (t) => {
    for (const how of ['silence', 'no'] as const) {
      const story = await agree(await priced(), better(240), remedy('compensation', 10))
      await on(story, alice, 'compensation', 'complete')
      if (how === 'silence') await pass(3 * DAY)
      else await on(story, buyer, 'difference', 'fail', { explanation: '不想补差价' })
      await refresh(story)
      t.strictSame(
        story.plan.steps.map((step: Json) => step.status),
        ['skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped', 'done'],
        how,
      )
      t.match(await story.seenBy(buyer), { status: 'resolved' })
      t.notOk(kindsOf(story).includes('reimbursement'), 'nothing was paid')
    }
    const alone = await agree(await priced(), better(240))
    await pass(3 * DAY)
    t.match(await alone.seenBy(buyer), { status: 'investigating' }, 'where there is nothing else, the case goes on')
  })

  await t.test(`${currency}: a difference is what the replacement costs more, or less, and of an exchange alone`, async (t) => {
    const story = await complain(await priced())
    const asked = async (...remedies: object[]) => (await write(story, merchant, ...remedies)).body
    t.match(await asked(better(240, { difference_amount: 30 * scale })), { remedies: [{ difference_amount: 30 * scale }] })
    t.match(await asked(better(240, { difference_amount: 41 * scale })), { code: 'difference_exceeds_worth', status: 422 })
    t.notOk('difference_amount' in (await asked(better(150))).remedies[0], 'what costs less costs nothing on top')
    const pointers = async (one: object) => (await asked(one)).errors?.map(({ pointer }: Json) => pointer)
    t.strictSame(await pointers(remedy('exchange', undefined, { difference_amount: 1 })), ['/remedies/0/difference_amount'])
    t.strictSame(await pointers({ ...better(240), type: 'reship' }), ['/remedies/0/replacement'])
    t.strictSame(await pointers(remedy('exchange', undefined, { repair_payer: 'buyer' })), ['/remedies/0/repair_payer'])
    const { remedies } = await asked(
      remedy('exchange', undefined, {
        replacement: [
          { name: '甲', quantity: 2, unit_amount: 99 * scale + 1 },
          { name: '乙', quantity: 1, unit_amount: 3 * scale },
        ],
      }),
    )
    t.equal(remedies[0].difference_amount, scale + 2, 'exact, over several lines')
    const [, dear] = [await write(story, alice, better(240)), await write(story, alice, better(60_000))]
    t.match(dear.body, { needs_approval: currency !== 'CNY' }, 'what is paid for needs no approval where an amount is set')
  })

  await t.test(`${currency}: what was repaired goes back, and the plan says who pays for it`, async (t) => {
    const story = await agree(await priced(), remedy('repair', undefined, { repair_payer: 'buyer' }))
    t.match(story.plan.remedies, [{ repair_payer: 'buyer', freight_payer: 'merchant' }], 'the seller, where nobody said so')
    await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
    await on(story, merchant, 'repair', 'progress')
    await on(story, merchant, 'repair', 'complete')
    t.match((await tryOn(story, merchant, 'repaired_shipment', 'complete')).body.errors, [{ pointer: '/tracking_number' }])
    await on(story, merchant, 'repaired_shipment', 'complete', { tracking_number: 'SF2' })
    t.match(await story.seenBy(buyer), { status: 'executing' }, 'its arrival counts')
    const home = story.plan.steps.at(-1)
    t.match(home, { kind: 'arrival', party: 'complainant', due_at: String })
    await story.onPlan(buyer, `steps/${home.id}/fail`, { explanation: '没收到' })
    await story.onPlan(alice, `steps/${home.id}/fail`, { explanation: '物流丢件' })
    await story.onPlan(alice, `steps/${home.id}/retry`)
    t.match(stepIn(story, 'repaired_shipment'), { status: 'pending', due_at: String }, 'it is sent once more')
    await on(story, merchant, 'repaired_shipment', 'complete', { tracking_number: 'SF3' })
    await story.onPlan(buyer, `steps/${home.id}/complete`)
    t.match(await story.seenBy(buyer), { status: 'resolved' })
  })

  await t.test(`${currency}: freight that the buyer laid out is asked for with a proof, and paid beside the rest`, async (t) => {
    const order = await priced()
    const story = await agree(order, remedy('return_and_refund', 100))
    const paid = { amount: 12 * scale, evidence_ids: [await proof(story)] }
    const sent = { tracking_number: 'SF1' }
    const stranger = await agree(await priced(), remedy('return_and_refund', 100))
    t.match(await tryOn(stranger, buyer, 'return_shipment', 'complete', { ...sent, freight_paid: paid }), {
      status: 422,
      body: { code: 'unknown_evidence' },
    })
    t.match(
      (await tryOn(story, buyer, 'return_shipment', 'complete', { ...sent, freight_paid: { amount: 1, evidence_ids: [] } }))
        .status,
      400,
    )
    await on(story, buyer, 'return_shipment', 'complete', { ...sent, freight_paid: paid })
    t.match(stepIn(story, 'freight_claim'), { party: 'platform', status: 'pending', ...paid, due_at: String })
    t.match((await tryOn(story, buyer, 'freight_claim', 'complete')).status, 403)
    t.match((await tryOn(story, merchant, 'freight_claim', 'complete')).status, 403)
    t.match((await tryOn(story, alice, 'freight_claim', 'complete', { amount: 13 * scale })).body.errors, [
      { pointer: '/amount' },
    ])
    const byAgent = await tryOn(story, alice, 'freight_claim', 'complete', { amount: 10 * scale })
    t.match(byAgent.body.code ?? 'granted', currency === 'CNY' ? 'granted' : 'approval_needed')
    const byBoss = await tryOn(story, zhao, 'freight_claim', 'complete', { amount: 10 * scale })
    t.equal(byBoss.status, currency === 'CNY' ? 409 : 200)
    await refresh(story)
    t.match(stepIn(story, 'reimbursement'), { amount: 10 * scale, attempts: [{ status: 'asked' }] })
    t.match(stepIn(story, 'inspection'), { due_at: null }, 'nothing waits for it, and it moves nothing')
    t.match(await orderOf(order), { refund_in_force: 100 * scale })
    await on(story, alice, 'reimbursement', 'complete')
    await on(story, merchant, 'inspection', 'complete', { passed: true })
    await on(story, alice, 'refund', 'complete')
    t.match(await story.seenBy(buyer), { status: 'resolved' })

    const refused = await agree(await priced(), remedy('exchange'))
    const again = { amount: 12 * scale, evidence_ids: [await proof(refused)] }
    await on(refused, buyer, 'return_shipment', 'complete', { ...sent, freight_paid: again })
    await on(refused, alice, 'freight_claim', 'fail', { explanation: '发票与运单不符' })
    t.match(stepIn(refused, 'freight_claim'), { status: 'skipped' })
    t.match(await refused.seenBy(buyer), { status: 'executing' }, 'the exchange goes on')
    const own = await agree(await priced(), remedy('return_and_refund', 100, { freight_payer: 'buyer' }))
    const mine = { amount: 12 * scale, evidence_ids: [await proof(own)] }
    t.match((await tryOn(own, buyer, 'return_shipment', 'complete', { ...sent, freight_paid: mine })).body.errors, [
      { pointer: '/freight_paid', code: 'not_allowed' },
    ])
    await pass(HOUR)
    t.strictSame(await faultsInBooks(app.db), [])
  })
}
