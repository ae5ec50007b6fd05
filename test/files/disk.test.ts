/** What the disk promises beside what every store does. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { diskStore } from '../../src/files/disk.ts'
import { type FileStore, StoreError } from '../../src/files/store.ts'
import { newId } from '../../src/foundation/ids.ts'
import { filesIn } from '../case/evidence/room.ts'
import { until } from '../process/child.ts'
import { all, diskFor, folderFor, inChunks, listed, newPlace, read } from './stores.ts'

const bytes = Buffer.alloc(200_000, 'abc')

/** What every open file has its ways from. */
const handles = async (): Promise<FileHandle> => {
  const handle = await open(import.meta.filename)
  await handle.close()
  return Object.getPrototypeOf(handle)
}

/** Runs instead of every flush until the test ends; `flush` is the true one. */
const onFlush = async (t: Test, instead: (flush: () => Promise<void>, count: number) => Promise<void>): Promise<void> => {
  const prototype = await handles()
  const { sync } = prototype
  let count = 0
  t.intercept(prototype, 'sync', {
    value: function (this: FileHandle) {
      return instead(() => sync.call(this), ++count)
    },
  })
}

await t.test('a file is at its place, for this user only', async (t) => {
  const { folder, store } = diskFor(t)
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  const file = path.join(folder, place.tenant, place.id)
  t.strictSame(filesIn(folder), [path.join(place.tenant, place.id)])
  t.ok(readFileSync(file).equals(bytes))
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(statSync(path.dirname(file)).mode & 0o777, 0o700)
  t.equal(statSync(path.join(folder, '.incoming')).mode & 0o777, 0o700)
})

await t.test('it arrives elsewhere, for this user only', async (t) => {
  const { folder, store } = diskFor(t)
  const source = new PassThrough()
  const putting = store.put(newPlace(), source)
  source.write(bytes)
  await until(() => filesIn(folder).length > 0, 'it arrives')
  const [arriving = '', ...others] = filesIn(folder)
  t.match(arriving, /^\.incoming/)
  t.strictSame(others, [])
  t.equal(statSync(path.join(folder, arriving)).mode & 0o777, 0o600)
  source.end()
  await putting
})

await t.test('it is flushed before it is moved, and its folder after', { skip: process.platform === 'win32' }, async (t) => {
  const { folder, store } = diskFor(t)
  const tenant = newId()
  await store.put(newPlace(tenant), inChunks(bytes))
  const place = newPlace(tenant)
  const target = path.join(place.tenant, place.id)
  const atFlush: string[][] = []
  await onFlush(t, async (flush) => {
    atFlush.push(filesIn(folder).filter((file) => file === target || file.startsWith('.incoming')))
    await flush()
  })
  await store.put(place, inChunks(bytes))
  t.match(atFlush, [[/^\.incoming/], [target]])
  t.equal(atFlush.length, 2)
})

await t.test('a flush that fails leaves nothing', { skip: process.platform === 'win32' }, async (t) => {
  const tenant = newId()
  for (const failing of [1, 2]) {
    await t.test(`the ${failing}. one`, async (t) => {
      const { folder, store } = diskFor(t)
      await store.put(newPlace(tenant), inChunks(bytes))
      const before = filesIn(folder)
      await onFlush(t, (flush, count) =>
        count === failing ? Promise.reject(Object.assign(new Error('no'), { code: 'EIO' })) : flush(),
      )
      await t.rejects(store.put(newPlace(tenant), inChunks(bytes)), { name: 'StoreError', cause: { code: 'EIO' } })
      t.strictSame(filesIn(folder), before)
    })
  }
})

