import { type Kysely, sql } from 'kysely'

/** Walks that read more than they show once the books are large get an index of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A party's appeals, newest first, without a look at everybody else's: an appeal is of the people of its case, who do not change.
  await sql`alter table appeals add column buyer_id text, add column merchant_id text`.execute(db)
  await sql`
    update appeals a set buyer_id = c.buyer_id, merchant_id = c.merchant_id
      from complaints c where c.platform_id = a.platform_id and c.id = a.complaint_id`.execute(db)
  await sql`create index appeals_by_buyer on appeals (platform_id, buyer_id, created_at, id)`.execute(db)
  await sql`create index appeals_by_merchant on appeals (platform_id, merchant_id, created_at, id)`.execute(db)

  // The overdue cases of each state: few among many, and seldom the newest. Only a case that owes something is in it.
  await sql`create index complaints_owed on complaints (platform_id, status, created_at, id) where owed_since is not null`.execute(
    db,
  )

  // The list of keys, newest first.
  await sql`create index api_keys_newest on api_keys (platform_id, created_at, id)`.execute(db)
  // The few keys of which one has to stay.
  await sql`create index api_keys_admins on api_keys (platform_id, id) where revoked_at is null and 'admin' = any (roles)`.execute(
    db,
  )
  // What is older than its keeping time is removed by age.
  await sql`create index sweep_runs_by_age on sweep_runs (started_at)`.execute(db)
}
