/** How long orders are kept: whole where nobody complains, in their bounds as long as a complaint is there. */
import t, { type Test } from 'tap'
import { beginning, forgetOrders, type Place, restsBefore } from '../../../src/case/orders/forget.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import { faultsInBooks } from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, type CaseStory, filing, newOrder, refundOf, tell } from '../../support/story.ts'

const KEPT = 1_095
const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

const room = async (t: Test) => {
  const app = await testApp(t)
  const put = async ({ id, ...body }: Json, version?: number): Promise<void> => {
    const headers: Record<string, string> = version === undefined ? {} : { 'if-match': `"${version}"` }
    const { status, text } = await app.call('PUT', `/v1/orders/${id}`, { as: oms, body, headers })
    if (status !== 200) throw new Error(text)
  }
  /** One turn of the job. @param most how many orders one batch looks at */
  const forget = async (most = 1_000): Promise<number> => {
    const before = await restsBefore(app.db, app.platformId, app.clock.nowMs(), KEPT)
    let removed = 0
    for (let from: Place | null = beginning; from !== null; ) {
      const turn = await forgetOrders(app.db, app.platformId, before, from, most)
      removed += turn.removed
      from = turn.next
    }
    return removed
  }
  const statusOf = async ({ id }: Json): Promise<number> => (await app.call('GET', `/v1/orders/${id}`, { as: oms })).status
  const addRecord = async (id: string, reference: string): Promise<void> => {
    const body = {
      type: 'shipping_record',
      reference,
      record: { recipient: '王小明', phone: '13800000000' },
      visible_to: 'parties',
    }
    const { status, text } = await app.call('POST', `/v1/orders/${id}/records`, { as: oms, body })
    if (status !== 201) throw new Error(text)
  }
  const recordsOf = async (id: string): Promise<string[]> => {
    const { body } = await app.call('GET', `/v1/orders/${id}/records`, { as: alice })
    return body.data.map(({ reference }: Json) => reference)
  }
  const statementsOf = async (id: string): Promise<number[]> => {
    const rows = await app.db
      .selectFrom('order_statements')
      .select('version')
      .where('order_id', '=', id)
      .orderBy('version')
      .execute()
    return rows.map(({ version }) => version)
  }
  return { app, put, forget, statusOf, addRecord, recordsOf, statementsOf }
}

/** A case about an order, closed when the buyer has confirmed. */
const closedCase = async (app: TestApp, order: Json): Promise<CaseStory> => {
  const story = await tell(app, filing({ order }))
  await story.by(alice, 'accept')
  await story.writePlan(merchant, refundOf(5_000))
  await story.onPlan(merchant, 'propose')
  await story.onPlan(buyer, 'accept')
  await story.onStep(alice, 'complete', {})
  return story.by(buyer, 'confirm')
}

await t.test(
  'an order that nobody has complained about leaves so long after it was last stated, with all that belongs to it',
  async (t) => {
    const { app, put, forget, statusOf, addRecord } = await room(t)
    const [gone, restated, given, recorded] = [newOrder(100), newOrder(200), newOrder(300), newOrder(400)]
    for (const order of [gone, restated, given, recorded]) await put(order)
    await addRecord(gone.id, 'WMS-1')
    const elsewhere = (id: string, reference: string) =>
      app.call('POST', `/v1/orders/${id}/refunds-elsewhere`, { as: oms, body: { amount: 10, reference } })
    t.match(await elsewhere(gone.id, 'R-1'), { status: 201 })
    app.clock.advance(DAY)
    await put({ ...restated, paid_amount: 250 }, 1)
    t.match(await elsewhere(given.id, 'R-2'), { status: 201 })
    await addRecord(recorded.id, 'WMS-2')

    app.clock.advance((KEPT - 1) * DAY)
    t.equal(await forget(), 0, 'not before its time')
    app.clock.advance(1)
    t.ok((await forget()) > 0)
    t.strictSame(
      [await statusOf(gone), await statusOf(restated), await statusOf(given), await statusOf(recorded)],
      [404, 200, 200, 200],
      'what was stated, given back or recorded later stays',
    )
    for (const table of ['order_limits', 'order_statements', 'order_refunds_elsewhere', 'order_records'] as const)
      t.strictSame(await app.db.selectFrom(table).select('order_id').where('order_id', '=', gone.id).execute(), [], table)
    app.clock.advance(DAY)
    await forget(1)
    t.strictSame([await statusOf(restated), await statusOf(given), await statusOf(recorded)], [404, 404, 404], 'batch by batch')
    await put(gone)
    t.match(
      (await app.call('GET', `/v1/orders/${gone.id}`, { as: oms })).body,
      { version: 1, refund_in_force: 0 },
      'or is stated anew',
    )
  },
)

