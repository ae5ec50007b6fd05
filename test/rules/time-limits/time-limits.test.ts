/** How long each step takes at most, for parties and for the public. */
import t from 'tap'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { durationInWords, filingLimitsOf, timeLimitsOf } from '../../../src/rules/time-limits/limits.ts'
import { countedKinds, isForStaff } from '../../../src/words/deadlines.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'

t.test('the longest that any rule of a clock allows, in numbers and words', async (t) => {
  const rules = [
    { when: { channel: ['chat' as const] }, allow: { count: 90, unit: 'minutes' as const } },
    { when: { category: ['logistics' as const] }, allow: { count: 1, unit: 'business_days' as const } },
    { allow: { count: 2, unit: 'hours' as const }, on_silence: ['escalate' as const] },
  ]
  const policy = { ...defaultPolicy, clocks: { ...defaultPolicy.clocks, first_response: rules } }
  t.strictSame(timeLimitsOf(policy as never)[0], {
    kind: 'first_response',
    name: { zh: '首次响应', en: 'first response' },
    sides: ['platform'],
    longest: { count: 1, unit: 'business_days' },
    words: { zh: '首次响应：最长 1 个工作日', en: 'first response: at most 1 business day' },
  })
  t.strictSame(
    timeLimitsOf(policy as never).map(({ kind }) => kind),
    countedKinds.filter((kind) => !isForStaff(kind)),
    'all but what only staff know of',
  )
  t.strictSame(durationInWords({ count: 3, unit: 'days' }), { zh: '3 天', en: '3 days' })
  const [first] = filingLimitsOf({
    ...defaultPolicy,
    calendar: 'x',
    filing_windows: [{ since: 'received_at', allow: { count: 15, unit: 'days' } }],
  })
  t.match(first, { categories: null, words: { zh: '收货后 15 天内', en: 'within 15 days of the receipt' } })
})

/** Changes the policy of the platform. */
const decree = async (app: TestApp, change: Json): Promise<void> => {
  const { body, headers } = await app.call('GET', '/v1/policy', { as: 'admin:root' })
  const answer = await app.call('PUT', '/v1/policy', {
    as: 'admin:root',
    headers: { 'if-match': String(headers.etag) },
    body: { document: { ...body.document, ...change } },
  })
  if (answer.status !== 200) throw new Error(answer.text)
}

t.test('parties read them, and anybody where the platform has switched that on', async (t) => {
  const app = await testApp(t)
  for (const as of ['buyer:B-1', 'merchant:M-1', 'agent:alice', 'admin:root']) {
    const { status, body } = await app.call('GET', '/v1/time-limits', { as })
    t.equal(status, 200, as)
    t.ok(body.steps.length > 20)
    t.notOk('isPublic' in body)
  }
  const url = `/public/${app.platformId}/time-limits`
  t.equal((await app.call('GET', url, { key: null, as: null })).status, 404, 'not switched on')
  await decree(app, { public_time_limits: true })
  const open = await app.call('GET', url, { key: null, as: null })
  t.match(open, { status: 200, headers: { 'cache-control': 'public, max-age=300' }, body: { policy_version: 2 } })
  t.strictSame(open.body, (await app.call('GET', '/v1/time-limits', { as: 'buyer:B-1' })).body)
  for (const id of ['019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f', 'nobody', '%00'])
    t.equal((await app.call('GET', `/public/${id}/time-limits`, { key: null, as: null })).status, 404, id)
})
