import type { Db, Trx } from '../../foundation/sql/database.ts'

const columns = [
  'automation_stopped_at as stopped_at',
  'automation_changed_by as changed_by',
  'automation_changed_at as changed_at',
  'automation_explanation as explanation',
  'automation_version as version',
] as const

/** The switch of a platform as it is. */
export interface Switch {
  /** Null while the service closes and deems by itself. */
  stopped_at: string | null
  changed_by: string | null
  changed_at: string | null
  explanation: string | null
  version: number
}

export const findSwitch = (db: Db, platformId: string): Promise<Switch> =>
  db.selectFrom('platforms').where('id', '=', platformId).select(columns).executeTakeFirstOrThrow()

/** The same, locked so that it stays so until the transaction ends. Filings do not wait for this lock. */
export const lockSwitch = (trx: Trx, platformId: string): Promise<Switch> =>
  trx.selectFrom('platforms').where('id', '=', platformId).forNoKeyUpdate().select(columns).executeTakeFirstOrThrow()
