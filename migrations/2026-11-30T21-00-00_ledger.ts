import { type Kysely, sql } from 'kysely'

/** The ledger: one row for each transfer, which is both its sides, and the balances that the transfers make up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table ledger_accounts (
      platform_id uuid not null constraint ledger_accounts_platform references platforms,
      -- kind, currency and owner
      id text collate "C" not null,
      kind text not null constraint ledger_accounts_kind check (kind in
        ('fund', 'frozen', 'held', 'deposit', 'buyer_paid', 'buyer_receivable', 'merchant_receivable', 'carrier_receivable',
         'buyer_payable', 'merchant_payable', 'expense', 'written_off', 'goodwill', 'outside')),
      owner text not null,
      currency text not null constraint ledger_accounts_currency check (currency ~ '^[A-Z]{3}$'),
      balance bigint not null default 0,
      reserved bigint not null default 0 constraint ledger_accounts_reserved check (reserved >= 0),
      balance_change bigint not null default 0,
      reserved_change bigint not null default 0,
      primary key (platform_id, id),
      -- what a transfer refers to
      constraint ledger_accounts_in_currency unique (platform_id, id, currency),
      constraint ledger_accounts_never_below_zero check (balance >= 0 or kind = 'outside')
    )`.execute(db)
  await sql`comment on table ledger_accounts is 'Balances, in minor units: the sum of what came in less what went out'`.execute(
    db,
  )
  // the accounts of a merchant or buyer
  await sql`create index ledger_accounts_by_owner on ledger_accounts (platform_id, owner) where owner <> ''`.execute(db)

  await sql`
    create table ledger_transfers (
      platform_id uuid not null,
      id uuid not null,
      journal_id uuid not null,
      kind text not null,
      debit text collate "C" not null,
      credit text collate "C" not null,
      currency text not null,
      amount bigint not null constraint ledger_transfers_amount check (amount > 0),
      complaint_id uuid,
      plan_id uuid,
      step_id uuid,
      advance_id uuid,
      receivable_id uuid,
      movement_id uuid,
      policy_version integer,
      reverses uuid,
      created_at timestamptz not null,
      primary key (platform_id, id),
      constraint ledger_transfers_two_accounts check (debit <> credit),
      constraint ledger_transfers_debit foreign key (platform_id, debit, currency)
        references ledger_accounts (platform_id, id, currency),
      constraint ledger_transfers_credit foreign key (platform_id, credit, currency)
        references ledger_accounts (platform_id, id, currency),
      constraint ledger_transfers_reverses foreign key (platform_id, reverses) references ledger_transfers (platform_id, id),
      constraint ledger_transfers_one_reversal unique (platform_id, reverses)
    )`.execute(db)
  await sql`create trigger ledger_transfers_append_only before update or delete on ledger_transfers for each row execute function refuse_change()`.execute(
    db,
  )
  await sql`create trigger ledger_transfers_never_emptied before truncate on ledger_transfers for each statement execute function refuse_change()`.execute(
    db,
  )
  // statements of an account over a period, by either side, and the proof of its balance
  await sql`create index ledger_transfers_by_debit on ledger_transfers (platform_id, debit, created_at, id) include (amount)`.execute(
    db,
  )
  await sql`create index ledger_transfers_by_credit on ledger_transfers (platform_id, credit, created_at, id) include (amount)`.execute(
    db,
  )
  // the money of a case
  await sql`create index ledger_transfers_by_case on ledger_transfers (platform_id, complaint_id) where complaint_id is not null`.execute(
    db,
  )
}
