import { type Kysely, sql } from 'kysely'

/** Where a merchant has goods sent back to, and the clocks of a return and of what an exchange costs more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table return_instructions (
      platform_id uuid not null constraint return_instructions_platform references platforms,
      merchant_id text not null,
      version integer not null,
      return_to jsonb not null,
      changed_by text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, merchant_id)
    )`.execute(db)

  const kinds = sql.raw(
    [
      ...['first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'completion'],
      ...[
        'difference',
        'return_address',
        'return_shipment',
        'return_again',
        'inspection',
        'refund',
        'step',
        'suspension',
        'auto_close',
      ],
      ...['appeal_window', 'appeal_decision', 'next_reply', 'notice', 'held_silence', 'last_resort', 'challenge', 'approval'],
      ...['arrival', 'arrival_decision', 'contest', 'contest_decision', 'send_back', 'payment', 'step_decision', 'payee_details'],
    ]
      .map((kind) => `'${kind}'`)
      .join(', '),
  )
  await sql`
    alter table deadlines
      drop constraint deadlines_kind,
      add constraint deadlines_kind check (kind in (${kinds}))`.execute(db)
  await sql`
    alter table stuck_cases
      drop constraint stuck_cases_kind,
      add constraint stuck_cases_kind check (kind in (${kinds}))`.execute(db)
}
