import { type Kysely, sql } from 'kysely'

/** Mass cases: many complainants, one item of one merchant, a short time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mass_cases (
      platform_id uuid not null constraint mass_cases_platform references platforms,
      id uuid not null,
      version integer not null,
      status text not null constraint mass_cases_status check (status in ('open', 'ended')),
      merchant_id text collate "C" not null,
      item text not null,
      complainants integer not null,
      began_at timestamptz not null,
      last_filed_at timestamptz not null,
      end_reason_code text constraint mass_cases_end_reason_code check (end_reason_code in ('quiet', 'supervisor')),
      end_explanation text,
      ended_by text,
      ended_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint mass_cases_ended check ((status = 'ended') = (ended_at is not null))
    )`.execute(db)
  // the last line: one open at a time for an item; and what a filing joins
  await sql`create unique index mass_cases_one_open on mass_cases (platform_id, merchant_id, item) where status = 'open'`.execute(
    db,
  )
  // the list, newest first
  await sql`create index mass_cases_by_time on mass_cases (platform_id, created_at, id)`.execute(db)

  // nothing to validate: the column is new, and reading all the books for that would hold them up
  await sql`
    alter table complaints
      add complainant_registered_at timestamptz,
      add mass_case_id uuid,
      add constraint complaints_mass_case foreign key (platform_id, mass_case_id) references mass_cases (platform_id, id) not valid`.execute(
    db,
  )
  // the complaints of a mass case, which few belong to
  await sql`create index complaints_mass_case on complaints (platform_id, mass_case_id, created_at, id)
    where mass_case_id is not null`.execute(db)

  // What filings were about, written after them by a job, so that filing itself pays nothing. A filing about no item has a row, too: it was seen.
  await sql`
    create table recent_items (
      platform_id uuid not null,
      complaint_id uuid not null,
      item text not null,
      merchant_id text collate "C" not null,
      filed_at timestamptz not null,
      mass_case_id uuid,
      primary key (platform_id, complaint_id, item),
      constraint recent_items_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id) on delete cascade
    )`.execute(db)
  // how many were about an item lately, and which have still to join a mass case
  await sql`create index recent_items_by_item on recent_items (platform_id, merchant_id, item, filed_at)
    where mass_case_id is null and item <> ''`.execute(db)
  // old rows go
  await sql`create index recent_items_by_time on recent_items (platform_id, filed_at)`.execute(db)

  // up to which filing the job has looked
  await sql`
    create table filing_watches (
      platform_id uuid primary key constraint filing_watches_platform references platforms,
      looked_to uuid not null
    )`.execute(db)
}
