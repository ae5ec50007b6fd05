import t from 'tap'
import { SECOND, toTime } from '../../../src/foundation/clock.ts'
import { newApiKey } from '../../../src/platform/access/keys.ts'
import { testApp } from '../../support/app.ts'
import { probeRoutes } from '../../support/probe.ts'

await t.test('who is calling', async (t) => {
  const one = await testApp(t, { routes: probeRoutes })
  const { call, clock, key, platform, db } = one
  const whoIs = async (secret: string | null, as: string | null, headers = {}) => {
    const answer = await call('POST', '/v1/probes', { key: secret, as, headers, body: { amount: 1 } })
    return answer.status === 201 ? 201 : [answer.status, answer.body.code]
  }

  await t.test('every reason for 401 reads the same', async (t) => {
    const expired = await key(['agent'], { expiresAt: toTime(clock.nowMs()) })
    const revoked = await key(['agent'])
    await db
      .updateTable('api_keys')
      .set({ revoked_at: toTime(clock.nowMs()) })
      .where('name', '=', 'agent')
      .where('expires_at', 'is', null)
      .execute()
    const good = one.everyRole
    const attempts: Record<string, string | undefined>[] = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: `Basic ${good}` },
      { authorization: good },
      { authorization: `Bearer ${good} ` },
      { authorization: `Bearer ${good.slice(0, -1)}` },
      { authorization: `Bearer ${newApiKey('test')}` },
      { authorization: `Bearer rdk_${'x'.repeat(5000)}` },
      { authorization: `Bearer ${expired}` },
      { authorization: `Bearer ${revoked}` },
    ]
    const answers = await Promise.all(
      attempts.map((headers) => call('GET', '/v1/probes', { key: null, headers: headers as Record<string, string> })),
    )
    const [first] = answers
    for (const [i, answer] of answers.entries()) {
      t.equal(answer.status, 401, JSON.stringify(Object.keys(attempts[i] ?? {})))
      t.strictSame({ ...answer.body, instance: '' }, { ...first?.body, instance: '' })
    }
    t.equal((await call('GET', `/v1/probes?key=${good}`, { key: null })).status, 401, 'a key in the query is none')
    t.equal((await call('GET', '/v1/none', { key: null })).status, 401, 'nobody learns which paths exist')
    t.equal(
      (await call('GET', '/v1/probes', { key: null, headers: { authorization: `bearer ${good}`, 'redress-actor': 'agent:a' } }))
        .status,
      200,
    )
  })

  await t.test('a key expires at its time', async (t) => {
    const short = await key(['admin'], { expiresAt: toTime(clock.nowMs() + 1) })
    t.equal(await whoIs(short, null), 201)
    clock.advance(1)
    t.strictSame(await whoIs(short, null), [401, 'unauthenticated'])
  })

  await t.test('Redress-Actor names one of the roles of the key and a person', async (t) => {
    const shop = await key(['buyer', 'merchant'])
    t.equal(await whoIs(shop, 'buyer:B-77'), 201)
    t.equal(await whoIs(shop, 'merchant:M.1_x@y-z'), 201)
    t.strictSame(await whoIs(shop, 'agent:alice'), [403, 'role_not_granted'])
    t.strictSame(await whoIs(shop, 'system:redress'), [403, 'role_not_granted'], 'nobody is the system')
    t.strictSame(await whoIs(shop, null), [400, 'actor_required'])
    for (const wrong of [
      '',
      'buyer',
      'buyer:',
      ':B-1',
      'buyer: B-1',
      'buyer:B-1%20',
      'buyer:王',
      `buyer:${'x'.repeat(257)}`,
      `buyer:${'%E7%8E%8B'.repeat(257)}`,
      'buyer:B-1,buyer:B-2',
      'buyer:B-1, buyer:B-2',
      'Buyer:B-1',
      'buyer%3AB-1',
      'buyer:100%',
      'buyer:%zz',
      'buyer:%ff',
      'buyer:%ED%A0%80',
      'buyer:a%00b',
      'buyer:a%0Ab',
      'buyer:a%E2%80%8Bb',
      'buyer:a%EE%80%80b',
      'buyer:e%CC%81',
    ]) {
      t.match(
        await call('POST', '/v1/probes', { key: shop, as: wrong, body: { amount: 1 } }),
        { status: 400, body: { code: 'validation_failed', errors: [{ pointer: 'header:Redress-Actor' }] } },
        wrong,
      )
    }
    for (const right of [
      `buyer:${'x'.repeat(256)}`,
      `buyer:${'%E7%8E%8B'.repeat(256)}`,
      'buyer:auth0|123',
      'buyer:acct:7',
      'buyer:B 1',
      'buyer:50%25',
      'buyer:a%2Cb',
      'buyer:%C3%A9',
    ])
      t.equal(await whoIs(shop, right), 201, right)
  })

  await t.test('without it, a key with one desk role acts as that role; others must say', async (t) => {
    for (const role of ['agent', 'supervisor', 'admin'] as const) t.equal(await whoIs(await key([role]), null), 201, role)
    for (const roles of [['buyer'], ['merchant'], ['agent', 'supervisor'], ['buyer', 'merchant']] as const) {
      t.strictSame(await whoIs(await key(roles), null), [400, 'actor_required'], roles.join(' '))
    }
    const made = await call('POST', '/v1/api-keys', { body: { name: 'desk', roles: ['admin'] } })
    const by = await call('POST', '/v1/api-keys', { key: made.body.key, as: null, body: { name: 'x', roles: ['agent'] } })
    t.equal(by.body.created_by, `admin:key-${made.body.id}`)
  })

  await t.test('a live platform’s keys are trusted for at most 2 seconds, on the other instance too', async (t) => {
    const two = await testApp(t, { beside: one, routes: probeRoutes })
    const live = await platform('live')
    const made = await call('POST', '/v1/api-keys', { key: live.key, body: { name: 'x', roles: ['agent'] } })
    const use = (instance: typeof one) => instance.call('GET', '/v1/probes', { key: made.body.key, as: null })
    t.strictSame([(await use(one)).status, (await use(two)).status], [200, 200])
    await call('DELETE', `/v1/api-keys/${made.body.id}`, { key: live.key })
    t.equal((await use(one)).status, 401, 'at once where it was revoked')
    clock.advance(2 * SECOND)
    t.equal((await use(two)).status, 401, 'and within 2 seconds elsewhere')
  })
})
