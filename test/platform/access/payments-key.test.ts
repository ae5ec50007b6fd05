/** The payment system reports what became of money. Its key opens nothing else. */
import t from 'tap'
import { testApp } from '../../support/app.ts'
import { tell } from '../../support/story.ts'

await t.test('a key of the role payments reads nothing of cases, and acts in none', async (t) => {
  const app = await testApp(t)
  const key = await app.key(['payments'])
  const story = await tell(app)
  const as = { as: null, key }
  t.match(await app.call('GET', '/v1/me', as), { status: 200, body: { actor: { role: 'payments' } } })
  t.match(await app.call('GET', '/v1/currencies', as), { status: 200 })
  const refused = {
    status: 403,
    body: { code: 'forbidden', detail: 'A key acts as payments only where it reports what became of money.' },
  }
  for (const url of [
    '/v1/complaints',
    `/v1/complaints/${story.id}`,
    `/v1/complaints/${story.id}/events`,
    '/v1/refund-plans',
    '/v1/orders/O-1',
    '/v1/events',
    '/v1/policy',
    '/v1/api-keys',
  ])
    t.match(await app.call('GET', url, as), refused, url)
  t.match(await app.call('POST', '/v1/complaints', { ...as, body: {} }), refused)
  t.match(await app.call('POST', `/v1/complaints/${story.id}/messages`, { ...as, body: { text: '你好' } }), refused)
  t.match(await app.call('GET', '/v1/nowhere', as), { status: 404 }, 'what is not there is not there for anybody')
})

await t.test('an admin makes such a key', async (t) => {
  const { call } = await testApp(t)
  const made = await call('POST', '/v1/api-keys', { body: { name: 'payment system', roles: ['payments'] } })
  t.match(made, { status: 201, body: { roles: ['payments'] } })
  t.match(await call('GET', '/v1/me', { key: made.body.key, as: null }), { status: 200, body: { actor: { role: 'payments' } } })
})
