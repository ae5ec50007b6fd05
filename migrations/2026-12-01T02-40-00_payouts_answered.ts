import { type Kysely, sql } from 'kysely'

/** A withdrawal that the payment system was asked for is due, too: when it has not answered. One of before has no such time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // what is waited for has a time
  await sql`
    alter table fund_movements
      drop constraint fund_movements_due,
      add constraint fund_movements_due check (not (due_at is null and status in ('expected', 'asked'))),
      add constraint fund_movements_due_in check (due_at is null or status in ('expected', 'asked', 'paying'))`.execute(db)
}
