/** The guarantee fund with everybody at it at once. `RACE_ROUNDS` makes it longer. */
import t, { type Test } from 'tap'
import { DAY } from '../../src/foundation/clock.ts'
import { accountIdOf } from '../../src/money/ledger/post.ts'
import { put } from '../money/movements/fund.ts'
import { ask, imposed, paidFirst, payIn, refundIn } from '../support/advances.ts'
import { type Called, type Json, type TestApp, testApp } from '../support/app.ts'
import { faultsInFund } from '../support/fund-books.ts'
import { alice, type CaseStory, qian, refundOf, zhao } from '../support/story.ts'
import { faultsInBooks, instance, tally } from './cases.ts'

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 10)
const sun = 'supervisor:sun'
const words = { explanation: '说明' }

/** Two instances of the service, and a fund. */
const begin = async (t: Test, fund: number): Promise<[TestApp, TestApp]> => {
  const one = await testApp(t)
  await payIn(one.db, one.platformId, [{ kind: 'fund_topped_up', amount: fund }])
  return [one, await instance(t, one)]
}

const post = ({ call }: TestApp, as: string, url: string, body: Json = {}): Promise<Called> => call('POST', url, { as, body })
const sweep = (app: TestApp): Promise<Called> => post(app, 'admin:root', '/v1/sweeps')
const balance = async ({ db, platformId }: TestApp, kind: 'fund' | 'deposit' | 'frozen', owner?: string): Promise<number> =>
  (
    await db
      .selectFrom('ledger_accounts')
      .select('balance')
      .where('platform_id', '=', platformId)
      .where('id', '=', accountIdOf(kind, 'CNY', owner))
      .executeTakeFirst()
  )?.balance ?? 0
const right = async (t: Test, { db, platformId }: TestApp): Promise<void> => {
  t.strictSame([...(await faultsInFund(db, platformId)), ...(await faultsInBooks(db))], [])
}

/** A case of a buyer and a merchant of its own, with a refund of 50.00. */
const made = (app: TestApp, n: number): Promise<CaseStory> =>
  imposed(app, refundOf(5_000), { complainant: { role: 'buyer', id: `B-${n}` }, respondent: { role: 'merchant', id: `M-${n}` } })

/** Its deposit, in the ledger. */
const deposit = ({ db, platformId }: TestApp, n: number, amount: number): Promise<void> =>
  payIn(db, platformId, [{ kind: 'deposit_received', amount, owner: `M-${n}` }])

/** Plays a race in so many rounds, each with a case of its own; what must hold does after all of them. */
const race = async (
  t: Test,
  play: (round: { one: TestApp; two: TestApp; story: CaseStory; n: number; seen: (what: string) => void }) => Promise<void>,
): Promise<void> => {
  const [one, two] = await begin(t, 100_000_000)
  const seen = new Map<string, number>()
  for (let n = 0; n < ROUNDS; n++)
    await play({ one, two, story: await made(one, n), n, seen: (what) => seen.set(what, (seen.get(what) ?? 0) + 1) })
  t.comment([...seen].map(([what, times]) => `${what}: ${times}`).join(' | '))
  await right(t, one)
}

await t.test('50 ask at once for money that is there for 20: exactly 20 get it', async (t) => {
  const [one, two] = await begin(t, 20_000)
  const stories: CaseStory[] = []
  for (let n = 0; n < 50; n++)
    stories.push(
      await imposed(one, refundOf(1_000), {
        complainant: { role: 'buyer', id: `B-${n}` },
        respondent: { role: 'merchant', id: `M-${n}` },
      }),
    )
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(
      stories.map((story, n) => post(n % 2 ? one : two, alice, `/v1/complaints/${story.id}/advances`, words)),
    )
    const states = answers.map(({ status, body }) => `${status} ${body.status}`)
    t.strictSame([...Map.groupBy(states, (state) => state)].map(([state, all]) => `${all.length} × ${state}`).sort(), [
      '20 × 201 frozen',
      '30 × 201 refused',
    ])
    t.equal(await balance(one, 'fund'), 0)
    const frozen = answers.flatMap(({ body }) => (body.status === 'frozen' ? [body.id] : []))
    const given = await Promise.all(frozen.map((id) => post(one, zhao, `/v1/advances/${id}/cancel`, words)))
    t.strictSame(tally(given), { '200': 20 })
    t.equal(await balance(one, 'fund'), 20_000)
  }
  await right(t, one)
})

