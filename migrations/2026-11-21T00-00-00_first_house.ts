import { type Kysely, sql } from 'kysely'

/**
 * The first house. Two habits hold in every table:
 * the platform leads every key and every foreign key, so a row of one platform cannot point at a row of another;
 * and the rules that must never break (one open plan, refunds within what was paid, a trail that is only written) stand here too,
 * as the last line behind the code that keeps them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table platforms (
      id uuid primary key,
      name text not null constraint platforms_name_unique unique,
      mode text not null constraint platforms_mode check (mode in ('live', 'test')),
      -- how far a test platform's time runs ahead of real time
      clock_offset_ms bigint not null default 0 constraint platforms_offset check (clock_offset_ms >= 0 and (clock_offset_ms = 0 or mode = 'test')),
      created_at timestamptz not null
    )`.execute(db)

  await sql`
    create table api_keys (
      platform_id uuid not null constraint api_keys_platform references platforms,
      id uuid not null,
      name text not null,
      -- SHA-256 of the key; the key itself is never stored
      digest bytea not null constraint api_keys_digest unique constraint api_keys_digest_length check (length(digest) = 32),
      roles text[] not null constraint api_keys_roles check (roles <@ array['buyer', 'merchant', 'agent', 'supervisor', 'admin'] and cardinality(roles) > 0),
      created_at timestamptz not null,
      created_by text not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      primary key (platform_id, id)
    )`.execute(db)

  await sql`
    create table orders (
      platform_id uuid not null constraint orders_platform references platforms,
      id text not null,
      currency text not null constraint orders_currency check (currency ~ '^[A-Z]{3}$'),
      paid_amount bigint not null constraint orders_paid check (paid_amount >= 0),
      -- what compensations may add beyond the paid amount, fixed with the first complaint
      compensation_limit bigint not null constraint orders_compensation_limit check (compensation_limit >= 0),
      refund_in_force bigint not null default 0,
      compensation_in_force bigint not null default 0,
      created_at timestamptz not null,
      primary key (platform_id, id),
      constraint orders_refunds_within_paid check (refund_in_force >= 0 and refund_in_force <= paid_amount),
      constraint orders_money_within_bound check (compensation_in_force >= 0 and refund_in_force + compensation_in_force <= paid_amount + compensation_limit)
    )`.execute(db)

  await sql`
    create table complaints (
      platform_id uuid not null constraint complaints_platform references platforms,
      id uuid not null,
      version integer not null,
      case_number text not null,
      reference text,
      status text not null constraint complaints_status check (status in
        ('submitted', 'awaiting_information', 'negotiating', 'investigating', 'awaiting_confirmation', 'executing', 'resolved', 'rejected', 'suspended', 'under_appeal', 'closed')),
      level smallint not null constraint complaints_level check (level between 1 and 3),
      channel text not null,
      category text not null,
      category_source text not null,
      complainant_role text not null constraint complaints_complainant_role check (complainant_role in ('buyer', 'merchant')),
      complainant_id text not null,
      complainant_name text,
      complainant_contact jsonb,
      respondent_role text not null constraint complaints_respondent_role check (respondent_role in ('merchant', 'platform')),
      respondent_id text not null,
      respondent_name text,
      respondent_contact jsonb,
      -- the same people once more by role, for the lists of each buyer and each merchant
      buyer_id text,
      merchant_id text,
      order_id text,
      order_details jsonb,
      description text not null,
      wanted jsonb,
      tags text[] not null,
      risk jsonb not null,
      related_to uuid,
      duplicate_of uuid,
      owner text,
      liability jsonb,
      liability_disclosed boolean not null,
      rejection jsonb,
      information_request jsonb,
      suspension jsonb,
      dismissal jsonb,
      current_plan_id uuid,
      outcome text constraint complaints_outcome check (outcome in ('settled', 'upheld', 'not_upheld', 'rejected', 'withdrawn', 'no_response')),
      close_reason text,
      returns_to text constraint complaints_returns_to check (returns_to in ('submitted', 'negotiating', 'investigating')),
      -- plans that lapsed one after the other because the complainant was silent
      silent_expiries smallint not null,
      reopened_by_complainant boolean not null,
      -- what may be contested: each decision with its time and plan
      decisions jsonb not null,
      -- staff who may not decide an appeal of this case
      took_part text[] not null,
      event_count integer not null,
      evidence_count integer not null,
      evidence_chain text not null,
      -- the earliest due time of a running duty, 'infinity' when there is none, so that it can be walked as a key
      next_due_at timestamptz not null,
      -- since when a duty has been past its due time and still owed
      owed_since timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      closed_at timestamptz,
      primary key (platform_id, id),
      constraint complaints_case_number unique (platform_id, case_number),
      constraint complaints_reference unique (platform_id, reference),
      constraint complaints_order foreign key (platform_id, order_id) references orders (platform_id, id),
      constraint complaints_related foreign key (platform_id, related_to) references complaints (platform_id, id),
      constraint complaints_duplicate foreign key (platform_id, duplicate_of) references complaints (platform_id, id),
      constraint complaints_closed check (status <> 'closed' or closed_at is not null)
    ) with (fillfactor = 85)`.execute(db)

  // One index for each walk that the list promises without a sort step: newest first overall and by each main filter, and by due time.
  for (const [name, columns] of [
    ['newest', 'created_at, id'],
    ['by_status', 'status, created_at, id'],
    ['by_owner', 'owner, created_at, id'],
    ['by_buyer', 'buyer_id, created_at, id'],
    ['by_merchant', 'merchant_id, created_at, id'],
    ['by_order', 'order_id, created_at, id'],
    ['by_status_due', 'status, next_due_at, id'],
    ['by_owner_due', 'owner, next_due_at, id'],
  ] as const) {
    await sql`create index ${sql.id(`complaints_${name}`)} on complaints (platform_id, ${sql.raw(columns)})`.execute(db)
  }

  await sql`
    create table deadlines (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      kind text not null constraint deadlines_kind check (kind in
        ('first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'return_shipment', 'inspection',
         'refund', 'step', 'suspension', 'auto_close', 'appeal_window', 'appeal_decision')),
      party text not null constraint deadlines_party check (party in ('complainant', 'respondent', 'platform')),
      -- the plan, step, appeal or decision that the clock is about, where it is not the whole case
      subject_id uuid,
      counted_in text not null constraint deadlines_counted_in check (counted_in in ('natural', 'business')),
      on_silence text not null,
      status text not null constraint deadlines_status check (status in ('running', 'paused', 'met', 'missed', 'cancelled')),
      started_at timestamptz not null,
      due_at timestamptz not null,
      -- the unused rest while paused, in milliseconds of natural or business time
      remaining_ms bigint constraint deadlines_remaining check ((remaining_ms is not null) = (status = 'paused')),
      -- how long before its due time it warns, in milliseconds of the time it counts in; empty when there is no warning to come
      warn_before_ms bigint constraint deadlines_warn_before check (warn_before_ms >= 0),
      -- when a sweep looks at it next: at its warning, then at its due time
      wakes_at timestamptz not null,
      -- set on a repeated clock: when the duty first fell due
      owed_since timestamptz,
      ended_at timestamptz constraint deadlines_ended check ((ended_at is null) = (status in ('running', 'paused'))),
      primary key (platform_id, id),
      constraint deadlines_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id)
    ) with (fillfactor = 90)`.execute(db)
  // What a case has running or had; a case has few clocks.
  await sql`create index deadlines_of_complaint on deadlines (platform_id, complaint_id, started_at)`.execute(db)
  // The sweep's walk: only running clocks, in the order they wake, so its cost follows what is due and not what is open.
  await sql`create index deadlines_waking on deadlines (platform_id, wakes_at, id) where status = 'running'`.execute(db)

  await sql`
    create table refund_plans (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      version integer not null,
      version_number integer not null,
      supersedes uuid,
      status text not null constraint refund_plans_status check (status in
        ('draft', 'in_review', 'approved', 'proposed', 'executing', 'executed', 'declined', 'expired', 'superseded', 'cancelled', 'failed')),
      author_role text not null,
      author_id text not null,
      author_side text not null constraint refund_plans_author_side check (author_side in ('complainant', 'respondent', 'platform')),
      currency text,
      remedies jsonb not null,
      refund_amount bigint not null constraint refund_plans_refund check (refund_amount >= 0),
      compensation_amount bigint not null constraint refund_plans_compensation check (compensation_amount >= 0),
      -- what this plan holds of the order's money at the moment
      refund_in_force bigint not null constraint refund_plans_refund_in_force check (refund_in_force between 0 and refund_amount),
      compensation_in_force bigint not null constraint refund_plans_compensation_in_force check (compensation_in_force between 0 and compensation_amount),
      reason text not null,
      needs_approval boolean not null,
      approved_by text,
      imposition jsonb,
      confirmations jsonb not null,
      steps jsonb not null,
      end_reason text,
      proposed_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint refund_plans_version_number unique (platform_id, complaint_id, version_number),
      constraint refund_plans_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id),
      constraint refund_plans_supersedes foreign key (platform_id, supersedes) references refund_plans (platform_id, id)
    ) with (fillfactor = 85)`.execute(db)
  // At most one plan of a case is on the table or being carried out.
  await sql`create unique index refund_plans_one_open on refund_plans (platform_id, complaint_id) where status in ('proposed', 'executing')`.execute(
    db,
  )

  await sql`
    create table appeals (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      version integer not null,
      status text not null constraint appeals_status check (status in ('submitted', 'under_review', 'upheld', 'denied', 'withdrawn')),
      appellant_role text not null,
      appellant_id text not null,
      appellant_side text not null constraint appeals_side check (appellant_side in ('complainant', 'respondent')),
      decision_id uuid not null,
      decision jsonb not null,
      grounds text not null,
      statement text not null,
      evidence_ids uuid[] not null,
      reviewer text,
      reasons text,
      outside_routes jsonb not null,
      returns_to text not null constraint appeals_returns_to check (returns_to in ('rejected', 'resolved', 'closed', 'executing')),
      created_at timestamptz not null,
      updated_at timestamptz not null,
      decided_at timestamptz,
      primary key (platform_id, id),
      constraint appeals_one_per_decision unique (platform_id, decision_id, appellant_side),
      constraint appeals_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id)
    )`.execute(db)
  // One open appeal per case.
  await sql`create unique index appeals_one_open on appeals (platform_id, complaint_id) where status in ('submitted', 'under_review')`.execute(
    db,
  )
  await sql`create index appeals_of_complaint on appeals (platform_id, complaint_id, created_at, id)`.execute(db)
  // The reviewers' list, newest first, over the platform and by status.
  await sql`create index appeals_newest on appeals (platform_id, created_at, id)`.execute(db)
  await sql`create index appeals_by_status on appeals (platform_id, status, created_at, id)`.execute(db)

  await sql`
    create table evidence (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      version integer not null,
      status text not null constraint evidence_status check (status in ('submitted', 'accepted', 'refused', 'withdrawn')),
      type text not null,
      description text,
      submitter_role text not null,
      submitter_id text not null,
      submitter_side text not null constraint evidence_side check (submitter_side in ('complainant', 'respondent', 'platform')),
      -- exactly one of: a stored file (named by its id), words, a structured record
      file_name text,
      text text,
      record jsonb,
      media_type text not null,
      size_bytes bigint not null constraint evidence_size check (size_bytes >= 0),
      sha256 text not null constraint evidence_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
      -- the case's hash chain: each item seals the one before
      position integer not null,
      previous_hash text not null,
      chain_hash text not null,
      decision jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint evidence_position unique (platform_id, complaint_id, position),
      constraint evidence_content check (num_nonnulls(file_name, text, record) = 1),
      constraint evidence_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id)
    )`.execute(db)

  await sql`
    create table messages (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      author_role text not null,
      author_id text not null,
      visibility text not null constraint messages_visibility check (visibility in ('parties', 'internal')),
      text text not null,
      created_at timestamptz not null,
      primary key (platform_id, id),
      constraint messages_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id)
    )`.execute(db)
  await sql`create index messages_of_complaint on messages (platform_id, complaint_id, created_at, id)`.execute(db)

  await sql`
    create table case_events (
      platform_id uuid not null,
      complaint_id uuid not null,
      -- 1, 2, 3 … within the case, without a gap
      sequence integer not null,
      id uuid not null,
      type text not null,
      at timestamptz not null,
      actor_role text not null,
      actor_id text not null,
      resource text not null,
      resource_id uuid,
      from_status text,
      to_status text,
      reason text,
      note text,
      visibility text not null constraint case_events_visibility check (visibility in ('parties', 'complainant', 'respondent', 'staff')),
      data jsonb not null,
      primary key (platform_id, complaint_id, sequence),
      constraint case_events_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id)
    )`.execute(db)
  await sql`
    create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% is only ever added to', tg_table_name using errcode = 'restrict_violation'; end $$`.execute(db)
  await sql`create trigger case_events_append_only before update or delete on case_events for each row execute function refuse_change()`.execute(
    db,
  )
  await sql`create trigger case_events_never_emptied before truncate on case_events for each statement execute function refuse_change()`.execute(
    db,
  )

  await sql`
    create table idempotency_keys (
      platform_id uuid not null,
      api_key_id uuid not null,
      actor text not null,
      key text not null,
      request_hash bytea not null,
      -- the stored answer; empty only inside the transaction that is making it
      status smallint,
      headers jsonb,
      body text,
      created_at timestamptz not null,
      primary key (platform_id, api_key_id, actor, key),
      constraint idempotency_keys_api_key foreign key (platform_id, api_key_id) references api_keys (platform_id, id)
    )`.execute(db)
  // What is older than its keeping time is removed by age.
  await sql`create index idempotency_keys_by_age on idempotency_keys (created_at)`.execute(db)

  await sql`
    create table sweep_runs (
      platform_id uuid not null constraint sweep_runs_platform references platforms,
      id uuid not null,
      trigger text not null constraint sweep_runs_trigger check (trigger in ('cron', 'request')),
      started_at timestamptz not null,
      duration_ms integer not null,
      due integer not null,
      escalated integer not null,
      closed integer not null,
      expired integer not null,
      deemed_accepted integer not null,
      warned integer not null,
      failed integer not null,
      primary key (platform_id, id)
    )`.execute(db)
  await sql`create index sweep_runs_newest on sweep_runs (platform_id, started_at, id)`.execute(db)
}
