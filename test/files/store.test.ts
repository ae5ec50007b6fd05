/** What every store promises, whatever is behind it. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { type FileStore, type Place, StoreError } from '../../src/files/store.ts'
import { SECOND } from '../../src/foundation/clock.ts'
import { newId } from '../../src/foundation/ids.ts'
import { all, diskFor, inChunks, listed, newPlace, read } from './stores.ts'

/** Another kind of store is another line. */
const stores: Record<string, (t: Test) => FileStore> = {
  disk: (t) => diskFor(t).store,
}

const bytes = randomBytes(300_000)

for (const [kind, storeFor] of Object.entries(stores)) {
  await t.test(`${kind}: what was put is read as it was, and measured`, async (t) => {
    const store = storeFor(t)
    for (const [content, chunks] of [[bytes, 7] as const, [bytes.subarray(0, 1), 1] as const, [Buffer.alloc(0), 1] as const]) {
      const place = newPlace()
      t.strictSame(await store.put(place, inChunks(content, chunks)), {
        sha256: createHash('sha256').update(content).digest('hex'),
        size: content.length,
      })
      t.ok((await read(store, place)).equals(content))
      t.equal((await store.open(place).then(({ size, stream }) => ({ size, _: stream.destroy() }))).size, content.length)
    }
  })

  await t.test(`${kind}: any range of it is read, as far as it goes`, async (t) => {
    const store = storeFor(t)
    const place = newPlace()
    await store.put(place, inChunks(bytes))
    const last = bytes.length - 1
    const ranges: [start: number, end: number][] = [
      [0, 0],
      [0, last],
      [1, 1],
      [100_000, 200_000],
      [last, last],
      [last, last + 100],
      [10, Number.MAX_SAFE_INTEGER - 1],
      [last + 1, last + 1],
      [last + 1000, last + 2000],
    ]
    for (const [start, end] of ranges) {
      const { size, stream } = await store.open(place, { start, end })
      t.equal(size, bytes.length, `the size is that of the whole at ${start}-${end}`)
      const found = await buffer(stream)
      t.ok(found.equals(bytes.subarray(start, end + 1)), `${start}-${end}`)
    }
    const wrong: [start: number, end: number][] = [
      [5, 4],
      [-1, 4],
      [0.5, 4],
      [0, Number.POSITIVE_INFINITY],
      [Number.NaN, 4],
    ]
    for (const [start, end] of wrong) await t.rejects(store.open(place, { start, end }), RangeError, `${start}-${end}`)
  })

  await t.test(`${kind}: nobody sees a file before all of it is there`, async (t) => {
    const store = storeFor(t)
    const place = newPlace()
    const source = new PassThrough()
    const putting = store.put(place, source)
    for (const half of [bytes.subarray(0, 150_000), bytes.subarray(150_000)]) {
      if (!source.write(half)) await once(source, 'drain')
      await t.rejects(store.open(place), StoreError)
      t.strictSame(await listed(store, place.tenant), [])
    }
    source.end()
    await putting
    t.ok((await read(store, place)).equals(bytes))
    t.strictSame(await listed(store, place.tenant), [place.id])
  })

  await t.test(`${kind}: a source that breaks leaves nothing, and its error is told as it is`, async (t) => {
    const store = storeFor(t)
    const broken = new Error('no more')
    const sources: Record<string, () => AsyncIterable<Buffer>> = {
      'at once': async function* () {
        yield* []
        throw broken
      },
      'in the middle': async function* () {
        yield bytes
        throw broken
      },
      'a stream': () => {
        const source = new PassThrough()
        source.write(bytes, () => source.destroy(broken))
        return source
      },
    }
    for (const [name, source] of Object.entries(sources)) {
      const place = newPlace()
      await t.rejects(store.put(place, source()), broken, name)
      await t.rejects(store.open(place), StoreError, name)
      t.strictSame(await listed(store, place.tenant), [], name)
      t.equal(await store.removeBroken(Number.MAX_SAFE_INTEGER, () => false), 0, `${name}: not even a part of it`)
    }
  })

  await t.test(`${kind}: what was removed is gone, and so is what was never there`, async (t) => {
    const store = storeFor(t)
    const [one, other] = [newPlace(), newPlace()]
    await store.put(one, inChunks(bytes))
    await store.put({ ...other, id: one.id }, inChunks(bytes))
    const reading = await store.open(one)
    await store.remove(one)
    await store.remove(one)
    await store.remove(newPlace())
    await t.rejects(store.open(one), StoreError)
    t.strictSame(await listed(store, one.tenant), [])
    t.strictSame(await listed(store, other.tenant), [one.id], 'and that of another tenant is not')
    t.ok((await buffer(reading.stream)).equals(bytes), 'who has begun to read reads on')
  })

  await t.test(`${kind}: put and removed at once, it is wholly there or not at all`, async (t) => {
    const store = storeFor(t)
    const places = Array.from({ length: 40 }, () => newPlace())
    const seen = await Promise.all(
      places.map(async (place, i) => {
        const putting = store.put(place, inChunks(bytes, 5))
        for (let turn = 0; turn < i; turn++) await new Promise(setImmediate)
        await Promise.all([putting, store.remove(place)])
        return read(store, place).catch((error: unknown) => error)
      }),
    )
    const whole = seen.filter((found) => found instanceof Buffer && found.equals(bytes))
    const gone = seen.filter((found) => found instanceof StoreError)
    t.equal(whole.length + gone.length, places.length)
    for (const place of places) await store.remove(place)
    for (const place of places) t.strictSame(await listed(store, place.tenant), [])
  })

  await t.test(`${kind}: what is kept is listed by tenant, with its time`, async (t) => {
    const store = storeFor(t)
    t.strictSame(await all(store.tenants()), [], 'nothing yet')
    t.strictSame(await listed(store, newId()), [])
    const [one, other] = [newId(), newId()]
    const places = [newPlace(one), newPlace(one), newPlace(one), newPlace(other)]
    const began = Date.now()
    await Promise.all(places.map((place) => store.put(place, inChunks(bytes))))
    t.strictSame((await all(store.tenants())).sort(), [one, other].sort())
    t.strictSame(
      await listed(store, one),
      places
        .slice(0, 3)
        .map(({ id }) => id)
        .sort(),
    )
    t.strictSame(await listed(store, other), [places[3]?.id])
    const [file] = await all(store.list(other))
    const at = await file?.putAt()
    t.ok(Math.abs((at ?? 0) - began) < 60 * SECOND, `${at} is about ${began}`)
    await store.remove(places[3] as Place)
    t.equal(await file?.putAt(), undefined, 'what is gone has none')
  })

  await t.test(`${kind}: a place has no other name than an id`, async (t) => {
    const store = storeFor(t)
    const kept = newPlace()
    await store.put(kept, inChunks(bytes))
    const names = [
      '..',
      '.',
      '',
      '.incoming',
      `../${kept.tenant}`,
      '/etc',
      'a\0b',
      kept.id.toUpperCase(),
      `${kept.id}/..`,
      ` ${kept.id}`,
    ]
    for (const name of names) {
      for (const place of [
        { ...kept, id: name },
        { ...kept, tenant: name },
      ]) {
        await t.rejects(store.put(place, inChunks(bytes)), TypeError, name)
        await t.rejects(store.open(place), TypeError, name)
        await t.rejects(store.remove(place), TypeError, name)
      }
      await t.rejects(listed(store, name), TypeError, name)
    }
    t.strictSame(await all(store.tenants()), [kept.tenant])
    t.strictSame(await listed(store, kept.tenant), [kept.id])
  })
}
