import t from 'tap'
import type { NewComplaintBody } from '../../../src/case/complaints/filing-schema.ts'
import { agent, buyer, filing, liability, merchant, offer, once, refusal, type Story, supervisor } from '../../support/rules.ts'

type Order = NonNullable<NewComplaintBody['order']>
type Line = Order['lines'][number]

const line = (line_id: string, unit_amount: number, quantity = 1): Line => ({ line_id, name: '商品', quantity, unit_amount })
const ordered = (paid_amount: number, lines: Line[], currency = 'CNY') =>
  filing({ order: { id: 'O-1', currency: currency as Order['currency'], paid_amount, lines } })
const plan = (...remedies: object[]) => ({ remedies, explanation: '方案' })
const refund = (amount: number, more = {}) => ({ type: 'refund', amount, ...more })
const compensation = (amount: number, more = {}) => ({ type: 'compensation', amount, ...more })
const exceeded = '422 order_total_exceeded'
const MOST = Number.MAX_SAFE_INTEGER

/** Whether the agent's plan needs approval. */
const needsApproval = (body: NewComplaintBody, ...remedies: object[]): boolean =>
  once.judged(body).by(agent, 'create', plan(...remedies)).plan.needs_approval

/** What becomes of writing a plan; `undefined` when it is written. */
const writing = (body: NewComplaintBody, ...remedies: object[]): string | undefined =>
  refusal(() => once.judged(body).by(buyer, 'create', plan(...remedies)))

t.test('a plan of staff needs approval', async (t) => {
  const dear = ordered(1_000_000, [line('1', 1_000_000)])

  await t.test('above 5,000.00 CNY', async (t) => {
    t.equal(needsApproval(dear, refund(499_999)), false)
    t.equal(needsApproval(dear, refund(500_000)), false)
    t.equal(needsApproval(dear, refund(500_001)), true)
    t.equal(needsApproval(dear, refund(300_000), compensation(200_000)), false)
    t.equal(needsApproval(dear, refund(300_001), compensation(200_000)), true, 'all its money together')
  })

  await t.test('always in a currency without an amount', async (t) => {
    t.equal(needsApproval(ordered(100, [line('1', 100)], 'JPY'), refund(1)), true)
    t.equal(needsApproval(ordered(100, [line('1', 100)], 'KWD'), { type: 'exchange' }), true, 'goods have their value')
    t.equal(
      needsApproval(ordered(100, [line('1', 100)], 'KWD'), { type: 'apology' }),
      false,
      'unless it moves neither money nor goods',
    )
  })

  await t.test('of an agent with compensations above 20 % of the goods', async (t) => {
    const body = ordered(25_900, [line('1', 25_900)])
    t.equal(needsApproval(body, compensation(5_180)), false)
    t.equal(needsApproval(body, compensation(5_181)), true)
    t.equal(needsApproval(body, compensation(3_000), compensation(2_181)), true, 'together')
    t.equal(needsApproval(body, refund(25_900)), false, 'a refund without return is no compensation')
    const bySupervisor = once.judged(body).by(supervisor, 'create', plan(compensation(7_770)))
    t.equal(bySupervisor.plan.needs_approval, false, 'a supervisor grants 30 %')
  })

  await t.test('measured at the lines that each remedy names', async (t) => {
    const two = ordered(30_000, [line('1', 10_000), line('2', 5_000, 4)])
    t.equal(needsApproval(two, compensation(2_000, { line_ids: ['1'] })), false)
    t.equal(needsApproval(two, compensation(2_001, { line_ids: ['1'] })), true)
    t.equal(needsApproval(two, compensation(4_000, { line_ids: ['2'] })), false, 'quantity counts')
    t.equal(needsApproval(two, compensation(4_001, { line_ids: ['2'] })), true)
    t.equal(needsApproval(two, compensation(6_000)), false, 'all lines in dispute when none is named')
    t.equal(
      needsApproval(two, compensation(2_001, { line_ids: ['1'] }), { type: 'apology', line_ids: ['2'] }),
      true,
      'each for itself',
    )
  })

  await t.test('for any compensation without an order', async (t) => {
    const story = once.judged(filing({ order: null })).by(agent, 'create', { ...plan(compensation(1)), currency: 'CNY' })
    t.match(story.plan, { needs_approval: true, currency: 'CNY' })
  })

  await t.test('an offer of a party never does', async (t) => {
    for (const actor of [buyer, merchant]) {
      const story = once.accepted(dear).by(actor, 'create', plan(refund(900_000), compensation(300_000)))
      t.equal(story.plan.needs_approval, false, actor.role)
      t.equal(story.onPlan(actor, 'propose').status, 'awaiting_confirmation')
    }
  })
})

t.test('an order holds so much money, and no approval lifts that', async (t) => {
  const body = ordered(25_000, [line('1', 25_901)])

  await t.test('refunds up to what was paid', async (t) => {
    t.equal(writing(body, refund(25_000)), undefined)
    t.equal(writing(body, refund(25_001)), exceeded)
    t.equal(writing(body, refund(12_500), { type: 'return_and_refund', amount: 12_501 }), exceeded)
  })

  await t.test('compensations up to 30 % of what was paid for the goods, rounded down', async (t) => {
    const odd = ordered(25_901, [line('1', 25_901)])
    // 30 % of 259.01 are 77.703
    t.equal(writing(odd, refund(25_901), compensation(7_770)), undefined)
    t.equal(writing(odd, compensation(7_771)), exceeded)
    t.equal(writing(body, compensation(7_500)), undefined, 'of 250.00 paid, whatever the price was')
    t.equal(writing(body, compensation(7_501)), exceeded)
  })

  await t.test('to the largest amount there is', async (t) => {
    const most = ordered(MOST, [line('1', MOST, 1_000_000)])
    const share = Math.floor(MOST / 10) * 3
    t.equal(writing(most, refund(MOST)), undefined)
    t.equal(writing(most, compensation(share)), undefined)
    t.equal(writing(most, refund(MOST), compensation(1)), '400 validation_failed')
    const two = ordered(MOST - 1, [line('1', MOST)])
    t.equal(writing(two, refund(MOST - 1), compensation(1)), undefined)
    t.equal(writing(two, refund(MOST)), exceeded)
    t.equal(needsApproval(most, compensation(share)), true)
  })
})

