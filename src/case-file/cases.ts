/**
 * The cases as requests read and write them: requests that come at the same time share a statement and a commit. Whoever needs a case under
 * its lock, or several at once, uses `load.ts` and `record.ts` in a transaction of its own.
 */
import type { Db } from '../database.ts'
import { sqlState } from '../foundation/pg-errors.ts'
import { together } from '../foundation/together.ts'
import type { CaseFile } from './case-file.ts'
import { type CaseName, readCaseFile, readCaseFiles } from './load.ts'
import { type Entry, record } from './record.ts'

export interface Cases {
  /** The case as it is, without a lock; `undefined` when this platform has none of that name. */
  read: (platformId: string, name: CaseName) => Promise<CaseFile | undefined>
  /** Writes one finished decision, as `record` does. */
  record: (entry: Entry) => Promise<void>
}

/** Two at work leave room for others in the pool; groups larger than this gain nothing more. */
const LANES = 2
const MOST = 32

/** How long a group waits for a case that somebody holds. Then each tries alone, and only that one goes on to wait. */
const GROUP_PATIENCE_MS = 100

/** Lost races, deadlocks, lock timeouts, broken constraints, impossible values: the doing of one item, which undid all. */
const DOING_OF_ONE = /^(21000|40001|40P01|55P03|23...|22...)$/

export const openCases = (db: Db): Cases => {
  const recordOne = together<Entry, void>(
    async (entries) => {
      await record(db, entries, entries.length > 1 ? GROUP_PATIENCE_MS : undefined)
      return []
    },
    {
      lanes: LANES,
      most: MOST,
      by: ({ decision }) => decision.file.complaint.platform_id,
      apart: ({ decision, kept }) => [decision.file.complaint.id, ...(kept ? [`${kept.actor} ${kept.key}`] : [])],
      mayPart: (error) => DOING_OF_ONE.test(sqlState(error) ?? ''),
    },
  )
  const readById = together<{ platformId: string; id: string }, CaseFile | undefined>(
    async (asked) => {
      const [{ platformId } = { platformId: '' }] = asked
      const ids = asked.map(({ id }) => id)
      const files = await readCaseFiles(db, platformId, ids)
      return ids.map((id) => files.get(id))
    },
    { lanes: LANES, most: MOST, by: ({ platformId }) => platformId, mayPart: () => false },
  )
  return {
    read: (platformId, name) =>
      name.table === 'complaints' ? readById({ platformId, id: name.id }) : readCaseFile(db, platformId, name),
    record: recordOne,
  }
}
