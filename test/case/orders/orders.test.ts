import t from 'tap'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { alice, filing, qian, refundOf, tell, tellToLiability, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const statement = (change: object = {}) => ({
  currency: 'CNY',
  paid_amount: 26_900,
  shipping_amount: 1_000,
  payments: [
    { method: 'card', amount: 26_400 },
    { method: 'points', amount: 500 },
  ],
  lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: 26_900, discount_amount: 1_000, tax_amount: 2_980 }],
  ...change,
})
const put = ({ call }: Pick<TestApp, 'call'>, id: string, body: object, as = oms, version?: number) =>
  call('PUT', `/v1/orders/${id}`, { as, body, ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }) })
const elsewhere = ({ call }: Pick<TestApp, 'call'>, id: string, body: object, as = oms) =>
  call('POST', `/v1/orders/${id}/refunds-elsewhere`, { as, body })
const refused = (status: number, code: string) => ({ status, body: { code } })
const limit = (order: Json, kind: string, key: string) => order.limits.find((one: Json) => one.kind === kind && one.key === key)

await t.test('an order', async (t) => {
  const app = await testApp(t)
  const { call } = app

  await t.test('is stated and read by the platform’s systems and its staff', async (t) => {
    const made = await put(app, 'O-A', statement())
    t.match(made, { status: 200, headers: { etag: '"1"' }, body: { source: 'platform', stated_by: oms, refund_left: 26_900 } })
    t.match(made.body, { compensation_limit: 7_770, version: 1 }, '30 % of 259.00: what was paid for the goods')
    for (const as of [oms, alice, zhao, 'admin:root']) t.match(await call('GET', '/v1/orders/O-A', { as }), { status: 200 }, as)
    for (const as of [buyer, merchant]) {
      t.match(await call('GET', '/v1/orders/O-A', { as }), refused(403, 'forbidden'), as)
      t.match(await put(app, 'O-B', statement(), as), refused(403, 'forbidden'), as)
    }
    t.match(await put(app, 'O-B', statement(), 'admin:root'), refused(403, 'forbidden'), 'admins state nothing')
    t.match(await call('GET', '/v1/orders/none', { as: alice }), refused(404, 'not_found'))
  })

  await t.test('is changed by who has read it', async (t) => {
    t.match(await put(app, 'O-C', statement(), oms, 1), refused(412, 'version_stale'), 'there is nothing to be read yet')
    await put(app, 'O-C', statement())
    t.match(await put(app, 'O-C', statement({ paid_amount: 1 })), refused(400, 'validation_failed'))
    const smaller = statement({ paid_amount: 26_400, payments: [] })
    t.match(await put(app, 'O-C', smaller), refused(428, 'version_required'))
    t.match(
      await put(app, 'O-C', statement(), oms, 1),
      { status: 200, body: { version: 1 } },
      'what changes nothing makes no version',
    )
    t.match(await put(app, 'O-C', smaller, oms, 1), { status: 200, body: { version: 2, refund_left: 26_400 } })
    t.match(await put(app, 'O-C', statement(), oms, 1), refused(412, 'version_stale'))
  })

  await t.test('must add up', async (t) => {
    const line = { line_id: '1', name: 'a', quantity: 2, unit_amount: 100 }
    for (const [change, pointer] of [
      [{ payments: [{ method: 'card', amount: 26_899 }] }, '/payments'],
      [
        {
          payments: [
            { method: 'card', amount: 13_450 },
            { method: 'card', amount: 13_450 },
          ],
        },
        '/payments/1',
      ],
      [{ shipping_amount: 26_901 }, '/shipping_amount'],
      [{ lines: [line, line] }, '/lines/1/line_id'],
      [{ lines: [{ ...line, discount_amount: 201 }] }, '/lines/0/discount_amount'],
      [{ lines: [] }, '/lines'],
      [{ source: 'platform' }, ''],
    ] as const) {
      const answer = await put(app, 'O-D', statement(change))
      t.match(answer, { status: 400, body: { errors: [{ pointer: new RegExp(`^${pointer}`) }] } }, JSON.stringify(change))
    }
  })

  await t.test('is not corrected by a worse source, and known better by a better one', async (t) => {
    const story = await tell(
      {
        call: (method, url, options) =>
          method === 'PUT' ? Promise.resolve({ status: 200 } as Json) : call(method, url, options),
      },
      {
        order: {
          id: 'O-E',
          currency: 'CNY',
          paid_amount: 99_900,
          lines: [{ line_id: '1', name: '平板电脑', quantity: 1, unit_amount: 99_900 }],
        },
      },
    )
    t.match((await call('GET', '/v1/orders/O-E', { as: alice })).body, { source: 'party', stated_by: buyer, paid_amount: 99_900 })
    t.match(await put(app, 'O-E', statement({ paid_amount: 50_000, payments: [] }), alice, 1), {
      status: 200,
      body: { source: 'staff' },
    })
    t.match(await put(app, 'O-E', statement(), oms, 2), { status: 200, body: { source: 'platform', version: 3 } })
    t.match(
      await put(app, 'O-E', statement({ paid_amount: 50_000, payments: [] }), alice, 3),
      refused(422, 'order_source_outranked'),
    )
    t.match(await story.seenBy(buyer), {
      order: { paid_amount: 99_900 },
      order_statement_differs: ['/order/paid_amount', '/order/lines/0/unit_amount'],
    })
    const told = await story.eventsSeenBy(merchant)
    t.equal(told.filter((type) => type === 'order_corrected').length, 2)
    const { data } = await story.read(alice, `/v1/complaints/${story.id}/events`)
    const corrected = data.find(({ type }: Json) => type === 'order_corrected')
    t.match(corrected, { actor: { role: 'orders', id: 'oms' }, data: { source: 'platform', paid_amount: 26_900 } })
  })

  await t.test('keeps its currency while money of it is in force', async (t) => {
    await put(app, 'O-F', statement())
    t.match(await put(app, 'O-F', statement({ currency: 'USD' }), oms, 1), { status: 200, body: { currency: 'USD' } })
    await elsewhere(app, 'O-F', { amount: 1, reference: 'R-1' })
    t.match(await put(app, 'O-F', statement(), oms, 2), refused(422, 'order_currency_fixed'))
  })

  await t.test('corrected downwards is in excess, and nothing new fits until that is gone', async (t) => {
    const order = { id: 'O-G', ...statement() }
    const story = await tell(app, { order })
    await story.by(alice, 'accept')
    await story.writePlan(merchant, refundOf(20_000))
    await story.onPlan(merchant, 'propose')
    await story.onPlan(buyer, 'accept')
    const lower = statement({ paid_amount: 15_000, shipping_amount: null, payments: [{ method: 'card', amount: 15_000 }] })
    const { body } = await put(app, 'O-G', lower, oms, 1)
    t.match(body, { refund_in_force: 20_000, refund_excess: 5_000, refund_left: 0 })
    t.match(limit(body, 'line', '1'), { bound: 15_000, left: 0 })
    t.ok(limit(body, 'line', '1').excess > 0)
    t.match(limit(body, 'means', 'card'), { bound: 15_000, excess: 4_628 }, '196.28 of 264.00 and 3.72 of 5.00 were taken')
    const [step] = story.plan.steps
    for (const action of ['fail', 'skip']) await story.onPlan(alice, `steps/${step.id}/${action}`, { explanation: 'refused' })
    t.match((await call('GET', '/v1/orders/O-G', { as: oms })).body, {
      refund_in_force: 0,
      refund_excess: 0,
      refund_left: 15_000,
    })
  })

  await t.test('is stated by nobody who is a party of a complaint about it', async (t) => {
    await tell(app, { order: { id: 'O-H', ...statement() }, complainant: { role: 'buyer', id: 'carol' } })
    t.match(await put(app, 'O-H', statement({ paid_amount: 50_000, payments: [] }), 'agent:carol', 1), { status: 422 })
    t.match(await elsewhere(app, 'O-H', { amount: 1, reference: 'R' }, 'agent:Carol'), refused(403, 'separation_of_duties'))
  })
})

