import { type Kysely, sql } from 'kysely'

/**
 * Rules as data: each platform's policy and calendars in versions, clocks that know how their due time was counted, holds on planned
 * actions, a switch that stops automatic closing and deeming, and long recomputations that survive a crash.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table platforms
      -- rises with each change of a policy or calendar, so that instances notice
      add rules_version integer not null default 1,
      -- since when the service closes and deems nothing by itself
      add automation_stopped_at timestamptz,
      -- who stopped it or let it go on last, when and why
      add automation_changed_by text,
      add automation_changed_at timestamptz,
      add automation_reason text,
      add automation_version integer not null default 1`.execute(db)

  await sql`
    create table policies (
      platform_id uuid not null constraint policies_platform references platforms,
      version integer not null constraint policies_version check (version >= 1),
      -- not jsonb, which would put its fields into an order that nobody reads with ease
      document json not null,
      created_at timestamptz not null,
      created_by text not null,
      -- why it was changed, in the words of whoever did
      reason text,
      primary key (platform_id, version)
    )`.execute(db)

  await sql`
    create table calendars (
      platform_id uuid not null constraint calendars_platform references platforms,
      name text not null constraint calendars_name check (name ~ '^[a-z][a-z0-9_-]{0,63}$'),
      version integer not null constraint calendars_version check (version >= 1),
      document json not null,
      -- the public holidays and make-up workdays as they were published when this version was written
      resolved json,
      created_at timestamptz not null,
      created_by text not null,
      primary key (platform_id, name, version)
    )`.execute(db)

  for (const table of ['policies', 'calendars'])
    await sql`create trigger ${sql.id(`${table}_append_only`)} before update or delete on ${sql.table(table)} for each row execute function refuse_change()`.execute(
      db,
    )

  await sql`
    alter table complaints
      -- no foreign key: versions are never deleted, and every filing would look one up
      add policy_version integer not null default 1,
      add filing_window_ends_at timestamptz,
      -- whether the first response came and the case was resolved in time
      add sla jsonb not null default '{}'`.execute(db)

  await sql`
    alter table deadlines
      drop constraint deadlines_kind,
      add constraint deadlines_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision', 'notice')),
      -- which calendar a business clock counts in; empty for natural ones
      add calendar text,
      add calendar_version integer,
      -- all the time it had from its start, in milliseconds of the time it counts in
      add allowed_ms bigint not null default 0 constraint deadlines_allowed check (allowed_ms >= 0),
      -- the present stretch: its due time is counts_ms after counted_since; empty where an instance of the version before started it
      add counted_since timestamptz,
      add counts_ms bigint not null default 0 constraint deadlines_counts check (counts_ms >= 0),
      -- counted through a year whose public holidays had not been published
      add provisional boolean not null default false,
      -- its moment was named by a person and is not counted by the policy
      add pinned boolean not null default false,
      -- how often the duty was missed before this clock started
      add step integer not null default 0 constraint deadlines_step check (step >= 0),
      -- what a miss led to: the level, who is told, and when they were
      add escalation jsonb,
      -- until when, by whom and why a person holds back what the service would do
      add hold jsonb,
      -- the time that was left when it ended, in milliseconds of the time it counts in; negative when it was late
      add margin_ms bigint`.execute(db)
  // Clocks that run already were counted in one calendar, Monday to Friday, 09:00 to 18:00 in Shanghai: the one that platforms call weekdays.
  await sql`
    update deadlines set calendar = 'weekdays', calendar_version = 1 where counted_in = 'business'`.execute(db)
  await sql`
    update deadlines d set counted_since = started_at, counts_ms = t.ms, allowed_ms = t.ms
      from (
        select platform_id, id, case counted_in
            when 'natural' then greatest(0, round(extract(epoch from due_at - started_at) * 1000))
            else (
              select coalesce(sum(greatest(0, round(extract(epoch from
                  least(due_at, (day + time '18:00') at time zone 'Asia/Shanghai')
                  - greatest(started_at, (day + time '09:00') at time zone 'Asia/Shanghai')) * 1000))), 0)
                from generate_series((started_at at time zone 'Asia/Shanghai')::date, (due_at at time zone 'Asia/Shanghai')::date, interval '1 day') as day
               where extract(isodow from day) < 6)
          end as ms
          from deadlines) t
     where d.platform_id = t.platform_id and d.id = t.id`.execute(db)
  await sql`alter table deadlines add constraint deadlines_calendar check ((calendar is null) = (calendar_version is null))`.execute(
    db,
  )
  // The desk's list: what is due of which kind and status, by due time.
  await sql`create index deadlines_by_due on deadlines (platform_id, status, kind, due_at, id)`.execute(db)
  // A recomputation and a preview walk the open cases; closed ones are most of a table.
  await sql`create index complaints_open on complaints (platform_id, id) where status <> 'closed'`.execute(db)

  await sql`
    create table recomputations (
      platform_id uuid not null constraint recomputations_platform references platforms,
      id uuid not null,
      status text not null constraint recomputations_status check (status in ('running', 'done')),
      applies text not null constraint recomputations_applies check (applies in ('policy_and_calendars', 'calendars')),
      reason text,
      requested_by_role text not null,
      requested_by_id text not null,
      policy_version integer not null,
      -- how far the walk over the open cases, in the order of their ids, has come
      after_id uuid not null,
      cases_seen integer not null default 0,
      cases_changed integer not null default 0,
      clocks_moved integer not null default 0,
      -- cases that could not be decided, to be looked at by a person
      failed integer not null default 0,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      finished_at timestamptz,
      primary key (platform_id, id)
    )`.execute(db)
  await sql`create index recomputations_newest on recomputations (platform_id, created_at, id)`.execute(db)
  // One at a time per platform: the next begins when the one before is done.
  await sql`create unique index recomputations_one_running on recomputations (platform_id) where status = 'running'`.execute(db)

  await sql`
    alter table sweep_runs
      -- whether something was due that the limits left for the next tick
      add left_over boolean not null default false,
      -- whether something was due that the platform's switch stops
      add stopped boolean not null default false`.execute(db)
}
