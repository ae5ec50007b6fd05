/** The money of an order, with everybody at it at once: what is promised never exceeds what was paid, and is reserved once. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { limitKinds } from '../../src/words/orders.ts'
import { type Called, type Json, testApp } from '../support/app.ts'
import { decree } from '../support/policy.ts'
import {
  agent,
  buyer,
  done,
  faultsInBooks,
  filing,
  filingAgainstPlatform,
  happened,
  instance,
  investigating,
  liability,
  merchant,
  order,
  proposed,
  supervisor,
  tally,
} from './cases.ts'

const refund = (amount: number) => [{ type: 'refund', amount }]
const compensation = (amount: number) => [{ type: 'compensation', amount }]

await t.test('one side accepts once, however often and wherever it says so', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < 10; round++) {
    const { planId } = await proposed(one, refund(5_000), filing({ order: order(`O-${round}`, 25_900) }))
    const accept = (app: typeof one) => app.call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer })
    t.strictSame(tally(await Promise.all([one, two, one, two].map(accept))), { '200': 1, '409 action_not_available': 3 })
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('both sides accept at the same moment: one execution, its money reserved once', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < 10; round++) {
    const { planId } = await proposed(one, refund(5_000), filing({ order: order(`O-${round}`, 25_900) }))
    const answers = await Promise.all([
      one.call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer }),
      two.call('POST', `/v1/refund-plans/${planId}/accept`, { as: merchant }),
    ])
    t.strictSame(answers.map(({ body }) => body.status).sort(), ['executing', 'proposed'], 'the second word begins it')
  }
  t.strictSame([...(await happened(one.db, 'refund_requested')).values()], Array(10).fill(1))
  const orders = await one.db.selectFrom('orders').select('refund_in_force').execute()
  t.strictSame(orders, Array(10).fill({ refund_in_force: 5_000 }))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('an acceptance against a decline, a counter-offer and a withdrawal: one of them counts', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (const rival of ['decline', 'counter', 'withdraw'] as const) {
    for (let round = 0; round < 5; round++) {
      const { caseId, planId } = await proposed(
        one,
        refund(5_000),
        filingAgainstPlatform({ order: order(`O-${rival}-${round}`, 25_900) }),
      )
      const body = { decline: { explanation: 'x' }, counter: { remedies: refund(6_000), explanation: 'x' }, withdraw: {} }[rival]
      const answers = await Promise.all([
        one.call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer }),
        two.call('POST', rival === 'withdraw' ? `/v1/complaints/${caseId}/withdraw` : `/v1/refund-plans/${planId}/${rival}`, {
          as: buyer,
          body,
        }),
      ])
      t.strictSame(tally(answers), { '200': 1, '409 action_not_available': 1 }, rival)
    }
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

/** 50 complaints about one order, each with a plan that its buyer is about to accept, all at once on three instances. */
const fiftyAcceptances = async (t: Test, remediesOf: (n: number) => { type: string; amount: number }[]) => {
  const one = await testApp(t)
  const apps = [one, await instance(t, one), await instance(t, one)]
  // compensations up to their bound need no approval
  await decree(one, (document: Json) => Object.assign(document, { agent_compensation_percent: 30 }))
  const body = filingAgainstPlatform({ order: order('O-1', 10_000) })
  const plans: { planId: string; amount: number }[] = []
  for (let n = 0; n < 50; n++) {
    const remedies = remediesOf(n)
    const { planId } = await proposed(one, remedies, body)
    plans.push({ planId, amount: remedies[0]?.amount ?? 0 })
  }
  const answers = await Promise.all(
    plans.map(({ planId }, n) => (apps[n % 3] ?? one).call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer })),
  )
  t.strictSame(Object.keys(tally(answers)), ['200', '422 order_total_exceeded'], 'some fit, some do not, nothing else happens')
  t.strictSame(await faultsInBooks(one.db), [])
  const inForce = await one.db.selectFrom('orders').select(['refund_in_force', 'compensation_in_force']).executeTakeFirstOrThrow()
  return { inForce, outcomes: plans.map(({ amount }, n) => ({ amount, accepted: answers[n]?.status === 200 })) }
}

const sum = (amounts: readonly { amount: number }[]): number => amounts.reduce((total, { amount }) => total + amount, 0)

await t.test('50 refunds of one order accepted at once never exceed what was paid, and leave no room unused', async (t) => {
  const { inForce, outcomes } = await fiftyAcceptances(t, (n) => refund(150 + 7 * n))
  const accepted = sum(outcomes.filter((x) => x.accepted))
  t.strictSame(inForce, { refund_in_force: accepted, compensation_in_force: 0 })
  t.ok(accepted <= 10_000, `${accepted} of 10000`)
  for (const { amount } of outcomes.filter((x) => !x.accepted)) t.ok(amount > 10_000 - accepted, `${amount} did not fit`)
})

