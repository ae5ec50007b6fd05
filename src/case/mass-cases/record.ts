/** The only writer of mass cases and of what filings were about. */
import { sql } from 'kysely'
import type { Time } from '../../foundation/clock.ts'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import type { MassCaseRow, RecentItemRow } from './table.ts'

/** Keeps what filings were about. @returns those that were not kept before */
export const keepItems = async (
  db: Db,
  platformId: string,
  rows: readonly Omit<RecentItemRow, 'platform_id' | 'mass_case_id'>[],
): Promise<Pick<RecentItemRow, 'complaint_id' | 'merchant_id' | 'item' | 'filed_at'>[]> => {
  if (rows.length === 0) return []
  const kept = await sql<RecentItemRow>`
    insert into recent_items (platform_id, complaint_id, item, merchant_id, filed_at)
    select ${platformId}::uuid, * from unnest(${rows.map((row) => row.complaint_id)}::uuid[], ${rows.map((row) => row.item)}::text[],
      ${rows.map((row) => row.merchant_id)}::text[], ${rows.map((row) => row.filed_at)}::timestamptz[])
    on conflict do nothing
    returning complaint_id, merchant_id, item, filed_at`.execute(db)
  return kept.rows
}

export const keepLookedTo = async (db: Db, platformId: string, looked_to: string): Promise<void> => {
  // two instances may look at once: the place never goes back
  await sql`
    insert into filing_watches (platform_id, looked_to) values (${platformId}::uuid, ${looked_to}::uuid)
    on conflict (platform_id) do update set looked_to = excluded.looked_to
      where filing_watches.platform_id = ${platformId}::uuid and filing_watches.looked_to < excluded.looked_to`.execute(db)
}

/** @returns whether it is new: another instance may have begun it meanwhile */
export const beginMassCase = async (db: Db, row: MassCaseRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('mass_cases')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['platform_id', 'merchant_id', 'item']).where(sql<boolean>`status = 'open'`).doNothing(),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Notes that filings belong to a mass case, and when the last of them came. */
export const noteJoined = async (
  trx: Trx,
  platformId: string,
  massCaseId: string,
  joined: readonly { complaint_id: string; filed_at: Time }[],
): Promise<void> => {
  const last = joined.reduce((at, { filed_at }) => (filed_at > at ? filed_at : at), joined[0]?.filed_at ?? '')
  await sql`
    update recent_items r set mass_case_id = m.id
      from mass_cases m
     where m.platform_id = ${platformId}::uuid and m.id = ${massCaseId}::uuid
       and r.platform_id = ${platformId}::uuid and r.merchant_id = m.merchant_id and r.item = m.item
       and r.complaint_id = any(${joined.map(({ complaint_id }) => complaint_id)}::uuid[])`.execute(trx)
  await sql`
    update mass_cases set last_filed_at = greatest(last_filed_at, ${last}::timestamptz)
     where platform_id = ${platformId}::uuid and id = ${massCaseId}::uuid`.execute(trx)
}

/** Ends an open mass case. @returns it as it is then; `undefined` where it is open no more, or no longer this version */
export const endMassCase = async (
  db: Db,
  { platform_id, id, version }: Pick<MassCaseRow, 'platform_id' | 'id' | 'version'>,
  end: Pick<MassCaseRow, 'end_reason_code' | 'end_explanation' | 'ended_by'> & { ended_at: Time },
): Promise<MassCaseRow | undefined> =>
  db
    .updateTable('mass_cases')
    .set({ ...end, status: 'ended', version: version + 1, updated_at: end.ended_at })
    .where('platform_id', '=', platform_id)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'open')
    .returningAll()
    .executeTakeFirst()

/** Removes what filings before a moment were about. @returns how many are gone */
export const forgetItems = async (db: Db, platformId: string, before: Time, most: number): Promise<number> => {
  const { rows } = await sql<{ gone: number }>`
    with old as (
      select complaint_id, item from recent_items
       where platform_id = ${platformId}::uuid and filed_at < ${before}::timestamptz order by filed_at limit ${most}::integer),
    gone as (
      delete from recent_items r using old
       where r.platform_id = ${platformId}::uuid and r.complaint_id = old.complaint_id and r.item = old.item
      returning 1)
    select count(*) as gone from gone`.execute(db)
  return Number(rows[0]?.gone ?? 0)
}
