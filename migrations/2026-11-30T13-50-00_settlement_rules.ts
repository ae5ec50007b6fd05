import { type Kysely, sql } from 'kysely'

/** What a merchant agrees to and offers by itself, and events that are about a merchant. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement_rules (
      platform_id uuid not null constraint settlement_rules_platform references platforms,
      merchant_id text not null,
      version integer not null,
      -- null where they were withdrawn
      rules jsonb constraint settlement_rules_bounded check (jsonb_array_length(rules) between 1 and 50),
      changed_by text not null,
      explanation text,
      -- platform time: a complaint goes by those that held when it was filed
      created_at timestamptz not null,
      primary key (platform_id, merchant_id, version)
    )`.execute(db)

  await sql`
    alter table refund_plans
      -- the settlement rule that put it forward without a person; null where a person or silence did
      add column settlement_rule jsonb`.execute(db)

  await sql`
    create table event_subjects (
      platform_id uuid not null constraint event_subjects_platform references platforms,
      type text collate "C" not null constraint event_subjects_type check (type in ('merchant', 'order', 'fund')),
      id text collate "C" not null,
      -- how many events there were about it, and where the last stands in the feed
      sequence integer not null,
      position bigint not null,
      primary key (platform_id, type, id)
    )`.execute(db)
}
