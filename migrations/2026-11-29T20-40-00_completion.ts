import { type Kysely, sql } from 'kysely'

/**
 * A clock over the whole handling of a case, planned actions that are cancelled for good, and why silence could not have its effect. Cases
 * that are open get no such clock now: nobody promised it when they were filed. One that is taken up again gets it then.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table deadlines
      drop constraint deadlines_kind,
      add constraint deadlines_kind check (kind in
        ('first_response', 'completion', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment',
         'inspection', 'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'notice')),
      -- what a supervisor cancelled of it for good, and why; the clocks that go on with the duty carry it, too
      add cancellation jsonb,
      -- why what its silence leads to could not take effect
      add obstacle text constraint deadlines_obstacle check (obstacle ~ '^[a-z][a-z0-9_]{0,63}$')`.execute(db)
}
