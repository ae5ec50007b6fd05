import { type Kysely, sql } from 'kysely'

/** The payment system reports, and money goes into and out of the fund and the deposits of merchants. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys
      drop constraint api_keys_roles,
      add constraint api_keys_roles check (roles <@ array['buyer', 'merchant', 'agent', 'supervisor', 'admin', 'orders', 'payments', 'integration'] and cardinality(roles) > 0)`.execute(
    db,
  )

  await sql`
    create table fund_movements (
      platform_id uuid not null constraint fund_movements_platform references platforms,
      id uuid not null,
      kind text not null constraint fund_movements_kind check (kind in ('fund_top_up', 'deposit', 'fund_withdrawal', 'deposit_withdrawal')),
      status text not null constraint fund_movements_status check (status in
        ('expected', 'received', 'expired', 'asked', 'paying', 'done', 'failed', 'refused', 'cancelled')),
      -- whose deposit
      merchant_id text,
      currency text not null constraint fund_movements_currency check (currency ~ '^[A-Z]{3}$'),
      amount bigint not null constraint fund_movements_amount check (amount > 0),
      received_amount bigint constraint fund_movements_received check (received_amount > 0),
      -- what was paid out although the account does not have it any more
      uncovered_amount bigint not null default 0 constraint fund_movements_uncovered check (uncovered_amount between 0 and amount),
      reference text,
      explanation text,
      needs_second_admin boolean not null,
      policy_version integer not null,
      requested_by text not null,
      decided_by text,
      reported_by text,
      payment_reference text,
      end_reason_code text,
      end_explanation text,
      -- when it is refused or expires by itself
      due_at timestamptz,
      version integer not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (platform_id, id),
      constraint fund_movements_merchant check ((merchant_id is null) = (kind in ('fund_top_up', 'fund_withdrawal'))),
      constraint fund_movements_due check ((due_at is null) <> (status in ('expected', 'asked'))),
      constraint fund_movements_received_known check ((received_amount is not null) = (status = 'received'))
    )`.execute(db)
  // the list, newest first
  await sql`create index fund_movements_by_time on fund_movements (platform_id, created_at, id)`.execute(db)
  // those of one merchant, newest first
  await sql`create index fund_movements_by_merchant on fund_movements (platform_id, merchant_id, created_at, id) where merchant_id is not null`.execute(
    db,
  )
  // what is announced, asked and under way: few of many, which the list, the fund and the clock look for
  await sql`create index fund_movements_open on fund_movements (platform_id, status, created_at, id) where status in ('expected', 'asked', 'paying')`.execute(
    db,
  )
  // what is due next
  await sql`create index fund_movements_due_next on fund_movements (platform_id, due_at, id) where due_at is not null`.execute(db)
  // what is still to be posted, the oldest first
  await sql`create index fund_movements_to_cover on fund_movements (platform_id, created_at, id) where uncovered_amount > 0`.execute(
    db,
  )

  // An account has one unique index. With two, an insert that meets another of the same account could find it by the one that its upsert does
  // not look at, and fail. The id of an account names its currency, so one index holds both promises.
  await sql`
    alter table ledger_transfers drop constraint ledger_transfers_debit, drop constraint ledger_transfers_credit`.execute(db)
  await sql`
    alter table ledger_accounts
      drop constraint ledger_accounts_in_currency,
      drop constraint ledger_accounts_pkey,
      add primary key (platform_id, id, currency),
      -- chr(58): a colon
      add constraint ledger_accounts_of_currency check (split_part(id, chr(58), 2) = currency)`.execute(db)
  await sql`
    alter table ledger_transfers
      add constraint ledger_transfers_debit foreign key (platform_id, debit, currency) references ledger_accounts (platform_id, id, currency),
      add constraint ledger_transfers_credit foreign key (platform_id, credit, currency) references ledger_accounts (platform_id, id, currency)`.execute(
    db,
  )

  // a transfer of a movement names one that there is
  await sql`
    alter table ledger_transfers
      add constraint ledger_transfers_movement foreign key (platform_id, movement_id) references fund_movements (platform_id, id)`.execute(
    db,
  )
  // the transfers of a movement
  await sql`create index ledger_transfers_by_movement on ledger_transfers (platform_id, movement_id) where movement_id is not null`.execute(
    db,
  )
  // none: what the proof looks for
  await sql`
    create index ledger_transfers_without_movement on ledger_transfers (platform_id, id) where movement_id is null and kind in
      ('fund_topped_up', 'fund_withdrawn', 'fund_withdrawal_failed', 'deposit_received', 'deposit_withdrawn', 'deposit_withdrawal_failed')`.execute(
    db,
  )
}
