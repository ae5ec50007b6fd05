import { type Kysely, sql } from 'kysely'

/** What arrives of an advance beyond what was put aside, and debts to others than the fund, for which no advance was paid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table advances
      add column overpaid_amount bigint not null default 0 constraint advances_overpaid check (overpaid_amount >= 0),
      add column late_amount bigint not null default 0 constraint advances_late check (late_amount >= 0)`.execute(db)
  await sql`
    alter table receivables
      alter column advance_id drop not null,
      add column step_id uuid,
      add column creditor text not null default 'fund' constraint receivables_creditor check (creditor in ('fund', 'outside')),
      add constraint receivables_of_fund check (advance_id is not null or creditor = 'outside'),
      drop constraint receivables_reason_code,
      add constraint receivables_reason_code check (reason_code in
        ('advance_not_covered', 'advance_not_due', 'overpaid', 'refund_not_due'))`.execute(db)
}
