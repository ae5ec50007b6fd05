/** Uploads and downloads whose other end goes away, and stores that fail meanwhile: nothing is left behind, on the disk or open. */
import { once } from 'node:events'
import { connect as connectTo, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { type FileStore, type Opened, StoreError } from '../../../src/files/store.ts'
import { until } from '../../process/child.ts'
import { portOf } from '../../support/sockets.ts'
import { type EvidenceRoom, evidenceRoom, filesIn, form, type Part, png } from './room.ts'

await t.test('an upload over a connection', async (t) => {
  const room = await evidenceRoom(t, { config: { evidenceMaxBytes: 64 * 1024 } })
  const { list, everyRole, folder } = room
  const port = await portOf(room)
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

  await t.test('that breaks off leaves nothing behind', async (t) => {
    const { payload } = form(['type', 'photo'], ['file', Buffer.concat([png, Buffer.alloc(60_000)]), 'a.png'])
    const socket = connectTo(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(head(payload.length))
    socket.write(payload.subarray(0, 50_000))
    await until(() => filesIn(folder).length === 1, 'it begins to arrive')
    t.match(filesIn(folder), [/^\.incoming/], 'it has begun to arrive')
    socket.destroy()
    await until(() => filesIn(folder).length === 0, 'nothing is left')
    t.strictSame(filesIn(folder), [])
  })

  await t.test('that is too large is answered, and the connection goes on', async (t) => {
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
      await until(() => received.includes('payload_too_large'), 'it is refused')
      t.match(received, /^HTTP\/1\.1 413 /, `${size}`)
      socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await until(() => received.includes('HTTP/1.1 200'), 'the next request is answered')
      t.match(received, /HTTP\/1\.1 200 /, `${size}`)
    }
    t.strictSame(filesIn(folder), [])
  })
})

const photo: Part[] = [
  ['type', 'photo'],
  ['file', png, 'a.png'],
]

/** A room whose store tells what it has opened. `opening` may change what is opened, or wait. */
const watchedRoom = async (t: Test) => {
  const opened: Opened[] = []
  const watch = { opening: async (found: Opened): Promise<Opened> => found }
  const files = (disk: FileStore): FileStore => ({
    ...disk,
    open: async (place, range) => {
      const found = await disk.open(place, range)
      opened.push(found)
      return watch.opening(found)
    },
  })
  return { room: await evidenceRoom(t, { files, provokesErrors: true }), opened, watch }
}

/** Asks for a proof's content on a connection of its own. */
const asking = async (t: Test, room: EvidenceRoom, id: string): Promise<Socket> => {
  const socket = connectTo(await portOf(room), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => undefined)
  socket.write(
    [
      `GET /v1/evidence/${id}/content HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${room.everyRole}`,
      'Redress-Actor: merchant:M-1',
      '\r\n',
    ].join('\r\n'),
  )
  return socket
}

await t.test('a download leaves nothing open', async (t) => {
  const { room, opened, watch } = await watchedRoom(t)
  const large = 8_000_000
  const { id } = (
    await room.upload([
      ['type', 'photo'],
      ['file', Buffer.concat([png, Buffer.alloc(large - png.length)]), 'a.png'],
    ])
  ).body
  const content = `/v1/evidence/${id}/content`
  const isClosed = (): boolean => opened.every(({ stream }) => stream.closed)
  /** What was opened since the last time. */
  const ended = async (): Promise<Opened[]> => {
    await until(isClosed, 'nothing is open')
    t.ok(isClosed())
    return opened.splice(0)
  }
  t.ok((await ended()).length > 0, 'not by the look at what it is')

  await t.test('whatever of it is asked for', async (t) => {
    const asked: [method: 'GET' | 'HEAD', range: string, status: number, length: number][] = [
      ['GET', '', 200, large],
      ['GET', 'bytes=10-99', 206, 90],
      ['GET', `bytes=${large}-`, 416, 0],
      ['HEAD', '', 200, 0],
      ['HEAD', 'bytes=10-99', 206, 0],
    ]
    for (const [method, range, status, length] of asked) {
      const answer = await room.call(method, content, { as: 'merchant:M-1', headers: { range } })
      t.equal(answer.status, status, `${method} ${range}`)
      const [one, ...others] = await ended()
      t.strictSame(others, [], `${method} ${range} opens it once`)
      t.match(one, { stream: { bytesRead: length } }, `${method} ${range} reads no more than it sends`)
    }
  })

  await t.test('when the client goes away in the middle', async (t) => {
    const socket = await asking(t, room, id)
    await once(socket, 'data')
    socket.destroy()
    const [one] = await ended()
    t.match(one, { size: large, stream: { readableEnded: false } })
  })

  await t.test('when the client has gone before it is opened', async (t) => {
    /** How it goes, and what the service sees of it. */
    const ways = [
      ['destroy', 'end'],
      ['resetAndDestroy', 'close'],
    ] as const
    for (const [going, seen] of ways) {
      const gone = Promise.withResolvers<void>()
      watch.opening = async (found) => {
        await gone.promise
        return found
      }
      const arriving = once(room.app.server, 'connection')
      const socket = await asking(t, room, id)
      const [peer] = (await arriving) as [Socket]
      await until(() => opened.length === 1, 'it is opened')
      // not by `once`, to which the reset would be an error
      const seeing = new Promise<void>((resolve) => peer.on(seen, () => resolve()))
      socket[going]()
      await seeing
      gone.resolve()
      const [one] = await ended()
      t.match(one, { size: large, stream: { readableEnded: false } }, going)
    }
  })

  await t.test('when the file is of another size', async (t) => {
    watch.opening = async (found) => ({ ...found, size: 1 })
    t.match(await room.call('GET', content, { as: 'merchant:M-1' }), { status: 503, body: { code: 'unavailable' } })
    t.equal((await ended()).length, 1)
  })

  await t.test('when the store fails in the middle, which ends the answer too soon and nothing else', async (t) => {
    const broken = Readable.from(
      (async function* () {
        yield png
        throw new StoreError('no more')
      })(),
    )
    watch.opening = async ({ size, stream }) => {
      stream.destroy()
      return { size, stream: broken }
    }
    const socket = await asking(t, room, id)
    let received = 0
    socket.on('data', (bytes) => {
      received += bytes.length
    })
    await once(socket, 'close')
    t.ok(received < 10_000, `${received} bytes of ${large}`)
    t.ok(broken.destroyed)
    t.equal((await ended()).length, 1)
    watch.opening = async (found) => found
    t.equal((await room.call('GET', content, { as: 'merchant:M-1' })).status, 200)
  })
})

await t.test('a store that fails is a 503 and no fault of the file', async (t) => {
  const disk: { failing?: keyof FileStore } = {}
  const room = await evidenceRoom(t, {
    files: (store) => ({
      ...store,
      put: async (place, source) => {
        if (disk.failing !== 'put') return store.put(place, source)
        for await (const _ of source) break
        throw new StoreError('it is full')
      },
      open: (place, range) => (disk.failing === 'open' ? Promise.reject(new StoreError('it is away')) : store.open(place, range)),
      remove: (place) => (disk.failing === 'remove' ? Promise.reject(new StoreError('it is away')) : store.remove(place)),
    }),
  })
  for (const failing of ['put', 'open'] as const) {
    disk.failing = failing
    const answer = await room.upload(photo)
    t.match(answer, { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '30' } }, failing)
    t.equal(room.logs.filter((line) => line.includes('an evidence file cannot be stored')).length, 1, failing)
    t.strictSame(room.files(), [], failing)
    room.logs.length = 0
  }
  disk.failing = 'remove'
  const wrong: Part[] = [
    ['type', 'video'],
    ['file', png, 'a.png'],
  ]
  t.match(await room.upload(wrong), { status: 422, body: { code: 'evidence_media_mismatch' } })
  t.equal(room.files().length, 1, 'what could not be removed is left to be collected')
})
