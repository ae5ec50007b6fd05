/**
 * Files without a proof. A file is kept before the row that names it is committed, so no proof is ever without its file; a file that no row
 * names is what a crash between the two leaves behind.
 */
import type { FileStore, Listed } from '../../files/store.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { isPlatform } from '../../platform/platforms/find.ts'
import { findEvidenceAmong } from './find.ts'

/** How many files are looked up in the database at a time. */
export const FILES_AT_ONCE = 500

/**
 * Removes files that no row names, and what broken uploads left.
 * Files of platforms that this database does not know are left alone: they are somebody else's.
 *
 * @param before only what was put before then, in milliseconds of real time; longer ago than any upload and its transaction may take
 * @param shouldStop asked before each broken upload, each platform and each batch of its files
 * @returns how many were removed
 */
export const collectOrphans = async (
  { db, files }: { db: Db; files: FileStore },
  before: number,
  shouldStop: () => boolean = () => false,
): Promise<number> => {
  let removed = await files.removeBroken(before, shouldStop)
  for await (const tenant of files.tenants()) {
    if (shouldStop()) return removed
    if (!(await isPlatform(db, tenant))) continue
    for await (const batch of batches(files.list(tenant))) {
      if (shouldStop()) return removed
      const ids = batch.map(({ id }) => id)
      const named = await findEvidenceAmong(db, tenant, ids)
      for (const { id, putAt } of batch) {
        if (named.has(id)) continue
        const at = await putAt()
        if (at === undefined || at >= before) continue
        await files.remove({ tenant, id })
        removed += 1
      }
    }
  }
  return removed
}

async function* batches(files: AsyncIterable<Listed>): AsyncGenerator<Listed[]> {
  let batch: Listed[] = []
  for await (const file of files) {
    batch.push(file)
    if (batch.length < FILES_AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
