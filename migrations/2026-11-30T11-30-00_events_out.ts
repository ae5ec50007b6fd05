import { type Kysely, sql } from 'kysely'

/** Events go out: the outbox, which each decision writes with itself, and where its readers are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys
      drop constraint api_keys_roles,
      add constraint api_keys_roles check (roles <@ array['buyer', 'merchant', 'agent', 'supervisor', 'admin', 'orders', 'integration'] and cardinality(roles) > 0)`.execute(
    db,
  )

  await sql`
    alter table complaints
      -- where the newest event of the case stands in the feed; 0 where none has gone out
      add feed_position bigint not null default 0`.execute(db)

  // Where the next event of a subject stands in the feed: at the number of its transaction, but never before the last event of the subject. The
  // first argument is a column of a row, so that a distributed Postgres asks the node on which the rows are and not the one that was called.
  await sql`
    create function feed_position_after(last bigint, moved bigint) returns bigint language sql volatile as $$
      select greatest(last, pg_current_xact_id()::text::bigint + moved) $$`.execute(db)

  await sql`
    create table event_feeds (
      platform_id uuid primary key constraint event_feeds_platform references platforms,
      -- what is added to the numbers of transactions: above 0 once the rows have moved to a server that counts from a lower number
      moved bigint not null default 0,
      -- the last event that was removed because of its age; cursors from before it have missed some
      forgotten_position bigint not null default 0,
      forgotten_subject_type text collate "C" not null default '',
      forgotten_subject_id text collate "C" not null default '',
      forgotten_sequence integer not null default 0
    )`.execute(db)

  await sql`
    create table event_outbox (
      platform_id uuid not null constraint event_outbox_platform references platforms,
      feed_position bigint not null,
      subject_type text collate "C" not null constraint event_outbox_subject_type check (subject_type in ('complaint', 'merchant', 'order', 'fund', 'platform')),
      subject_id text collate "C" not null,
      -- 1, 2, 3 … within the subject
      sequence integer not null,
      id uuid not null,
      type text not null,
      at timestamptz not null,
      -- by these an endpoint may choose
      merchant_id text,
      category text,
      level smallint,
      -- what is sent, byte for byte
      payload text not null constraint event_outbox_payload_size check (octet_length(payload) < 20000),
      -- the order of the feed
      primary key (platform_id, feed_position, subject_type, subject_id, sequence)
    )`.execute(db)
  // One event by its id.
  await sql`create unique index event_outbox_id on event_outbox (platform_id, id)`.execute(db)
  // The events of one subject in order; and that each stands there once.
  await sql`create unique index event_outbox_subject on event_outbox (platform_id, subject_type, subject_id, sequence)`.execute(
    db,
  )

  // Who only polls walks the cases by their last change.
  await sql`create index complaints_updated on complaints (platform_id, updated_at, id)`.execute(db)
}
