import fc from 'fast-check'
import t from 'tap'
import { currencyCodes, currencyExponent } from '../../src/foundation/currencies.ts'
import { readJson } from '../../src/foundation/http/json-body.ts'
import { isDateTime } from '../../src/foundation/time-format.ts'
import { testApp } from '../support/app.ts'
import { probeRoutes } from '../support/probe.ts'

interface FieldError {
  pointer: string
  code: string
}
const codes = (body: { errors: FieldError[] }): string[] => body.errors.map((e) => `${e.pointer} ${e.code}`).sort()

await t.test('bodies are taken literally or refused', async (t) => {
  const { call, db } = await testApp(t, { routes: probeRoutes })
  const raw = (payload: string | Buffer) =>
    call('POST', '/v1/probes', { payload, headers: { 'content-type': 'application/json' } })

  await t.test('nothing is coerced', async (t) => {
    for (const amount of ['null', 'true', '"100"', '12.5', '-1', '[1]', '{}']) {
      t.strictSame((await raw(`{"amount":${amount}}`)).body.code, 'validation_failed', amount)
    }
    t.match(await raw('{"amount":1,"note":null}'), { status: 201, body: { note: null } })
    t.match(await raw('{"amount":1,"note":5}'), { status: 400, body: { errors: [{ pointer: '/note', code: 'wrong_type' }] } })
  })

  await t.test('unknown fields are named, at every depth', async (t) => {
    const { status, body } = await raw(
      '{"amount":1,"id":"x","price":{"amount":1,"currency":"CNY","rate":2},"lines":[{"sku/~":"a"},{"sku/~":"a","x~/y":1}]}',
    )
    t.equal(status, 400)
    t.strictSame(codes(body), ['/id unknown_field', '/lines/1/x~0~1y unknown_field', '/price/rate unknown_field'])
  })

  await t.test('every fault at once, and no value is repeated', async (t) => {
    const { body, text } = await raw('{"note":"","price":{"currency":"canary"},"at":"canary"}')
    t.strictSame(codes(body), [
      '/amount missing',
      '/at format',
      '/note pattern',
      '/note too_short',
      '/price/amount missing',
      '/price/currency not_one_of',
    ])
    t.notOk(text.includes('canary'))
  })

  await t.test('numbers mean what is written', async (t) => {
    const refused: [number: string, code: string][] = [
      ['1.0', 'not_plain_digits'],
      ['1e3', 'not_plain_digits'],
      ['10E-1', 'not_plain_digits'],
      ['-0', 'not_plain_digits'],
      ['0.0', 'not_plain_digits'],
      ['9007199254740992', 'number_out_of_range'],
      ['9007199254740993.5', 'number_out_of_range'],
      ['1e400', 'number_out_of_range'],
    ]
    for (const [number, code] of refused) {
      const { status, body } = await raw(`{"amount":1,"record":{"deep":[${number}]}}`)
      t.equal(status, 400, number)
      t.strictSame(codes(body), [`/record/deep/0 ${code}`])
    }
    t.match(await raw('{"amount":9007199254740991}'), { status: 201, body: { amount: 9007199254740991 } })
    t.match(await raw('{"amount":1,"record":{"rate":12.7}}'), { status: 201 })
  })

  await t.test('text is stored as it was sent, or not at all', async (t) => {
    t.strictSame(codes((await raw('{"amount":1,"note":"a\\u0000b"}')).body), ['/note nul_character'])
    t.strictSame(codes((await raw('{"amount":1,"note":"\\ud83d"}')).body), ['/note lone_surrogate'])
    t.strictSame(codes((await raw('{"amount":1,"record":{"a\\u0000":1}}')).body), ['/record nul_character'])
    const latin1 = await raw(Buffer.from('{"amount":1,"note":"\xe9"}', 'latin1'))
    t.match(latin1, { status: 400, body: { code: 'malformed_request', errors: [{ code: 'invalid_utf8' }] } })
    const note = '少发了保护膜 \u202e🙂 e\u0301'
    t.match(await call('POST', '/v1/probes', { body: { amount: 1, note } }), { status: 201, body: { note } })
  })

  await t.test('keys appear once and reach no prototype', async (t) => {
    t.strictSame(codes((await raw('{"amount":1,"amount":2}')).body), ['/amount duplicate_key'])
    t.strictSame(codes((await raw('{"amount":1,"record":{"a":{"b":1,"\\u0062":2}}}')).body), ['/record/a/b duplicate_key'])
    t.strictSame(codes((await raw('{"amount":1,"record":{"__proto__":{"x":1}}}')).body), ['/record/__proto__ forbidden_key'])
    t.match(await raw('{"amount":1,"record":{"constructor":{"prototype":{"x":1}}}}'), {
      status: 400,
      body: { errors: [{ pointer: '/record/constructor/prototype', code: 'forbidden_key' }] },
    })
    t.match(await raw('{"amount":1,"record":[{"a":1},{"a":2}]}'), {
      body: { errors: [{ pointer: '/record', code: 'wrong_type' }] },
    })
    t.match(await raw('{"amount":1,"record":{"l":[{"a":1},{"a":2}]}}'), { status: 201 }, 'the same key in two objects is fine')
  })

  await t.test('depth is bounded, long before it is a danger', async (t) => {
    const nested = (levels: number) => `{"amount":1,"record":{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`
    t.equal((await raw(nested(16))).status, 201)
    t.match(await raw(nested(17)), { status: 400, body: { errors: [{ code: 'too_deep' }] } })
    t.match(await raw(nested(120_000)), { status: 400, body: { errors: [{ code: 'too_deep' }] } })
  })

  await t.test('an absent or empty body is an empty object', async (t) => {
    t.strictSame(codes((await call('POST', '/v1/probes')).body), ['/amount missing'])
    t.strictSame(codes((await raw('')).body), ['/amount missing'])
    t.equal((await raw('null')).status, 400)
    t.equal((await raw('[]')).status, 400)
  })

  await t.test('nothing refused has left a trace', async (t) => {
    const before = await db.selectFrom('sweep_runs').select('id').execute()
    await raw('{"amount":1,"extra":1}')
    t.equal((await db.selectFrom('sweep_runs').select('id').execute()).length, before.length)
  })
})