t.test('money is reserved when execution begins, and only if it is there', async (t) => {
  /** The case, as if other cases of its order held so much already. */
  const besides = (story: Story, refund_in_force: number, compensation_in_force = 0): Story => {
    if (!story.file.order) throw new Error('the case has no order')
    Object.assign(story.file.order, { refund_in_force, compensation_in_force })
    return story
  }
  // paid 25,900; 30 % of the item value are 7,770
  await t.test('at the second acceptance', async (t) => {
    const half = () => once.proposed(plan(refund(5_000))).onPlan(buyer, 'accept')
    const story = besides(half(), 20_900)
    t.equal(story.onPlan(merchant, 'accept').file.order?.refund_in_force, 25_900)
    t.equal(
      refusal(() => besides(half(), 20_901).onPlan(merchant, 'accept')),
      exceeded,
    )
    t.equal(
      besides(half(), 20_000, 7_770).onPlan(merchant, 'accept').status,
      'executing',
      'compensations have a bound of their own',
    )
  })

  await t.test('at an imposition', async (t) => {
    const drafted = () => once.judged().by(agent, 'create', plan(compensation(7_770)))
    const impose = (story: Story) => refusal(() => story.onPlan(supervisor, 'impose', { explanation: '判定' }))
    t.equal(impose(besides(drafted(), 25_900)), undefined)
    t.equal(impose(besides(drafted(), 0, 1)), exceeded)
  })

  await t.test('when staff accept for the platform by proposing', async (t) => {
    const body = filing({ respondent: { role: 'platform', id: 'platform' } })
    const offered = () => once.accepted(body).by(buyer, 'create', offer(5_000))
    t.equal(besides(offered(), 20_900).onPlan(agent, 'propose').status, 'executing')
    t.equal(
      refusal(() => besides(offered(), 20_901).onPlan(agent, 'propose')),
      exceeded,
    )
  })

  await t.test('and released when a step is given up, for another plan to use', async (t) => {
    const story = once.agreed(plan(refund(20_000))).onStep(agent, 'fail_step', { explanation: 'refused' })
    t.equal(story.file.order?.refund_in_force, 20_000, 'until then it is held')
    story.onStep(agent, 'skip_step', { explanation: 'refused' })
    story.by(buyer, 'create', offer(25_900)).onPlan(buyer, 'propose').onPlan(merchant, 'accept')
    t.match(story.file.order, { refund_in_force: 25_900, compensation_in_force: 0 })
  })
})

t.test('the remedies of a plan fit its order', async (t) => {
  const body = filing()
  t.equal(writing(filing({ order: null }), refund(100)), '422 order_needed')
  t.equal(writing(filing({ order: null }), { type: 'return_and_refund', amount: 100 }), '422 order_needed')
  t.equal(writing(filing({ order: null }), compensation(100)), '400 validation_failed', 'without an order it names its currency')
  t.equal(writing(filing({ order: null }), { type: 'apology' }), undefined)
  t.equal(writing(body, refund(100, { line_ids: ['1', '2'] })), '422 unknown_order_line')
  for (const type of ['refund', 'return_and_refund', 'compensation'])
    t.equal(writing(body, { type }), '400 validation_failed', `${type} needs an amount`)
  for (const type of ['exchange', 'repair', 'reship', 'apology'])
    t.equal(writing(body, { type, amount: 100 }), '400 validation_failed', `${type} has none`)
  const dollars = { ...plan(refund(100)), currency: 'USD' }
  t.equal(
    refusal(() => once.accepted().by(merchant, 'create', dollars)),
    '422 currency_mismatch',
  )
})

t.test('freight follows fault', async (t) => {
  const payers = ['buyer', 'merchant', 'platform'] as const
  const refusedPayers = (...shares: [party: string, percent: number][]) =>
    payers.filter((freight_payer) => {
      const judged = once
        .escalated()
        .by(agent, 'determine_liability', { ...liability, shares: shares.map(([party, percent]) => ({ party, percent })) })
      const code = refusal(() => judged.by(agent, 'create', plan({ type: 'return_and_refund', amount: 100, freight_payer })))
      return code === '422 freight_follows_fault'
    })
  t.strictSame(refusedPayers(['merchant', 100]), ['buyer'])
  t.strictSame(refusedPayers(['logistics', 100]), ['buyer'])
  t.strictSame(refusedPayers(['platform', 60], ['merchant', 40]), ['buyer'])
  t.strictSame(refusedPayers(['buyer', 100]), ['merchant', 'platform'])
  t.strictSame(refusedPayers(['buyer', 50], ['merchant', 50]), [], 'shared fault, shared freight')

  const buyerPays = plan({ type: 'return_and_refund', amount: 100, freight_payer: 'buyer' })
  t.equal(once.judged().by(buyer, 'create', buyerPays).plan.status, 'draft', 'a party may offer what it likes')
  t.equal(once.escalated().by(agent, 'create', buyerPays).plan.status, 'draft', 'before anybody is at fault')
})
