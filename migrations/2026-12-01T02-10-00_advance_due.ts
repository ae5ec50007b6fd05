import { type Kysely, sql } from 'kysely'

/** The clock of an advance that law or a platform's own word owes. */
export async function up(db: Kysely<unknown>): Promise<void> {
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
      ...['advance_approval', 'advance_due', 'buyer_answer', 'merchant_pays', 'debt', 'hold_answer', 'hold_release'],
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
