/**
 * Statutory damages: what a law grants beyond the price, imposed by a supervisor with the law cited, within a multiple of the price of the goods in
 * dispute. Amounts are written in whole units of the currency.
 */
import t from 'tap'
import { faultsInBooks } from '../../races/cases.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, type CaseStory, liability, qian, zhao } from '../../support/story.ts'
import { inCurrency, nextOrder } from '../orders/in-currency.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const rule = '《消费者权益保护法》第五十五条'
const app = await testApp(t)
const refused = (code: string) => ({ status: 422, body: { code } })
const exceeded = { status: 422, body: { code: 'order_total_exceeded', errors: [{ code: 'exceeds_statutory_damages' }] } }
const why = { explanation: '欺诈成立' }
const damagesIn = (options: Json) => options.remedies.find(({ type }: Json) => type === 'statutory_damages')
const optionsOf = (story: CaseStory, as: string): Promise<Json> => story.read(as, `/v1/complaints/${story.id}/settlement-options`)
const limitOf = async (order: Json, line: string): Promise<Json> => {
  const { body } = await app.call('GET', `/v1/orders/${order.id}`, { as: oms })
  return body.limits.find(({ kind, key }: Json) => kind === 'statutory_damages' && key === line)
}
const impose = (story: CaseStory, as: string): Promise<Called> => story.try(as, `/v1/refund-plans/${story.plan.id}/impose`, why)

await t.test('no law is applied unless the policy says so', async (t) => {
  const { state, judged, remedy, write } = inCurrency(app, 'CNY')
  const story = await judged(await state(120, [['1', 120]]))
  t.match(await write(story, alice, remedy('statutory_damages', 1, { rule })), refused('statutory_damages_off'))
  t.match(damagesIn(await optionsOf(story, alice)), { fits: false, because: ['policy'], most_amount: 0 })
})

await decree(app, (document: Json) => {
  document.statutory_damages_multiple = 3
  document.approval_amounts = { CNY: 500_000, JPY: 5_000, KWD: 5_000_000 }
})

