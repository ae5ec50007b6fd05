import { type Kysely, sql } from 'kysely'

/** Calendars say from which of the platform's times a version holds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table calendars
      -- the platform's time when the version was written, since a test platform's clock runs ahead of created_at; empty where an instance of
      -- the version before wrote it: it then holds since created_at
      add holds_from timestamptz`.execute(db)
}