await t.test('money that went back elsewhere', async (t) => {
  const app = await testApp(t)
  await put(app, 'O-A', statement())

  await t.test('is recorded once for each reference', async (t) => {
    const body = { amount: 1_000, means: 'card', reference: 'CB-1', kind: 'chargeback' }
    const made = await elsewhere(app, 'O-A', body)
    t.match(made, { status: 201, body: { amount: 1_000, currency: 'CNY', kind: 'chargeback', source: 'platform', excess: 0 } })
    t.match(await elsewhere(app, 'O-A', body), { status: 201, body: { id: made.body.id } }, 'told again')
    t.match(await elsewhere(app, 'O-A', { ...body, amount: 999 }), refused(422, 'refund_reference_taken'))
    t.match(await elsewhere(app, 'O-A', { ...body, reference: 'CB-2' }, alice), { status: 201, body: { source: 'staff' } })
    const { body: order } = await app.call('GET', '/v1/orders/O-A', { as: oms })
    t.match(order, { refund_in_force: 2_000, refunds_elsewhere: [{ reference: 'CB-2' }, { reference: 'CB-1' }] })
    t.match(limit(order, 'means', 'card'), { in_force: 2_000, left: 24_400 })
    t.match(limit(order, 'means', 'points'), { in_force: 0 })
  })

  await t.test('is of an order that is known, in its currency and of its lines', async (t) => {
    const body = { amount: 1, reference: 'X' }
    t.match(await elsewhere(app, 'none', body), refused(404, 'not_found'))
    t.match(await elsewhere(app, 'O-A', { ...body, currency: 'USD' }), refused(422, 'currency_mismatch'))
    t.match(await elsewhere(app, 'O-A', { ...body, lines: [{ line_id: '2', amount: 1 }] }), refused(422, 'unknown_order_line'))
    t.match(await elsewhere(app, 'O-A', { ...body, lines: [{ line_id: '1', amount: 2 }] }), refused(400, 'validation_failed'))
    t.match(await elsewhere(app, 'O-A', body, buyer), refused(403, 'forbidden'))
  })

  await t.test('counts against the pieces that it names', async (t) => {
    await put(app, 'O-B', {
      currency: 'CNY',
      paid_amount: 26_997,
      lines: [{ line_id: '1', name: '耳机', quantity: 3, unit_amount: 8_999 }],
    })
    await elsewhere(app, 'O-B', { amount: 8_999, reference: 'R', lines: [{ line_id: '1', amount: 8_999, quantity: 1 }] })
    const { body } = await app.call('GET', '/v1/orders/O-B', { as: oms })
    t.match(limit(body, 'quantity', '1'), { bound: 3, in_force: 1, left: 2 })
    t.match(limit(body, 'line', '1'), { in_force: 8_999, left: 17_998 })
  })
})

