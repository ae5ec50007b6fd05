/**
 * What was tried and came out wrong, each with its neighbours: another remedy, the other side, a second complaint, a refund elsewhere, and
 * currencies with no, two and three decimals. Amounts are written in whole units of the currency.
 */
import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, liability, qian, zhao } from '../../support/story.ts'
import { inCurrency, type Line, nextOrder } from './in-currency.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const app = await testApp(t)
await decree(app, (document: Json) => {
  document.approval_amounts = { CNY: 500_000, JPY: 5_000, KWD: 5_000_000 }
})

const refused = (kind: string) => ({
  status: 422,
  body: { code: 'order_total_exceeded', errors: [{ code: `exceeds_${kind}` }] },
})
const taken = { status: 201, body: { needs_approval: false } }
const forApproval = { status: 201, body: { needs_approval: true } }

for (const currency of ['CNY', 'JPY', 'KWD'] as const) {
  const { scale, orderOf, state, elsewhere, complain, judged, remedy, write, agree } = inCurrency(app, currency)
  const twoOfSixty = () =>
    state(120, [
      ['1', 60],
      ['2', 60],
    ])
  const line1 = { line_ids: ['1'] }

  await t.test(`${currency}: a line never gives back more than it cost`, async (t) => {
    const story = await complain(await twoOfSixty())
    t.match(await write(story, merchant, remedy('refund', 60, line1), remedy('return_and_refund', 60, line1)), refused('line'))
    t.match(await write(story, buyer, remedy('refund', 61, line1)), refused('line'), 'by the other side as well')
    t.match(await write(story, merchant, remedy('refund', 60, line1), remedy('refund', 60, { line_ids: ['2'] })), taken)
    t.match(
      await write(story, merchant, remedy('refund', 60, line1), remedy('compensation', 36, line1)),
      taken,
      'a compensation is none',
    )

    const order = await twoOfSixty()
    await agree(order, remedy('refund', 60, line1))
    const second = await complain(order)
    t.match(await write(second, merchant, remedy('refund', 1, line1)), refused('line'), 'a second complaint')
    t.match(
      await write(second, alice, remedy('return_and_refund', 60, { line_ids: ['1', '2'] })),
      taken,
      'what is left is of line 2',
    )
    t.match(await write(second, alice, remedy('refund', 61)), refused('order'))

    const other = await twoOfSixty()
    await elsewhere(other, 60, { lines: [{ line_id: '1', amount: 60 * scale }] })
    t.match(await write(await complain(other), merchant, remedy('refund', 1, line1)), refused('line'), 'given back elsewhere')
  })

  await t.test(`${currency}: a discount on the whole order lowers what each line gives back`, async (t) => {
    // 100 off 600 + 400: 540 + 360
    const lines: Line[] = [
      ['1', 600],
      ['2', 400],
    ]
    const shares: Line[] = [
      ['1', 600, { discount_amount: 60 * scale }],
      ['2', 400, { discount_amount: 40 * scale }],
    ]
    for (const said of [lines, shares]) {
      const order = await state(900, said)
      const story = await complain(order)
      t.match(await write(story, alice, remedy('refund', 540, line1)), taken)
      t.match(await write(story, alice, remedy('refund', 541, line1)), refused('line'))
      t.match(await write(story, merchant, remedy('return_and_refund', 900, line1)), refused('line'), 'other remedy, other side')
      await agree(order, remedy('refund', 360, { line_ids: ['2'] }))
      t.match(await write(await complain(order), buyer, remedy('refund', 541)), refused('order'), 'a second complaint')
      await elsewhere(order, 100, { lines: [{ line_id: '1', amount: 100 * scale }] })
      t.match(await write(story, merchant, remedy('refund', 441, line1)), refused('order'))
      t.match(await write(story, merchant, remedy('refund', 440, line1)), taken, 'what a refund elsewhere left')
    }
  })

  await t.test(`${currency}: the bound is the order’s, whoever names which line in dispute`, async (t) => {
    const id = nextOrder()
    await complain(orderOf(id, 1000, [['1', 1]]))
    const story = await complain(orderOf(id, 1000, [['2', 999]]))
    const line2 = { line_ids: ['2'] }
    t.match(await write(story, merchant, remedy('refund', 999, line2), remedy('compensation', 100, line2)), taken)
    t.match(await write(story, buyer, remedy('refund', 999, line2), remedy('compensation', 300)), taken, 'the other side')
    t.match(await write(story, merchant, remedy('compensation', 301)), refused('compensation'), 'a compensation alone')
    t.match(
      await write(story, merchant, remedy('refund', 1, line1), remedy('return_and_refund', 999, line2)),
      taken,
      'line 1 of the first',
    )
    t.match(
      await write(await complain(orderOf(id, 1000, [['3', 1]])), buyer, remedy('refund', 1, { line_ids: ['3'] })),
      { status: 422, body: { code: 'unknown_order_line' } },
      'a third line would be more than was paid',
    )
    await elsewhere({ id }, 999, { lines: [{ line_id: '2', amount: 999 * scale }] })
    t.match(await write(story, merchant, remedy('refund', 2)), refused('order'), 'a refund elsewhere')
  })

  await t.test(`${currency}: what a filer states never widens a bound`, async (t) => {
    const order = orderOf(nextOrder(), 259, [['1', 99_999]])
    const story = await judged(order)
    t.match(await write(story, alice, remedy('compensation', 78)), refused('compensation'), '30 % of 259 are 77.7')
    t.match(await write(story, alice, remedy('compensation', 77)), forApproval, 'and only a party has spoken')
    t.match(await write(story, alice, remedy('refund', 1)), forApproval, 'nor does another remedy go without')
    t.match(await write(story, merchant, remedy('refund', 260)), refused('order'), 'the other side')
    const more = await complain(orderOf(order.id, 2590, [['1', 99_999]]))
    t.match(await more.seenBy(alice), { order_statement_differs: ['/order/paid_amount'] })
    t.match(await write(more, buyer, remedy('refund', 260)), refused('order'), 'not by a second complaint either')
    await elsewhere(order, 259)
    t.match(await write(more, buyer, remedy('refund', 1)), refused('order'), 'nor after a refund elsewhere')
  })

  await t.test(
    `${currency}: nor does a further complaint, whatever it says of lines, pieces, sellers, payments and shipping`,
    async (t) => {
      const known = {
        payments: [
          { method: 'card', amount: 60 * scale },
          { method: 'points', amount: 60 * scale },
        ],
        shipping_amount: 20 * scale,
      }
      const lines: Line[] = [
        ['1', 50, { merchant_id: 'M-1' }],
        ['2', 50, { merchant_id: 'M-2' }],
      ]
      const otherwise: [said: string, lines: Line[], more: object][] = [
        ['a dearer line', [['1', 5_000, { merchant_id: 'M-1' }]], {}],
        ['more pieces', [['1', 50, { quantity: 100, merchant_id: 'M-1' }]], {}],
        ['a line of one’s own', [['9', 5_000, { merchant_id: 'M-1' }]], {}],
        ['another seller', [['2', 50, { merchant_id: 'M-1' }]], {}],
        ['money in place of points', lines, { payments: [{ method: 'card', amount: 120 * scale }] }],
        ['less for shipping', lines, { shipping_amount: 0 }],
      ]
      const first = async (by: 'the platform' | 'a party'): Promise<Json> => {
        if (by === 'the platform') return state(120, lines, known)
        const order = orderOf(nextOrder(), 120, lines, known)
        await complain(order)
        return order
      }
      for (const by of ['the platform', 'a party'] as const)
        for (const [said, claimed, more] of otherwise) {
          const order = await first(by)
          const before = (await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body
          const story = await complain(orderOf(order.id, 120, claimed, { ...known, ...more }))
          const after = (await app.call('GET', `/v1/orders/${order.id}`, { as: oms })).body
          t.strictSame(
            [after.limits, after.compensation_limit],
            [before.limits, before.compensation_limit],
            `${said}, after ${by}`,
          )
          t.match(await write(story, merchant, remedy('refund', 51, { line_ids: ['1'] })), refused('line'), said)
          t.match(
            await write(story, buyer, remedy('refund', 1, { line_ids: ['2'] })),
            { status: 422, body: { code: 'line_of_another_merchant' } },
            said,
          )
          t.match(await write(story, merchant, remedy('refund', 61, { method: 'card' })), { status: 422 }, said)
          t.match(await write(story, alice, remedy('compensation', 31)), refused('compensation'), said)
        }
    },
  )

  await t.test(`${currency}: all compensations for an order together are within 30 % of its goods`, async (t) => {
    const order = await state(1000, [['1', 1000]])
    for (const amount of [100, 100, 90]) await agree(order, remedy('compensation', amount))
    const fourth = await complain(order)
    t.match(await write(fourth, merchant, remedy('compensation', 11)), refused('compensation'), 'a fourth complaint')
    t.match(await write(fourth, alice, remedy('compensation', 11)), refused('compensation'), 'whoever approves')
    t.match(
      await write(fourth, alice, remedy('compensation', 10)),
      forApproval,
      'an agent alone grants 20 %, all that is in force counted',
    )
    t.match(await write(fourth, zhao, remedy('compensation', 10)), taken, 'a supervisor 30 %')
    t.match(await write(fourth, buyer, remedy('compensation', 11)), refused('compensation'), 'the other side')
    t.match(await write(fourth, merchant, remedy('refund', 1000)), taken, 'a refund is none')
    await elsewhere(order, 1000)
    t.match(await write(fourth, merchant, remedy('compensation', 10)), taken, 'nor is one elsewhere')
  })

  await t.test(`${currency}: approval counts the sum of the order, and goods have their value`, async (t) => {
    const order = await state(10_000, [
      ['1', 5_000],
      ['2', 5_000],
    ])
    const first = await judged(order)
    t.match(await write(first, alice, remedy('refund', 5_000, line1)), taken)
    t.match(await write(first, alice, remedy('exchange', undefined, line1)), taken, 'goods of the approval amount')
    t.match(await write(first, alice, remedy('exchange')), forApproval, 'an exchange of both lines')
    t.match(
      await write(first, alice, remedy('reship', undefined, line1), remedy('refund', 1, line1)),
      forApproval,
      'goods and money',
    )
    await agree(order, remedy('refund', 1, { line_ids: ['2'] }))
    t.match(await write(first, alice, remedy('refund', 5_000, line1)), forApproval, 'a second complaint has its share in force')
    t.match(await write(first, alice, remedy('refund', 4_999, line1)), taken)
    t.match(await write(first, merchant, remedy('refund', 5_000, line1)), taken, 'the other side needs none')
    await elsewhere(order, 1, { lines: [{ line_id: '2', amount: scale }] })
    t.match(await write(first, alice, remedy('refund', 4_999, line1)), forApproval, 'what went back elsewhere counts')
    t.match(await write(first, alice, remedy('refund', 4_998, line1)), taken)
  })

  await t.test(`${currency}: the cap of compensations looks at the lines of each remedy`, async (t) => {
    const order = await state(1000, [
      ['a', 100],
      ['b', 900],
    ])
    const onA = { line_ids: ['a'] }
    const story = await judged(order)
    const apology = remedy('apology', undefined, { line_ids: ['b'] })
    t.match(await write(story, alice, remedy('compensation', 20, onA), apology), taken)
    t.match(await write(story, alice, remedy('compensation', 21, onA), apology), forApproval)
    t.match(await write(story, alice, remedy('compensation', 11, onA), remedy('compensation', 10, onA)), forApproval, 'together')
    t.match(
      await write(story, alice, remedy('compensation', 21, onA), remedy('refund', 900, { line_ids: ['b'] })),
      forApproval,
      'beside another remedy',
    )
    t.match(await write(story, merchant, remedy('compensation', 21, onA), apology), taken, 'the other side needs none')
    t.match(await write(await judged(order), zhao, remedy('compensation', 30, onA), apology), taken, 'a second complaint')
    await elsewhere(order, 900, { lines: [{ line_id: 'b', amount: 900 * scale }] })
    t.match(
      await write(story, alice, remedy('compensation', 21, onA), apology),
      forApproval,
      'a refund elsewhere of the other line',
    )
  })

  await t.test(`${currency}: freight is judged when the plan takes effect`, async (t) => {
    for (const [type, amount] of [
      ['return_and_refund', 60],
      ['exchange', undefined],
    ] as const) {
      const story = await complain(await twoOfSixty())
      await story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
      await story.writePlan(alice, { remedies: [remedy(type, amount, { freight_payer: 'buyer' })], explanation: '方案' })
      await story.by(alice, 'determine-liability', liability)
      const impose = (as: string) => story.try(as, `/v1/refund-plans/${story.plan.id}/impose`, { explanation: '责任明确' })
      t.match(await impose(zhao), { status: 422, body: { code: 'freight_follows_fault' } }, type)
      t.match(await story.try(alice, `/v1/refund-plans/${story.plan.id}/propose`), {
        status: 422,
        body: { code: 'freight_follows_fault' },
      })
    }
    const offered = await judged(await twoOfSixty())
    await offered.writePlan(merchant, {
      remedies: [remedy('return_and_refund', 60, { freight_payer: 'buyer' })],
      explanation: '方案',
    })
    await offered.onPlan(merchant, 'propose')
    await offered.onPlan(buyer, 'decline', { explanation: '不同意' })
    t.match(
      await offered.try(zhao, `/v1/refund-plans/${offered.plan.id}/impose`, { explanation: '责任明确' }),
      { status: 422, body: { code: 'freight_follows_fault' } },
      'an offer of a side that the platform imposes',
    )
    await offered.writePlan(merchant, {
      remedies: [remedy('return_and_refund', 60, { freight_payer: 'buyer' })],
      explanation: '方案',
    })
    await offered.onPlan(merchant, 'propose')
    t.match(
      await offered.onPlan(buyer, 'accept'),
      { plan: { status: 'executing' } },
      'between themselves they agree as they like',
    )

    const order = await twoOfSixty()
    await agree(order, remedy('refund', 60, line1))
    await elsewhere(order, 30, { lines: [{ line_id: '2', amount: 30 * scale }] })
    const second = await judged(order)
    const freight = { line_ids: ['2'], freight_payer: 'buyer' }
    t.match(
      await write(second, alice, remedy('return_and_refund', 30, freight)),
      { status: 422, body: { code: 'freight_follows_fault' } },
      'a second complaint, of what a refund elsewhere has left',
    )
    await second.writePlan(alice, {
      remedies: [remedy('return_and_refund', 30, { ...freight, freight_payer: 'merchant' })],
      explanation: '方案',
    })
    t.match((await second.onPlan(zhao, 'impose', { explanation: '责任明确' })).plan, { status: 'executing' })
  })

  await t.test(`${currency}: whoever agrees to more than is left is refused at once, and told what is left`, async (t) => {
    const order = await state(100, [['1', 100]])
    await agree(order, remedy('refund', 30))
    const wanting = (type: string, amount: number) => complain(order, { wanted: { remedy: type, amount: amount * scale } })
    for (const type of ['refund', 'return_and_refund']) {
      const story = await wanting(type, 100)
      const answer = await story.try(merchant, `/v1/complaints/${story.id}/respond`, { position: 'agree' })
      t.match(answer, refused('order'), type)
      t.match(answer.body.detail, new RegExp(`and ${70 * scale} is left`))
      t.match(await story.seenBy(buyer), { status: 'negotiating', current_plan_id: null }, 'nothing was proposed')
    }
    const fits = await wanting('refund', 70)
    await elsewhere(order, 1)
    t.match(
      await fits.try(merchant, `/v1/complaints/${fits.id}/respond`, { position: 'agree' }),
      refused('order'),
      'after a refund elsewhere',
    )
    const less = await wanting('refund', 69)
    await less.by(merchant, 'respond', { position: 'agree' })
    const { current_plan_id: id } = await less.seenBy(buyer)
    t.match(
      await less.try(buyer, `/v1/refund-plans/${id}/accept`),
      { status: 200, body: { status: 'executing' } },
      'what is proposed can be accepted',
    )
    const tooMuch = await wanting('compensation', 31)
    t.match(
      await tooMuch.try(merchant, `/v1/complaints/${tooMuch.id}/respond`, { position: 'agree' }),
      refused('compensation'),
      'a compensation',
    )
    const offered = await complain(order)
    t.match(
      await write(offered, buyer, remedy('refund', 1)),
      refused('order'),
      'an offer of the other side, by a second complaint',
    )
  })

  await t.test(`${currency}: what a chargeback has given back is not given back again`, async (t) => {
    const order = await state(100, [['1', 100]], { payments: [{ method: 'card', amount: 100 * scale }] })
    const story = await complain(order)
    await story.writePlan(merchant, { remedies: [remedy('refund', 100)], explanation: '方案' })
    await story.onPlan(merchant, 'propose')
    const recorded = await elsewhere(order, 100, { kind: 'chargeback', means: 'card' })
    t.match(recorded, { kind: 'chargeback', excess: 0, source: 'platform' })
    t.match(await story.try(buyer, `/v1/refund-plans/${story.plan.id}/accept`), refused('order'), 'the plan on the table')
    const counter = { remedies: [remedy('return_and_refund', 1)], explanation: '方案' }
    t.match(
      await story.try(buyer, `/v1/refund-plans/${story.plan.id}/counter`, counter),
      refused('order'),
      'another remedy of the other side',
    )
    t.match(await write(await complain(order), alice, remedy('refund', 1)), refused('order'), 'a second complaint')
    t.ok((await story.eventsSeenBy(buyer)).includes('order_refund_elsewhere_recorded'), 'and the case tells it')

    const paid = await state(100, [['1', 100]])
    await agree(paid, remedy('refund', 100))
    t.match(await elsewhere(paid, 40), { excess: 40 * scale }, 'above what was left it is recorded all the same')
    const known = (await app.call('GET', `/v1/orders/${paid.id}`, { as: oms })).body
    t.match(known, { refund_in_force: 140 * scale, refund_excess: 40 * scale, refund_left: 0 })
  })
}

await t.test('a supervisor who did not write the plan approves what the sum of the order asks for', async (t) => {
  const { state, judged, remedy, agree } = inCurrency(app, 'CNY')
  const order = await state(10_000, [['1', 10_000]])
  const story = await judged(order)
  await story.writePlan(alice, { remedies: [remedy('refund', 5_000)], explanation: '方案' })
  t.equal(story.plan.needs_approval, false)
  await agree(order, remedy('refund', 1))
  const propose = await story.try(alice, `/v1/refund-plans/${story.plan.id}/propose`)
  t.match(propose, { status: 409 }, 'money that came in force meanwhile asks for approval')
  t.ok(propose.body.available_actions.some(({ action }: Json) => action === 'submit'))
  await story.onPlan(alice, 'submit')
  await story.onPlan(qian, 'approve')
  await story.onPlan(alice, 'propose')
  await story.onPlan(buyer, 'accept')
  t.equal((await story.onPlan(merchant, 'accept')).plan.status, 'executing')
})
