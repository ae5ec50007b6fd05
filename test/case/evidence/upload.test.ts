import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { evidenceRoom, gif, jpeg, mp4, type Part, pdf, png } from './room.ts'

const photo: Part[] = [
  ['type', 'photo'],
  ['description', '开箱照片'],
  ['file', png, '照片.png'],
]

await t.test('an upload', async (t) => {
  const room = await evidenceRoom(t)
  const { call, upload, files, folder, platformId, caseId } = room

  await t.test('becomes a proof, and its bytes a file that only the service reads', async (t) => {
    const answer = await upload(photo)
    t.match(answer, {
      status: 201,
      headers: { location: `/v1/evidence/${answer.body.id}`, etag: '"1"' },
      body: {
        complaint_id: caseId,
        status: 'submitted',
        type: 'photo',
        description: '开箱照片',
        submitter: { role: 'buyer', id: 'B-1', side: 'complainant' },
        file_name: '照片.png',
        media_type: 'image/png',
        size_bytes: png.length,
        sha256: createHash('sha256').update(png).digest('hex'),
        text: null,
        record: null,
        decision: null,
        chain: { position: 1 },
        available_actions: [{ action: 'withdraw', href: `/v1/evidence/${answer.body.id}/withdraw` }],
        version: 1,
      },
    })
    t.strictSame(files(), [path.join(platformId, answer.body.id)])
    const file = path.join(folder, platformId, answer.body.id)
    t.strictSame(readFileSync(file), png)
    t.equal(statSync(file).mode & 0o777, 0o600)
    t.equal(statSync(path.dirname(file)).mode & 0o777, 0o700)
    t.match(await call('GET', `/v1/evidence/${answer.body.id}`, { as: 'merchant:M-1' }), {
      status: 200,
      body: { sha256: answer.body.sha256 },
    })
  })

  await t.test('does not move the version of the case, but is told in it', async (t) => {
    t.match(await call('GET', `/v1/complaints/${caseId}`), { body: { version: 1 } })
    const { body } = await call('GET', `/v1/complaints/${caseId}/events`, { as: 'merchant:M-1' })
    t.match(body.data[0], {
      type: 'evidence_submitted',
      resource: 'evidence',
      to_status: 'submitted',
      data: { type: 'photo', position: 1 },
    })
  })

  await t.test('sent twice with one key is one proof and one file', async (t) => {
    const before = files().length
    const headers = { 'idempotency-key': 'once' }
    const first = await upload(photo, { headers })
    const second = await upload(photo, { headers })
    t.equal(first.status, 201)
    t.equal(second.text, first.text)
    t.equal(second.headers['idempotent-replayed'], 'true')
    t.equal(files().length, before + 1)

    const changes: Part[][] = [
      [
        ['type', 'photo'],
        ['description', '开箱照片'],
        ['file', gif, '照片.png'],
      ],
      [
        ['type', 'photo'],
        ['description', '别的照片'],
        ['file', png, '照片.png'],
      ],
      [
        ['type', 'photo'],
        ['file', png, '照片.png'],
      ],
      [
        ['type', 'other'],
        ['description', '开箱照片'],
        ['file', png, '照片.png'],
      ],
    ]
    for (const parts of changes)
      t.match(await upload(parts, { headers }), { status: 422, body: { code: 'idempotency_key_reused' } })
    const renamed = await upload(
      [
        ['type', 'photo'],
        ['description', '开箱照片'],
        ['file', png, '别的.png'],
      ],
      { headers },
    )
    t.equal(renamed.text, first.text, 'nor does the name of the file')
    const reordered = await upload([...photo].reverse(), { headers })
    t.equal(reordered.text, first.text, 'the order of the fields says nothing')
    t.equal(files().length, before + 1)
  })

  await t.test('in parallel with one key is one proof and one file', async (t) => {
    const before = files().length
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => upload(photo, { headers: { 'idempotency-key': 'at once' } })),
    )
    t.strictSame(new Set(answers.map((answer) => answer.body.id)).size, 1)
    t.equal(files().length, before + 1)
  })

  await t.test('is what its bytes say', async (t) => {
    const kinds: [string, Buffer, string, string][] = [
      ['photo', gif, 'a.gif', 'image/gif'],
      ['photo', jpeg, 'a.html', 'image/jpeg'],
      ['video', mp4, 'a.mp4', 'video/mp4'],
      ['quality_report', pdf, 'report.pdf', 'application/pdf'],
      ['photo', Buffer.concat([Buffer.from('GIF89a/*'), gif.subarray(8), Buffer.from('*/=1;alert(1)')]), 'a.js', 'image/gif'],
    ]
    for (const [type, bytes, name, mediaType] of kinds) {
      const answer = await upload([
        ['type', type],
        ['file', bytes, name],
      ])
      t.match(answer, { status: 201, body: { media_type: mediaType, file_name: name } }, name)
    }
    const before = files()
    const refused: [string, string | Buffer][] = [
      ['page.jpg', '<!doctype html><script>alert(1)</script>'],
      ['drawing.png', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
      ['drawing.svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
      ['photo.jpg', Buffer.from('504b0304140000000800', 'hex')],
      ['run.jpg', '#!/bin/sh\nid\n'],
      ['list.jpg', 'a,b\n1,2\n'],
      ['photo.png', Buffer.from([0x89])],
      ['movie.mp4', Buffer.from('52494646ff00000041564920', 'hex')],
    ]
    for (const [name, bytes] of refused) {
      t.match(
        await upload([
          ['type', 'other'],
          ['file', bytes, name],
        ]),
        { status: 415, body: { code: 'evidence_type_unsupported' } },
        name,
      )
    }
    const mismatch = { status: 422, body: { code: 'evidence_media_mismatch' } }
    t.match(
      await upload([
        ['type', 'photo'],
        ['file', pdf, 'a.jpg'],
      ]),
      mismatch,
    )
    t.match(
      await upload([
        ['type', 'photo'],
        ['file', mp4, 'a.jpg'],
      ]),
      mismatch,
    )
    t.match(
      await upload([
        ['type', 'video'],
        ['file', png, 'a.mp4'],
      ]),
      mismatch,
    )
    t.strictSame(files(), before, 'nothing of it was kept')
  })

  await t.test('names every field that is wrong', async (t) => {
    const before = files()
    const file: Part = ['file', png, 'a.png']
    const wrong: [string, string, Part[]][] = [
      ['/type', 'missing', [file]],
      ['/file', 'missing', [['type', 'photo']]],
      ['/type', 'missing', []],
      [
        '/file',
        'wrong_type',
        [
          ['type', 'photo'],
          ['file', 'photo.png'],
        ],
      ],
      [
        '/file',
        'too_short',
        [
          ['type', 'photo'],
          ['file', '', 'a.png'],
        ],
      ],
      ['/type', 'not_one_of', [['type', 'selfie'], file]],
      ['/description', 'too_short', [['type', 'photo'], ['description', ''], file]],
      ['/description', 'too_long', [['type', 'photo'], ['description', '长'.repeat(2001)], file]],
      ['/description', 'nul_character', [['type', 'photo'], ['description', 'a\0b'], file]],
      ['/description', 'invalid_utf8', [['type', 'photo'], ['description', Buffer.from('eda080', 'hex')], file]],
      ['/status', 'unknown_field', [['type', 'photo'], ['status', 'accepted'], file]],
      ['/sha~1256', 'unknown_field', [['type', 'photo'], ['sha/256', 'x'], file]],
      ['/type', 'duplicate_key', [['type', 'photo'], ['type', 'other'], file]],
      ['/file', 'duplicate_key', [['type', 'photo'], file, file]],
      ['/photo', 'unknown_field', [['type', 'photo'], file, ['photo', 'x', 'b.png']]],
      ['header:Idempotency-Key', 'pattern', [['type', 'photo'], file]],
    ]
    for (const [pointer, code, parts] of wrong) {
      const answer = await upload(parts, pointer.startsWith('header:') ? { headers: { 'idempotency-key': '键' } } : {})
      t.equal(answer.status, 400, `${pointer} ${code}`)
      t.equal(answer.body.code, 'validation_failed')
      t.ok(
        answer.body.errors.some((e: { pointer: string; code: string }) => e.pointer === pointer && e.code === code),
        `${pointer} ${code}: ${answer.text}`,
      )
    }
    t.match(await upload([['__proto__', 'x'], file]), { status: 400, body: { code: 'malformed_request' } })
    t.strictSame(files(), before, 'nothing of it was kept')
  })

  await t.test('that is no form is refused as such', async (t) => {
    const before = files()
    const asForm = { 'content-type': 'multipart/form-data; boundary=x' }
    const malformed = { status: 400, body: { code: 'malformed_request' } }
    t.match(await call('POST', room.list, { as: 'buyer:B-1', payload: 'hello', headers: asForm }), malformed)
    t.match(
      await call('POST', room.list, { as: 'buyer:B-1', payload: 'hello', headers: { 'content-type': 'multipart/form-data' } }),
      malformed,
    )
    const cut = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc'
    t.match(await call('POST', room.list, { as: 'buyer:B-1', payload: cut, headers: asForm }), malformed)
    const otherwise = { status: 415, body: { code: 'unsupported_media_type' } }
    t.match(
      await call('POST', room.list, { as: 'buyer:B-1', payload: 'a=b', headers: { 'content-type': 'text/plain' } }),
      otherwise,
    )
    t.match(
      await call('POST', room.list, {
        as: 'buyer:B-1',
        payload: '{}',
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
      otherwise,
    )
    t.strictSame(files(), before)
  })

  await t.test('is refused where it may not be, whatever is in it', async (t) => {
    const before = files()
    const broken: Part[] = [['nonsense', 'x']]
    t.match(await upload(broken, { key: null }), { status: 401 })
    t.match(await upload(broken, { as: 'buyer:B-2' }), { status: 404 })
    t.match(await upload(broken, { as: 'merchant:M-2' }), { status: 404 })
    t.match(await upload(broken, { key: (await room.platform('test')).key }), { status: 404 })
    t.match(await upload(broken, { as: 'admin:root' }), { status: 403, body: { code: 'forbidden' } })
    t.match(await upload(broken, { as: 'agent:B-1' }), { status: 403, body: { code: 'separation_of_duties' } })
    t.match(await upload(photo, { headers: { 'if-match': '"7"' } }), { status: 412, body: { code: 'version_stale' } })
    t.strictSame(files(), before)
  })
})

await t.test('a transaction that is undone leaves no file behind', async (t) => {
  const { upload, files, owner } = await evidenceRoom(t, { provokesErrors: true })
  await sql`alter table evidence add constraint nothing_more check (position < 0)`.execute(owner)
  t.match(await upload(photo), { status: 500 })
  t.strictSame(files(), [])
  await sql`alter table evidence drop constraint nothing_more`.execute(owner)
  t.match(await upload(photo), { status: 201 })
  t.equal(files().length, 1)
})

await t.test('a file may be exactly as large as allowed, and no larger', async (t) => {
  /** The sizes of what came to be in the store, if only until it was refused. */
  const put: number[] = []
  const { upload, files } = await evidenceRoom(t, {
    config: { evidenceMaxBytes: 100_000 },
    files: (disk) => ({
      ...disk,
      put: async (place, source) => {
        const measured = await disk.put(place, source)
        put.push(measured.size)
        return measured
      },
    }),
  })
  const sized = (bytes: number): Part[] => [
    ['type', 'photo'],
    ['file', Buffer.concat([png, Buffer.alloc(bytes - png.length)]), 'a.png'],
  ]
  const tooLarge = { status: 413, body: { code: 'payload_too_large' } }
  t.match(await upload(sized(100_000)), { status: 201, body: { size_bytes: 100_000 } })
  t.match(await upload(sized(100_001)), tooLarge)
  t.match(await upload(sized(5_000_000)), tooLarge)
  t.match(
    await upload([
      ['file', png, 'a.png'],
      ['description', 'x'.repeat(70_000)],
    ]),
    tooLarge,
  )
  t.match(await upload(Array.from({ length: 9 }, (_, i): Part => [`f${i}`, 'x'])), tooLarge)
  t.equal(files().length, 1)
  t.strictSame(put, [100_000, png.length], 'a file that is too large never comes to be')
})

await t.test('a closed case takes nothing more, and a replay of what it took still answers', async (t) => {
  const { call, caseId, upload, files } = await evidenceRoom(t)
  const headers = { 'idempotency-key': 'before the end' }
  const first = await upload(photo, { headers })
  t.match(await call('POST', `/v1/complaints/${caseId}/withdraw`, { as: 'buyer:B-1' }), { status: 200 })
  t.match(await upload(photo), { status: 409, body: { code: 'action_not_available' } })
  t.equal((await upload(photo, { headers })).text, first.text)
  t.equal(files().length, 1)
})

await t.test('a disk that takes nothing is a 503, and the log says why', async (t) => {
  const room = await evidenceRoom(t)
  const blocked = path.join(room.folder, '.incoming')
  writeFileSync(blocked, '')
  const answer = await room.upload(photo)
  t.match(answer, { status: 503, body: { code: 'unavailable' } })
  t.ok(answer.headers['retry-after'])
  t.ok(room.logs.some((line) => line.includes('an evidence file cannot be stored') && line.includes('EEXIST')))
})