await t.test('a key of the role orders states orders and sees nothing else', async (t) => {
  const app = await testApp(t)
  const key = await app.key(['orders'])
  const story = await tell(app)
  const as = { as: null, key }
  t.match(await app.call('PUT', '/v1/orders/O-K', { ...as, body: statement() }), { status: 200, body: { source: 'platform' } })
  t.match(await app.call('GET', '/v1/me', as), { status: 200, body: { actor: { role: 'orders' } } })
  t.match(await app.call('GET', '/v1/currencies', as), { status: 200 })
  for (const url of [
    '/v1/complaints',
    `/v1/complaints/${story.id}`,
    `/v1/complaints/${story.id}/events`,
    '/v1/appeals',
    '/v1/policy',
    '/v1/calendars',
    '/v1/api-keys',
  ])
    t.match(await app.call('GET', url, as), refused(403, 'forbidden'), url)
  t.match(await app.call('POST', '/v1/complaints', { ...as, body: filing() }), refused(403, 'forbidden'))
  t.match(await app.call('GET', '/v1/nothing', as), refused(404, 'not_found'))
})

await t.test('each currency tells its decimals', async (t) => {
  const { call } = await testApp(t)
  const { data } = (await call('GET', '/v1/currencies', { as: buyer })).body
  const decimals = Object.fromEntries(data.map((one: Json) => [one.code, one.decimals]))
  t.match(decimals, { CNY: 2, JPY: 0, KWD: 3, CLF: 4 })
})

