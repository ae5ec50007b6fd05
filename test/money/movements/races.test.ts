/** Two at once about the same money: one of them has it, and the other is told. */
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced, journalsOf } from '../../support/ledger.ts'
import { begin, byTheClock, li, movements, psp, put, reserve, take, told } from './fund.ts'

const wang = 'admin:wang'

await t.test('two admins at once: one approves, the other finds it done, and the fund is debited once', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 100_000_000)
  for (let round = 0; round < 20; round++) {
    const { id } = (await begin(app, 'fund_withdrawal', 2_000_000)).body
    const answers = await Promise.all([
      take(app, li, id, 'approve'),
      take(app, wang, id, round % 2 === 0 ? 'approve' : 'refuse', round % 2 === 0 ? {} : { explanation: '不同意' }),
    ])
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 409])
    const { status } = (await app.call('GET', `${movements}/${id}`)).body
    t.equal(answers.find((answer) => answer.status === 200)?.body.status, status)
    t.equal((await told(app, id)).length, 2)
  }
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('two withdrawals at once of a fund that has money for one', async (t) => {
  const app = await testApp(t)
  for (let round = 0; round < 20; round++) {
    await put(app, 'fund_top_up', 1_000)
    const answers = await Promise.all([begin(app, 'fund_withdrawal', 1_000), begin(app, 'fund_withdrawal', 1_000)])
    t.strictSame(answers.map(({ body }) => body.status).sort(), ['paying', 'refused'])
  }
  t.match(await balancesOf(app.db, app.platformId), {})
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('a withdrawal beside a reservation never takes what was reserved before it, 100 times', async (t) => {
  const app = await testApp(t)
  const seen = new Set<string>()
  for (let round = 0; round < 100; round++) {
    const merchant_id = `M-${round}`
    await put(app, 'deposit', 1_000, { merchant_id })
    let reservedAt = 0
    const [answer] = await Promise.all([
      begin(app, 'deposit_withdrawal', 700, { merchant_id }),
      pause(round % 10).then(async () => {
        await reserve(app, 400, merchant_id)
        reservedAt = performance.now()
      }),
    ])
    const { status, end_reason_code } = answer.body
    seen.add(`${status} ${end_reason_code}`)
    t.ok(reservedAt > 0 && ['paying null', 'refused deposit_reserved'].includes(`${status} ${end_reason_code}`))
    // once both are through, nothing more goes
    t.match((await begin(app, 'deposit_withdrawal', 700, { merchant_id })).body, { status: 'refused' })
  }
  t.comment([...seen].join(' | '))
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('a reservation that is written while a withdrawal waits for the account wins', async (t) => {
  const app = await testApp(t)
  for (let round = 0; round < 10; round++) {
    const merchant_id = `M-${round}`
    await put(app, 'deposit', 1_000, { merchant_id })
    let withdrawal: ReturnType<typeof begin> | undefined
    await app.db.transaction().execute(async (trx) => {
      await reserve({ db: trx, platformId: app.platformId }, 400, merchant_id)
      withdrawal = begin(app, 'deposit_withdrawal', 700, { merchant_id })
      await pause(30)
    })
    t.match((await withdrawal)?.body, { status: 'refused', end_reason_code: 'deposit_reserved' })
  }
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('two reports at once are one', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 100_000)
  for (let round = 0; round < 20; round++) {
    const announced = (await begin(app, 'deposit', 10)).body.id
    const twice = await Promise.all([take(app, psp, announced, 'receive'), take(app, li, announced, 'receive')])
    t.strictSame(
      twice.map(({ status, body }) => [status, body.status]),
      [
        [200, 'received'],
        [200, 'received'],
      ],
    )
    const asked = (await begin(app, 'fund_withdrawal', 10)).body.id
    const both = await Promise.all([take(app, psp, asked, 'fail'), take(app, psp, asked, 'complete')])
    t.strictSame(
      both.map(({ status }) => status),
      [200, 200],
    )
    t.match((await app.call('GET', `${movements}/${asked}`)).body, { status: 'done', uncovered_amount: 0 }, 'in whatever order')
  }
  t.strictSame(await balancesOf(app.db, app.platformId), {
    'deposit of M-1 CNY': 200,
    'fund CNY': 99_800,
    'outside CNY': -100_000,
  })
  await checkBalanced(t, app.db, app.platformId)
})

await t.test('an approval at the last moment and the clock: one of them decides', async (t) => {
  const app = await testApp(t)
  await put(app, 'fund_top_up', 100_000_000)
  let approved = 0
  for (let round = 0; round < 20; round++) {
    const { id } = (await begin(app, 'fund_withdrawal', 2_000_000)).body
    app.clock.advance(10 * DAY)
    const [answer] = await Promise.all([take(app, li, id, 'approve'), byTheClock(app)])
    const { status, end_reason_code } = (await app.call('GET', `${movements}/${id}`)).body
    const isApproved = answer.status === 200
    approved += isApproved ? 1 : 0
    t.strictSame([status, end_reason_code], isApproved ? ['paying', null] : ['refused', 'no_answer'])
    t.equal((await told(app, id)).length, 2)
  }
  t.equal((await journalsOf(app.db, app.platformId)).length, 1 + approved)
  await checkBalanced(t, app.db, app.platformId)
})
