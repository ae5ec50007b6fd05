/**
 * The cases as requests read and write them: requests that come at the same time share a statement and a commit. Whoever needs a case under
 * its lock, or several at once, uses `load.ts` and `record.ts` in a transaction of its own.
 */

import { createGate } from '../../foundation/process/gate.ts'
import { together } from '../../foundation/process/group-commit.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { LostRace, sqlState } from '../../foundation/sql/errors.ts'
import { waitedForKey } from '../../platform/idempotency/idempotency.ts'
import { problem } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Extent } from '../case-file/parts.ts'
import { type CaseName, readCaseFile, readCaseFiles } from './load.ts'
import { type Entry, record } from './record.ts'

export interface Cases {
  /** The case as it is, without a lock; `undefined` when this platform has none of that name. */
  read: (platformId: string, name: CaseName, extent?: Extent) => Promise<CaseFile | undefined>
  /**
   * Writes one finished decision, as `record` does, and waits for nobody.
   * @throws LostRace when the case is no longer what it was, or somebody holds it
   */
  record: (entry: Entry) => Promise<void>
  /** A transaction for a decision that lost: there it may wait for the case's lock. Only so many wait at once. */
  underLock: <T>(work: (trx: Trx) => Promise<T>) => Promise<T>
}

/** Two at work leave room for others in the pool; groups larger than this gain nothing more. */
const LANES = 2
const MOST = 32
/** How long a group waits for any lock, in milliseconds: for somebody's statement that is at work, and no longer. Then it parts. */
const PATIENCE_MS = 50
/** Who waits for a lock holds a connection, and these must not be all. */
const MOST_UNDER_LOCK = 3
const LOCK_QUEUE = { waiting: 256, waitMs: 2_000 }

const LOCK_TIMEOUT = '55P03'
/** Lost races, deadlocks, broken constraints, impossible values: the doing of one item, which undid all. */
const DOING_OF_ONE = /^(21000|40001|40P01|23...|22...)$/

export const openCases = (db: Db): Cases => {
  const recordOne = together<Entry, void>(
    async (entries) => {
      await record(db, entries, PATIENCE_MS)
      return []
    },
    {
      lanes: LANES,
      most: MOST,
      by: ({ decision }) => decision.file.complaint.platform_id,
      apart: ({ decision, kept }) => [decision.file.complaint.id, ...(kept ? [`${kept.actor} ${kept.key}`] : [])],
      parting: (error) => {
        const state = sqlState(error) ?? ''
        return state === LOCK_TIMEOUT ? 'aside' : DOING_OF_ONE.test(state) ? 'halves' : 'none'
      },
    },
  )
  const readById = together<{ platformId: string; id: string; extent: Extent }, CaseFile | undefined>(
    async (asked) => {
      const [first] = asked
      if (first === undefined) return []
      const ids = asked.map(({ id }) => id)
      const files = await readCaseFiles(db, first.platformId, ids, first.extent)
      return ids.map((id) => files.get(id))
    },
    { lanes: LANES, most: MOST, by: ({ platformId, extent }) => `${platformId} ${extent}`, parting: () => 'none' },
  )
  const door = createGate({ places: MOST_UNDER_LOCK, shares: { decision: { weight: 1, most: MOST_UNDER_LOCK } }, ...LOCK_QUEUE })
  return {
    read: (platformId, name, extent = 'whole') =>
      name.table === 'complaints' ? readById({ platformId, id: name.id, extent }) : readCaseFile(db, platformId, name, extent),
    record: async (entry) => {
      try {
        await recordOne(entry)
      } catch (error) {
        // whose key is being written by somebody else need not decide again
        if (sqlState(error) !== LOCK_TIMEOUT || waitedForKey(error)) throw error
        throw new LostRace('somebody holds a case of the group', { cause: error })
      }
    },
    underLock: (work) =>
      new Promise((resolve, reject) => {
        door.enter(
          'decision',
          (leave) => void db.transaction().execute(work).then(resolve, reject).finally(leave),
          () => reject(problem('unavailable', 'Too many changes wait for a case that is held; ask again.', { retryAfter: 1 })),
        )
      }),
  }
}
