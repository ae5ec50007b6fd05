/**
 * Evidence files on disk: `<folder>/<platform id>/<evidence id>`, for this process's user only. A file arrives under `.incoming` and is
 * moved to its place, flushed, before the row that names it is committed: no row is ever without its file. A file without a row is what
 * a crash between the two leaves behind; `collectOrphans` removes it.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isId } from '../foundation/ids.ts'
import type { Db } from '../foundation/sql/database.ts'

const INCOMING = '.incoming'
/** How many files are looked up in the database at a time. */
export const FILES_AT_ONCE = 500

/** Where a proof's file is, once it is kept. */
export interface Place {
  folder: string
  platformId: string
  id: string
}

const arrivalPath = ({ folder, id }: Pick<Place, 'folder' | 'id'>): string => path.join(folder, INCOMING, id)
const keptPath = ({ folder, platformId, id }: Place): string => path.join(folder, platformId, id)

/**
 * Writes a stream to a new file under `.incoming`, flushed to the disk.
 * @returns where it is for now, its SHA-256 in hex, and its size in bytes
 */
export const receiveFile = async (
  place: Pick<Place, 'folder' | 'id'>,
  source: Readable,
): Promise<{ path: string; sha256: string; size: number }> => {
  const target = arrivalPath(place)
  await makeFolder(path.dirname(target))
  // opened at once, and not by the stream in its time: a file that is discarded must not come to be afterwards
  const file = await open(target, 'wx', 0o600)
  const hash = createHash('sha256')
  let size = 0
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        size += chunk.length
        yield chunk
      }
    },
    file.createWriteStream({ flush: true }),
  )
  return { path: target, sha256: hash.digest('hex'), size }
}

/** Moves a received file to its place, so that it survives a loss of power from here on. */
export const keepFile = async (place: Place): Promise<void> => {
  const target = keptPath(place)
  await makeFolder(path.dirname(target))
  await rename(arrivalPath(place), target)
  await flushFolder(path.dirname(target))
}

/** Removes whatever there is of a file. What cannot be removed now is an orphan, and collected later. */
export const discardFile = async (place: Place): Promise<void> => {
  for (const file of [arrivalPath(place), keptPath(place)]) await rm(file, { force: true }).catch(() => undefined)
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

/**
 * Removes files that no row names and that have not been touched for some time: broken uploads, and those whose transaction was lost.
 * Folders of platforms that this database does not know are left alone: they are somebody else's.
 *
 * @param olderThanMs how old a file must be; longer than any upload and its transaction may take
 * @param nowMs real time
 * @param shouldStop asked before each file that is arriving, and before each batch of the others
 * @returns how many were removed
 */
export const collectOrphans = async (
  db: Db,
  folder: string,
  olderThanMs: number,
  nowMs: number,
  shouldStop: () => boolean = () => false,
): Promise<number> => {
  let removed = 0
  const removeIfOld = async (file: string): Promise<void> => {
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile() || found.mtimeMs >= nowMs - olderThanMs) return
    await rm(file, { force: true })
    removed += 1
  }

  for await (const name of namesIn(path.join(folder, INCOMING))) {
    if (shouldStop()) return removed
    await removeIfOld(path.join(folder, INCOMING, name))
  }
  for await (const platformId of namesIn(folder)) {
    if (!isId(platformId) || !(await isPlatform(db, platformId))) continue
    const inFolder = path.join(folder, platformId)
    for await (const ids of batches(namesIn(inFolder))) {
      if (shouldStop()) return removed
      const named = await idsWithRow(db, platformId, ids)
      for (const id of ids) if (!named.has(id)) await removeIfOld(path.join(inFolder, id))
    }
  }
  return removed
}

/** The names in a folder, one by one; none where there is no such folder. */
async function* namesIn(folder: string): AsyncGenerator<string> {
  const opened = await opendir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (opened === undefined) return
  for await (const entry of opened) yield entry.name
}

async function* batches(names: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = []
  for await (const name of names) {
    if (isId(name)) batch.push(name)
    if (batch.length < FILES_AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const isPlatform = async (db: Db, id: string): Promise<boolean> =>
  (await db.selectFrom('platforms').select('id').where('id', '=', id).executeTakeFirst()) !== undefined

const idsWithRow = async (db: Db, platformId: string, ids: readonly string[]): Promise<Set<string>> => {
  const rows = await db.selectFrom('evidence').select('id').where('platform_id', '=', platformId).where('id', 'in', ids).execute()
  return new Set(rows.map((row) => row.id))
}
