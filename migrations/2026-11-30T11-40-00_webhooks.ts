import { type Kysely, sql } from 'kysely'

/** Webhooks: who is told, what is to be delivered to whom, and each attempt at it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table event_feeds
      -- the platform as a subject of events: how many there were, and where the last stands
      add platform_sequence integer not null default 0,
      add platform_position bigint not null default 0`.execute(db)

  await sql`
    create table webhook_endpoints (
      platform_id uuid not null constraint webhook_endpoints_platform references platforms,
      id uuid not null,
      version integer not null,
      url text not null,
      description text,
      types text[] not null,
      -- null: all of them
      merchants text[],
      categories text[],
      levels smallint[],
      ordered boolean not null,
      signature text not null constraint webhook_endpoints_signature check (signature in ('hmac', 'ed25519')),
      include text constraint webhook_endpoints_include check (include in ('complaint')),
      personal boolean not null,
      max_per_second integer,
      state text not null constraint webhook_endpoints_state check (state in ('active', 'disabled')),
      disabled_reason text constraint webhook_endpoints_disabled_reason check (disabled_reason in ('by_admin', 'gone', 'failing')),
      -- sealed with a key of the environment
      headers bytea not null,
      header_names text[] not null,
      secret bytea not null,
      public_key text,
      -- goes on signing beside the new one until then
      previous_secret bytea,
      previous_public_key text,
      previous_until timestamptz,
      created_at timestamptz not null,
      created_by text not null,
      updated_at timestamptz not null,
      -- up to where of the feed its deliveries have been made
      feed_position bigint not null,
      feed_subject_type text collate "C" not null default '',
      feed_subject_id text collate "C" not null default '',
      feed_sequence integer not null default 0,
      -- how it does: real times
      failures integer not null default 0,
      failing_since timestamptz,
      succeeded_at timestamptz,
      failed_at timestamptz,
      -- nothing is sent before then
      paused_until timestamptz,
      -- up to when its rate is used up
      paced_until timestamptz,
      primary key (platform_id, id),
      constraint webhook_endpoints_disabled check ((state = 'disabled') = (disabled_reason is not null))
    )`.execute(db)

  await sql`
    create table webhook_deliveries (
      platform_id uuid not null,
      endpoint_id uuid not null,
      -- the event's key in the feed
      feed_position bigint not null,
      subject_type text collate "C" not null,
      subject_id text collate "C" not null,
      sequence integer not null,
      id uuid not null default gen_random_uuid(),
      event_id uuid not null,
      event_type text not null,
      state text not null constraint webhook_deliveries_state check (state in ('pending', 'delivered', 'failed', 'skipped')),
      attempts integer not null default 0,
      -- of them since it was last put in the queue: by these the schedule goes
      tries integer not null default 0,
      -- real times
      created_at timestamptz not null,
      next_at timestamptz,
      -- an instance is at it until then at the latest
      leased_until timestamptz,
      ended_at timestamptz,
      -- of one that was given up: whether a later event of the subject has told so
      gap_told boolean not null default false,
      -- the log, newest first; and that no event is there twice
      primary key (platform_id, endpoint_id, feed_position, subject_type, subject_id, sequence),
      constraint webhook_deliveries_endpoint foreign key (platform_id, endpoint_id) references webhook_endpoints (platform_id, id) on delete cascade,
      constraint webhook_deliveries_next check ((state = 'pending') = (next_at is not null))
    )`.execute(db)
  await sql`create unique index webhook_deliveries_id on webhook_deliveries (platform_id, id)`.execute(db)
  // What is to be sent next.
  await sql`
    create index webhook_deliveries_due on webhook_deliveries (platform_id, endpoint_id, next_at, feed_position)
     where state = 'pending'`.execute(db)
  // Whether something of the same subject comes before, and what of it was given up.
  await sql`
    create index webhook_deliveries_subject on webhook_deliveries (platform_id, endpoint_id, subject_type, subject_id, sequence)
     where state <> 'delivered'`.execute(db)

  await sql`
    create table webhook_attempts (
      platform_id uuid not null,
      delivery_id uuid not null,
      number integer not null,
      -- real time
      at timestamptz not null,
      duration_ms integer not null,
      -- null where no answer came
      status integer,
      error text,
      -- how its answer began
      response text,
      primary key (platform_id, delivery_id, number),
      constraint webhook_attempts_delivery foreign key (platform_id, delivery_id) references webhook_deliveries (platform_id, id) on delete cascade
    )`.execute(db)
}
