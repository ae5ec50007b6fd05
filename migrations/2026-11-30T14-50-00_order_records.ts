import { type Kysely, sql } from 'kysely'

/** What the platform's own systems have recorded about an order. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_records (
      platform_id uuid not null,
      order_id text not null,
      id uuid not null,
      type text not null,
      -- the system's own id of it: recorded once
      reference text not null,
      line_ids jsonb not null,
      occurred_at timestamptz,
      record jsonb not null constraint order_records_size check (octet_length(record::text) <= 40000),
      sha256 text not null,
      visible_to text not null constraint order_records_visible_to check (visible_to in ('staff', 'parties')),
      stated_by text not null,
      created_at timestamptz not null,
      primary key (platform_id, order_id, id),
      constraint order_records_reference unique (platform_id, order_id, reference),
      constraint order_records_order foreign key (platform_id, order_id) references orders (platform_id, id)
    )`.execute(db)
}
