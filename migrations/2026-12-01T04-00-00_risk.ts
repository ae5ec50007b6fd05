import { type Kysely, sql } from 'kysely'

/** Risk: its level beside what explains it, who lowered it, and the clocks of the fast lane. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Nobody has judged a stored case: its level stays unknown until its next decision or the job that judges old cases.
  await sql`
    alter table complaints
      add risk_level text constraint complaints_risk_level check (risk_level in ('low', 'normal', 'high', 'critical')),
      add risk_lowered_at timestamptz`.execute(db)
  // the filter and the order by risk: only the few cases that stand out are in it, so that filing an ordinary one writes nothing here
  await sql`create index complaints_risk on complaints (platform_id, risk_level, created_at, id)
    where risk_level in ('high', 'critical')`.execute(db)
  // how often staff lowered what a complainant's words had raised
  await sql`create index complaints_risk_lowered on complaints (platform_id, complainant_id, risk_lowered_at)
    where risk_lowered_at is not null`.execute(db)
  // stored cases that nobody has judged yet; empty once the job is through
  await sql`create index complaints_risk_unjudged on complaints (platform_id, id)
    where risk_level is null and status <> 'closed'`.execute(db)

  const kinds = sql.raw(
    [
      ...['first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'completion'],
      ...['difference', 'return_address', 'return_shipment', 'return_again', 'inspection', 'refund', 'step', 'suspension'],
      ...['auto_close', 'appeal_window', 'appeal_decision', 'next_reply', 'notice', 'held_silence', 'last_resort', 'challenge'],
      ...['approval', 'arrival', 'arrival_decision', 'contest', 'contest_decision', 'send_back', 'payment', 'step_decision'],
      ...[
        'payee_details',
        'advance_approval',
        'buyer_answer',
        'merchant_pays',
        'debt',
        'advance_due',
        'hold_answer',
        'hold_release',
      ],
      ...['risk_review', 'fast_feedback', 'fast_facts', 'fast_plan'],
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
