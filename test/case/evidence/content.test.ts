import { createHash } from 'node:crypto'
import { rmSync, truncateSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { evidenceRoom, gif, png } from './room.ts'

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

await t.test('the content of a proof', async (t) => {
  const room = await evidenceRoom(t)
  const { app, call, upload, add, everyRole } = room

  /** The answer with its bytes as they are. */
  const download = async (id: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
    const answer = await app.inject({
      method,
      url: `/v1/evidence/${id}/content`,
      headers: { authorization: `Bearer ${everyRole}`, 'redress-actor': 'merchant:M-1', ...headers },
    })
    return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload }
  }
  const uploaded = async (name: string, bytes = png): Promise<string> =>
    (
      await upload([
        ['type', 'other'],
        ['file', bytes, name],
      ])
    ).body.id

  await t.test('of a file comes back byte for byte, inert and uncached', async (t) => {
    const { status, headers, bytes } = await download(await uploaded('照片 (1).png'))
    t.equal(status, 200)
    t.strictSame(bytes, png)
    t.match(headers, {
      'content-type': /^image\/png$/,
      'content-length': String(png.length),
      'content-disposition': `attachment; filename="__ _1_.png"; filename*=UTF-8''%E7%85%A7%E7%89%87%20%281%29.png`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'accept-ranges': 'bytes',
    })
    t.notOk(headers.etag)
    t.notOk(headers['last-modified'])
  })

  await t.test('can be read in parts', async (t) => {
    const id = await uploaded('a.png')
    const size = png.length
    const parts: [string, Buffer, string][] = [
      ['bytes=0-9', png.subarray(0, 10), `bytes 0-9/${size}`],
      ['bytes=10-', png.subarray(10), `bytes 10-${size - 1}/${size}`],
      ['bytes=-4', png.subarray(-4), `bytes ${size - 4}-${size - 1}/${size}`],
      [`bytes=60-${size + 1000}`, png.subarray(60), `bytes 60-${size - 1}/${size}`],
    ]
    for (const [range, bytes, contentRange] of parts) {
      const answer = await download(id, { range })
      t.equal(answer.status, 206, range)
      t.strictSame(answer.bytes, bytes, range)
      t.match(
        answer.headers,
        { 'content-range': contentRange, 'content-disposition': /^attachment/, 'content-type': 'image/png' },
        range,
      )
    }
    t.match(await download(id, { range: `bytes=${size}-` }), {
      status: 416,
      headers: { 'content-range': `bytes */${size}`, 'content-type': /problem\+json/ },
    })
    t.strictSame((await download(id, { range: 'bytes=0-1', 'if-range': '"1"' })).status, 200)
  })

  await t.test('is all of it, a part, or nothing, by what `Range` asks for', async (t) => {
    const id = await uploaded('a.png')
    const size = png.length
    /** Status and `Content-Range`. */
    const asked: [string, number, string?][] = [
      ['bytes=0-0', 206, `bytes 0-0/${size}`],
      [`bytes=${size - 1}-`, 206, `bytes ${size - 1}-${size - 1}/${size}`],
      [`bytes=-${size}`, 206, `bytes 0-${size - 1}/${size}`],
      ['bytes=0-1,2-5', 206, `bytes 0-5/${size}`],
      ['bytes=0-3, 2-5', 206, `bytes 0-5/${size}`],
      ['bytes=0-1,900-', 206, `bytes 0-1/${size}`],
      ['bytes=0-1,abc', 206, `bytes 0-1/${size}`],
      [`bytes=0-${'9'.repeat(30)}`, 206, `bytes 0-${size - 1}/${size}`],
      [`bytes=${size}-`, 416, `bytes */${size}`],
      [`bytes=${'9'.repeat(30)}-`, 416, `bytes */${size}`],
      [`bytes=-${size + 1}`, 416, `bytes */${size}`],
      ['bytes=-0', 416, `bytes */${size}`],
      ['bytes=5-2', 416, `bytes */${size}`],
      ['bytes=abc', 416, `bytes */${size}`],
      ['bytes=a-b', 416, `bytes */${size}`],
      ['bytes=-', 416, `bytes */${size}`],
      ['bytes=', 416, `bytes */${size}`],
      ['bytes=0-1,5-6', 200],
      ['Bytes=0-1', 200],
      ['bytes =0-1', 200],
      ['lines=1-2', 200],
      ['0-1', 200],
      ['', 200],
    ]
    for (const [range, status, contentRange] of asked) {
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await download(id, { range }, method)
        t.match(answer, { status, headers: { 'accept-ranges': 'bytes' } }, `${method} ${range}`)
        t.equal(answer.headers['content-range'], contentRange, `${method} ${range}`)
      }
    }
    for (const range of ['bytes=0-1,5-6', 'lines=1-2']) t.strictSame((await download(id, { range })).bytes, png, range)
    t.equal((await download(id, { range: 'bytes=2-5' }, 'HEAD')).headers['content-length'], '4')
  })

  await t.test('comes with these headers and no others', async (t) => {
    const id = await uploaded('a.png')
    const inert = ['content-disposition', 'content-security-policy', 'content-type', 'x-content-type-options']
    const always = ['cache-control', 'connection', 'content-length', 'date', 'x-request-id']
    const namesOf = async (headers: Record<string, string>, method: 'GET' | 'HEAD' = 'GET') =>
      Object.keys((await download(id, headers, method)).headers).sort()
    t.strictSame(await namesOf({}), ['accept-ranges', ...inert, ...always].sort())
    t.strictSame(await namesOf({ range: 'bytes=1-2' }), ['accept-ranges', 'content-range', ...inert, ...always].sort())
    t.strictSame(await namesOf({ range: 'bytes=1-2' }, 'HEAD'), ['accept-ranges', 'content-range', ...inert, ...always].sort())
  })

  await t.test('ignores conditions, since nobody may keep it', async (t) => {
    const id = await uploaded('a.png')
    const conditions: [string, string][] = [
      ['if-none-match', '*'],
      ['if-match', '"x"'],
      ['if-modified-since', 'Fri, 01 Jan 2100 00:00:00 GMT'],
      ['if-unmodified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ]
    for (const [name, value] of conditions) t.equal((await download(id, { [name]: value })).status, 200, name)
  })

  await t.test('can be asked for with HEAD', async (t) => {
    const answer = await download(await uploaded('a.png'), {}, 'HEAD')
    t.match(answer, { status: 200, headers: { 'content-length': String(png.length), 'content-type': 'image/png' } })
    t.equal(answer.bytes.length, 0)
  })

  await t.test('is saved under a harmless name', async (t) => {
    const names: [string, string, RegExp][] = [
      ['../../etc/passwd', 'passwd', /filename="passwd\.gif"/],
      ['..\\\\..\\\\boot.ini', 'boot.ini', /filename="boot\.ini\.gif"/],
      ['invoice\u202Efig.exe', 'invoicefig.exe', /filename="invoicefig\.exe\.gif"/],
      ['page.html', 'page.html', /filename="page\.html\.gif"/],
      ['CAT.GIF', 'CAT.GIF', /filename="CAT\.GIF"/],
      ['-rf', '-rf', /filename="-rf\.gif"/],
      ['..', 'file', /filename="file\.gif"/],
      ['', 'file', /filename="file\.gif"/],
      ['a\tb\u0007\u2028c.gif', 'abc.gif', /filename="abc\.gif"/],
      [
        "it's 50% (new).gif",
        "it's 50% (new).gif",
        /filename="it_s 50_ _new_\.gif"; filename\*=UTF-8''it%27s%2050%25%20%28new%29\.gif$/,
      ],
      [`${'长'.repeat(300)}.gif`, `${'长'.repeat(196)}.gif`, /filename="_{196}\.gif"/],
    ]
    for (const [sent, shown, disposition] of names) {
      const { status, body } = await upload([
        ['type', 'photo'],
        ['file', gif, sent],
      ])
      t.equal(status, 201, shown)
      t.equal(body.file_name, shown)
      t.match((await download(body.id)).headers, { 'content-disposition': disposition }, shown)
    }
  })

  await t.test('of words is UTF-8 text', async (t) => {
    const text = '我没有收到保护膜。\r\n<script>'
    const { body } = await add({ type: 'statement', text })
    t.match(body, {
      text,
      record: null,
      file_name: null,
      media_type: 'text/plain',
      size_bytes: Buffer.byteLength(text),
      sha256: sha256(text),
    })
    const answer = await download(body.id)
    t.equal(answer.bytes.toString(), text)
    t.match(answer.headers, {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="evidence-${body.chain.position}.txt"; filename*=UTF-8''evidence-${body.chain.position}.txt`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    t.equal((await download(body.id, {}, 'HEAD')).headers['content-length'], String(Buffer.byteLength(text)))
  })

  await t.test('of a record is its canonical JSON, as it was hashed', async (t) => {
    const record = { tracking_number: 'SF1', '9': [0.1, 1e-7, null, true], '10': { b: '€', a: { z: 1, é: 2 } } }
    const canonical = '{"10":{"a":{"z":1,"é":2},"b":"€"},"9":[0.1,1e-7,null,true],"tracking_number":"SF1"}'
    const { body } = await add({ type: 'return_tracking', record })
    t.match(body, {
      text: null,
      file_name: null,
      media_type: 'application/json',
      sha256: sha256(canonical),
      size_bytes: Buffer.byteLength(canonical),
    })
    t.strictSame(body.record, record)
    const answer = await download(body.id)
    t.equal(answer.bytes.toString(), canonical)
    t.match(answer.headers, { 'content-type': 'application/json', 'content-disposition': /^attachment/ })
    t.strictSame((await call('GET', `/v1/evidence/${body.id}`)).body.record, record)
  })

  await t.test('that the disk has lost is a 503, and the log names the proof', async (t) => {
    const lost = await uploaded('lost.png')
    rmSync(path.join(room.folder, room.platformId, lost))
    const cut = await uploaded('cut.png')
    truncateSync(path.join(room.folder, room.platformId, cut), 10)
    for (const id of [lost, cut]) {
      for (const range of ['', 'bytes=0-3', 'bytes=900-']) {
        const answer = await call('GET', `/v1/evidence/${id}/content`, { headers: { range } })
        t.match(answer, { status: 503, body: { code: 'unavailable' }, headers: { 'content-type': /problem/ } })
      }
      t.equal((await download(id, {}, 'HEAD')).status, 503)
      t.ok(room.logs.some((line) => line.includes('missing or damaged') && line.includes(id)))
    }
  })
})
