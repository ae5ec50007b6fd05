import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { connect as connectTo } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { collectOrphans } from '../../../src/files/storage.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { evidenceRoom, filesIn, form, png } from './room.ts'

/** Waits until something holds, ten seconds at most; the assertion after it says whether it does. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1000 && !holds(); i++) await pause(10)
}

await t.test('files without a row are collected after a day, and nothing else', async (t) => {
  const { upload, deps, db, platformId, files, platform } = await evidenceRoom(t)
  const folder = deps.config.evidenceDir
  const now = Date.parse('2026-11-23T00:00:00Z')
  const put = (file: string, ageMs: number): string => {
    const whole = path.join(folder, file)
    mkdirSync(path.dirname(whole), { recursive: true })
    writeFileSync(whole, 'x')
    utimesSync(whole, (now - ageMs) / 1000, (now - ageMs) / 1000)
    return file
  }
  const { id } = (
    await upload([
      ['type', 'photo'],
      ['file', png, 'a.png'],
    ])
  ).body
  const named = path.join(platformId, id)
  utimesSync(path.join(folder, named), 1, 1)
  const other = await platform('live')

  const kept = [
    named,
    put(path.join(platformId, newId()), 23 * HOUR),
    put(path.join('.incoming', newId()), 23 * HOUR),
    put(path.join(newId(), newId()), 300 * DAY),
    put(path.join(platformId, 'README'), 300 * DAY),
    put('README', 300 * DAY),
  ]
  for (let i = 0; i < 1100; i++) put(path.join(platformId, newId()), 25 * HOUR)
  put(path.join('.incoming', newId()), 25 * HOUR)
  put(path.join(other.platformId, id), 25 * HOUR)

  const all = files()
  t.equal(await collectOrphans(db, folder, DAY, now, () => true), 0)
  t.strictSame(files(), all, 'told to stop, it removes nothing')
  t.equal(await collectOrphans(db, folder, DAY, now), 1102)
  t.strictSame(files(), kept.sort())
  t.equal(await collectOrphans(db, path.join(folder, 'nowhere'), DAY, now), 0)
  t.strictSame(files(), kept, 'no folder, nothing to do')
})

await t.test('over a connection', async (t) => {
  const { app, list, everyRole, deps } = await evidenceRoom(t, { config: { evidenceMaxBytes: 64 * 1024 } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const head = (length: number): string =>
    [
      `POST ${list} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${everyRole}`,
      'Redress-Actor: buyer:B-1',
      `Content-Type: ${form().headers['content-type']}`,
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n')

  await t.test('an upload that breaks off leaves nothing behind', async (t) => {
    const { payload } = form(['type', 'photo'], ['file', Buffer.concat([png, Buffer.alloc(60_000)]), 'a.png'])
    const socket = connectTo(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(head(payload.length))
    socket.write(payload.subarray(0, 50_000))
    await until(() => filesIn(deps.config.evidenceDir).length === 1)
    t.match(filesIn(deps.config.evidenceDir), [/^\.incoming/], 'it has begun to arrive')
    socket.destroy()
    await until(() => filesIn(deps.config.evidenceDir).length === 0)
    t.strictSame(filesIn(deps.config.evidenceDir), [])
  })

  await t.test('a file that is too large is answered, and the connection goes on', async (t) => {
    for (const size of [100_000, 500_000, 2_000_000]) {
      const { payload } = form(['type', 'photo'], ['file', Buffer.alloc(size), 'a.png'])
      const socket = connectTo(port, '127.0.0.1')
      t.teardown(() => socket.destroy())
      let received = ''
      socket.on('data', (bytes) => {
        received += bytes.toString()
      })
      socket.write(head(payload.length))
      socket.write(payload)
      await until(() => received.includes('payload_too_large'))
      t.match(received, /^HTTP\/1\.1 413 /, `${size}`)
      socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await until(() => received.includes('HTTP/1.1 200'))
      t.match(received, /HTTP\/1\.1 200 /, `${size}`)
    }
    t.strictSame(filesIn(deps.config.evidenceDir), [])
  })
})
