/**
 * Two roles at one database: the owner migrates, the service serves. `DATABASE_OWNER_URL` is the owner's address; without it the role of
 * `DATABASE_URL` is both.
 */
import { sql } from 'kysely'
import { ConfigError } from './config.ts'
import type { Db } from './foundation/sql/database.ts'
import { migrateToLatest } from './foundation/sql/migrate.ts'

/**
 * Tables that the service's role reads and adds to: it can neither change nor remove a row there. Their triggers refuse that as well, also to
 * the owner, who could take them away. What leaves by age (`order_statements`, `order_refunds_elsewhere`) is kept from changes by a trigger alone.
 */
export const appendOnly: readonly string[] = ['calendars', 'case_events', 'ledger_transfers', 'policies']

/**
 * Brings the database to this version's schema, and lets the service's role at its tables.
 * @param db is connected as the service
 * @param owner is connected as the owner; `undefined` where the service's role is the owner
 * @throws ConfigError when the two are not at the same tables
 */
export const prepareDatabase = async (db: Db, owner: Db | undefined, log?: (message: string) => void): Promise<void> => {
  if (owner === undefined) return migrateToLatest(db, log)
  const [role, ownRole] = await Promise.all([roleOf(db), roleOf(owner)])
  await migrateToLatest(owner, log, role === ownRole ? undefined : { role, appendOnly })
  const [here, there] = await Promise.all([placeOf(db), placeOf(owner)])
  if (here !== there)
    throw new ConfigError(['DATABASE_OWNER_URL must lead to the database of DATABASE_URL, and its role to the same schema'])
}

const roleOf = async (db: Db): Promise<string> => {
  const { rows } = await sql<{ role: string }>`select current_user::text as role`.execute(db)
  return rows[0]?.role ?? ''
}

/** The server, the database and the tables. */
const placeOf = async (db: Db): Promise<string> => {
  const { rows } = await sql<{ place: string }>`
    select concat_ws(' ', system_identifier, d.oid, to_regclass('kysely_migration')::oid) as place
      from pg_control_system(), pg_database d where d.datname = current_database()`.execute(db)
  return rows[0]?.place ?? ''
}
