import t from 'tap'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { oms, stateOrder } from '../../support/orders.ts'
import { alice, newOrder, tell, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'

const shipped = (change: Json = {}) => ({
  type: 'shipping_record',
  reference: 'WMS-1',
  record: { carrier: 'SF', tracking_number: 'SF1234567890' },
  ...change,
})
const add = ({ call }: TestApp, order: string, body: Json, as = oms) => call('POST', `/v1/orders/${order}/records`, { as, body })
const idsSeen = async (app: TestApp, complaint: string, as: string): Promise<string[]> =>
  (await app.call('GET', `/v1/complaints/${complaint}/order-records`, { as })).body.data.map((x: Json) => x.reference)

await t.test('a record of the platform’s systems', async (t) => {
  const app = await testApp(t)

  await t.test('is kept once for each reference, hashed, and never changes', async (t) => {
    const order = newOrder(10_000)
    await stateOrder(app, order)
    const first = await add(app, order.id, shipped({ line_ids: ['1'], occurred_at: '2026-11-02T16:00:00+08:00' }))
    t.equal(first.status, 201)
    t.match(first.body, { type: 'shipping_record', occurred_at: '2026-11-02T08:00:00.000Z', stated_by: oms, visible_to: 'staff' })
    const again = shipped({
      line_ids: ['1'],
      occurred_at: '2026-11-02T08:00:00Z',
      record: { tracking_number: 'SF1234567890', carrier: 'SF' },
    })
    t.strictSame((await add(app, order.id, again)).body, first.body, 'the spelling makes no difference')
    for (const change of [{ record: { carrier: 'YTO' } }, { type: 'delivery_proof' }, { visible_to: 'parties' }])
      t.match(await add(app, order.id, { ...again, ...change }), { status: 422, body: { code: 'record_reference_taken' } })
    const { body } = await app.call('GET', `/v1/orders/${order.id}/records`, { as: oms })
    t.strictSame(body.data, [first.body])
  })

  await t.test('proves what a party then need not prove', async (t) => {
    const order = newOrder(10_000)
    const story = await tell(app, { order, category: 'not_received' })
    const requirements = async (as: string) => (await story.read(as, `/v1/complaints/${story.id}/evidence-requirements`)).data
    t.match(await requirements(merchant), [
      { accepted_types: ['shipping_record'], status: 'open', record_ids: [] },
      { accepted_types: ['delivery_proof'], status: 'open' },
    ])
    const { body } = await add(app, order.id, shipped())
    t.match(await requirements(alice), [{ status: 'satisfied', evidence_ids: [], record_ids: [body.id] }, { status: 'open' }])
    t.match(
      await requirements(merchant),
      [{ status: 'satisfied', record_ids: [] }, { status: 'open' }],
      'which is for staff to read',
    )
  })

  await t.test('is seen by parties only where it is for them, of their lines, and the case has been taken up', async (t) => {
    const line = (line_id: string, merchant_id: string) => ({
      line_id,
      name: '商品',
      quantity: 1,
      unit_amount: 5_000,
      merchant_id,
    })
    const order = { ...newOrder(10_000), lines: [line('1', 'M-1'), line('2', 'M-2')] }
    const story = await tell(app, { order })
    for (const body of [
      shipped({ reference: 'staff' }),
      shipped({ reference: 'whole', visible_to: 'parties' }),
      shipped({ reference: 'own', visible_to: 'parties', line_ids: ['1'] }),
      shipped({ reference: 'of another', visible_to: 'parties', line_ids: ['2'] }),
    ])
      t.equal((await add(app, order.id, body)).status, 201)
    t.strictSame(await idsSeen(app, story.id, buyer), [], 'nobody has looked yet whether it is the buyer’s order')
    await story.by(alice, 'accept')
    t.strictSame(await idsSeen(app, story.id, buyer), ['of another', 'own', 'whole'])
    t.strictSame(await idsSeen(app, story.id, merchant), ['own', 'whole'])
    t.strictSame(await idsSeen(app, story.id, zhao), ['of another', 'own', 'whole', 'staff'])
    const { data } = await story.read(buyer, `/v1/complaints/${story.id}/order-records`)
    t.ok(data.every((x: Json) => x.stated_by === null))
    for (const stranger of ['buyer:B-2', 'merchant:M-2'])
      t.equal((await app.call('GET', `/v1/complaints/${story.id}/order-records`, { as: stranger })).status, 404)
    t.strictSame(
      (await app.call('GET', `/v1/complaints/${story.id}/order-records?limit=1`, { as: merchant })).body.data.map(
        (x: Json) => x.reference,
      ),
      ['own'],
      'a page is filled with what may be read',
    )
  })

  await t.test('is told to the open cases, as far as their sides may read it', async (t) => {
    const order = newOrder(10_000)
    const story = await tell(app, { order })
    await story.by(alice, 'accept')
    await add(app, order.id, shipped())
    const { body } = await add(app, order.id, shipped({ reference: 'WMS-2', visible_to: 'parties' }))
    const told = async (as: string) =>
      (await story.read(as, `/v1/complaints/${story.id}/events?sort=sequence`)).data
        .filter(({ type }: Json) => type === 'order_record_added')
        .map(({ data }: Json) => data)
    t.equal((await told(alice)).length, 2)
    for (const side of [buyer, merchant]) t.strictSame(await told(side), [{ record_id: body.id, record_type: 'shipping_record' }])
  })

  await t.test('comes from systems alone', async (t) => {
    const order = newOrder(10_000)
    await stateOrder(app, order)
    for (const [as, post, get] of [
      [oms, 201, 200],
      [alice, 403, 200],
      ['admin:root', 403, 200],
      ['integration:erp', 403, 200],
      [buyer, 403, 403],
      [merchant, 403, 403],
    ] as const) {
      t.equal((await add(app, order.id, shipped(), as)).status, post, `${as} adds`)
      t.equal((await app.call('GET', `/v1/orders/${order.id}/records`, { as })).status, get, `${as} reads`)
    }
    t.equal((await add(app, 'O-UNKNOWN', shipped())).status, 404)
    t.equal((await app.call('GET', '/v1/orders/O-UNKNOWN/records', { as: oms })).status, 404)
    const other = await app.platform('test')
    t.equal((await app.call('GET', `/v1/orders/${order.id}/records`, { as: oms, key: other.key })).status, 404)
  })

  await t.test('has bounds', async (t) => {
    const order = newOrder(10_000)
    await stateOrder(app, order)
    for (const [body, status, pointer] of [
      [shipped({ type: 'photo' }), 400, '/type'],
      [shipped({ record: {} }), 400, '/record'],
      [shipped({ record: { note: '长'.repeat(7_000) } }), 400, '/record'],
      [shipped({ record: undefined }), 400, '/record'],
      [shipped({ reference: '' }), 400, '/reference'],
    ] as const) {
      const answer = await add(app, order.id, body)
      t.match([answer.status, answer.body.errors[0].pointer], [status, pointer])
    }
    t.match(await add(app, order.id, shipped({ line_ids: ['9'] })), { status: 422, body: { code: 'unknown_order_line' } })
    for (let n = 0; n < 200; n++) await add(app, order.id, shipped({ reference: `R-${n}` }))
    t.match(await add(app, order.id, shipped({ reference: 'R-200' })), { status: 422, body: { code: 'too_many_order_records' } })
    t.equal((await add(app, order.id, shipped({ reference: 'R-199' }))).status, 201, 'what is kept is still answered')
  })
})