await t.test('what staff have stated of an order, somebody else approves', async (t) => {
  const app = await testApp(t)
  await put(app, 'O-S', statement({ payments: [] }), zhao)
  const story = await tellToLiability(app, { order: { id: 'O-S', ...statement({ payments: [] }) } })
  await story.writePlan(alice, refundOf(5_000))
  t.equal(story.plan.needs_approval, true, 'it fits only by the word of staff')
  await story.onPlan(alice, 'submit')
  const approve = (as: string) => story.try(as, `/v1/refund-plans/${story.plan.id}/approve`)
  t.match(await approve(zhao), refused(403, 'separation_of_duties'), 'not by who stated it')
  t.match(await approve(qian), { status: 200 })
})

await t.test('a refund', async (t) => {
  const app = await testApp(t)
  const write = async (body: Json, remedy: object, as = merchant) => {
    const story = await tell(app, { order: body })
    await story.by(alice, 'accept')
    return story.try(as, `/v1/complaints/${story.id}/refund-plans`, { remedies: [remedy], explanation: '方案' })
  }
  const exceeds = (kind: string) => ({
    status: 422,
    body: { code: 'order_total_exceeded', errors: [{ code: `exceeds_${kind}` }] },
  })
  const three = (more: object = {}) => ({
    id: `P-${Math.random()}`,
    currency: 'CNY',
    paid_amount: 10_000,
    lines: [{ line_id: '1', name: '耳机', quantity: 3, unit_amount: 3_400, discount_amount: 200 }],
    ...more,
  })

  await t.test('of pieces is of what they cost, and the last piece takes the rest', async (t) => {
    const pieces = (quantity: number, amount: number) => ({ type: 'refund', line_ids: ['1'], quantity, amount })
    t.match(await write(three(), pieces(1, 3_333)), { status: 201 })
    t.match(await write(three(), pieces(1, 3_334)), exceeds('quantity'))
    t.match(await write(three(), pieces(2, 6_666)), { status: 201 })
    t.match(await write(three(), pieces(3, 10_000)), { status: 201 })
    t.match(await write(three(), pieces(4, 1)), exceeds('quantity'))
    t.match(await write(three(), { type: 'refund', quantity: 1, amount: 1 }), refused(400, 'validation_failed'), 'of one line')
  })

  await t.test('goes back to the means of payment, each within what was paid with it', async (t) => {
    const mixed = () =>
      three({
        payments: [
          { method: 'card', amount: 7_000 },
          { method: 'points', amount: 3_000 },
        ],
      })
    const by = (method: string, amount: number) => ({ type: 'refund', amount, method })
    t.match(await write(mixed(), by('points', 3_000)), { status: 201 })
    t.match(await write(mixed(), by('points', 3_001)), exceeds('means'))
    t.match(await write(mixed(), by('bank_transfer', 7_000)), { status: 201 }, 'what was money goes back another way')
    t.match(await write(mixed(), by('bank_transfer', 7_001)), exceeds('means'), 'points become no money')
    t.match(await write(mixed(), { type: 'refund', amount: 10_000 }), { status: 201 }, 'as it was paid')
  })

  await t.test('is of the lines of the merchant whom the complaint is about', async (t) => {
    const line = (line_id: string, merchant_id: string) => ({
      line_id,
      name: '商品',
      quantity: 1,
      unit_amount: 5_000,
      merchant_id,
    })
    const shared = () => three({ lines: [line('a', 'M-1'), line('b', 'M-2')] })
    const of = (amount: number, ...line_ids: string[]) => ({ type: 'refund', amount, ...(line_ids.length > 0 && { line_ids }) })
    t.match(await write(shared(), of(5_000, 'a')), { status: 201 })
    t.match(await write(shared(), of(1, 'b')), refused(422, 'line_of_another_merchant'))
    t.match(await write(shared(), of(5_001)), exceeds('line'), 'no line named: its own lines')
  })

  await t.test('tells the shipping and the tax in it', async (t) => {
    const taxed = () =>
      three({ shipping_amount: 400, lines: [{ line_id: '1', name: '耳机', quantity: 3, unit_amount: 3_200, tax_amount: 1_000 }] })
    const made = await write(taxed(), { type: 'refund', amount: 5_200, freight_amount: 400, line_ids: ['1'] })
    t.match(
      made,
      { status: 201, body: { remedies: [{ freight_amount: 400, tax_amount: 500 }] } },
      'half of the goods, half of their tax',
    )
    t.match(await write(taxed(), { type: 'refund', amount: 5_200, freight_amount: 401 }), exceeds('shipping'))
    t.match(await write(taxed(), { type: 'refund', amount: 1, freight_amount: 2 }), refused(422, 'part_exceeds_amount'))
    t.match(await write(taxed(), { type: 'apology', freight_amount: 2 }), refused(400, 'validation_failed'))
  })

  await t.test('is held by its step line by line, and released with it', async (t) => {
    const order = { ...three(), id: 'O-HELD' }
    const story = await tell(app, { order })
    await story.by(alice, 'accept')
    await story.writePlan(merchant, {
      remedies: [{ type: 'return_and_refund', amount: 3_333, line_ids: ['1'], quantity: 1, return_address: '退货仓' }],
      explanation: '退一件',
    })
    await story.onPlan(merchant, 'propose')
    await story.onPlan(buyer, 'accept')
    t.match(story.plan.steps.at(-1).allocation, [
      { kind: 'line', key: '1', amount: 3_333 },
      { kind: 'quantity', key: '1', amount: 1 },
    ])
    const read = async () => (await app.call('GET', '/v1/orders/O-HELD', { as: oms })).body
    t.match(limit(await read(), 'quantity', '1'), { in_force: 1 })
    const [shipment] = story.plan.steps
    await story.onStep(buyer, 'fail', { explanation: '不退了' })
    t.match(limit(await read(), 'quantity', '1'), { in_force: 1 }, 'until it is given up')
    await story.onPlan(alice, `steps/${shipment.id}/skip`, { explanation: '不退了' })
    t.match(limit(await read(), 'quantity', '1'), { in_force: 0 })
    t.match(limit(await read(), 'line', '1'), { in_force: 0, left: 10_000 })
  })
})

