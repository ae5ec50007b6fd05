/** The money of an order, with complaints, refunds elsewhere and corrections at it at once. `RACE_ROUNDS` makes it longer. */
import t from 'tap'
import { type Json, type TestApp, testApp } from '../support/app.ts'
import { oms } from '../support/orders.ts'
import { buyer, done, faultsInBooks, filingAgainstPlatform, instance, order, proposed, tally } from './cases.ts'

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 20)
const refund = (amount: number, more: object = {}) => [{ type: 'refund', amount, ...more }]
const accept = ({ call }: TestApp, planId: string) => call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer })
const orderOf = async ({ call }: TestApp, id: string): Promise<Json> => (await call('GET', `/v1/orders/${id}`, { as: oms })).body

const twoLines = (id: string) => ({
  ...order(id, 12_000),
  lines: ['1', '2'].map((line_id) => ({ line_id, name: '商品', quantity: 1, unit_amount: 6_000 })),
})

await t.test('two complaints for one line: one of them gets it', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < ROUNDS; round++) {
    const id = `L-${round}`
    const body = filingAgainstPlatform({ order: twoLines(id) })
    const line1 = refund(6_000, { line_ids: ['1'] })
    const plans = [await proposed(one, line1, body), await proposed(one, line1, body)]
    const answers = await Promise.all(plans.map(({ planId }, n) => accept(n === 0 ? one : two, planId)))
    t.strictSame(tally(answers), { '200': 1, '422 order_total_exceeded': 1 })
    const { limits } = await orderOf(one, id)
    t.match(limits[0], { kind: 'line', key: '1', bound: 6_000, in_force: 6_000, excess: 0 })
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a refund elsewhere against an acceptance: what comes second finds what the first left', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const ends = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const id = `E-${round}`
    const { planId } = await proposed(one, refund(8_000), filingAgainstPlatform({ order: twoLines(id) }))
    const [accepted, recorded] = await Promise.all([
      accept(one, planId),
      two.call('POST', `/v1/orders/${id}/refunds-elsewhere`, { as: oms, body: { amount: 8_000, reference: 'CB' } }),
    ])
    t.equal(recorded.status, 201, 'it is always recorded')
    const known = await orderOf(one, id)
    const isPaid = accepted.status === 200
    t.match(known, isPaid ? { refund_in_force: 16_000, refund_excess: 4_000 } : { refund_in_force: 8_000, refund_excess: 0 })
    t.equal(recorded.body.excess, isPaid ? 4_000 : 0)
    ends.set(String(accepted.status), (ends.get(String(accepted.status)) ?? 0) + 1)
  }
  t.comment(Object.fromEntries(ends))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a correction against an acceptance: the acceptance is judged by the facts that hold then', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < ROUNDS; round++) {
    const id = `C-${round}`
    const { planId } = await proposed(one, refund(8_000), filingAgainstPlatform({ order: twoLines(id) }))
    const { id: _id, ...facts } = twoLines(id)
    const [accepted, corrected] = await Promise.all([
      accept(one, planId),
      two.call('PUT', `/v1/orders/${id}`, { as: oms, body: { ...facts, paid_amount: 6_000 }, headers: { 'if-match': '"1"' } }),
    ])
    t.equal(corrected.status, 200)
    const known = await orderOf(one, id)
    const isPaid = accepted.status === 200
    t.match(known, {
      paid_amount: 6_000,
      refund_in_force: isPaid ? 8_000 : 0,
      refund_excess: isPaid ? 2_000 : 0,
      refund_left: isPaid ? 0 : 6_000,
    })
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('one refund elsewhere, told ten times at once, is one', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  await done(one, buyer, '/v1/complaints', filingAgainstPlatform({ order: twoLines('T-1') }))
  const tell = (n: number) =>
    (n % 2 ? one : two).call('POST', '/v1/orders/T-1/refunds-elsewhere', { as: oms, body: { amount: 1_000, reference: 'CB' } })
  t.strictSame(tally(await Promise.all(Array.from({ length: 10 }, (_, n) => tell(n)))), { '201': 10 })
  t.match(await orderOf(one, 'T-1'), { refund_in_force: 1_000 })
})
