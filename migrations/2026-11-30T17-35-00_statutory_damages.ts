import { type Kysely, sql } from 'kysely'

/** Damages that a law grants beyond the price: of a plan, and what each line of an order bears of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table refund_plans
      add statutory_damages_amount bigint not null default 0
        constraint refund_plans_statutory_damages_amount check (statutory_damages_amount >= 0),
      add statutory_damages_in_force bigint not null default 0
        constraint refund_plans_statutory_damages_in_force
          check (statutory_damages_in_force between 0 and statutory_damages_amount)`.execute(db)
  await sql`
    alter table order_limits
      drop constraint order_limits_kind,
      add constraint order_limits_kind
        check (kind in ('line', 'quantity', 'merchant', 'means', 'shipping', 'statutory_damages')),
      add constraint order_limits_statutory_damages check (kind <> 'statutory_damages' or in_force <= bound + excess)`.execute(db)
}