await t.test('a disk that is full in the middle leaves nothing, and reads on nothing', async (t) => {
  const { folder, store } = diskFor(t)
  const prototype = await handles()
  for (const method of ['write', 'writev'] as const)
    t.intercept(prototype, method, { value: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOSPC' })) })
  const source = new PassThrough()
  source.write(bytes)
  await t.rejects(store.put(newPlace(), source), { name: 'StoreError', cause: { code: 'ENOSPC' } })
  t.ok(source.destroyed)
  t.strictSame(filesIn(folder), [])
})

await t.test('a disk that refuses says so as a store', async (t) => {
  const { folder, store } = diskFor(t)
  const kept = newPlace()
  await store.put(kept, inChunks(bytes))
  rmSync(path.join(folder, '.incoming'), { recursive: true })
  writeFileSync(path.join(folder, '.incoming'), '')
  await t.rejects(store.put(newPlace(), inChunks(bytes)), { name: 'StoreError', cause: { code: 'EEXIST' } })
  t.equal(await store.removeBroken(Number.MAX_SAFE_INTEGER, () => false), 0, 'what is no folder holds no files')

  const blocked = newPlace()
  rmSync(path.join(folder, '.incoming'))
  writeFileSync(path.join(folder, blocked.tenant), '')
  await t.rejects(store.put(blocked, inChunks(bytes)), StoreError)
  t.strictSame(readdirSync(path.join(folder, '.incoming')), [], 'it arrived, could not be moved, and is gone')
  t.strictSame(await listed(store, blocked.tenant), [])

  const aFolder = newPlace(kept.tenant)
  mkdirSync(path.join(folder, aFolder.tenant, aFolder.id))
  await t.rejects(store.open(aFolder), StoreError)
  await t.rejects(store.remove(aFolder), StoreError)
  t.ok((await read(store, kept)).equals(bytes), 'and what is there is read all the same')
})

await t.test('two at one place are each whole, and one of them stays', async (t) => {
  const { folder, store } = diskFor(t)
  const place = newPlace()
  const contents = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(100_000, letter))
  await Promise.all(contents.map((content) => store.put(place, inChunks(content, 9))))
  const found = await read(store, place)
  t.ok(contents.some((content) => content.equals(found)))
  t.strictSame(filesIn(folder), [path.join(place.tenant, place.id)])
})

await t.test('what broken puts left goes once it is old enough', async (t) => {
  const { folder, store } = diskFor(t)
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  const now = Date.parse('2026-11-23T00:00:00Z')
  const left = (name: string, at: number): string => {
    const file = path.join('.incoming', name)
    writeFileSync(path.join(folder, file), 'x')
    utimesSync(path.join(folder, file), at / 1000, at / 1000)
    return file
  }
  const young = left(newId(), now)
  const old = [left(newId(), now - 1000), left('of an older version', now - 1000)]
  utimesSync(path.join(folder, place.tenant, place.id), 1, 1)
  const kept = [path.join(place.tenant, place.id), young]
  t.equal(await store.removeBroken(now, () => true), 0)
  t.strictSame(filesIn(folder), [...kept, ...old].sort(), 'told to stop, it removes nothing')
  t.equal(await store.removeBroken(now, () => false), 2)
  t.strictSame(filesIn(folder), kept.sort())
})

await t.test('only what has the name of a file is listed', async (t) => {
  const { folder, store } = diskFor(t)
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  writeFileSync(path.join(folder, place.tenant, 'README'), 'x')
  writeFileSync(path.join(folder, 'README'), 'x')
  mkdirSync(path.join(folder, 'lost+found'))
  t.strictSame(await all(store.tenants()), [place.tenant])
  t.strictSame(await listed(store, place.tenant), [place.id])
  t.strictSame(await all(diskStore(path.join(folder, 'nowhere')).tenants()), [])
})

/** The files below a folder that this process has open. */
const openBelow = (folder: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)].filter((file) => file.startsWith(folder))
    } catch {
      return []
    }
  })

await t.test('nothing stays open', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = folderFor(t)
  const store: FileStore = diskStore(folder)
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  const broken = async function* () {
    yield bytes
    throw new Error('no more')
  }
  const held = await store.open(place)
  t.strictSame(openBelow(folder), [path.join(folder, place.tenant, place.id)], 'what is open is seen here')
  const ways: Record<string, () => Promise<unknown>> = {
    destroyed: async () => held.stream.destroy(),
    'read to the end': () => read(store, place),
    'a part of it': () => read(store, place, { start: 5, end: 10 }),
    'a range behind the end': async () =>
      (await store.open(place, { start: bytes.length, end: bytes.length + 5 })).stream.destroy(),
    'a range that is none': () => t.rejects(store.open(place, { start: 10, end: 5 })),
    'left in the middle': async () => {
      for await (const _ of (await store.open(place)).stream) break
    },
    'not there': () => t.rejects(store.open(newPlace())),
    'no file': async () => {
      const folderThere = newPlace(place.tenant)
      mkdirSync(path.join(folder, folderThere.tenant, folderThere.id))
      await t.rejects(store.open(folderThere))
    },
    'put from a source that breaks': () => t.rejects(store.put(newPlace(), broken())),
    'listed, and left': async () => {
      for await (const _ of store.list(place.tenant)) break
    },
  }
  for (const [name, way] of Object.entries(ways)) {
    await way()
    await until(() => openBelow(folder).length === 0, `${name} leaves nothing open`)
    t.strictSame(openBelow(folder), [], name)
  }
})
