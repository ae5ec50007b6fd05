import { type Kysely, sql } from 'kysely'

/** The list of all plans of a platform: the approvers' desk, and what finance asks for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A plan is of the people of its case, who do not change.
  await sql`alter table refund_plans add column buyer_id text, add column merchant_id text`.execute(db)
  await sql`
    update refund_plans p set buyer_id = c.buyer_id, merchant_id = c.merchant_id
      from complaints c where c.platform_id = p.platform_id and c.id = p.complaint_id`.execute(db)
  // Newest first over the platform, by status (what waits for approval) and by merchant.
  await sql`create index refund_plans_newest on refund_plans (platform_id, created_at, id)`.execute(db)
  await sql`create index refund_plans_by_status on refund_plans (platform_id, status, created_at, id)`.execute(db)
  await sql`create index refund_plans_by_merchant on refund_plans (platform_id, merchant_id, created_at, id)`.execute(db)
  // What has changed since somebody last asked, oldest first.
  await sql`create index refund_plans_by_change on refund_plans (platform_id, updated_at, id)`.execute(db)
}