await t.test('money that went back elsewhere while goods were on their way back is not asked for again', async (t) => {
  const app = await testApp(t)
  /** The goods passed the inspection, but the bank has charged their price back. */
  const chargedBack = async (id: string) => {
    const story = await tell(app, { order: { id, ...statement() } })
    await story.by(alice, 'accept')
    const remedies = [{ type: 'return_and_refund', amount: 26_900, return_address: '退货仓' }]
    await story.writePlan(merchant, { remedies, explanation: '退货退款' })
    await story.onPlan(merchant, 'propose')
    await story.onPlan(buyer, 'accept')
    await story.onStep(buyer, 'complete', { tracking_number: 'SF1' })
    t.match(await elsewhere(app, id, { amount: 26_900, reference: `CB-${id}`, kind: 'chargeback' }), {
      status: 201,
      body: { excess: 26_900 },
    })
    await story.onStep(merchant, 'complete', { passed: true })
    t.match(story.plan, {
      status: 'executing',
      steps: [{}, {}, { status: 'done' }, { status: 'failed', data: { reason_code: 'order_total_exceeded' }, attempts: [] }],
    })
    return { story, refund: `steps/${story.plan.steps[3].id}` }
  }
  const { story, refund } = await chargedBack('O-CB')
  const retry = (body?: object) => story.try(alice, `/v1/refund-plans/${story.plan.id}/${refund}/retry`, body)
  t.match(await retry(), refused(422, 'order_total_exceeded'), 'nor can it be tried again')
  t.match(await retry({ explanation: '照付' }), refused(422, 'approval_needed'), 'which an agent cannot change')
  await story.onPlan(alice, `${refund}/skip`, { explanation: '银行已拒付退回' })
  t.match(story.plan, { status: 'failed', end_reason_code: 'step_given_up' })
  t.match(await story.seenBy(buyer), { status: 'investigating' }, 'the owner decides anew')
  t.notOk((await story.eventsSeenBy(buyer)).includes('refund_requested'), 'nothing was asked of the payment system')
  t.match((await app.call('GET', '/v1/orders/O-CB', { as: oms })).body, {
    refund_in_force: 26_900,
    refund_excess: 0,
    refund_left: 0,
  })

  const { story: other, refund: kept } = await chargedBack('O-KEPT')
  await other.onPlan(zhao, `${kept}/retry`, { explanation: '拒付另行追回，退款照付' })
  t.match(other.plan.steps[3], { status: 'pending', attempts: [{ status: 'asked', amount: 26_900 }] }, 'a supervisor keeps it')
  await other.onPlan(alice, `${kept}/complete`)
  t.match(await other.seenBy(buyer), { status: 'resolved' })
  t.match((await app.call('GET', '/v1/orders/O-KEPT', { as: oms })).body, {
    refund_in_force: 53_800,
    refund_excess: 26_900,
  })
  const { data: events } = await other.read(buyer, `/v1/complaints/${other.id}/events?limit=100`)
  t.match(
    events.find(({ type }: Json) => type === 'step_retried'),
    { data: { explanation: '拒付另行追回，退款照付' } },
  )
})

