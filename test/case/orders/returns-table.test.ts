/**
 * Goods that come back: an address first, the buyer’s time from then on, and their arrival. Each with its neighbours: another remedy, the
 * other side, a second complaint, a refund elsewhere, and currencies with no, two and three decimals.
 */
import t from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { faultsInBooks } from '../../races/cases.ts'
import { type Called, type Json, movableClock, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { inShanghai } from '../../support/rules.ts'
import { alice, type CaseStory } from '../../support/story.ts'
import { inCurrency } from './in-currency.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const app = await testApp(t, { clock: movableClock(inShanghai('2026-11-23 10:00')) })
const home = { address: '杭州市余杭区仓前街道1号', contact: '退货组 0571-0000', enclose: '请附订单号' }
const placeless = { return_address: undefined }

const stepIn = (story: CaseStory, kind: string): Json => story.plan.steps.find((step: Json) => step.kind === kind)
const pathOf = (story: CaseStory, kind: string, action: string) =>
  `/v1/refund-plans/${story.plan.id}/steps/${stepIn(story, kind).id}/${action}`
const tryOn = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<Called> =>
  story.try(as, pathOf(story, kind, action), body)
const on = (story: CaseStory, as: string, kind: string, action: string, body: Json = {}): Promise<CaseStory> =>
  story.onPlan(as, `steps/${stepIn(story, kind).id}/${action}`, body)
const refresh = async (story: CaseStory): Promise<CaseStory> => {
  story.plan = await story.read(alice, `/v1/refund-plans/${story.plan.id}`)
  return story
}
const instructions = '/v1/merchants/M-1/return-instructions'
/** Lets time pass, with a sweep at the end of each part of it. */
const pass = async (...parts: number[]): Promise<void> => {
  for (const part of parts) {
    app.clock.advance(part)
    await app.call('POST', '/v1/sweeps')
  }
}
/** Moves to the next Monday at ten in Shanghai. */
const untilMonday = (): Promise<void> => {
  const monday = Date.parse(inShanghai('2026-11-23 10:00'))
  return pass(7 * DAY - ((app.clock.nowMs() - monday) % (7 * DAY)))
}
const kindsOf = (story: CaseStory) => story.plan.steps.map((step: Json) => step.kind)
const orderOf = async (order: Json): Promise<Json> => (await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body

for (const currency of ['CNY', 'JPY', 'KWD'] as const) {
  const { scale, state, elsewhere, complain, remedy, write, agree } = inCurrency(app, currency)
  const priced = () => state(200, [['1', 200]])
  const away = (type: 'return_and_refund' | 'exchange' | 'repair') =>
    remedy(type, type === 'return_and_refund' ? 100 : undefined, placeless)

  await t.test(`${currency}: a return without an address asks for one first; the buyer’s time begins with it`, async (t) => {
    for (const type of ['return_and_refund', 'exchange', 'repair'] as const) {
      const story = await agree(await priced(), away(type))
      t.equal(kindsOf(story)[0], 'return_address', type)
      t.match(stepIn(story, 'return_address'), { party: 'respondent', status: 'pending', due_at: String })
      t.match(stepIn(story, 'return_shipment'), { due_at: null, return_to: null })
      t.match(await tryOn(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' }), {
        status: 409,
        body: { code: 'action_not_available' },
      })
      const listed = (await story.seenBy(merchant)).available_actions.find((one: Json) => one.step_kind === 'return_address')
      t.match(listed, { action: 'complete_step', mandatory: true, on_silence: 'escalate', required: ['return_to'] })
      t.match(await tryOn(story, buyer, 'return_address', 'complete', { return_to: home }), { status: 403 }, 'the other side')
      t.match(await tryOn(story, merchant, 'return_address', 'complete'), {
        status: 400,
        body: { errors: [{ pointer: '/return_to', code: 'required' }] },
      })
      await pass(5 * HOUR)
      await on(story, merchant, 'return_address', 'complete', { return_to: home })
      t.match(stepIn(story, 'return_shipment'), {
        return_to: home,
        due_at: new Date(app.clock.nowMs() + 7 * DAY).toISOString(),
      })
      t.notMatch(await story.read(buyer, `/v1/complaints/${story.id}/events`), new RegExp(home.address), 'told in no event')
      t.match((await story.read(buyer, `/v1/refund-plans/${story.plan.id}`)).steps[1].return_to, home, 'the buyer reads it')
    }
  })

  await t.test(`${currency}: what the merchant has said once, or the plan says, needs no asking`, async (t) => {
    const stored = await app.call('PUT', instructions, { as: merchant, body: home })
    t.match(stored, { status: 200, body: { return_to: home, version: 1 } })
    const story = await agree(await priced(), away('return_and_refund'))
    t.equal(kindsOf(story)[0], 'return_shipment')
    t.strictSame(stepIn(story, 'return_shipment').return_to, home)
    const named = await agree(await priced(), { ...away('exchange'), return_address: '宁波退货仓' })
    t.strictSame(stepIn(named, 'return_shipment').return_to, { address: '宁波退货仓', enclose: home.enclose })
    const changed = { as: merchant, body: { address: '新仓' }, headers: { 'if-match': '"1"' } }
    t.match(await app.call('PUT', instructions, changed), { status: 200, body: { version: 2 } })
    await refresh(story)
    t.strictSame(stepIn(story, 'return_shipment').return_to, home, 'a return that has begun keeps what held then')
    t.match(await app.call('DELETE', instructions, { as: merchant }), { status: 204 })
    t.equal(kindsOf(await agree(await priced(), away('return_and_refund')))[0], 'return_address')
  })

  await t.test(
    `${currency}: a merchant that names none gives the money back without the goods, or the owner decides`,
    async (t) => {
      await untilMonday()
      const small = await agree(await priced(), away('return_and_refund'))
      const exchange = await agree(await priced(), away('exchange'))
      await pass(DAY, DAY)
      await refresh(small)
      t.match(stepIn(small, 'return_address'), { status: 'pending' }, 'it climbs twice')
      await pass(DAY, DAY)
      await refresh(small)
      await refresh(exchange)
      const isBounded = currency === 'CNY'
      // a currency without an approval amount needs a person
      t.match(stepIn(small, 'return_address'), { status: isBounded ? 'skipped' : 'failed' })
      t.match(stepIn(small, 'refund'), { status: 'pending', attempts: isBounded ? [{ status: 'asked', amount: 10_000 }] : [] })
      t.match(stepIn(exchange, 'return_address'), { status: 'failed' }, 'nothing to refund')
      const decision = (await exchange.seenBy(alice)).available_actions.find((one: Json) => one.action === 'retry_step')
      t.match(decision, { mandatory: true, step_kind: 'return_address' })
      await on(exchange, alice, 'return_address', 'retry')
      await on(exchange, alice, 'return_address', 'complete', { return_to: { address: '平台代收点' } })
      t.match(stepIn(exchange, 'return_shipment').return_to, { address: '平台代收点' }, 'staff may name one')
    },
  )

  await t.test(`${currency}: what was sent back is waited for, and who inspects it has received it`, async (t) => {
    const order = await priced()
    const story = await agree(order, remedy('return_and_refund', 100))
    await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
    t.match(stepIn(story, 'arrival'), { party: 'respondent', due_at: new Date(app.clock.nowMs() + 15 * DAY).toISOString() })
    t.match(stepIn(story, 'inspection'), { due_at: null })
    t.match(await tryOn(story, buyer, 'arrival', 'complete'), { status: 403 }, 'the other side')
    await on(story, merchant, 'inspection', 'complete', { passed: true })
    t.match(
      story.plan.steps.map((step: Json) => step.status),
      ['done', 'done', 'done', 'pending'],
    )
    await elsewhere(order, 100)
    const second = await complain(order)
    t.match(await write(second, merchant, remedy('refund', 1)), { status: 422 }, 'a second complaint finds nothing left')

    const repaired = await agree(await priced(), remedy('repair'))
    await on(repaired, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
    await on(repaired, merchant, 'repair', 'progress', { note: '已拆机' })
    t.match(stepIn(repaired, 'arrival'), { status: 'done' }, 'so has who repairs it')
    t.match(stepIn(repaired, 'repair'), { status: 'under_way' })
  })

  await t.test(
    `${currency}: what nobody confirms is decided on proof; the buyer is asked once more, and then the case closes`,
    async (t) => {
      const order = await priced()
      const story = await agree(order, remedy('return_and_refund', 100))
      await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF1' })
      const denied = await agree(await priced(), remedy('exchange'))
      await on(denied, buyer, 'return_shipment', 'complete', { tracking_number: 'SF2' })
      await on(denied, merchant, 'arrival', 'fail', { explanation: '包裹是空的' })
      const toDecide = (await denied.seenBy(alice)).available_actions.filter((one: Json) => one.step_kind === 'arrival')
      t.match(toDecide, [
        { action: 'complete_step', mandatory: true },
        { action: 'fail_step', mandatory: true },
      ])
      await on(denied, alice, 'arrival', 'complete', { explanation: '签收单在案' })
      t.match(stepIn(denied, 'inspection'), { status: 'pending', due_at: String }, 'it came, as the proof says')

      await pass(15 * DAY)
      t.ok((await story.eventsSeenBy(buyer)).includes('arrival_doubted'))
      await on(story, alice, 'arrival', 'fail', { explanation: '运单号无记录' })
      t.match(stepIn(story, 'arrival'), { status: 'pending', due_at: null })
      t.match(stepIn(story, 'return_shipment'), {
        status: 'pending',
        due_at: new Date(app.clock.nowMs() + 3 * DAY).toISOString(),
      })
      const again = (await story.seenBy(buyer)).available_actions.find((one: Json) => one.step_kind === 'return_shipment')
      t.match(again, { mandatory: true, on_silence: 'close_return_not_shipped' })
      t.match(await orderOf(order), { refund_in_force: 100 * scale }, 'the money stays reserved')
      await on(story, buyer, 'return_shipment', 'complete', { tracking_number: 'SF3' })
      t.match(stepIn(story, 'arrival'), { status: 'pending', due_at: String })
      await on(story, alice, 'arrival', 'fail', { explanation: '运单号仍无记录' })
      t.match(await story.seenBy(buyer), { status: 'closed', close_reason: 'return_not_shipped', outcome: 'not_fulfilled' })
      t.match(await orderOf(order), { refund_in_force: 0 })
      t.match(
        await story.try(buyer, `/v1/complaints/${story.id}/appeals`, { reason_code: 'not_executed', statement: '已寄出' }),
        {
          status: 201,
        },
      )

      const silent = await agree(await priced(), remedy('return_and_refund', 100))
      await on(silent, buyer, 'return_shipment', 'complete', { tracking_number: 'SF4' })
      await on(silent, alice, 'arrival', 'fail', { explanation: '承运商称未揽收' })
      await pass(3 * DAY)
      t.match(await silent.seenBy(buyer), { status: 'closed', close_reason: 'return_not_shipped', outcome: 'not_fulfilled' })
      t.strictSame(await faultsInBooks(app.db), [])
    },
  )
}
