import { type Kysely, sql } from 'kysely'

/** Cases that cannot be decided are seen and tried again ever more rarely; a run of a sweep is there from its first batch on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table stuck_cases (
      platform_id uuid not null constraint stuck_cases_platform references platforms,
      complaint_id uuid not null,
      -- the clock that was due first when the case was tried; empty where none was
      deadline_id uuid,
      kind text constraint stuck_cases_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'notice')),
      error_class text not null constraint stuck_cases_error_class check (error_class in
        ('policy_missing', 'calendar_missing', 'no_rule_fits', 'refused_by_database', 'internal')),
      -- real times, but for sleep_ends_at
      stuck_since timestamptz not null,
      tries integer not null constraint stuck_cases_tries check (tries >= 1),
      last_tried_at timestamptz not null,
      next_try_at timestamptz not null,
      -- when its log line was written last
      logged_at timestamptz not null,
      -- until when, in the platform's time, its clocks wake nobody: the case is tried by next_try_at long before, and cannot be forgotten
      sleep_ends_at timestamptz not null,
      primary key (platform_id, complaint_id),
      constraint stuck_cases_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id) on delete cascade
    )`.execute(db)
  // A sweep asks which are to be tried again, the longest overdue first.
  await sql`create index stuck_cases_next on stuck_cases (platform_id, next_try_at, complaint_id)`.execute(db)
  // The list, newest first.
  await sql`create index stuck_cases_newest on stuck_cases (platform_id, stuck_since, complaint_id)`.execute(db)

  await sql`
    alter table sweep_runs
      -- an instance of the version before writes a run when it is over
      add status text not null default 'done' constraint sweep_runs_status check (status in ('running', 'done', 'interrupted')),
      -- when it was last at work; one that is running and was not for long has been interrupted
      add seen_at timestamptz`.execute(db)
}
