import { setTimeout as after } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '../../foundation/sql/database.ts'
import { migrationsPending } from '../../foundation/sql/migrate.ts'

const PING_MS = 1_000
const NO_ANSWER = 'The database does not answer or is not migrated.'
const READ_ONLY = 'The database takes no writes: it is a standby, or was made read-only.'

/**
 * Asks the database, for a second at most, and describes what is amiss. A schema that was complete once stays complete while this process
 * runs. Whether the database takes writes is read from a setting and not tried; a standby answers that, too.
 */
export const faultsOfDatabase = (db: Db): (() => Promise<string | undefined>) => {
  let isMigrated = false
  const ask = async (): Promise<string | undefined> => {
    const { rows } = await sql<{ read_only: boolean }>`
      select current_setting('transaction_read_only') = 'on' as read_only`.execute(db)
    if (rows[0]?.read_only !== false) return READ_ONLY
    isMigrated ||= !(await migrationsPending(db))
    return isMigrated ? undefined : NO_ANSWER
  }
  return () => Promise.race([ask().catch(() => NO_ANSWER), after(PING_MS, NO_ANSWER, { ref: false })])
}
