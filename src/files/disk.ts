/**
 * A folder as a store: a file is at `<folder>/<tenant>/<id>`, for this process's user only. It arrives under `.incoming`, is flushed, and
 * is then moved to its place, whose folder is flushed. Instances share one folder.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isId, newId } from '../foundation/ids.ts'
import { type ByteRange, type FileStore, type Measured, type Opened, type Place, StoreError } from './store.ts'

const INCOMING = '.incoming'

/** @param folder absolute; it comes to be with the first file */
export const diskStore = (folder: string): FileStore => {
  const incoming = path.join(folder, INCOMING)
  const folderOf = (tenant: string): string => path.join(folder, checked(tenant))
  const pathOf = ({ tenant, id }: Place): string => path.join(folderOf(tenant), checked(id))

  return {
    put: async (place, source) => {
      const target = pathOf(place)
      // a name of its own: what arrives twice is in nobody's way
      const arrival = path.join(incoming, newId())
      try {
        const measured = await receive(arrival, source)
        await refusing('a file cannot be kept', keep(arrival, target))
        return measured
      } catch (error) {
        await discard(arrival)
        throw error
      }
    },
    open: async (place, range) => {
      if (range !== undefined) checkRange(range)
      return refusing('a file cannot be read', openAt(pathOf(place), range))
    },
    remove: async (place) => refusing('a file cannot be removed', rm(pathOf(place), { force: true })),
    tenants: async function* () {
      for await (const name of namesIn(folder)) if (isId(name)) yield name
    },
    list: async function* (tenant) {
      const of = folderOf(tenant)
      for await (const id of namesIn(of)) if (isId(id)) yield { id, putAt: () => writtenAt(path.join(of, id)) }
    },
    removeBroken: async (before, shouldStop) => {
      let removed = 0
      for await (const name of namesIn(incoming)) {
        if (shouldStop()) break
        const arrival = path.join(incoming, name)
        const at = await writtenAt(arrival)
        if (at === undefined || at >= before) continue
        await refusing('a broken file cannot be removed', rm(arrival, { force: true }))
        removed += 1
      }
      return removed
    },
  }
}

/** A name that leads nowhere else. */
const checked = (name: string): string => {
  if (!isId(name)) throw new TypeError('the name of a place is an id')
  return name
}

const checkRange = ({ start, end }: ByteRange): void => {
  if (![start, end].every(Number.isSafeInteger) || start < 0 || end < start) throw new RangeError('no range of bytes')
}

/** What the disk says is said as a store. */
const refusing = async <T>(message: string, attempt: Promise<T>): Promise<T> => {
  try {
    return await attempt
  } catch (error) {
    throw new StoreError(message, error)
  }
}

/** Writes a stream to a new file and flushes it. What the source says is no StoreError, and passes as it is. */
const receive = async (arrival: string, source: AsyncIterable<Uint8Array>): Promise<Measured> => {
  // opened at once, and not by the stream in its time: a file that is discarded must not come to be afterwards
  const file = await refusing('no file can be begun', begin(arrival))
  const hash = createHash('sha256')
  let size = 0
  let broken: { error: unknown } | undefined
  const measured = async function* () {
    try {
      for await (const chunk of source) {
        hash.update(chunk)
        size += chunk.length
        yield chunk
      }
    } catch (error) {
      broken = { error }
      throw error
    }
  }
  try {
    await pipeline(measured, file.createWriteStream({ flush: true }))
  } catch (error) {
    throw broken === undefined ? new StoreError('a file cannot be written', error) : broken.error
  }
  return { sha256: hash.digest('hex'), size }
}

const begin = async (arrival: string): Promise<FileHandle> => {
  await makeFolder(path.dirname(arrival))
  return open(arrival, 'wx', 0o600)
}

const keep = async (arrival: string, target: string): Promise<void> => {
  await makeFolder(path.dirname(target))
  await rename(arrival, target)
  try {
    await flushFolder(path.dirname(target))
  } catch (error) {
    await discard(target)
    throw error
  }
}

/** What cannot be removed now is collected later. */
const discard = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined)

const openAt = async (target: string, range: ByteRange | undefined): Promise<Opened> => {
  const file = await open(target)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new Error('it is no file')
    if (range === undefined) return { size: found.size, stream: file.createReadStream() }
    // a stream that would begin behind the end is an error to the disk
    if (range.start < found.size) return { size: found.size, stream: file.createReadStream({ ...range }) }
    await file.close()
    return { size: found.size, stream: Readable.from([]) }
  } catch (error) {
    await file.close()
    throw error
  }
}

const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await flushFolder(path.dirname(made))
}

/** Windows has no way, and no need, to flush a folder. */
const flushFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** When a file was last written; `undefined` for what is no file, or no more. */
const writtenAt = async (file: string): Promise<number | undefined> => {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? found.mtimeMs : undefined
}

/** The names in a folder, one by one; none where there is no such folder. */
async function* namesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new StoreError('a folder cannot be read', error)
  }
}
