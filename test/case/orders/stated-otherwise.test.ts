/** What was offered by facts that hold no more, facts that staff have stated, and consent that is the platform's own. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { oms } from '../../support/orders.ts'
import { decree } from '../../support/policy.ts'
import { alice, CaseStory, qian, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const app = await testApp(t)

const platform = { role: 'platform', id: 'platform' }
const line = (line_id: string, unit_amount: number, more: object = {}) => ({
  line_id,
  name: '商品',
  quantity: 1,
  unit_amount,
  ...more,
})
const ofM1 = { merchant_id: 'M-1' }
const ofM2 = { merchant_id: 'M-2' }

let orders = 0
/** An order that nobody has stated yet. */
const order = (paid_amount: number, lines: object[], more: object = {}): Json => {
  orders += 1
  return { id: `O-${orders}`, currency: 'CNY', paid_amount, lines, ...more }
}

/** States an order, or corrects it. */
const state = async ({ id, ...said }: Json, as = oms): Promise<void> => {
  const { status, headers } = await app.call('GET', `/v1/orders/${id}`, { as: alice })
  const version: Record<string, string> = status === 200 ? { 'if-match': headers.etag ?? '' } : {}
  const answer = await app.call('PUT', `/v1/orders/${id}`, { as, body: said, headers: version })
  if (answer.status !== 200) throw new Error(answer.text)
}

const complain = async (about: Json, change: object = {}): Promise<CaseStory> => {
  const body = {
    channel: 'portal',
    category: 'other',
    complainant: { role: 'buyer', id: 'B-1' },
    respondent: { role: 'merchant', id: 'M-1' },
    description: '有问题',
    order: about,
    ...change,
  }
  const filed = await app.call('POST', '/v1/complaints', { as: buyer, body })
  if (filed.status !== 201) throw new Error(filed.text)
  return new CaseStory(app, filed.body).by(alice, 'accept')
}
const escalated = async (about: Json): Promise<CaseStory> =>
  (await complain(about)).by(buyer, 'escalate', { reason_code: 'no_agreement' })

const plan = (...remedies: object[]) => ({ remedies, explanation: '方案' })
const refund = (amount: number, more: object = {}) => ({ type: 'refund', amount, ...more })
const write = (story: CaseStory, as: string, ...remedies: object[]): Promise<Called> =>
  story.try(as, `/v1/complaints/${story.id}/refund-plans`, plan(...remedies))
const offer = async (story: CaseStory, as: string, ...remedies: object[]): Promise<CaseStory> =>
  (await story.writePlan(as, plan(...remedies))).onPlan(as, 'propose')
const accept = (story: CaseStory, as: string): Promise<Called> => story.try(as, `/v1/refund-plans/${story.plan.id}/accept`)
const refused = (code: string) => ({ status: 422, body: { code } })
const begun = { status: 200, body: { status: 'executing' } }

await t.test('a further complaint names another line of the same merchant, whose bound follows', async (t) => {
  const first = await complain(order(1_000, [line('1', 100, ofM1)]))
  await offer(first, merchant, refund(100, { line_ids: ['1'] }))
  t.match(await accept(first, buyer), begun)
  const { id } = await first.seenBy(alice).then((seen) => seen.order)
  await app.call('POST', `/v1/orders/${id}/refunds-elsewhere`, {
    as: oms,
    body: { amount: 50, reference: 'R-1', lines: [{ line_id: '1', amount: 50 }] },
  })
  const limit = async (kind: string, key: string) =>
    (await app.call('GET', `/v1/orders/${id}`, { as: oms })).body.limits.find((one: Json) => one.kind === kind && one.key === key)
  t.match(await limit('merchant', 'M-1'), { bound: 100, in_force: 150, excess: 50 })
  const second = await complain({ id, currency: 'CNY', paid_amount: 1_000, lines: [line('2', 800, ofM1)] })
  t.match(await limit('merchant', 'M-1'), { bound: 900, in_force: 150, excess: 0, left: 750 })
  t.match(await limit('line', '1'), { bound: 100, in_force: 150, excess: 50 })
  await offer(second, merchant, refund(700, { line_ids: ['2'] }))
  t.match(await accept(second, buyer), begun)
  t.match(await limit('merchant', 'M-1'), { bound: 900, in_force: 850, excess: 0 })
})

await t.test('what lies on the table is judged by what is known of the order when it takes effect', async (t) => {
  const lines = [line('1', 6_000, ofM1), line('2', 4_000, ofM1)]
  for (const [what, remedies, change, code] of [
    [
      'somebody else sold the line',
      [refund(6_000, { line_ids: ['1'] })],
      { lines: [line('1', 6_000, ofM2), lines[1]] },
      'line_of_another_merchant',
    ],
    [
      'the same for goods',
      [{ type: 'exchange', line_ids: ['1'] }],
      { lines: [line('1', 6_000, ofM2), lines[1]] },
      'line_of_another_merchant',
    ],
    ['the line is gone', [refund(6_000, { line_ids: ['1'] })], { lines: [lines[1]] }, 'unknown_order_line'],
    [
      'the line of a piece is gone',
      [refund(7, { line_ids: ['1'], quantity: 1, freight_amount: 7 })],
      { lines: [lines[1]] },
      'unknown_order_line',
    ],
    ['the order was in another currency', [refund(5_000)], { currency: 'JPY' }, 'currency_mismatch'],
    ['a compensation in another currency', [{ type: 'compensation', amount: 100 }], { currency: 'KWD' }, 'currency_mismatch'],
  ] as const) {
    const about = order(10_000, lines)
    await state(about)
    const story = await offer(await complain(about), merchant, ...remedies)
    await state({ ...about, ...change })
    t.match(await accept(story, buyer), refused(code), what)
    const known = (await app.call('GET', `/v1/orders/${about.id}`, { as: oms })).body
    t.match(known, { refund_in_force: 0, compensation_in_force: 0 })
  }
  const about = order(10_000, lines)
  await state(about)
  const story = await offer(await complain(about), merchant, { type: 'apology' })
  await state({ ...about, currency: 'JPY' })
  t.match(await accept(story, buyer), begun, 'what moves no money is in no currency')
})