await t.test(
  'what was given back of an order by a complaint stays known; records and old statements leave when its cases rest',
  async (t) => {
    const { app, put, forget, addRecord, recordsOf, statementsOf } = await room(t)
    const order = newOrder(25_900)
    await put(order)
    await put({ ...order, paid_at: '2026-11-01T00:00:00Z' }, 1)
    await addRecord(order.id, 'WMS-1')
    await closedCase(app, order)
    app.clock.advance(10 * DAY)
    const later = await closedCase(app, order)
    app.clock.advance((KEPT - 1) * DAY)
    t.equal(await forget(), 0, 'the later case was closed a day less ago')
    app.clock.advance(DAY + 1)
    t.equal(await forget(), 2, 'a record and a statement')
    t.strictSame([await recordsOf(order.id), await statementsOf(order.id)], [[], [2]])
    t.match((await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body, {
      refund_in_force: 10_000,
      refund_left: 15_900,
      version: 2,
    })
    t.match(await later.read(buyer, `/v1/complaints/${later.id}/order-records`), { data: [] })
    const again = await tell(app, filing({ order }))
    await again.by(alice, 'accept')
    const tooMuch = await again.try(merchant, `/v1/complaints/${again.id}/refund-plans`, refundOf(15_901))
    t.match(tooMuch, { status: 422, body: { code: 'order_total_exceeded' } }, 'a later complaint gives nothing back twice')
    t.strictSame(await faultsInBooks(app.db), [])
  },
)

await t.test('nothing leaves while a case lives or a payment that comes back may take it up again', async (t) => {
  const { app, forget, addRecord, recordsOf } = await room(t)
  const [open, paid] = [newOrder(25_900), newOrder(25_900)]
  await tell(app, filing({ order: open }))
  await addRecord(open.id, 'WMS-1')
  await decree(app, (document: Json) => {
    document.payments.returned_within = { count: 1_500, unit: 'days' }
  })
  const story = await closedCase(app, paid)
  await addRecord(paid.id, 'WMS-2')
  await decree(app, (document: Json) => {
    document.payments.returned_within = { count: 10, unit: 'days' }
  })
  app.clock.advance(1_500 * DAY)
  t.equal(await forget(), 0)
  const [step] = story.plan.steps
  await story.onPlan(alice, `steps/${step.id}/return`, { explanation: '账户已注销' })
  t.match(await story.seenBy(buyer), { status: 'executing' }, 'by the policy of its filing')
  app.clock.advance(1_500 * DAY)
  t.equal(await forget(), 0, 'both cases live')
  t.strictSame([await recordsOf(open.id), await recordsOf(paid.id)], [['WMS-1'], ['WMS-2']])
})

await t.test('of each platform only its own', async (t) => {
  const { app, put, statusOf } = await room(t)
  const order = newOrder(100)
  await put(order)
  app.clock.advance(2 * KEPT * DAY)
  const other = '00000000-0000-7000-8000-000000000000'
  const before = await restsBefore(app.db, other, app.clock.nowMs(), KEPT)
  t.match(await forgetOrders(app.db, other, before, beginning, 10), { removed: 0, next: null })
  t.equal(await statusOf(order), 200)
})

await t.test('what was stated or given back is never changed', async (t) => {
  const { app, put } = await room(t)
  const order = newOrder(100)
  await put(order)
  await app.call('POST', `/v1/orders/${order.id}/refunds-elsewhere`, { as: oms, body: { amount: 10, reference: 'R-1' } })
  const state = { code: '23001' }
  await t.rejects(app.db.updateTable('order_statements').set({ stated_by: 'x' }).execute(), state)
  await t.rejects(app.db.updateTable('order_refunds_elsewhere').set({ stated_by: 'x' }).execute(), state)
})
