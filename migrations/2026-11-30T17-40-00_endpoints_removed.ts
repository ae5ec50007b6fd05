import { type Kysely, sql } from 'kysely'

/** An endpoint is gone at once, and its log in batches; lists of deliveries by state walk an index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table webhook_endpoints
      -- nobody sees it any more; it leaves when all that was delivered to it has left
      add removed_at timestamptz,
      add constraint webhook_endpoints_removed check (removed_at is null or state = 'disabled')`.execute(db)

  // What waits or was given up, by state, in the order of the log.
  await sql`
    create index webhook_deliveries_by_state on webhook_deliveries (platform_id, endpoint_id, state, feed_position, subject_type, subject_id, sequence)
     where state <> 'delivered'`.execute(db)
  // What was tried and still waits, the longest first.
  await sql`
    create index webhook_deliveries_held on webhook_deliveries (platform_id, endpoint_id, created_at)
     where state = 'pending' and attempts > 0`.execute(db)
}
