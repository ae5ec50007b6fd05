import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, CaseStory, filing, liability, refundOf, tell, tellToLiability, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const optionsOf = (story: CaseStory, as: string): Promise<Json> => story.read(as, `/v1/complaints/${story.id}/settlement-options`)
const remedyIn = (options: Json, type: string) => options.remedies.find((one: Json) => one.type === type)

const line = (line_id: string, price: number, more: object = {}) => ({
  line_id,
  name: '商品',
  quantity: 1,
  unit_amount: price,
  ...more,
})
let orders = 0
const ordered = (paid_amount: number, lines: object[], more: object = {}) => ({
  id: `SO-${++orders}`,
  currency: 'CNY',
  paid_amount,
  lines,
  ...more,
})

await t.test('what a case can be settled with', async (t) => {
  const app = await testApp(t)

  await t.test('is told line by line, means by means and in all, with what other complaints hold', async (t) => {
    const order = ordered(13_000, [line('1', 6_000, { quantity: 2, unit_amount: 3_000 }), line('2', 6_000)], {
      shipping_amount: 1_000,
      payments: [
        { method: 'card', amount: 12_000 },
        { method: 'points', amount: 1_000 },
      ],
    })
    const first = await tell(app, { order })
    await first.by(alice, 'accept')
    await first.writePlan(merchant, {
      remedies: [{ type: 'refund', amount: 3_000, line_ids: ['1'], quantity: 1, method: 'card' }],
      explanation: '退一件',
    })
    await first.onPlan(merchant, 'propose')
    await first.onPlan(buyer, 'accept')
    const second = await tell(app, { order: { ...order, lines: [{ ...order.lines[0], disputed_quantity: 1 }] } })
    const options = await optionsOf(second, buyer)
    t.match(options.order, {
      source: 'platform',
      refund_in_force: 3_000,
      refund_left: 10_000,
      goods_value: 12_000,
      shipping_left: 1_000,
    })
    t.match(options.lines, [
      {
        line_id: '1',
        in_dispute: true,
        disputed_quantity: 1,
        quantity: 2,
        quantity_left: 1,
        paid_amount: 6_000,
        refund_in_force: 3_000,
        refund_left: 3_000,
      },
      { line_id: '2', in_dispute: false, disputed_quantity: null, refund_left: 6_000 },
    ])
    t.match(options.means, [
      { method: 'card', refund_left: 9_000, is_money: true },
      { method: 'points', refund_left: 1_000, is_money: false },
    ])
    t.match(remedyIn(options, 'refund'), { most_amount: 10_000, approval_free_up_to: null }, 'a party needs no approval')
    t.strictSame(
      options.compensation_steps.map(({ percent, amount, fits }: Json) => [percent, amount, fits]),
      [
        [5, 300, true],
        [10, 600, true],
        [20, 1_200, true],
        [30, 1_800, true],
      ],
      'of the goods in dispute',
    )
  })

  await t.test('is the same that a plan is held against', async (t) => {
    const order = ordered(9_000, [line('a', 6_000), line('b', 4_000)])
    const story = await tell(app, { order })
    await story.by(alice, 'accept')
    const options = await optionsOf(story, merchant)
    const write = (remedy: object) =>
      story.try(merchant, `/v1/complaints/${story.id}/refund-plans`, { remedies: [remedy], explanation: '方案' })
    const statusOf = async (remedy: object) => (await write(remedy)).status
    for (const { line_id, refund_left } of options.lines) {
      t.equal(await statusOf({ type: 'refund', amount: refund_left, line_ids: [line_id] }), 201, line_id)
      t.equal(await statusOf({ type: 'refund', amount: refund_left + 1, line_ids: [line_id] }), 422, line_id)
    }
    for (const type of ['refund', 'return_and_refund', 'compensation']) {
      const { most_amount: most } = remedyIn(options, type)
      t.equal(await statusOf({ type, amount: most }), 201, type)
      t.equal(await statusOf({ type, amount: most + 1 }), 422, type)
    }
    const create = (await story.seenBy(merchant)).available_actions.find(
      (one: Json) => one.resource === 'refund_plan' && one.action === 'create',
    )
    const limits = create.limits.properties.remedies.items
    t.strictSame(limits.properties.line_ids.items.enum, ['a', 'b'])
    t.match(JSON.stringify(limits), /"maximum":9000/, 'and `available_actions` tell the same limits')
    t.match(JSON.stringify(limits), /"maximum":2700/)
  })

  await t.test('tells staff from which amount on a supervisor must approve', async (t) => {
    const order = ordered(1_000_000, [line('1', 1_000_000)])
    const story = await tellToLiability(app, { order })
    const { approval, remedies, compensation_steps } = await optionsOf(story, alice)
    t.match(approval, { needed: true, approver: 'supervisor', free_up_to: 500_000 })
    t.match(remedyIn({ remedies }, 'refund'), { most_amount: 1_000_000, approval_free_up_to: 500_000 })
    t.strictSame(
      compensation_steps.map(({ percent, needs_approval }: Json) => [percent, needs_approval]),
      [
        [5, false],
        [10, false],
        [20, false],
        [30, true],
      ],
    )
    t.match((await optionsOf(story, zhao)).compensation_steps[3], { percent: 30, needs_approval: false })
    await story.writePlan(alice, refundOf(500_000))
    t.equal(story.plan.needs_approval, false)
    await story.writePlan(alice, refundOf(500_001))
    t.equal(story.plan.needs_approval, true)
    await app.call('POST', `/v1/orders/${order.id}/refunds-elsewhere`, { as: oms, body: { amount: 200_000, reference: 'X' } })
    t.match((await optionsOf(story, alice)).approval, { free_up_to: 300_000 }, 'what is in force counts')
  })

  await t.test('fits the category and where the goods are', async (t) => {
    const fitting = async (change: object) => {
      const story = await tell(app, change)
      const { remedies, delivery } = await optionsOf(story, buyer)
      return { delivery, types: remedies.filter((one: Json) => one.fits).map((one: Json) => one.type) }
    }
    const at = (times: object) => ({ ...ordered(10_000, [line('1', 10_000)]), paid_at: '2026-11-01T02:00:00Z', ...times })
    t.strictSame(await fitting({ category: 'not_received', order: at({}) }), {
      delivery: 'not_shipped',
      types: ['refund', 'reship', 'compensation', 'apology'],
    })
    t.strictSame(await fitting({ category: 'product_quality', order: at({ shipped_at: '2026-11-02T02:00:00Z' }) }), {
      delivery: 'on_the_way',
      types: ['refund', 'reship', 'compensation', 'apology'],
    })
    t.strictSame(await fitting({ category: 'product_quality', order: at({ received_at: '2026-11-03T02:00:00Z' }) }), {
      delivery: 'received',
      types: ['refund', 'return_and_refund', 'exchange', 'repair', 'reship', 'compensation', 'apology'],
    })
    t.strictSame(await fitting({ category: 'service_attitude', order: null, wanted: null }), {
      delivery: 'unknown',
      types: ['compensation', 'apology'],
    })
    await decree(app, (document: Json) => {
      document.fitting_remedies = { service_attitude: ['apology'] }
    })
    t.match(await fitting({ category: 'service_attitude' }), { types: ['apology'] }, 'as the policy says')
  })

  await t.test('is for those of the case', async (t) => {
    const story = await tell(app)
    const ask = (as: string) => app.call('GET', `/v1/complaints/${story.id}/settlement-options`, { as })
    for (const as of [buyer, merchant, alice, zhao, 'admin:root']) t.equal((await ask(as)).status, 200, as)
    for (const as of ['buyer:B-2', 'merchant:M-2']) t.equal((await ask(as)).status, 404, as)
    t.equal((await ask(oms)).status, 403)
  })

  await t.test('says that only a party has spoken about the order', async (t) => {
    const body = filing({ order: ordered(10_000, [line('1', 10_000)]) })
    const { body: filed } = await app.call('POST', '/v1/complaints', { as: buyer, body })
    const story = new CaseStory(app, filed)
    await story.by(alice, 'accept')
    await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
    await story.by(alice, 'determine-liability', liability)
    t.match(await optionsOf(story, alice), { order: { source: 'party' }, approval: { free_up_to: 0 } })
  })
})

