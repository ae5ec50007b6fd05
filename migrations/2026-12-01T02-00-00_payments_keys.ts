import { type Kysely, sql } from 'kysely'

/** Whether the payment system of a platform has a key of its own is asked with each key of staff that is looked up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // few keys are of this role; without it every key of the platform would be read
  await sql`create index api_keys_payments on api_keys (platform_id) where revoked_at is null and 'payments' = any (roles)`.execute(
    db,
  )
}
