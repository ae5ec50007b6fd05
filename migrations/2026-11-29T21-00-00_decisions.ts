import { type Kysely, sql } from 'kysely'

/** Decisions: an outcome for what was agreed or decided and not fulfilled, who judged whose proofs, and a risk that nobody has judged yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // What is closed already keeps the outcome that its parties were told.
  await sql`
    alter table complaints
      drop constraint complaints_outcome,
      add constraint complaints_outcome check (outcome in
        ('settled', 'upheld', 'not_upheld', 'not_fulfilled', 'rejected', 'withdrawn', 'no_response'))`.execute(db)

  await sql`
    alter table complaints
      -- ids of the staff who accepted or refused proofs of each side: they do not decide that side's appeal
      add judged_evidence_of jsonb not null default '{}'`.execute(db)
  await sql`
    update complaints c set judged_evidence_of = j.judges
      from (
        select platform_id, complaint_id, jsonb_object_agg(submitter_side, judges) as judges
          from (
            select platform_id, complaint_id, submitter_side, jsonb_agg(distinct regexp_replace(decision ->> 'by', '^[a-z]+:', '')) as judges
              from evidence where status in ('accepted', 'refused') and submitter_side <> 'platform'
             group by platform_id, complaint_id, submitter_side) sides
         group by platform_id, complaint_id) j
     where c.platform_id = j.platform_id and c.id = j.complaint_id`.execute(db)

  // Nothing has ever judged a risk: every row says the same. A new column is empty at once, where an update would write all the books again.
  await sql`alter table complaints drop column risk`.execute(db)
  await sql`
    alter table complaints
      -- empty until somebody judges it
      add risk jsonb`.execute(db)
}
