import { type Kysely, sql } from 'kysely'

/** Approvals have a clock. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // All kinds that the letters before this one know, and one more.
  for (const table of ['deadlines', 'stuck_cases'])
    await sql`
      alter table ${sql.table(table)}
        drop constraint ${sql.ref(`${table}_kind`)},
        add constraint ${sql.ref(`${table}_kind`)} check (kind in
          ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
           'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'completion', 'next_reply', 'notice',
           'held_silence', 'last_resort', 'challenge', 'approval'))`.execute(db)

  // Plans that wait for an approval already get a clock with the next decision on their case: nobody was promised one before.
}