await t.test('where a body is described for each media type, each is held to its own', async (t) => {
  const { call } = await testApp(t, { routes: probeRoutes })
  const upload = (payload: string | undefined, headers: Record<string, string>) =>
    call('POST', '/v1/probes/x/upload', payload === undefined ? { headers } : { payload, headers })
  const multipart = { 'content-type': 'multipart/form-data; boundary=b' }
  t.equal((await upload('{"text":"x"}', { 'content-type': 'application/json; charset=utf-8' })).status, 200)
  t.strictSame(codes((await upload('{"type":"x"}', { 'content-type': 'application/json' })).body), [
    '/text missing',
    '/type unknown_field',
  ])
  t.strictSame(codes((await upload(undefined, {})).body), ['/text missing'], 'no body is no way around it')
  t.equal(
    (await upload('{"text":"x"}', { 'content-type': 'application/merge-patch+json' })).status,
    415,
    'nor is a third media type',
  )
  t.equal((await upload('--b--', { ...multipart, fields: '{"type":"x"}' })).status, 200)
  t.strictSame(codes((await upload('--b--', { ...multipart, fields: '{"text":"x"}' })).body), [
    '/text unknown_field',
    '/type missing',
  ])
})

await t.test('queries are as strict as bodies', async (t) => {
  const { call } = await testApp(t, { routes: probeRoutes })
  const fine = [
    'limit=1',
    'limit=100',
    'limit=007',
    'status=open',
    'status=open,closed',
    'owner=agent%3Aalice',
    'flagged=true',
    'owner=%E7%8E%8B',
  ]
  for (const query of fine) t.equal((await call('GET', `/v1/probes?${query}`)).status, 200, query)
  const refused: [query: string, pointer: string][] = [
    ['statuss=open', '?statuss'],
    ['status=opened', '?status/0'],
    ['status=', '?status/0'],
    ['limit=0', '?limit'],
    ['limit=101', '?limit'],
    ['limit=-1', '?limit'],
    ['limit=0x10', '?limit'],
    ['limit=1e1', '?limit'],
    ['limit=%205', '?limit'],
    ['limit=5.0', '?limit'],
    ['limit=', '?limit'],
    ['limit=1&limit=2', '?limit'],
    ['owner=a&owner=b', '?owner'],
    ['flagged=yes', '?flagged'],
    ['__proto__=1', '?__proto__'],
    ['owner=%zz', '?owner'],
    ['owner=%E7', '?owner'],
    ['owner=a%00b', '?owner'],
    ['own%00er=a', '?'],
    ['status=open%2Cclosed', '?status/0'],
  ]
  for (const [query, pointer] of refused) {
    const { status, body } = await call('GET', `/v1/probes?${query}`)
    t.equal(status, 400, query)
    t.equal(body.errors[0].pointer, pointer, query)
  }
  t.match(await call('POST', '/v1/probes?dry_run=1', { body: { amount: 1 } }), {
    status: 400,
    body: { errors: [{ pointer: '?dry_run' }] },
  })
})

await t.test('times are real times', async (t) => {
  const fine = [
    '2026-11-21T19:16:00Z',
    '2026-11-21T19:16:00.123456+08:00',
    '2024-02-29T23:59:59-23:59',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ]
  for (const text of fine) t.ok(isDateTime(text), text)
  const wrong = [
    '2026-11-21',
    '2026-11-21T19:16:00',
    '2026-11-21 19:16:00Z',
    '2026-11-21t19:16:00z',
    '2026-11-21T19:16Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-21T19:16:00+24:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+294276-01-01T00:00:00Z',
    'infinity',
    '',
  ]
  for (const text of wrong) t.notOk(isDateTime(text), text)
})

await t.test('currencies follow ISO 4217, not what shops print', async (t) => {
  const expected = { JPY: 0, UGX: 0, ISK: 0, CNY: 2, HUF: 2, IDR: 2, MGA: 2, IQD: 3, KWD: 3, CLF: 4 }
  for (const [code, digits] of Object.entries(expected)) t.equal(currencyExponent(code), digits, code)
  t.equal(currencyExponent('cny'), undefined)
  t.equal(currencyExponent('XXX'), undefined)
  t.equal(new Set(currencyCodes).size, currencyCodes.length)
  t.ok(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code)))
})

await t.test('any JSON that one can write plainly is read as JSON.parse reads it', async (t) => {
  // plain: whole numbers, no reserved keys, well-formed text, shallow
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((s) => !s.includes('\0') && s.isWellFormed() && s !== '__proto__' && s !== 'prototype')
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
      text,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(value, (sent) => {
      const read = readJson(Buffer.from(JSON.stringify(sent)))
      return read.readable && read.faults.length === 0 && JSON.stringify(read.value) === JSON.stringify(sent)
    }),
  )
  t.pass('over random values')
})