await t.test('50 statements put aside of money that is there for 20: exactly 20 do', async (t) => {
  const [one] = await begin(t, 20)
  for (let round = 0; round < ROUNDS; round++) {
    const done = await Promise.allSettled(
      Array.from({ length: 50 }, () => payIn(one.db, one.platformId, [{ kind: 'advance_frozen', amount: 1 }])),
    )
    t.equal(done.filter(({ status }) => status === 'fulfilled').length, 20)
    t.equal(await balance(one, 'frozen'), 20)
    await payIn(one.db, one.platformId, [{ kind: 'advance_released', amount: 20 }])
  }
  await right(t, one)
})

await t.test('the merchant pays as its deposit is taken: the fund has it once, and what is beyond is the deposit’s', (t) =>
  race(t, async ({ one, two, story, n, seen }) => {
    await deposit(one, n, 1_000)
    const fund = await balance(one, 'fund')
    const { id } = await paidFirst(story)
    one.clock.advance(6 * DAY)
    const [swept, paid] = await Promise.all([
      sweep(one),
      post(two, alice, `/v1/advances/${id}/recover`, { amount: 5_000, payment_reference: `P-${n}` }),
    ])
    t.strictSame([swept.status, paid.status], [200, 200], paid.text)
    const { body } = await two.call('GET', `/v1/advances/${id}`, { as: alice })
    t.match(body, { status: 'recovered', recovered_amount: 5_000, owed_amount: 0 })
    t.equal(await balance(one, 'fund'), fund)
    t.equal(await balance(one, 'deposit', `M-${n}`), 1_000)
    const { body: debts } = await one.call('GET', `/v1/complaints/${story.id}/receivables`, { as: alice })
    seen(debts.data.length === 0 ? 'paid first' : 'taken first')
  }),
)

await t.test('a deposit is topped up as it is taken: nothing of it is lost, and debts are paid from it', (t) =>
  race(t, async ({ one, two, story, n, seen }) => {
    const merchant_id = `M-${n}`
    await deposit(one, n, 1_000)
    const fund = await balance(one, 'fund')
    const { id } = await paidFirst(story)
    one.clock.advance(6 * DAY)
    const [swept] = await Promise.all([sweep(one), put(two, 'deposit', 9_000, { merchant_id })])
    t.equal(swept.status, 200)
    const { body: debts } = await one.call('GET', `/v1/complaints/${story.id}/receivables`, { as: alice })
    const owed = debts.data.reduce((sum: number, { amount, paid_amount }: Json) => sum + amount - paid_amount, 0)
    const { body } = await one.call('GET', `/v1/advances/${id}`, { as: alice })
    t.match(body, { recovered_amount: 5_000 - owed, owed_amount: owed })
    t.equal((await balance(one, 'deposit', merchant_id)) - owed, 5_000)
    t.equal((await balance(one, 'fund')) + owed, fund)
    seen(debts.data.length === 0 ? 'topped up first' : 'taken first')
  }),
)

await t.test(
  'the payment system lets a settlement go as the fund takes it: it is gone once, and the merchant owes what is not there',
  (t) =>
    race(t, async ({ one, two, story, n, seen }) => {
      const fund = await balance(one, 'fund')
      const hold = (await post(one, alice, `/v1/complaints/${story.id}/holds`, { ...words, amount: 3_000 })).body
      await post(one, alice, `/v1/holds/${hold.id}/report-held`, { amount: 3_000 })
      await paidFirst(story)
      one.clock.advance(6 * DAY)
      const [swept, gone] = await Promise.all([sweep(one), post(two, alice, `/v1/holds/${hold.id}/report-released`)])
      t.equal(swept.status, 200)
      const { body } = await one.call('GET', `/v1/holds/${hold.id}`, { as: alice })
      const wasFirst = gone.status === 200
      t.match(
        body,
        wasFirst
          ? { status: 'released', taken_amount: 0, released_amount: 3_000 }
          : { status: 'taken', taken_amount: 3_000, released_amount: 0 },
        gone.text,
      )
      const { body: debts } = await one.call('GET', `/v1/complaints/${story.id}/receivables`, { as: alice })
      t.match(debts.data, [{ status: 'open', amount: wasFirst ? 5_000 : 2_000, debtor: { id: `M-${n}` } }])
      t.equal(await balance(one, 'fund'), wasFirst ? fund - 5_000 : fund - 2_000)
      seen(wasFirst ? 'let go first' : 'taken first')
    }),
)