await t.test('what staff state otherwise so that more can be given back, somebody else approves', async (t) => {
  const paid = {
    payments: [
      { method: 'card', amount: 5_000 },
      { method: 'points', amount: 5_000 },
    ],
  }
  const two = [line('1', 5_000, ofM1), line('2', 5_000, ofM2)]
  const three = line('1', 10_000, { quantity: 1 })
  for (const [what, said, change, remedy] of [
    [
      'points become money',
      order(10_000, [line('1', 10_000)], paid),
      { payments: [{ method: 'card', amount: 10_000 }] },
      refund(6_000, { method: 'card' }),
    ],
    [
      'nobody knows of points any more',
      order(10_000, [line('1', 10_000)], paid),
      { payments: [] },
      refund(6_000, { method: 'card' }),
    ],
    [
      'a line changes its merchant',
      order(10_000, two),
      { lines: [two[0], line('2', 5_000, ofM1)] },
      refund(5_000, { line_ids: ['2'] }),
    ],
    [
      'a line has more pieces',
      order(10_000, [three]),
      { lines: [line('1', 5_000, { quantity: 2 })] },
      refund(1, { line_ids: ['1'], quantity: 2 }),
    ],
    [
      'shipping was less',
      order(10_000, [line('1', 10_000)], { shipping_amount: 5_000 }),
      { shipping_amount: 0 },
      { type: 'compensation', amount: 1_600 },
    ],
  ] as const) {
    const story = await escalated(said)
    await state({ ...said, ...change }, zhao)
    t.match(await write(story, alice, remedy), { status: 201, body: { needs_approval: true } }, what)
    await state({ ...said, ...change })
    t.match(
      await write(story, alice, remedy),
      { status: 201, body: { needs_approval: false } },
      'the platform’s systems have said so',
    )
  }
  const said = order(10_000, two, paid)
  const story = await escalated(said)
  await state({ ...said, lines: [two[0], line('2', 4_000, ofM2)] }, zhao)
  t.match(await write(story, alice, refund(1)), { status: 201, body: { needs_approval: false } }, 'a lower bound needs nobody')
})

await t.test('where the platform itself is complained about, its consent needs what its plans need', async (t) => {
  const dear = order(2_000_000, [line('1', 2_000_000)])
  await state(dear)
  const against = (about: Json) => complain(about, { respondent: platform })
  const large = await offer(await against(dear), buyer, refund(500_001))
  t.match(await accept(large, alice), refused('approval_needed'), 'an agent alone')
  t.match(await accept(large, zhao), begun, 'a supervisor did not write it')

  const cheap = order(2_000_000, [line('1', 2_000_000)])
  await state(cheap)
  t.match(await accept(await offer(await against(cheap), buyer, refund(500_000)), alice), begun, 'within an agent’s own')
  t.match(
    await accept(await offer(await against(cheap), buyer, { type: 'compensation', amount: 600_000 }), alice),
    refused('approval_needed'),
    'another remedy',
  )

  const stated = order(1_000, [line('1', 1_000)])
  await state(stated, zhao)
  const raised = await offer(await against(stated), buyer, refund(1_000))
  t.match(await accept(raised, zhao), refused('approval_needed'), 'who stated the order finds it right')
  t.match(await accept(raised, qian), begun)

  const shared = order(2_000_000, [line('1', 2_000_000)])
  await state(shared)
  const answered = await offer(await against(shared), buyer, refund(400_000))
  const counter = await answered.try(alice, `/v1/refund-plans/${answered.plan.id}/counter`, plan(refund(300_000)))
  t.match(counter, { status: 200 })
  const { current_plan_id: id } = await answered.seenBy(alice)
  const other = await offer(await against(shared), alice, refund(300_000))
  t.match(await accept(other, buyer), begun)
  t.match(
    await answered.try(buyer, `/v1/refund-plans/${id}/accept`),
    refused('approval_needed'),
    'an answer of staff, with what came in force meanwhile',
  )
})

await t.test('silence settles nothing about an order that only a party has stated, nor in another currency', async (t) => {
  await decree(app, (document: Json) => {
    document.deem_agreed_up_to = { CNY: 5_000, KWD: 5_000 }
    document.clocks.respondent_response = [{ allow: { count: 2, unit: 'days' }, on_silence: ['deem_agreed'] }]
  })
  const wanting = (amount: number) => ({ wanted: { remedy: 'refund', amount } })
  const onlySaid = await complain(order(999_999, [line('1', 999_999)]), wanting(999_999))
  const small = await complain(order(5_000, [line('1', 5_000)]), wanting(5_000))
  const inCny = order(5_000, [line('1', 5_000)])
  await state({ ...inCny, currency: 'KWD' })
  const otherwise = await complain(inCny, wanting(4_000))
  const known = order(5_000, [line('1', 5_000)])
  await state(known)
  const agreed = await complain(known, wanting(5_000))
  app.clock.advance(2 * DAY)
  await app.call('POST', '/v1/sweeps', { body: {} })
  t.match(await onlySaid.seenBy(zhao), { status: 'investigating', current_plan_id: null })
  t.match(await small.seenBy(zhao), { status: 'investigating', current_plan_id: null })
  t.match(await otherwise.seenBy(zhao), { status: 'investigating', current_plan_id: null })
  t.match(await agreed.seenBy(zhao), { status: 'executing' })
})
