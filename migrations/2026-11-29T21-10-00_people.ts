import { type Kysely, sql } from 'kysely'

/** People: who is out of a case, who is challenged, the last resort, and an appeal that nobody could judge. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table complaints
      -- ids of the staff who stood down or were replaced: they decide nothing more in this case
      add recused text[] not null default '{}',
      -- who was challenged, by which side, why, and what came of it
      add challenges jsonb not null default '[]',
      -- since when the last resort may decide; empty while it is not called
      add last_resort_at timestamptz`.execute(db)

  await sql`
    alter table appeals
      drop constraint appeals_status,
      add constraint appeals_status check (status in ('submitted', 'under_review', 'upheld', 'denied', 'withdrawn', 'undecided')),
      -- decided by the last resort, although separation would have forbidden it
      add separation_waived boolean not null default false`.execute(db)

  await sql`
    alter table refund_plans
      -- approved by the last resort, although separation would have forbidden it
      add approval_separation_waived boolean not null default false`.execute(db)

  // All kinds that the letters before this one know, and two more.
  await sql`
    alter table deadlines
      drop constraint deadlines_kind,
      add constraint deadlines_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion', 'next_reply', 'notice',
         'held_silence', 'last_resort', 'challenge'))`.execute(db)
  await sql`
    alter table stuck_cases
      drop constraint stuck_cases_kind,
      add constraint stuck_cases_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion', 'next_reply', 'notice',
         'held_silence', 'last_resort', 'challenge'))`.execute(db)
}
