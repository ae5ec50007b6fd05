import { type Kysely, sql } from 'kysely'

/** Held settlements, affiliates of merchants, and what was taken from whom for an advance. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement_holds (
      platform_id uuid not null,
      id uuid not null,
      complaint_id uuid not null,
      version integer not null,
      status text not null constraint settlement_holds_status check (status in
        ('asked', 'held', 'partly_held', 'refused', 'releasing', 'released', 'taken')),
      order_id text not null,
      merchant_id text not null,
      currency text not null,
      limit_key text not null,
      amount bigint not null constraint settlement_holds_amount check (amount > 0),
      held_amount bigint not null,
      taken_amount bigint not null,
      released_amount bigint not null,
      asked_by text not null,
      explanation text not null,
      release_reason text constraint settlement_holds_release_reason check (release_reason in
        ('outcome_final', 'time_up', 'by_staff', 'by_payment_system')),
      held_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint settlement_holds_complaint foreign key (platform_id, complaint_id) references complaints (platform_id, id),
      constraint settlement_holds_sums check (held_amount >= 0 and taken_amount >= 0 and released_amount >= 0
        and held_amount + taken_amount + released_amount <= amount)
    )`.execute(db)
  // the held settlements of a case
  await sql`create index settlement_holds_by_case on settlement_holds (platform_id, complaint_id)`.execute(db)
  // what the payment system has not answered: the reconciliation
  await sql`create index settlement_holds_open on settlement_holds (platform_id, id) where status in ('asked', 'releasing')`.execute(
    db,
  )
  // what is held of a merchant, against the ledger
  await sql`create index settlement_holds_held on settlement_holds (platform_id, merchant_id, currency) include (held_amount)
    where held_amount > 0`.execute(db)

  await sql`
    create table merchant_affiliates (
      platform_id uuid not null constraint merchant_affiliates_platform references platforms,
      merchant_id text not null,
      version integer not null,
      affiliates jsonb not null,
      changed_by text not null,
      explanation text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, merchant_id)
    )`.execute(db)

  // `taken_by` stays for older instances; what they take meanwhile goes back to the deposit
  await sql`alter table advances add column taken jsonb not null default '[]'`.execute(db)
  await sql`
    update advances a
       set taken = jsonb_build_array(jsonb_build_object(
             'from', 'deposit', 'owner', a.merchant_id, 'hold_id', null, 'amount', least(t.amount, a.recovered_amount), 'transfer_id', t.id))
      from ledger_transfers t
     where t.platform_id = a.platform_id and t.id = a.taken_by`.execute(db)

  await sql`
    alter table order_limits
      drop constraint order_limits_kind,
      add constraint order_limits_kind check (kind in
        ('line', 'quantity', 'merchant', 'means', 'shipping', 'statutory_damages', 'settlement')),
      add constraint order_limits_settlement check (kind <> 'settlement' or in_force <= bound + excess)`.execute(db)

  const kinds = sql.raw(
    [
      ...['first_response', 'resolution', 'intervention', 'information', 'respondent_response', 'confirmation', 'completion'],
      ...['difference', 'return_address', 'return_shipment', 'return_again', 'inspection', 'refund', 'step', 'suspension'],
      ...['auto_close', 'appeal_window', 'appeal_decision', 'next_reply', 'notice', 'held_silence', 'last_resort', 'challenge'],
      ...['approval', 'arrival', 'arrival_decision', 'contest', 'contest_decision', 'send_back', 'payment', 'step_decision'],
      ...['payee_details', 'advance_approval', 'buyer_answer', 'merchant_pays', 'debt', 'hold_answer', 'hold_release'],
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
