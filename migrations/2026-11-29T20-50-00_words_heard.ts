import { type Kysely, sql } from 'kysely'

/** Words are heard: messages say whom they are for, they hold the silence of who spoke, and staff owe an answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table messages
      -- who reads it besides staff: both parties, nobody, or one of them; an instance of the version before shows the latter to staff alone
      drop constraint messages_visibility,
      add constraint messages_visibility check (visibility in ('parties', 'internal', 'complainant', 'respondent')),
      -- parties write to the platform, the other side or both, staff to a side or both
      add addressed_to text not null default 'both' constraint messages_addressed_to
        check (addressed_to in ('platform', 'other_side', 'both', 'complainant', 'respondent')),
      -- written by a machine: it answers nobody
      add automated boolean not null default false`.execute(db)

  // The messages of a case by who reads them, newest first: what others write among themselves is not walked through.
  await sql`create index messages_of_readers on messages (platform_id, complaint_id, visibility, created_at, id)`.execute(db)
  await sql`drop index messages_of_complaint`.execute(db)

  await sql`
    alter table deadlines
      drop constraint deadlines_kind,
      add constraint deadlines_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion', 'next_reply', 'notice',
         'held_silence')),
      -- words of a side: those that hold its silence, since when and until when, or those that wait for an answer
      add heard jsonb`.execute(db)

  await sql`
    alter table stuck_cases
      drop constraint stuck_cases_kind,
      add constraint stuck_cases_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion', 'next_reply', 'notice',
         'held_silence'))`.execute(db)

  // since when a side has been waiting for an answer of staff
  await sql`alter table complaints add unanswered_since timestamptz`.execute(db)
  // The unanswered cases of each state: few among many. Only a case that owes an answer is in it.
  await sql`create index complaints_unanswered on complaints (platform_id, status, created_at, id) where unanswered_since is not null`.execute(
    db,
  )
}
