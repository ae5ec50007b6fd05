/** A deposit that lacks what open advances and debts can take of it is to be topped up in time; else that is told, once. */
import t from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { lookAfterDeposits } from '../../../src/money/shortages/by-the-clock.ts'
import { ask, imposed, onAdvance, paidFirst, payIn } from '../../support/advances.ts'
import { type Json, testApp } from '../../support/app.ts'
import { checkBalanced } from '../../support/ledger.ts'
import { decree } from '../../support/policy.ts'
import { alice, refundOf } from '../../support/story.ts'

await t.test('a deposit that is too small', async (t) => {
  const app = await testApp(t)
  const turn = () => lookAfterDeposits(app.deps, app.platformId)
  const deposit = (amount: number) => payIn(app.db, app.platformId, [{ kind: 'deposit_received', amount, owner: 'M-1' }])
  const told = async () => {
    const { body } = await app.call('GET', '/v1/events?types=sanction_due&limit=100')
    return body.data.map(({ subject, resource, data }: Json) => ({ subject, resource, ...data }))
  }
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  await deposit(1_000)

  const story = await imposed(app, refundOf(5_000))
  const advance = await ask(story)
  const { data } = (await app.call('GET', '/v1/merchants/M-1/account')).body
  t.match(data[0], { deposit: 1_000, reserved: 5_000, short: 4_000, available: 0 })
  t.equal(await turn(), 0, 'it is noted')
  const since = new Date(app.clock.nowMs()).toISOString()
  app.clock.advance(DAY)
  t.equal(await turn(), 0, 'and has its time')
  app.clock.advance(5 * DAY + HOUR)
  t.strictSame(await Promise.all([turn(), turn()]).then((all) => all.reduce((sum, one) => sum + one)), 1)
  t.equal(await turn(), 0)
  app.clock.advance(30 * DAY)
  t.equal(await turn(), 0, 'never twice for one shortage')
  t.match(await told(), [
    {
      subject: { type: 'merchant', id: 'M-1' },
      resource: { type: 'deposit', id: 'M-1' },
      currency: 'CNY',
      amount: 4_000,
      since,
    },
  ])

  await deposit(4_000)
  t.equal(await turn(), 0, 'a top-up ends it')
  t.strictSame(await app.db.selectFrom('deposit_shortages').selectAll().execute(), [])
  const other = await imposed(app, refundOf(700))
  await ask(other)
  await turn()
  app.clock.advance(8 * DAY)
  await deposit(700)
  t.equal(await turn(), 0, 'topped up in time')
  t.equal((await told()).length, 1)
  await onAdvance(story, alice, advance, 'cancel', { explanation: '商家已付款' })

  const third = await imposed(app, refundOf(6_000))
  await paidFirst(third)
  await decree(app, (document) => {
    document.deposit_top_up_within = null
  })
  await turn()
  app.clock.advance(30 * DAY)
  t.equal(await turn(), 0, 'where the policy says never')
  await checkBalanced(t, app.db, app.platformId)
})
