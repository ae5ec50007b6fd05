import { type Kysely, sql } from 'kysely'

/** When a complaint came in, where staff entered it later, and the call by which it came. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table complaints
      add received_at timestamptz,
      add call_reference text,
      add call_taken_by text,
      add constraint complaints_received check (received_at is null or received_at <= created_at)`.execute(db)
}