await t.test('two uphold one appeal: what was taken is given back once', (t) =>
  race(t, async ({ one, two, story, n }) => {
    await deposit(one, n, 8_000)
    const { id } = await paidFirst(story)
    one.clock.advance(6 * DAY)
    await sweep(one)
    t.equal(await balance(one, 'deposit', `M-${n}`), 3_000)
    await story.file(story.respondent, { reason_code: 'advance_not_due', statement: '不应垫付' })
    const uphold = (app: TestApp, as: string) => post(app, as, `/v1/appeals/${story.appeal.id}/uphold`, words)
    t.strictSame(tally(await Promise.all([uphold(one, qian), uphold(two, sun)])), { '200': 1, '409 action_not_available': 1 })
    t.equal(await balance(one, 'deposit', `M-${n}`), 8_000)
    const { body } = await one.call('GET', `/v1/advances/${id}`, { as: alice })
    t.match(body, { status: 'reversed', provisional_amount: 5_000, recovered_amount: 0 })
  }),
)

await t.test('an appeal is upheld as the payment is reported: it is provisional, and the merchant bears nothing', (t) =>
  race(t, async ({ one, two, story, n, seen }) => {
    await deposit(one, n, 8_000)
    const { id } = await ask(story)
    await story.onStep(alice, 'fail', { explanation: '商户余额不足' })
    await story.file(story.respondent, { reason_code: 'advance_not_due', statement: '不应垫付' })
    const step = `/v1/refund-plans/${story.plan.id}/steps/${refundIn(story.plan).id}`
    const answers = await Promise.all([
      post(one, qian, `/v1/appeals/${story.appeal.id}/uphold`, words),
      post(two, alice, `${step}/complete`, { payment_reference: `F-${n}` }),
    ])
    t.strictSame(tally(answers), { '200': 2 })
    const { body } = await one.call('GET', `/v1/advances/${id}`, { as: alice })
    t.match(body, { status: 'reversed', paid_amount: 5_000, provisional_amount: 5_000, merchant_part: 0, frozen_amount: 0 })
    t.equal(await balance(one, 'deposit', `M-${n}`), 8_000)
    const { body: events } = await one.call('GET', `/v1/complaints/${story.id}/events?sort=sequence&limit=100`, { as: alice })
    const told: string[] = events.data.map(({ type }: Json) => type)
    seen(told.indexOf('advance_paid') < told.indexOf('appeal_upheld') ? 'paid first' : 'upheld first')
  }),
)

await t.test('an advance is cancelled as the payment system leaves the payment to it: it pays, or its money is the fund’s', (t) =>
  race(t, async ({ one, two, story, n, seen }) => {
    const fund = await balance(one, 'fund')
    const { id } = await ask(story)
    const step = `/v1/refund-plans/${story.plan.id}/steps/${refundIn(story.plan).id}`
    const says = n % 2 ? 'fail' : 'complete'
    const [reported, cancelled] = await Promise.all([
      post(two, alice, `${step}/${says}`, says === 'fail' ? words : { payment_reference: `P-${n}` }),
      post(one, zhao, `/v1/advances/${id}/cancel`, words),
    ])
    t.equal(reported.status, 200, reported.text)
    const { body } = await one.call('GET', `/v1/advances/${id}`, { as: alice })
    const isCancelled = cancelled.status === 200
    // what the merchant has paid leaves nothing to cancel
    t.strictSame(
      [body.status, cancelled.status],
      isCancelled || says === 'complete' ? ['cancelled', cancelled.status] : ['paying', 409],
    )
    t.equal(await balance(one, 'fund'), body.status === 'cancelled' ? fund : fund - 5_000)
    seen(`${says}, ${isCancelled ? 'cancelled' : 'too late to cancel'}`)
  }),
)
