/** A key of the role `payments` reports what became of money, in every state, and reads nothing of a case. */
import t from 'tap'
import { ask, imposed, payIn, refundIn } from '../../support/advances.ts'
import { testApp } from '../../support/app.ts'
import { alice, refundOf, returnOf } from '../../support/story.ts'

const psp = 'payments:psp'

t.test('the payment system reports a refund, again and that it came back', async (t) => {
  const app = await testApp(t)
  const key = await app.key(['payments'])
  const story = await imposed(app, refundOf(5_000))
  const href = `/v1/refund-plans/${story.plan.id}/steps/${refundIn(story.plan).id}`
  const report = (action: string, body: object) => app.call('POST', `${href}/${action}`, { as: null, key, body })
  for (const [action, body, status] of [
    ['progress', {}, 'under_way'],
    ['complete', { payment_reference: 'PAY-1' }, 'done'],
    ['complete', { payment_reference: 'PAY-1' }, 'done'],
    ['return', { explanation: '账户已注销' }, 'returned'],
  ] as const) {
    t.match(await report(action, body), { status: 202, body: { recorded: true } }, action)
    t.match(refundIn(await story.read(alice, `/v1/refund-plans/${story.plan.id}`)), { status })
  }
  t.equal((await report('retry', {})).status, 403, 'how it goes on, people decide')
  for (const url of [`/v1/complaints/${story.id}`, `/v1/refund-plans/${story.plan.id}`, `/v1/complaints/${story.id}/money`])
    t.equal((await app.call('GET', url, { as: psp })).status, 403, url)
})

t.test('it reports on money alone', async (t) => {
  const app = await testApp(t)
  const story = await imposed(app, returnOf(5_000))
  const shipment = story.plan.steps.find(({ kind }: { kind: string }) => kind === 'return_shipment')
  const answer = await story.try(psp, `/v1/refund-plans/${story.plan.id}/steps/${shipment.id}/complete`, {
    tracking_number: 'SF1',
  })
  t.match(answer, { status: 409, body: { code: 'action_not_available' } })
})

t.test('it reports what merchants and buyers pay to the fund', async (t) => {
  const app = await testApp(t)
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  const story = await imposed(app, refundOf(5_000))
  const advance = await ask(story)
  const href = `/v1/refund-plans/${story.plan.id}/steps/${refundIn(story.plan).id}`
  await story.try(psp, `${href}/fail`, { explanation: '余额不足' })
  await story.try(psp, `${href}/complete`, { payment_reference: 'F-1' })
  t.match(await story.try(psp, `/v1/advances/${advance.id}/recover`, { amount: 5_000 }), { status: 202 })
  t.match(await story.read(alice, `/v1/advances/${advance.id}`), { status: 'recovered', recovered_amount: 5_000 })
  t.equal((await story.try(psp, `/v1/advances/${advance.id}/cancel`, { explanation: 'x' })).status, 403)
})