for (const currency of ['CNY', 'JPY', 'KWD'] as const) {
  const { scale, orderOf, state, judged, complain, remedy, write, elsewhere, agree } = inCurrency(app, currency)
  const damages = (amount: number, more: object = {}) => remedy('statutory_damages', amount, { rule, ...more })
  const twoOfSixty = () =>
    state(120, [
      ['1', 60],
      ['2', 60],
    ])
  const about = (order: Json, line_id: string, more: object = {}): Json => ({
    ...order,
    lines: order.lines.flatMap((one: Json) => (one.line_id === line_id ? [{ ...one, ...more }] : [])),
  })
  const written = async (order: Json, amount: number, as = alice): Promise<CaseStory> =>
    (await judged(order)).writePlan(as, { remedies: [damages(amount)], explanation: '三倍赔偿' })
  const imposed = async (order: Json, amount: number): Promise<CaseStory> =>
    (await written(order, amount)).onPlan(zhao, 'impose', why)

  await t.test(`${currency}: staff write them with the law, and a supervisor who did not write them imposes them`, async (t) => {
    const order = await twoOfSixty()
    const story = await judged(about(order, '1'))
    t.match(await write(story, alice, remedy('statutory_damages', 60)), {
      status: 400,
      body: { errors: [{ pointer: '/remedies/0/rule', code: 'required' }] },
    })
    t.match(await write(story, alice, remedy('refund', 60, { rule })), {
      status: 400,
      body: { errors: [{ pointer: '/remedies/0/rule', code: 'not_allowed' }] },
    })
    t.match(await write(story, alice, damages(180, { quantity: 1, line_ids: ['1'] })), { status: 400 })
    t.match(damagesIn(await optionsOf(story, alice)), { fits: true, most_amount: 180 * scale, approval_free_up_to: 0 })
    await story.writePlan(zhao, { remedies: [damages(180), remedy('refund', 60, { line_ids: ['1'] })], explanation: '三倍赔偿' })
    t.match(story.plan, {
      total_amount: 240 * scale,
      refund_amount: 60 * scale,
      statutory_damages_amount: 180 * scale,
      remedies: [{ rule }, {}],
    })
    t.match(await impose(story, zhao), { status: 403, body: { code: 'separation_of_duties' } }, 'nobody alone')
    t.match(await impose(story, alice), { status: 403 }, 'no agent')
    await story.onPlan(qian, 'impose', why)
    t.match(story.plan, { status: 'executing', steps: [{ kind: 'statutory_damages', amount: 180 * scale }, { kind: 'refund' }] })
    t.ok((await story.eventsSeenBy(buyer)).includes('statutory_damages_requested'), 'the payment system is asked')
    const { data } = (await app.call('GET', '/v1/refund-plans?limit=1', { as: zhao })).body
    t.match(data, [{ total_amount: 240 * scale, statutory_damages_amount: 180 * scale, in_force_amount: 240 * scale }])
    for (const { id } of story.plan.steps) await story.onPlan(alice, `steps/${id}/complete`, {})
    t.match(await story.seenBy(buyer), { status: 'resolved', outcome: 'upheld' })
  })

  await t.test(`${currency}: nobody offers them, wants them, or agrees to them`, async (t) => {
    const order = await twoOfSixty()
    const story = await judged(order)
    for (const as of [buyer, merchant]) {
      t.match(await write(story, as, damages(1)), refused('statutory_damages_imposed'), as)
      t.equal(damagesIn(await optionsOf(story, as)), undefined, `nor are they told to ${as}`)
      const { available_actions } = await story.seenBy(as)
      const create = available_actions.find(({ resource, action }: Json) => resource === 'refund_plan' && action === 'create')
      t.notMatch(JSON.stringify(create.limits), /statutory_damages/)
    }
    t.match(JSON.stringify((await story.seenBy(alice)).available_actions), /"enum":\["statutory_damages"\]/)
    await story.writePlan(alice, { remedies: [damages(1)], explanation: '赔偿' })
    t.match(await story.try(alice, `/v1/refund-plans/${story.plan.id}/propose`), { status: 409 }, 'not by staff either')
    t.notOk(story.plan.available_actions.some(({ action }: Json) => action === 'propose'))
    await story.writePlan(merchant, { remedies: [remedy('refund', 1)], explanation: '退一元' })
    await story.onPlan(merchant, 'propose')
    const counter = { remedies: [damages(1)], explanation: '赔偿' }
    t.match(await story.try(buyer, `/v1/refund-plans/${story.plan.id}/counter`, counter), refused('statutory_damages_imposed'))
    const against = await complain(order, { respondent: { role: 'platform', id: 'platform' } })
    await against.writePlan(buyer, { remedies: [remedy('refund', 1)], explanation: '退一元' })
    await against.onPlan(buyer, 'propose')
    t.match(
      await against.try(alice, `/v1/refund-plans/${against.plan.id}/counter`, counter),
      refused('statutory_damages_imposed'),
      'staff for the platform',
    )
    const wanting = await app.call('POST', '/v1/complaints', {
      as: buyer,
      body: {
        channel: 'portal',
        category: 'other',
        complainant: { role: 'buyer', id: 'B-1' },
        respondent: { role: 'merchant', id: 'M-1' },
        description: '假货',
        order,
        wanted: { remedy: 'statutory_damages', amount: 1 },
      },
    })
    t.match(wanting, { status: 400, body: { errors: [{ pointer: '/wanted/remedy' }] } })
    const offer = { rule_id: 'r', currency, offer: { type: 'statutory_damages', amount: 1 } }
    t.match(await app.call('PUT', '/v1/merchants/M-1/settlement-rules', { as: merchant, body: { rules: [offer] } }), {
      status: 400,
    })
  })

  await t.test(`${currency}: they come to a multiple of the goods in dispute, over all complaints`, async (t) => {
    const order = await twoOfSixty()
    const first = await judged(about(order, '1'))
    t.match(await write(first, alice, damages(181)), exceeded)
    t.match(await write(first, alice, damages(100), damages(81)), exceeded, 'in two remedies')
    t.match(await write(first, alice, damages(1, { line_ids: ['2'] })), exceeded, 'line 2 is not in dispute')
    await first.writePlan(alice, { remedies: [damages(180)], explanation: '三倍赔偿' })
    const second = await written(about(order, '1'), 180, qian)
    await first.onPlan(zhao, 'impose', why)
    t.match(await limitOf(order, '1'), { bound: 180 * scale, in_force: 180 * scale, left: 0 })
    t.match(await impose(second, zhao), exceeded, 'what a second complaint had waiting')
    t.match(await write(second, alice, damages(1)), exceeded)
    await imposed(about(order, '2'), 180)
    t.match(await limitOf(order, '2'), { left: 0 })

    t.match(
      await write(second, merchant, remedy('refund', 120), remedy('compensation', 36)),
      { status: 201 },
      'beside the others',
    )
    await elsewhere(order, 120)
    t.match(await write(second, merchant, remedy('compensation', 36)), { status: 201 })
    t.strictSame(await faultsInBooks(app.db), [])
  })

  await t.test(`${currency}: what a filer states of a line widens nothing`, async (t) => {
    const order = orderOf(nextOrder(), 259, [['1', 99_999]])
    const story = await judged(order)
    t.match(await write(story, alice, damages(778)), exceeded, 'three times what was paid, whatever the line is said to cost')
    t.match(await write(story, alice, damages(777)), { status: 201, body: { needs_approval: true } })
    const more = await judged(orderOf(order.id, 2_590, [['1', 99_999]]))
    t.match(await write(more, alice, damages(778)), exceeded, 'nor by a second complaint')
  })

  await t.test(`${currency}: of some of the pieces, and after a compensation`, async (t) => {
    const order = await state(180, [['1', 60, { quantity: 3 }]])
    await agree(order, remedy('compensation', 54), remedy('refund', 180))
    const one = about(order, '1', { disputed_quantity: 1 })
    t.match(await write(await judged(one), alice, damages(181)), exceeded)
    await imposed(one, 180)
    t.match(
      damagesIn(await optionsOf(await judged(one), zhao)),
      { most_amount: 180 * scale },
      'another piece, as far as one can tell',
    )
    await imposed(one, 180)
    await imposed(one, 180)
    t.match(await write(await judged(order), alice, damages(1)), exceeded, 'and never more than of all pieces')
  })

  await t.test(`${currency}: they count where approval is asked for`, async (t) => {
    const order = await state(2_000, [['1', 2_000]])
    await imposed(order, 3_000)
    const story = await judged(order)
    t.match((await optionsOf(story, alice)).approval, { free_up_to: 2_000 * scale })
    t.match(await write(story, alice, remedy('refund', 2_000)), { status: 201, body: { needs_approval: false } })
    t.match(await write(story, alice, remedy('refund', 2_000), { type: 'reship' }), {
      status: 201,
      body: { needs_approval: true },
    })
    t.match((await optionsOf(story, alice)).order, {
      statutory_damages_multiple: 3,
      statutory_damages_in_force: 3_000 * scale,
      refund_left: 2_000 * scale,
      compensation_left: 600 * scale,
    })
  })

  await t.test(`${currency}: a correction, a failed, a returned and a late payment leave the books right`, async (t) => {
    const order = await state(100, [['1', 100]])
    const story = await imposed(order, 300)
    const [step] = story.plan.steps
    const on = (action: string, body: Json = {}) => story.onPlan(alice, `steps/${step.id}/${action}`, body)
    await on('fail', why)
    const { id, ...said } = order
    const { headers } = await app.call('GET', `/v1/orders/${id}`, { as: oms })
    const less = { ...said, paid_amount: 50 * scale, lines: [{ ...said.lines[0], unit_amount: 50 * scale }] }
    const corrected = await app.call('PUT', `/v1/orders/${id}`, {
      as: oms,
      body: less,
      headers: { 'if-match': headers.etag ?? '' },
    })
    t.match(corrected, { status: 200 })
    t.match(await limitOf(order, '1'), { bound: 150 * scale, in_force: 300 * scale, excess: 150 * scale })
    t.match(await story.try(alice, `/v1/refund-plans/${story.plan.id}/steps/${step.id}/retry`), refused('order_total_exceeded'))
    await on('skip', why)
    t.match(await limitOf(order, '1'), { in_force: 0, excess: 0 })
    await on('complete')
    t.match(story.plan.steps[0], { status: 'skipped', overpaid_amount: 300 * scale })
    t.match(await limitOf(order, '1'), { in_force: 300 * scale, excess: 150 * scale })
    await on('return', why)
    t.match(await limitOf(order, '1'), { in_force: 0, excess: 0 })
    t.strictSame(await faultsInBooks(app.db), [])

    const paid = await imposed(await state(100, [['1', 100]]), 300)
    const [only] = paid.plan.steps
    await paid.onPlan(alice, `steps/${only.id}/complete`, {})
    await paid.onPlan(alice, `steps/${only.id}/return`, why)
    t.match(await paid.seenBy(buyer), { status: 'executing' })
    await paid.onPlan(alice, `steps/${only.id}/retry`)
    await paid.onPlan(alice, `steps/${only.id}/complete`, {})
    t.match(await paid.seenBy(buyer), { status: 'resolved' })
  })
}

