import t from 'tap'
import { DAY, toTime } from '../../../src/foundation/clock.ts'
import { type Json, testApp } from '../../support/app.ts'

await t.test('GET /v1/me says who one is, what one may, on which platform', async (t) => {
  const { call, clock, platform } = await testApp(t)
  const made = await call('POST', '/v1/api-keys', {
    body: { name: 'shop backend', roles: ['buyer', 'supervisor'], expires_at: toTime(clock.nowMs() + DAY) },
  })
  const { id, key } = made.body
  await call('POST', '/v1/test-clock/advance', { body: { by: 'P7D' } })
  const me = async (as: string | null, secret = key): Promise<Json> => (await call('GET', '/v1/me', { key: secret, as })).body

  const supervisor = await me('supervisor:auth0|7')
  t.match(supervisor, {
    actor: { role: 'supervisor', id: 'auth0|7' },
    roles: ['buyer', 'supervisor'],
    key: { id, name: 'shop backend', start: 'rdk_test_', last_four: key.slice(-4), expires_at: toTime(clock.nowMs() + DAY) },
    platform: { mode: 'test' },
    now: toTime(clock.nowMs() + 7 * DAY),
  })
  t.equal(supervisor.platform.id, supervisor.platform.name, 'the name of this test’s platform')
  t.notOk(JSON.stringify(supervisor).includes(key))
  t.equal((await me(null)).actor.id, `key-${id}`, 'without a person: the key itself')

  const live = await platform('live')
  t.match(await me('admin:root', live.key), { platform: { mode: 'live' }, now: toTime(clock.nowMs()) })
  t.equal((await call('GET', '/v1/me', { key: null })).status, 401)
})

await t.test('what a role may is what the lifecycles let it', async (t) => {
  const { call } = await testApp(t)
  const may = async (as: string): Promise<Record<string, string[]>> =>
    Object.fromEntries((await call('GET', '/v1/me', { as })).body.may.map((x: Json) => [x.resource, x.actions]))

  t.strictSame(await may('buyer:B-1'), {
    complaint: ['provide_information', 'escalate', 'withdraw', 'confirm', 'reopen', 'challenge', 'update'],
    evidence: ['add', 'withdraw'],
    refund_plan: [
      ...['create', 'submit', 'propose', 'accept', 'decline', 'counter', 'cancel'],
      ...['complete_step', 'fail_step', 'progress_step', 'name_payee_step'],
    ],
    appeal: ['file', 'withdraw', 'challenge'],
    message: ['post'],
  })
  t.ok((await may('merchant:M-1')).complaint?.includes('respond'), 'a merchant answers')
  const [agent, supervisor] = [await may('agent:alice'), await may('supervisor:zhao')]
  t.notOk(agent.complaint?.includes('close'))
  t.ok(supervisor.complaint?.includes('close'))
  t.notOk(agent.refund_plan?.includes('impose'))
  t.strictSame(supervisor.appeal, ['assign', 'uphold', 'deny', 'stand_down'])
  t.ok(agent.complaint?.includes('stand_down'), 'whoever owns a case may leave it')
  t.strictSame(supervisor.planned_action, ['hold', 'release', 'cancel', 'bring_forward'])
  t.equal(agent.appeal, undefined)
  t.strictSame(
    await may('admin:root'),
    { fund_movement: ['announce', 'ask', 'approve', 'refuse', 'receive', 'complete', 'fail', 'cancel'] },
    'an admin moves no case',
  )
  t.strictSame(await may('payments:psp'), {
    refund_plan: ['complete_step', 'fail_step', 'progress_step', 'return_step'],
    advance: ['recover'],
    receivable: ['pay'],
    hold: ['report_held', 'report_refused', 'report_released'],
    fund_movement: ['receive', 'complete', 'fail'],
  })
})
