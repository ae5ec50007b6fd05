/** A merchant says once where its goods go back to. */
import t from 'tap'
import { testApp } from '../../support/app.ts'

const app = await testApp(t)
const href = '/v1/merchants/M-1/return-instructions'
const merchant = 'merchant:M-1'
const body = { address: '退货仓', packing: '原包装' }

await t.test('written, changed and withdrawn by the merchant itself, each on what it has read', async (t) => {
  t.match(await app.call('GET', href, { as: merchant }), { status: 404 })
  t.match(await app.call('PUT', href, { as: merchant, body, headers: { 'if-match': '"1"' } }), {
    status: 412,
    body: { code: 'version_stale' },
  })
  const first = await app.call('PUT', href, { as: merchant, body })
  t.match(first, { status: 200, body: { merchant_id: 'M-1', return_to: body, changed_by: merchant, version: 1 } })
  t.equal(first.headers.etag, '"1"')
  t.match(await app.call('PUT', href, { as: merchant, body: { address: '新仓' } }), { status: 428 })
  const change = { as: merchant, headers: { 'if-match': '"1"' } }
  t.match(await app.call('PUT', href, { ...change, body }), { status: 200, body: { version: 1 } }, 'nothing changed')
  t.match(await app.call('PUT', href, { ...change, body: { address: '新仓' } }), { status: 200, body: { version: 2 } })
  t.match(await app.call('PUT', href, { ...change, body: { address: '旧仓' } }), { status: 412 })
  t.strictSame((await app.call('GET', href, { as: 'agent:alice' })).body.return_to, { address: '新仓' })
  t.match(await app.call('DELETE', href, change), { status: 412 })
  t.match(await app.call('DELETE', href, { as: merchant }), { status: 204 })
  t.match(await app.call('DELETE', href, { as: merchant }), { status: 404 })
  t.match(await app.call('PUT', href, { as: merchant, body }), { status: 200, body: { version: 1 } }, 'nothing of it was kept')
})

await t.test('by nobody else, and with words that name what is wrong', async (t) => {
  for (const as of ['merchant:M-2', 'agent:alice', 'supervisor:zhao', 'admin:root', 'orders:oms', 'buyer:B-1'])
    t.match(await app.call('PUT', href, { as, body }), { status: as === 'merchant:M-2' ? 404 : 403 }, as)
  t.match(await app.call('GET', href, { as: 'buyer:B-1' }), { status: 403 })
  t.match(await app.call('GET', href, { as: 'merchant:M-2' }), { status: 404 })
  for (const [wrong, pointer] of [
    [{}, '/address'],
    [{ address: '' }, '/address'],
    [{ address: 'a'.repeat(501) }, '/address'],
    [{ address: '退货仓', phone: '1' }, '/phone'],
    [{ address: '退货仓', contact: 7 }, '/contact'],
  ] as const)
    t.match(
      await app.call('PUT', href, { as: merchant, body: wrong, headers: { 'if-match': '"1"' } }),
      { status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } },
      JSON.stringify(wrong).slice(0, 40),
    )
})

await t.test('two first versions at once: one is written, and the other is told', async (t) => {
  const at = '/v1/merchants/M-7/return-instructions'
  const answers = await Promise.all(
    ['甲仓', '乙仓', '丙仓'].map((address) => app.call('PUT', at, { as: 'merchant:M-7', body: { address } })),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  for (const { status } of answers) t.ok([200, 412, 428].includes(status), `${status}`)
})
