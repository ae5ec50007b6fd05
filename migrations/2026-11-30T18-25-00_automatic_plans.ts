import { type Kysely, sql } from 'kysely'

/** Plans that a merchant's settlement rules put forward, newest first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index refund_plans_automatic on refund_plans (platform_id, created_at, id) where settlement_rule is not null`.execute(
    db,
  )
}
