import { readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { testApp } from '../support/app.ts'

const committed = (name: string): unknown => JSON.parse(readFileSync(`openapi/${name}`, 'utf8'))

await t.test('the document is served compressed, and not again while it is the same', async (t) => {
  const { app } = await testApp(t)
  for (const name of ['openapi.json', 'openapi-3.0.json']) {
    const read = (headers: Record<string, string>) => app.inject({ method: 'GET', url: `/${name}`, headers })
    const plain = await read({})
    t.strictSame(plain.json(), committed(name), `${name} is the committed one`)
    t.equal(plain.headers['content-encoding'], undefined)
    t.match(plain.headers, { vary: 'Accept-Encoding', 'cache-control': 'no-cache', etag: /^W\/"[0-9a-f]{32}"$/ })

    const zipped = await read({ 'accept-encoding': 'gzip, deflate' })
    t.equal(zipped.headers['content-encoding'], 'gzip')
    t.equal(gunzipSync(zipped.rawPayload).toString(), plain.payload)
    const br = await read({ 'accept-encoding': 'gzip, deflate, br' })
    t.equal(br.headers['content-encoding'], 'br')
    t.equal(brotliDecompressSync(br.rawPayload).toString(), plain.payload)
    t.ok(zipped.rawPayload.length * 5 < plain.rawPayload.length, 'much smaller')
    t.equal(
      (await read({ 'accept-encoding': 'br;q=0, gzip;q=0' })).headers['content-encoding'],
      undefined,
      'what is refused is not sent',
    )

    const etag = String(plain.headers.etag)
    for (const known of [etag, `"other", ${etag}`, '*']) {
      const same = await read({ 'if-none-match': known, 'accept-encoding': 'gzip' })
      t.match(same, { statusCode: 304, payload: '' })
      t.equal(same.headers.etag, etag)
    }
    t.equal((await read({ 'if-none-match': '"other"' })).statusCode, 200)
  }
})

await t.test('the page at /docs fits a phone, can be filtered, and takes the key and the person once', async (t) => {
  const { app } = await testApp(t)
  const { payload: page } = await app.inject({ method: 'GET', url: '/docs' })
  t.match(page, '<meta name="viewport" content="width=device-width, initial-scale=1">')
  t.match(page, /theme\/who\.js/)
  const { payload: settings } = await app.inject({ method: 'GET', url: '/docs/static/swagger-initializer.js' })
  t.match(settings, /"?filter"?:\s*true/)
  t.match(settings, /redressRequest\(request\)/)
  const { payload: script, headers } = await app.inject({ method: 'GET', url: '/docs/static/theme/who.js' })
  t.match(script, /Redress-Actor/)
  t.match(String(headers['content-security-policy']), "default-src 'self'")
})
