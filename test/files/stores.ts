/** Stores for tests, and what to put into them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { diskStore } from '../../src/files/disk.ts'
import type { ByteRange, FileStore, Place } from '../../src/files/store.ts'
import { newId } from '../../src/foundation/ids.ts'

/** A folder that is gone with the test. */
export const folderFor = (t: Test): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-files-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const diskFor = (t: Test): { folder: string; store: FileStore } => {
  const folder = folderFor(t)
  return { folder, store: diskStore(folder) }
}

export const newPlace = (tenant = newId()): Place => ({ tenant, id: newId() })

/** What is kept there. @throws StoreError when nothing is */
export const read = async (store: FileStore, place: Place, range?: ByteRange): Promise<Buffer> =>
  buffer((await store.open(place, range)).stream)

/** Bytes in as many chunks. */
export async function* inChunks(bytes: Buffer, count = 1): AsyncGenerator<Buffer> {
  const length = Math.ceil(bytes.length / count)
  for (let i = 0; i < bytes.length; i += length) yield bytes.subarray(i, i + length)
}

/** Everything that comes, in its order. */
export const all = <T>(items: AsyncIterable<T>): Promise<T[]> => Readable.from(items).toArray()

export const listed = async (store: FileStore, tenant: string): Promise<string[]> =>
  (await all(store.list(tenant))).map(({ id }) => id).sort()
