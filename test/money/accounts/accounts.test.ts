/** What the fund has, and what a merchant has: balances, and statements that lead to them. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { writeStages } from '../../../src/foundation/sql/rows.ts'
import { journal, type Posting } from '../../../src/money/ledger/post.ts'
import { postTransfers } from '../../../src/money/ledger/record.ts'
import { platformNow } from '../../../src/platform/platforms/clock.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { checkBalanced } from '../../support/ledger.ts'
import { begin, li, psp, put, reserve, take } from '../movements/fund.ts'

const merchant = 'merchant:M-1'
const account = '/v1/merchants/M-1/account'

/** Transfers as decisions of cases write them. */
const post = async ({ db, platformId, clock }: TestApp, postings: readonly Posting[], currency = 'CNY') => {
  const scope = { id: platformId, mode: 'test' as const, clock_offset_ms: 0, rules_version: 1 }
  const transfers = journal({ platform_id: platformId, currency, now: platformNow(scope, clock) }, postings)
  await writeStages(db, platformId, postTransfers(transfers))
}

const statement = async ({ call }: TestApp, query = '', as = merchant): Promise<Json[]> =>
  (await call('GET', `${account}/statement?${query}`, { as })).body.data

await t.test('the fund shows what it has, has promised, bears and is owed, by currency', async (t) => {
  const app = await testApp(t)
  t.match(await app.call('GET', '/v1/fund'), { status: 200, body: { data: [] } })
  await put(app, 'fund_top_up', 3_000_000)
  await put(app, 'fund_top_up', 70, { currency: 'EUR' })
  await put(app, 'deposit', 5_000)
  await reserve(app, 800)
  await post(app, [{ kind: 'advance_frozen', amount: 900 }])
  await post(app, [{ kind: 'advance_paid', amount: 600 }])
  await post(app, [
    { kind: 'owed_by_merchant', amount: 400, owner: 'M-1' },
    { kind: 'borne', amount: 50 },
    { kind: 'owed_by_buyer', amount: 40, owner: 'B-1' },
  ])
  await post(app, [
    { kind: 'merchant_waived', amount: 10, owner: 'M-1' },
    { kind: 'buyer_written_off', amount: 5, owner: 'B-1' },
    { kind: 'owed_to_merchant', amount: 7, owner: 'M-2' },
  ])
  await begin(app, 'fund_top_up', 11)
  await begin(app, 'fund_withdrawal', 2_000_000)
  await begin(app, 'fund_withdrawal', 100)
  await begin(app, 'deposit_withdrawal', 200)
  const { body } = await app.call('GET', '/v1/fund')
  t.match(body.data, [
    {
      currency: 'CNY',
      fund: 2_999_000,
      frozen: 300,
      buyer_paid: 110,
      expense: 50,
      goodwill: 10,
      written_off: 5,
      deposits: 4_800,
      deposits_reserved: 800,
      held: 0,
      owed_by_merchants: 390,
      owed_by_buyers: 35,
      owed_by_carriers: 0,
      payable_to_merchants: 7,
      payable_to_buyers: 0,
      announced: 11,
      asked: 2_000_000,
      paying: 100,
      announced_deposits: 0,
      asked_deposits: 0,
      paying_deposits: 200,
    },
    { currency: 'EUR', fund: 70, frozen: 0 },
  ])
  for (const as of ['agent:alice', 'supervisor:zhao', 'integration:erp'])
    t.equal((await app.call('GET', '/v1/fund', { as })).status, 200, as)
  for (const as of ['buyer:B-1', merchant, psp, 'orders:oms'])
    t.equal((await app.call('GET', '/v1/fund', { as })).status, 403, as)
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('the account of a merchant', async (t) => {
  const app = await testApp(t)
  await put(app, 'deposit', 5_000)
  await put(app, 'deposit', 9_000, { merchant_id: 'M-2' })
  await put(app, 'deposit', 33, { currency: 'EUR' })
  await reserve(app, 800)
  app.clock.advance(DAY)
  const back = (await begin(app, 'deposit_withdrawal', 200)).body.id
  await take(app, psp, back, 'fail')
  await post(app, [
    { kind: 'deposit_taken', amount: 700, owner: 'M-1' },
    { kind: 'owed_to_merchant', amount: 5, owner: 'M-1' },
  ])

  await t.test('shows what it has in each currency', async (t) => {
    const { body } = await app.call('GET', account, { as: merchant })
    t.strictSame(body, {
      merchant_id: 'M-1',
      data: [
        { currency: 'CNY', deposit: 4_300, reserved: 800, short: 0, available: 3_500, held: 0, receivable: 0, payable: 5 },
        { currency: 'EUR', deposit: 33, reserved: 0, short: 0, available: 33, held: 0, receivable: 0, payable: 0 },
      ],
    })
    await reserve(app, 6_000)
    t.match((await app.call('GET', account, { as: merchant })).body.data[0], { reserved: 6_800, short: 2_500, available: 0 })
  })

  await t.test('and a statement of what led there, each entry with the balance after it', async (t) => {
    t.strictSame(
      (await statement(app, 'currency=CNY')).map((x) => [x.account, x.kind, x.amount, x.balance]),
      [
        ['merchant_payable', 'owed_to_merchant', 5, 5],
        ['deposit', 'deposit_taken', -700, 4_300],
        ['deposit', 'deposit_withdrawal_failed', 200, 5_000],
        ['deposit', 'deposit_withdrawn', -200, 4_800],
        ['deposit', 'deposit_received', 5_000, 5_000],
      ],
    )
    const [newest] = await statement(app, 'account=deposit&currency=EUR')
    t.match(newest, { currency: 'EUR', amount: 33, balance: 33, reverses: null, complaint_id: null })
    t.match((await statement(app, 'account=deposit&currency=CNY'))[1], { movement_id: back })
  })

  await t.test('over a period, from page to page', async (t) => {
    const start = '2026-11-22T00:00:00Z'
    t.strictSame(
      (await statement(app, `account=deposit&to=${start}`)).map(({ balance }) => balance),
      [33, 5_000],
    )
    t.strictSame(
      (await statement(app, `account=deposit&from=${start}`)).map(({ balance }) => balance),
      [4_300, 5_000, 4_800],
    )
    const seen: unknown[] = []
    let url: string | undefined = `${account}/statement?limit=2`
    while (url !== undefined) {
      const { body, headers }: Awaited<ReturnType<TestApp['call']>> = await app.call('GET', url, { as: merchant })
      seen.push(...body.data)
      url = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    }
    t.strictSame(seen, await statement(app, 'limit=100'))
    t.equal(seen.length, 6)
  })

  await t.test('as CSV, that no spreadsheet runs', async (t) => {
    const csv = await app.call('GET', `${account}/statement?format=csv&currency=CNY`, { as: merchant })
    t.match(csv, { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8; header=present' } })
    const [head, first, second] = csv.text.split('\r\n')
    t.match(head, /^created_at,account,currency,amount,balance,kind,name_en,name_zh,/)
    t.match(first, /^2026-11-22T19:16:00\.000Z,merchant_payable,CNY,5,5,owed_to_merchant,owed to the merchant,转为应付商家,,,/)
    t.match(second, /,deposit,CNY,-700,4300,deposit_taken,/)
    const accepted = await app.call('GET', `${account}/statement?currency=CNY`, { as: merchant, headers: { accept: 'text/csv' } })
    t.equal(accepted.text, csv.text)
    t.equal((await app.call('GET', `${account}/statement?format=xml`, { as: merchant })).status, 400)
  })

  await t.test('is for the merchant and the platform alone', async (t) => {
    for (const url of [account, `${account}/statement`]) {
      for (const as of ['agent:alice', li, 'integration:erp']) t.equal((await app.call('GET', url, { as })).status, 200, as)
      for (const as of ['buyer:B-1', 'buyer:M-1', psp]) t.equal((await app.call('GET', url, { as })).status, 403, as)
      t.equal((await app.call('GET', url, { as: 'merchant:M-2' })).status, 404)
    }
    t.equal((await app.call('GET', '/v1/merchants/M-7/account')).status, 404, 'nobody of that name has anything')
    t.match(await app.call('GET', '/v1/merchants/M-7/account', { as: 'merchant:M-7' }), { status: 200, body: { data: [] } })
  })
  await checkBalanced(t, app.db, app.platformId)
})