await t.test('an order is under the policy of the moment in which it was stated', async (t) => {
  const { state, judged, remedy, write } = inCurrency(app, 'CNY')
  const order = await state(100, [['1', 100]])
  await decree(app, (document: Json) => {
    document.statutory_damages_multiple = 0
  })
  const before = await judged(order)
  t.match(await write(before, alice, remedy('statutory_damages', 300, { rule })), { status: 201 })
  const { id, ...said } = order
  const { headers } = await app.call('GET', `/v1/orders/${id}`, { as: oms })
  const again = await app.call('PUT', `/v1/orders/${id}`, { as: oms, body: said, headers: { 'if-match': headers.etag ?? '' } })
  t.match(again, { status: 200, body: { version: 2 } }, 'stated anew, it is under the present one')
  t.match(await write(before, alice, remedy('statutory_damages', 1, { rule })), refused('statutory_damages_off'))
})

await t.test('a case without an order has no price to multiply', async (t) => {
  const filed = await app.call('POST', '/v1/complaints', {
    as: buyer,
    body: {
      channel: 'portal',
      category: 'other',
      complainant: { role: 'buyer', id: 'B-1' },
      respondent: { role: 'merchant', id: 'M-1' },
      description: '没有订单',
    },
  })
  const href = `/v1/complaints/${filed.body.id}`
  await app.call('POST', `${href}/accept`, { as: alice, body: {} })
  await app.call('POST', `${href}/escalate`, { as: buyer, body: { reason_code: 'no_agreement' } })
  await app.call('POST', `${href}/determine-liability`, { as: alice, body: liability })
  const body = { remedies: [{ type: 'statutory_damages', amount: 1, rule }], explanation: '赔偿', currency: 'CNY' }
  t.match(await app.call('POST', `${href}/refund-plans`, { as: alice, body }), refused('order_needed'))
})