await t.test('the list of plans', async (t) => {
  const app = await testApp(t)
  const told: CaseStory[] = []
  for (const [index, amount] of [100_000, 200_000, 600_000].entries()) {
    const story = await tellToLiability(app, {
      order: ordered(1_000_000, [line('1', 1_000_000)]),
      respondent: { role: 'merchant', id: `M-${index + 1}` },
    })
    told.push(await story.writePlan(alice, refundOf(amount)))
    app.clock.advance(60_000)
  }
  const [, , large] = told
  await large?.onPlan(alice, 'submit')
  const list = (query: string, as = zhao) => app.call('GET', `/v1/refund-plans?${query}`, { as })
  const amounts = async (query: string) => {
    const { status, text, body } = await list(query)
    if (status !== 200) throw new Error(text)
    return body.data.map((one: Json) => one.total_amount)
  }

  await t.test('is the approvers’ desk', async (t) => {
    t.match((await list('status=in_review')).body.data, [
      { id: large?.plan.id, needs_approval: true, remedies: ['refund'], merchant_id: 'M-3' },
    ])
  })

  await t.test('is filtered by merchant, amount and time', async (t) => {
    t.strictSame(await amounts(''), [600_000, 200_000, 100_000], 'newest first')
    t.strictSame(await amounts('merchant=M-2'), [200_000])
    t.strictSame(await amounts('currency=CNY&amount_from=200000'), [600_000, 200_000])
    t.match(await list('amount_from=1'), { status: 400, body: { errors: [{ pointer: '?amount_from' }] } })
    const since = told[1]?.plan.updated_at
    t.strictSame(await amounts(`updated_from=${since}`), [600_000, 200_000])
    t.strictSame(await amounts(`updated_to=${since}`), [100_000])
  })

  await t.test('tells which plans a merchant’s rules put forward', async (t) => {
    const rules = [{ rule_id: 'small_refunds', currency: 'CNY', agree: { up_to_amount: 5_000 } }]
    t.match(await app.call('PUT', '/v1/merchants/M-9/settlement-rules', { as: 'merchant:M-9', body: { rules } }), { status: 200 })
    const story = await tell(app, { respondent: { role: 'merchant', id: 'M-9' } })
    await story.by(alice, 'accept')
    t.match((await list('automatic=true')).body.data, [
      { complaint_id: story.id, merchant_id: 'M-9', automatic: { rule_id: 'small_refunds', rules_version: 1 } },
    ])
    t.strictSame(await amounts('automatic=true&merchant=M-9&status=proposed&currency=CNY&amount_from=5000'), [5_000])
    t.strictSame(await amounts('automatic=true&status=executed'), [])
    t.strictSame(await amounts('automatic=false'), [600_000, 200_000, 100_000])
    t.match((await list('automatic=false')).body.data, [{ automatic: null }, {}, {}])
    t.match(await list('automatic=maybe'), { status: 400, body: { errors: [{ pointer: '?automatic' }] } })
    await story.by(buyer, 'withdraw', {})
  })

  await t.test('tells what changed since, in order, page by page', async (t) => {
    app.clock.advance(60_000)
    await told[0]?.onPlan(alice, 'propose')
    const seen: number[] = []
    let cursor = ''
    do {
      const { body } = await list(`sort=updated_at&limit=1${cursor}`)
      seen.push(...body.data.map((one: Json) => one.total_amount))
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`
    } while (cursor !== '')
    t.strictSame(seen, [200_000, 600_000, 5_000, 100_000])
  })

  await t.test('is for the staff of the platform, but not for plans of their own cases', async (t) => {
    for (const as of [alice, zhao, 'admin:root']) t.equal((await list('', as)).status, 200, as)
    for (const as of [buyer, merchant, oms]) t.match(await list('', as), { status: 403 }, as)
    t.strictSame((await list('', 'agent:B-1')).body.data, [], 'the buyer of all of them')
  })
})
