import { type Kysely, sql } from 'kysely'

/**
 * Clocks that explain themselves: by which line of which policy they run, what was shortened and what a side keeps all the same; and duties
 * that are missed again and again without a new row or event each time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table deadlines
      -- the version and the lines of the policy that it is counted by, and the duration they allow; empty for what a person named, and for
      -- clocks that an instance of the version before started
      add rule jsonb,
      -- its due time before it was shortened for the first time
      add shortened_from_at timestamptz,
      -- it is not due before this moment, whatever shortened it: the end of the last piece of time that a side keeps
      add kept_until_at timestamptz,
      -- while it is paused: the least rest it keeps, in milliseconds of the time it counts in
      add kept_ms bigint constraint deadlines_kept check (kept_ms >= 0)`.execute(db)
  await sql`
    alter table complaints
      -- how often something was written that tells no event: with event_count it guards against a decision on an older case
      add quiet_count integer not null default 0 constraint complaints_quiet_count check (quiet_count >= 0)`.execute(db)
}
