import { type Kysely, sql } from 'kysely'

/** Keys that can be told apart in a list, and a desk’s walk of the cases that nobody owns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys
      -- how the key begins; the keys of older instances begin with no more than this
      add column start text not null default 'rdk_',
      -- null for keys from before, whose text nobody knows
      add column last_four text constraint api_keys_last_four check (length(last_four) = 4),
      -- real time, at most a minute behind
      add column last_used_at timestamptz`.execute(db)

  // The cases without an owner, newest first and by due time: an index of owners cannot be walked in order among the nulls.
  await sql`create index complaints_unowned on complaints (platform_id, created_at, id) where owner is null`.execute(db)
  await sql`create index complaints_unowned_due on complaints (platform_id, next_due_at, id) where owner is null`.execute(db)
}
