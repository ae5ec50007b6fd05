import { type Kysely, sql } from 'kysely'

/** Advances of the guarantee fund, the debts that come of them, and their clocks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table advances (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      version integer not null,
      status text not null constraint advances_status check (status in
        ('requested', 'frozen', 'asking_buyer', 'paying', 'paid', 'recovered', 'refused', 'cancelled', 'returned_to_fund', 'reversed',
         'closed')),
      plan_id uuid not null,
      step_id uuid not null,
      mode text not null constraint advances_mode check (mode in ('after_return', 'at_once')),
      currency text not null,
      amount bigint not null constraint advances_amount check (amount > 0),
      buyer_id text not null,
      merchant_id text not null,
      asked_by text not null,
      explanation text not null,
      approved_by text,
      overrides jsonb not null,
      refused_because text,
      end_reason_code text,
      merchant_part bigint not null,
      frozen_amount bigint not null,
      paid_amount bigint not null,
      bounced_amount bigint not null,
      recovered_amount bigint not null,
      owed_amount bigint not null,
      provisional_amount bigint not null,
      shares jsonb not null,
      taken_by uuid,
      frozen_at timestamptz,
      paid_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint advances_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id),
      constraint advances_sums check (merchant_part between 0 and amount and frozen_amount between 0 and amount
        and bounced_amount >= 0 and paid_amount >= 0
        and paid_amount + frozen_amount <= amount and recovered_amount >= 0 and owed_amount >= 0
        and recovered_amount + owed_amount <= merchant_part and provisional_amount between 0 and paid_amount)
    )`.execute(db)
  // the advances of a case
  await sql`create index advances_by_case on advances (platform_id, complaint_id)`.execute(db)
  // the last line: one advance at a time for a step
  await sql`create unique index advances_one_open on advances (platform_id, step_id)
    where status in ('requested', 'frozen', 'asking_buyer', 'paying', 'paid')`.execute(db)

  await sql`
    create table advance_bounds (
      platform_id uuid not null constraint advance_bounds_platform references platforms,
      kind text not null constraint advance_bounds_kind check (kind in
        ('open_of_buyer', 'buyer_and_day', 'open_of_merchant', 'platform_and_day')),
      key text collate "C" not null,
      bound bigint not null,
      in_force bigint not null constraint advance_bounds_in_force check (in_force >= 0),
      primary key (platform_id, kind, key)
    )`.execute(db)

  await sql`
    create table receivables (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      advance_id uuid not null,
      version integer not null,
      status text not null constraint receivables_status check (status in
        ('open', 'partly_paid', 'paid', 'set_off', 'waived', 'written_off', 'reversed')),
      debtor_role text not null constraint receivables_debtor_role check (debtor_role in ('buyer', 'merchant')),
      debtor_id text not null,
      reason_code text not null constraint receivables_reason_code check (reason_code in ('advance_not_covered', 'advance_not_due')),
      currency text not null,
      amount bigint not null constraint receivables_amount check (amount > 0),
      paid_amount bigint not null,
      end_explanation text,
      ended_by text,
      ended_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint receivables_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id),
      constraint receivables_sums check (paid_amount between 0 and amount)
    )`.execute(db)
  // the debts of a case
  await sql`create index receivables_by_case on receivables (platform_id, complaint_id)`.execute(db)
  // what somebody owes: the gate of advances, setting off, the account of a merchant
  await sql`create index receivables_owed on receivables (platform_id, debtor_role, debtor_id, created_at, id)
    where status in ('open', 'partly_paid')`.execute(db)

  const kinds = sql.raw(
    [
      ...['first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'completion'],
      ...[
        'difference',
        'return_address',
        'return_shipment',
        'return_again',
        'inspection',
        'refund',
        'step',
        'suspension',
        'auto_close',
      ],
      ...['appeal_window', 'appeal_decision', 'next_reply', 'notice', 'held_silence', 'last_resort', 'challenge', 'approval'],
      ...['arrival', 'arrival_decision', 'contest', 'contest_decision', 'send_back', 'payment', 'step_decision', 'payee_details'],
      ...['advance_approval', 'buyer_answer', 'merchant_pays', 'debt'],
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