await t.test('a complaint', async (t) => {
  const app = await testApp(t)

  await t.test('names the lines in dispute, each with its pieces, its reason and what is wanted', async (t) => {
    const line = { line_id: '1', name: '耳机', quantity: 3, unit_amount: 100 }
    const said = (more: object) =>
      filing({ order: { id: 'O-L', currency: 'CNY', paid_amount: 300, lines: [{ ...line, ...more }] } })
    const disputed = { disputed_quantity: 1, reason_code: 'product_quality', wanted_amount: 100 }
    const filed = await app.call('POST', '/v1/complaints', { as: buyer, body: said(disputed) })
    t.match(filed, { status: 201, body: { order: { lines: [disputed] }, order_statement_differs: [] } })
    t.match(await app.call('POST', '/v1/complaints', { as: buyer, body: said({ disputed_quantity: 4 }) }), {
      status: 400,
      body: { errors: [{ pointer: '/order/lines/0/disputed_quantity' }] },
    })
    t.match((await app.call('GET', '/v1/orders/O-L', { as: oms })).body.lines[0], line)
  })

  await t.test('that differs from the platform’s order is taken and marked', async (t) => {
    await put(app, 'O-P', statement())
    const order = {
      id: 'O-P',
      currency: 'CNY',
      paid_amount: 30_000,
      lines: [{ line_id: '9', name: '别的', quantity: 1, unit_amount: 1 }],
    }
    const story = await app.call('POST', '/v1/complaints', { as: buyer, body: filing({ order }) })
    t.match(story, { status: 201, body: { order_statement_differs: ['/order/paid_amount', '/order/lines/0'] } })
    const { body } = await app.call('GET', `/v1/complaints/${story.body.id}/events`, { as: alice })
    t.ok(body.data.some(({ type }: Json) => type === 'order_statement_doubted'))
  })
})
