/** A key of the role `payments` reports what became of money, in every state, and reads nothing of a case. */
import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import { ask, imposed, payIn, refundIn } from '../../support/advances.ts'
import { type Json, testApp } from '../../support/app.ts'
import { checkBalanced } from '../../support/ledger.ts'
import { alice, qian, refundOf, returnOf, zhao } from '../../support/story.ts'

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

t.test('where it has a key of its own, staff report as a supervisor who decided nothing of it, and say why', async (t) => {
  const app = await testApp(t)
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  const story = await imposed(app, refundOf(5_000))
  const advance = await ask(story)
  const plan = `/v1/refund-plans/${story.plan.id}`
  const href = `${plan}/steps/${refundIn(story.plan).id}`
  const listed = async (as: string, url: string) =>
    (await story.read(as, url)).available_actions.map(({ action, required }: Json) => `${action} ${required}`)
  t.ok((await listed(alice, plan)).includes('complete_step '))
  const revoked = await app.call('POST', '/v1/api-keys', { body: { name: 'old', roles: ['payments'] } })
  await app.call('DELETE', `/v1/api-keys/${revoked.body.id}`)
  await app.key(['payments'], { expiresAt: '2026-01-01T00:00:00.000Z' })
  t.equal((await story.try(alice, `${href}/progress`)).status, 200, 'a key that is revoked or has expired is none')

  await app.key(['payments'])
  for (const [as, why] of [
    [alice, 'an agent, who wrote the plan'],
    ['agent:bob', 'any agent'],
    [zhao, 'the supervisor who imposed it'],
  ] as const) {
    const answer = await story.try(as, `${href}/fail`, { explanation: '余额不足' })
    t.match(answer, { status: 403, body: { code: 'separation_of_duties' } }, why)
    t.strictSame(
      (await listed(as, plan)).filter((one: string) => /fail_step|complete_step/.test(one)),
      [],
      why,
    )
  }
  const reports = ['complete_step', 'fail_step', 'progress_step', 'return_step'].map((one) => `${one} explanation`)
  t.strictSame(
    (await listed(qian, plan)).filter((one: string) => reports.includes(one)),
    reports,
  )
  t.match(await story.try(qian, `${href}/progress`), {
    status: 400,
    body: { code: 'validation_failed', errors: [{ pointer: '/explanation', code: 'required' }] },
  })
  const because = { explanation: '支付系统停机，已电话核实' }
  t.equal((await story.try(qian, `${href}/fail`, because)).status, 200)
  t.equal((await story.try(qian, `${href}/complete`, { ...because, payment_reference: 'F-1' })).status, 200)
  const recover = `/v1/advances/${advance.id}/recover`
  t.match(await story.try(alice, recover, { amount: 1_000, ...because }), { status: 403 }, 'who asked for the advance')
  t.match(await story.try(qian, recover, { amount: 1_000 }), { status: 400 })
  t.match(await listed(qian, `/v1/advances/${advance.id}`), ['recover amount,explanation'])
  t.match(await story.try(qian, recover, { amount: 1_000, ...because }), { status: 200, body: { recovered_amount: 1_000 } })
  app.clock.advance(6 * DAY)
  await app.call('POST', '/v1/sweeps', { body: {} })
  const [debt] = (await story.read(qian, `/v1/complaints/${story.id}/receivables`)).data
  const pay = `/v1/receivables/${debt.id}/pay`
  t.match(await story.try(alice, pay, { amount: 1, ...because }), { status: 403 })
  t.match(await story.try(qian, pay, { amount: 1 }), { status: 400 })
  t.match(await story.try(qian, pay, { amount: 1, ...because }), { status: 200 })
  t.match(await story.try(psp, pay, { amount: 1 }), { status: 202 }, 'the payment system says no reason')
  const { data } = await story.read(qian, `/v1/complaints/${story.id}/events?sort=-sequence&limit=10`)
  t.match(
    data.find(({ type, actor }: Json) => type === 'debt_paid' && actor.id === 'qian'),
    { data: because },
  )
  await checkBalanced(t, app.db, app.platformId)
})
