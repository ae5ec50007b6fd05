/** Goods that come back can take an order below what a promotion asks for. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { promotionsAt } from '../../../src/case/orders/promotions.ts'
import type { OrderStatement } from '../../../src/case/orders/table.ts'
import { type Called, type Json, type TestApp, testApp } from '../../support/app.ts'
import { rowsUnder } from '../../support/guide.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, CaseStory, filing, qian, tell } from '../../support/story.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/rules.md'), 'utf8')
const merchant = 'merchant:M-1'
const buyer = 'buyer:B-1'

const reclaiming = (on: boolean) => (document: Json) => {
  document.promotions = { reclaim_discount: on, reclaim_gifts: on }
}

const promotion = { promotion_id: 'SPEND-300', threshold_amount: 30_000, discount_amount: 5_000, gift_line_ids: ['3'] }
const lines = [
  { line_id: '1', name: '外套', quantity: 1, unit_amount: 20_000, discount_amount: 2_857 },
  { line_id: '2', name: '毛衣', quantity: 1, unit_amount: 15_000, discount_amount: 2_143 },
  { line_id: '3', name: '围巾', quantity: 1, unit_amount: 2_000, discount_amount: 2_000 },
]
let orders = 0
const state = async ({ call }: TestApp, change: Json = {}, as = oms): Promise<Json> => {
  const id = `PR-${++orders}`
  const body = { currency: 'CNY', paid_amount: 30_000, lines, promotions: [promotion], ...change }
  const { status, text } = await call('PUT', `/v1/orders/${id}`, { as, body })
  if (status !== 200) throw new Error(text)
  return { id, currency: body.currency, paid_amount: body.paid_amount, lines: body.lines }
}

const complain = async (app: TestApp, order: Json): Promise<CaseStory> => {
  const { status, body, text } = await app.call('POST', '/v1/complaints', { as: buyer, body: filing({ order }) })
  if (status !== 201) throw new Error(text)
  return new CaseStory(app, body).by(alice, 'accept')
}

const back = (amount: number, ...line_ids: string[]) => ({ type: 'return_and_refund', amount, line_ids })
const offer = (story: CaseStory, ...remedies: Json[]): Promise<Called> =>
  story.try(merchant, `/v1/complaints/${story.id}/refund-plans`, { remedies, explanation: '退货退款' })
const agreed = async (story: CaseStory, ...remedies: Json[]): Promise<CaseStory> => {
  await story.writePlan(merchant, { remedies, explanation: '退货退款' })
  await story.onPlan(merchant, 'propose')
  return story.onPlan(buyer, 'accept')
}

await t.test('the examples of the page are what happens, to the cent', async (t) => {
  const app = await testApp(t)
  await decree(app, reclaiming(true))
  const rows = rowsUnder(page, 'comes back')
  t.ok(rows.length > 3)
  for (const [comes = '', most] of rows) {
    const story = await complain(app, await state(app))
    const line_ids = comes.match(/\d/g) ?? []
    t.equal((await offer(story, back(Number(most), ...line_ids))).status, 201, `${comes}: ${most}`)
    const { status, body } = await offer(story, back(Number(most) + 1, ...line_ids))
    t.match([status, body.code], [422, 'order_total_exceeded'], `${comes}: a cent more`)
  }
})

await t.test('promotions', async (t) => {
  const app = await testApp(t)

  await t.test('cost nothing by default', async (t) => {
    const story = await complain(app, await state(app))
    t.equal((await offer(story, back(12_857, '2'))).status, 201)
    t.match((await story.read(buyer, `/v1/complaints/${story.id}/settlement-options`)).promotions, [{ reclaimed_amount: 0 }])
  })

  const early = await state(app)
  await decree(app, reclaiming(true))

  await t.test('of an order that was stated before a change of the policy stay as they were', async (t) => {
    const { body } = await app.call('GET', `/v1/orders/${early.id}`, { as: oms })
    t.match(body.promotions, [{ reclaims_discount: false, reclaims_gifts: false }])
    t.equal((await offer(await complain(app, early), back(12_857, '2'))).status, 201)
  })

  await t.test('are told before anybody sends anything back', async (t) => {
    const story = await complain(app, await state(app))
    const options = await story.read(buyer, `/v1/complaints/${story.id}/settlement-options`)
    t.match(options.promotions, [
      { promotion_id: 'SPEND-300', threshold_amount: 30_000, discount_amount: 5_000, kept_amount: 35_000, reclaimed_amount: 0 },
    ])
    t.match(
      options.lines.map((x: Json) => [x.line_id, x.reclaimed_by_return]),
      [
        ['1', 4_143],
        ['2', 4_857],
        ['3', 0],
      ],
    )
  })

  await t.test('are reclaimed over all complaints, once, and not any more when nothing is kept', async (t) => {
    const order = await state(app)
    await agreed(await complain(app, order), back(10_000, '2', '3'))
    const second = await complain(app, order)
    t.match((await second.read(buyer, `/v1/complaints/${second.id}/settlement-options`)).promotions, [
      { kept_amount: 20_000, reclaimed_amount: 2_857 },
    ])
    t.equal((await offer(second, { type: 'refund', amount: 1, line_ids: ['2'] })).status, 422, 'nor by money without goods')
    t.equal(
      (await offer(second, { type: 'refund', amount: 17_143, line_ids: ['1'] })).status,
      201,
      'money for what is kept is not touched',
    )
    await agreed(second, back(17_143, '1'))
    const third = await complain(app, order)
    t.equal(
      (await offer(third, { type: 'refund', amount: 2_857, line_ids: ['2'] })).status,
      201,
      'what was held back is free again',
    )
    t.equal((await offer(third, { type: 'refund', amount: 2_858, line_ids: ['2'] })).status, 422)
  })

  await t.test('look at pieces, also at those that went back elsewhere, and never at money without goods', async (t) => {
    const three = [{ line_id: '1', name: '毛巾', quantity: 3, unit_amount: 10_000, discount_amount: 3_000 }]
    const pieces = { promotion_id: 'THREE', threshold_amount: 30_000, discount_amount: 3_000 }
    const towels = () => state(app, { paid_amount: 27_000, lines: three, promotions: [pieces] })
    const story = await complain(app, await towels())
    const of = (amount: number, quantity: number) => ({ type: 'refund', amount, line_ids: ['1'], quantity })
    t.equal((await offer(story, of(7_000, 1))).status, 201, '9000 for the piece, less 2000 of the discount on the two')
    t.equal((await offer(story, of(7_001, 1))).status, 422)
    t.equal((await offer(story, of(27_000, 3))).status, 201)
    t.equal((await offer(story, { type: 'refund', amount: 20_000, line_ids: ['1'] })).status, 201)
    const elsewhere = await towels()
    await app.call('POST', `/v1/orders/${elsewhere.id}/refunds-elsewhere`, {
      as: oms,
      body: { amount: 7_000, lines: [{ line_id: '1', amount: 7_000, quantity: 1 }], reference: 'R-1' },
    })
    const later = await complain(app, elsewhere)
    t.equal((await offer(later, of(10_000, 1))).status, 422, 'a piece never gives back more than it cost')
    t.equal((await offer(later, of(9_000, 1))).status, 201, 'the two cost 18000, and 1000 is held back for the one that is kept')
  })

  await t.test('fit exactly one of two plans that would take an order below the threshold together', async (t) => {
    const cheap = [1, 2, 3].map((n) => ({
      line_id: String(n),
      name: '书',
      quantity: 1,
      unit_amount: 10_000,
      discount_amount: 1_000,
    }))
    const books = { promotion_id: 'BOOKS', threshold_amount: 20_000, discount_amount: 3_000 }
    for (let round = 0; round < 10; round++) {
      const order = await state(app, { paid_amount: 27_000, lines: cheap, promotions: [books] })
      const stories = await Promise.all(
        ['1', '2'].map(async (line) => {
          const story = await complain(app, order)
          await story.writePlan(merchant, { remedies: [back(9_000, line)], explanation: '退货' })
          return story.onPlan(merchant, 'propose')
        }),
      )
      const answers = await Promise.all(stories.map((story) => story.try(buyer, `/v1/refund-plans/${story.plan.id}/accept`)))
      t.strictSame(answers.map(({ status }) => status).sort(), [200, 422])
    }
  })

  await t.test('that staff take away raise what can be given back, so another approves', async (t) => {
    const order = await state(app, {}, alice)
    const story = await tell({ call: app.call, first: async () => {} }, { order })
    const { body } = await app.call('GET', `/v1/orders/${order.id}`, { as: alice })
    t.equal(body.source, 'staff')
    const restated = { currency: 'CNY', paid_amount: 30_000, lines }
    t.equal(
      (await app.call('PUT', `/v1/orders/${order.id}`, { as: alice, body: restated, headers: { 'if-match': '"1"' } })).status,
      200,
    )
    await story.by(qian, 'accept')
    t.match((await story.read(qian, `/v1/complaints/${story.id}/settlement-options`)).approval.not_by, [alice])
  })

  await t.test('that cannot be are refused field by field', async (t) => {
    for (const [promotions, pointer] of [
      [[promotion, promotion], '/promotions/1/promotion_id'],
      [[{ ...promotion, gift_line_ids: ['9'] }], '/promotions/0/gift_line_ids/0'],
      [[{ ...promotion, line_ids: ['1', '9'] }], '/promotions/0/line_ids/1'],
      [[{ ...promotion, line_ids: ['3'] }], '/promotions/0/gift_line_ids/0'],
      [[{ ...promotion, discount_amount: 35_001 }], '/promotions/0/discount_amount'],
      [[{ ...promotion, threshold_amount: 0 }], '/promotions/0/threshold_amount'],
    ] as const) {
      const body = { currency: 'CNY', paid_amount: 30_000, lines, promotions }
      const answer = await app.call('PUT', '/v1/orders/PR-BAD', { as: oms, body })
      t.match([answer.status, answer.body.errors?.[0].pointer], [400, pointer])
    }
  })
})

t.test('whatever comes back, nothing is reclaimed above the threshold, and never more than the promotion gave', (t) => {
  const line = fc.record({ quantity: fc.integer({ min: 1, max: 5 }), unit_amount: fc.integer({ min: 1, max: 100_000 }) })
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.infiniteStream(fc.nat(5)),
      (goods, ofAll, off, pieces) => {
        const stated = goods.map((one, index) => ({ ...one, line_id: String(index), name: '商品' }))
        const all = stated.reduce((sum, { quantity, unit_amount }) => sum + quantity * unit_amount, 0)
        const discount_amount = Math.floor(all * off)
        const threshold_amount = Math.max(1, Math.floor(all * ofAll))
        const facts = {
          lines: stated,
          promotions: [{ promotion_id: 'P', threshold_amount, discount_amount, reclaims_discount: true, reclaims_gifts: true }],
        } as unknown as OrderStatement
        const given = new Map(stated.map(({ line_id, quantity }) => [line_id, Math.min(quantity, pieces.next().value ?? 0)]))
        const [now] = promotionsAt(facts, (id) => given.get(id) ?? 0)
        const kept = stated.reduce(
          (sum, { line_id, quantity, unit_amount }) => sum + (quantity - (given.get(line_id) ?? 0)) * unit_amount,
          0,
        )
        if (now === undefined || now.kept_amount !== kept) return false
        return kept >= threshold_amount || kept === 0 ? now.reclaimed_amount === 0 : now.reclaimed_amount <= discount_amount
      },
    ),
    { numRuns: 2_000 },
  )
  t.end()
})