await t.test('refunds accepted at once stay within what was paid, compensations within 30 % of the goods', async (t) => {
  const kinds = [refund, compensation]
  const { inForce, outcomes } = await fiftyAcceptances(t, (n) => (kinds[n % 2] ?? refund)(300 + n))
  for (const [kind, most] of [
    [0, 10_000],
    [1, 3_000],
  ] as const) {
    const ofKind = outcomes.filter((_, n) => n % 2 === kind)
    const accepted = sum(ofKind.filter((x) => x.accepted))
    t.equal([inForce.refund_in_force, inForce.compensation_in_force][kind], accepted)
    t.ok(accepted <= most, `${accepted} of ${most}`)
    for (const { amount } of ofKind.filter((x) => !x.accepted)) t.ok(amount > most - accepted, `${amount} did not fit`)
  }
})

await t.test('the last room goes to one of many, and what is released can be promised again', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const body = filingAgainstPlatform({ order: order('O-1', 5_000) })
  const plans = [await proposed(one, refund(5_000), body), await proposed(one, refund(5_000), body)]
  const accept = ({ planId }: { planId: string }, n: number) =>
    (n % 2 ? one : two).call('POST', `/v1/refund-plans/${planId}/accept`, { as: buyer })
  const answers = await Promise.all(plans.map(accept))
  t.strictSame(tally(answers), { '200': 1, '422 order_total_exceeded': 1 })
  const won = answers.findIndex(({ status }) => status === 200)
  const { steps } = answers[won]?.body ?? {}
  const step = `/v1/refund-plans/${plans[won]?.planId}/steps/${steps[0].id}`
  await done(one, 'agent:alice', `${step}/fail`, { explanation: 'account_closed' })
  t.equal((await accept(plans[1 - won] ?? { planId: '' }, 0)).status, 422, 'what failed stays reserved')
  await done(one, 'agent:alice', `${step}/skip`, { explanation: 'account_closed' })
  t.equal((await accept(plans[1 - won] ?? { planId: '' }, 0)).status, 200)
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('statutory damages for one line are imposed once, by whichever of two complaints comes first', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  await decree(one, (document: Json) => Object.assign(document, { statutory_damages_multiple: 3 }))
  for (let round = 0; round < 10; round++) {
    const plans: string[] = []
    for (const _complaint of [1, 2]) {
      const { id } = await investigating(one, filing({ order: order(`O-${round}`, 10_000) }))
      await done(one, agent, `/v1/complaints/${id}/determine-liability`, liability)
      const remedies = [{ type: 'statutory_damages', amount: 30_000, rule: '第五十五条' }]
      plans.push((await done(one, agent, `/v1/complaints/${id}/refund-plans`, { remedies, explanation: '赔偿' })).id)
    }
    const answers = await Promise.all(
      plans.map((id, n) =>
        [one, two][n]?.call('POST', `/v1/refund-plans/${id}/impose`, { as: supervisor, body: { explanation: '欺诈成立' } }),
      ),
    )
    t.strictSame(tally(answers as Called[]), { '200': 1, '422 order_total_exceeded': 1 })
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('no statement whatever gets past the bounds in the schema', async (t) => {
  const { db, ...one } = await testApp(t)
  const { planId } = await proposed(one, refund(5_000), filingAgainstPlatform({ order: order('O-1', 10_000) }))
  const refused = (text: string, constraint: string) => t.rejects(sql.raw(text).execute(db), { code: '23514', constraint }, text)
  await refused('update orders set refund_in_force = 10001', 'orders_refunds_within_paid')
  await refused('update orders set refund_in_force = -1', 'orders_refunds_within_paid')
  await refused('update orders set compensation_in_force = 3001', 'orders_compensations_within_share')
  await refused('update orders set compensation_in_force = -1', 'orders_compensations_within_share')
  await sql`insert into order_limits (platform_id, order_id, kind, key, bound, in_force, excess)
    select platform_id, id, kind, 'x', 100, 0, 0 from orders, unnest(${[...limitKinds]}::text[]) kind`.execute(db)
  for (const kind of limitKinds) {
    await refused(`update order_limits set in_force = 101 where kind = '${kind}' and key = 'x'`, `order_limits_${kind}`)
    await sql.raw(`update order_limits set in_force = 101, excess = 1 where kind = '${kind}' and key = 'x'`).execute(db)
  }
  await refused('update order_limits set in_force = -1', 'order_limits_in_force')
  await refused(`update refund_plans set refund_in_force = 5001 where id = '${planId}'`, 'refund_plans_refund_in_force')
  await refused(`update refund_plans set compensation_in_force = 1 where id = '${planId}'`, 'refund_plans_compensation_in_force')
  await refused(
    `update refund_plans set statutory_damages_in_force = 1 where id = '${planId}'`,
    'refund_plans_statutory_damages_in_force',
  )
})

await t.test('the books are checked in earnest: a wrong sum is found', async (t) => {
  const { db, ...one } = await testApp(t)
  await proposed(one, refund(5_000), filingAgainstPlatform({ order: order('O-1', 10_000) }))
  await sql`update orders set refund_in_force = 1`.execute(db)
  t.strictSame(await faultsInBooks(db), ['money of order O-1'])
})
