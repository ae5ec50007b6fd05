import { type Kysely, sql } from 'kysely'

/** What an inspection found can be contested, and what is not refunded is sent back: the clocks of both. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const kinds = sql.raw(
    [
      ...[
        'first_response',
        'resolution',
        'intervention',
        'information',
        'respondent_response',
        'confirmation',
        'return_shipment',
      ],
      ...['inspection', 'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion'],
      ...['next_reply', 'notice', 'held_silence', 'last_resort', 'challenge', 'approval'],
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
