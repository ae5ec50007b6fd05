import { type Kysely, sql } from 'kysely'

/** Orders leave when nobody needs them any more: by age, and their statements and refunds elsewhere with them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index orders_by_statement on orders (platform_id, (coalesce(updated_at, created_at)), id)`.execute(db)
  // They are never changed; to leave they may be deleted.
  for (const table of ['order_statements', 'order_refunds_elsewhere']) {
    const trigger = sql.id(`${table}_append_only`)
    await sql`drop trigger ${trigger} on ${sql.table(table)}`.execute(db)
    await sql`create trigger ${trigger} before update on ${sql.table(table)} for each row execute function refuse_change()`.execute(
      db,
    )
  }
}
