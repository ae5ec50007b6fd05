/** The payment system and staff at one step at once: whoever comes first, the same money is asked for, paid and counted. `RACE_ROUNDS` makes it longer. */
import t, { type Test } from 'tap'
import { type Called, type Json, type TestApp, testApp } from '../support/app.ts'
import { oms } from '../support/orders.ts'
import { agent, buyer, done, faultsInBooks, filingAgainstPlatform, happened, instance, order, proposed, tally } from './cases.ts'

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 20)
const AMOUNT = 5_000
const because = { explanation: '账户已注销' }

type Act = (body?: object) => Promise<Called>

/** A refund that the payment system was asked for, and how two instances act on it. */
interface Asked {
  orderId: string
  caseId: string
  attemptId: string
  /** On the first and on the second instance. */
  act: (action: string) => [Act, Act]
  step: () => Promise<Json>
}

const asked = async (one: TestApp, two: TestApp, orderId: string): Promise<Asked> => {
  const { caseId, planId } = await proposed(
    one,
    [{ type: 'refund', amount: AMOUNT }],
    filingAgainstPlatform({ order: order(orderId, AMOUNT) }),
  )
  const { steps } = await done(one, buyer, `/v1/refund-plans/${planId}/accept`)
  const [{ id, attempts }] = steps
  const acting =
    ({ call }: TestApp, action: string): Act =>
    (body = {}) =>
      call('POST', `/v1/refund-plans/${planId}/steps/${id}/${action}`, { as: agent, body })
  return {
    orderId,
    caseId,
    attemptId: attempts[0].id,
    act: (action) => [acting(one, action), acting(two, action)],
    step: async () => (await one.call('GET', `/v1/refund-plans/${planId}`, { as: agent })).body.steps[0],
  }
}

/** Plays a race in so many rounds, each with an order of its own; the books must be right after all of them. */
const race = async (t: Test, play: (round: Asked, one: TestApp) => Promise<void>): Promise<TestApp> => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < ROUNDS; round++) {
    const made = await asked(one, two, `A-${round}`)
    await play(made, one)
    const { body } = await one.call('GET', `/v1/orders/${made.orderId}`, { as: oms })
    t.match(body, { refund_in_force: AMOUNT, refund_excess: 0 }, 'the money counts once, whoever was first')
  }
  t.strictSame(await faultsInBooks(one.db), [])
  return one
}

const open = ({ attempts }: Json): Json[] => attempts.filter(({ status }: Json) => status === 'asked' || status === 'under_way')

await t.test('two people try a failed payment again: one attempt is made', async (t) => {
  const app = await race(t, async ({ act, step }) => {
    await act('fail')[0](because)
    const answers = await Promise.all([...act('retry'), ...act('retry')].map((retry) => retry()))
    t.strictSame(tally(answers), { '200': 1, '409 action_not_available': 3 })
    const { status, attempts } = await step()
    t.equal(status, 'pending')
    t.strictSame(
      attempts.map((attempt: Json) => attempt.status),
      ['failed', 'asked'],
    )
  })
  t.strictSame([...(await happened(app.db, 'refund_requested')).values()], Array(ROUNDS).fill(2))
})

await t.test('it is tried again and given up at once: either there is an attempt, or the money is free', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  for (let round = 0; round < ROUNDS; round++) {
    const { act, step, orderId } = await asked(one, two, `G-${round}`)
    await act('fail')[0](because)
    const answers = await Promise.all([act('retry')[0](), act('skip')[1](because)])
    t.strictSame(tally(answers), { '200': 1, '409 action_not_available': 1 })
    const isTried = answers[0]?.status === 200
    const now = await step()
    t.match(now, { status: isTried ? 'pending' : 'skipped', held_amount: isTried ? AMOUNT : 0 })
    t.equal(open(now).length, isTried ? 1 : 0)
    t.match((await one.call('GET', `/v1/orders/${orderId}`, { as: oms })).body, { refund_in_force: isTried ? AMOUNT : 0 })
  }
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a payment is to be left and is reported as paid: it is paid, and nothing is too much', async (t) => {
  await race(t, async ({ act, step, attemptId }) => {
    const [left, paid] = await Promise.all([act('cancel')[0](because), act('complete')[1]({ attempt_id: attemptId })])
    t.equal(paid.status, 200, 'what was paid is recorded, whatever was wanted')
    t.ok([200, 409].includes(left.status), 'once it is paid there is nothing to leave')
    t.match(await step(), { status: 'done', paid_amount: AMOUNT, overpaid_amount: 0 })
  })
})

await t.test('reported as paid and as failed: a payment outweighs a failure', async (t) => {
  const app = await race(t, async ({ act, step, attemptId }) => {
    const words = [act('complete')[0]({ attempt_id: attemptId }), act('fail')[1]({ attempt_id: attemptId, ...because })]
    t.strictSame(tally(await Promise.all(words)), { '200': 2 })
    t.match(await step(), { status: 'done', paid_amount: AMOUNT, held_amount: AMOUNT, overpaid_amount: 0 })
  })
  t.strictSame([...(await happened(app.db, 'complaint_resolved')).values()], Array(ROUNDS).fill(1))
})

await t.test('reported as paid many times at once: it is paid once', async (t) => {
  const app = await race(t, async ({ act, step, attemptId }) => {
    const words = [...act('complete'), ...act('complete')].map((complete) => complete({ attempt_id: attemptId }))
    t.strictSame(tally(await Promise.all(words)), { '200': 4 })
    t.match(await step(), { status: 'done', paid_amount: AMOUNT, overpaid_amount: 0 })
  })
  t.strictSame([...(await happened(app.db, 'step_completed')).values()], Array(ROUNDS).fill(1))
})

await t.test('given up and reported as paid: it counts as paid, or as too much', async (t) => {
  await race(t, async ({ act, step, attemptId }) => {
    await act('fail')[0](because)
    const [given, paid] = await Promise.all([act('skip')[0](because), act('complete')[1]({ attempt_id: attemptId })])
    t.equal(paid.status, 200)
    const isGivenUp = given.status === 200
    t.match(
      await step(),
      isGivenUp
        ? { status: 'skipped', held_amount: 0, overpaid_amount: AMOUNT }
        : { status: 'done', held_amount: AMOUNT, overpaid_amount: 0 },
    )
  })
})
