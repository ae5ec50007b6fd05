/**
 * How requests read and write cases: those that come at the same time share a statement and a commit. Code that needs a case under its
 * lock, or several cases at once, calls `load.ts` and `record.ts` in a transaction of its own.
 */

import { createGate } from '../../foundation/process/gate.ts'
import { groupCommit } from '../../foundation/process/group-commit.ts'
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
   * Writes one finished decision, as `record` does, and waits only for a moment for locks.
   * @throws LostRace when the case is no longer what it was, or somebody holds it
   */
  record: (entry: Entry) => Promise<void>
  /** A transaction for a decision that lost a race: in it the case's lock may be waited for. Few of them run at once. */
  underLock: <T>(work: (trx: Trx) => Promise<T>) => Promise<T>
}

/** How many groups of a platform are at work at once: two leave connections of the pool to others. */
const LANES = 2
/** The largest group; larger ones gain nothing more. */
const MOST = 32
/** How long a group waits for a lock, in milliseconds: long enough for another statement to end. After that the group is split. */
const PATIENCE_MS = 50
/** Each transaction that waits for a lock holds a connection; they must not take all of the pool. */
const MOST_UNDER_LOCK = 3
const LOCK_QUEUE = { waiting: 256, waitMs: 2_000 }

const LOCK_TIMEOUT = '55P03'
/** SQLSTATEs that a single item of a group can cause: lost races, deadlocks, broken constraints, impossible values. */
const DOING_OF_ONE = /^(21000|40001|40P01|23...|22...)$/

export const openCases = (db: Db): Cases => {
  const recordOne = groupCommit<Entry, void>(
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
  const readById = groupCommit<{ platformId: string; id: string; extent: Extent }, CaseFile | undefined>(
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
        // where it waited for its idempotency key, another request answers: deciding again would be in vain
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
