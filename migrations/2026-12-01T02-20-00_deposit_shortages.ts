import { type Kysely, sql } from 'kysely'

/** Since when a deposit lacks what open advances and debts can take of it, and whether that was told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table deposit_shortages (
      platform_id uuid not null constraint deposit_shortages_platform references platforms,
      -- the account of the deposit
      account_id text collate "C" not null,
      merchant_id text not null,
      currency text not null,
      since timestamptz not null,
      told_at timestamptz,
      primary key (platform_id, account_id),
      constraint deposit_shortages_account foreign key (platform_id, account_id, currency) references ledger_accounts (platform_id, id, currency)
    )`.execute(db)
  // those that are not told yet, the oldest first
  await sql`create index deposit_shortages_untold on deposit_shortages (platform_id, since) where told_at is null`.execute(db)
  // the deposits that lack something: few of very many
  await sql`create index ledger_accounts_short on ledger_accounts (platform_id, id) where kind = 'deposit' and reserved > balance`.execute(
    db,
  )
}
