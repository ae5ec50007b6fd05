/** Reads case files: as they are, or under their locks for whoever must not lose them to somebody else. */
import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../../foundation/sql/database.ts'
import { fromJson } from '../../foundation/sql/rows.ts'
import type { AppealRow } from '../appeals/table.ts'
import type { CaseFile, Parties } from '../case-file/case-file.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { MOST_CLOCKS } from '../deadlines/due.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import type { OrderRow } from '../orders/table.ts'
import type { PlanRow } from '../refund-plans/table.ts'
import type { StuckCaseRow } from '../stuck-cases/table.ts'

/** How a complaint is named: by its own id, or by the id of something that belongs to it. */
export type CaseName = { table: 'complaints' | 'refund_plans' | 'appeals' | 'evidence'; id: string }

const idOfCase = (platformId: string, { table, id }: CaseName): RawBuilder<string> =>
  table === 'complaints'
    ? sql<string>`${id}::uuid`
    : sql<string>`(select complaint_id from ${sql.table(table)} where platform_id = ${platformId} and id = ${id})`

/** The case as it is, without a lock; `undefined` when this platform has none of that name. */
export const readCaseFile = async (db: Db, platformId: string, name: CaseName): Promise<CaseFile | undefined> =>
  (await readFiles(db, platformId, sql`id = ${idOfCase(platformId, name)}`))[0]

/** Who the parties of a complaint are: enough to know who may see what belongs to it. */
export const readParties = (db: Db, platformId: string, id: string): Promise<(Parties & { id: string }) | undefined> =>
  db
    .selectFrom('complaints')
    .select(['id', 'complainant_role', 'complainant_id', 'respondent_role', 'respondent_id'])
    .where('platform_id', '=', platformId)
    .where('id', '=', id)
    .executeTakeFirst()

/** The complaint alone, for what needs nothing else of the case. */
export const readComplaint = (db: Db, platformId: string, id: string): Promise<ComplaintRow | undefined> =>
  db.selectFrom('complaints').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

/** Several cases by id, without locks. */
export const readCaseFiles = async (db: Db, platformId: string, ids: readonly string[]): Promise<Map<string, CaseFile>> => {
  const files = ids.length === 0 ? [] : await readFiles(db, platformId, among(ids))
  return new Map(files.map((file) => [file.complaint.id, file]))
}

/** The case under its lock, for a decision that lost before. Waits for whoever decides at the moment. */
export const lockCaseFile = async (
  trx: Trx,
  platformId: string,
  name: CaseName,
  { lockOrder }: { lockOrder: boolean },
): Promise<CaseFile | undefined> => {
  const locked = await trx
    .selectFrom('complaints')
    .select(['id', 'order_id'])
    .where('platform_id', '=', platformId)
    .where('id', '=', idOfCase(platformId, name))
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!locked) return undefined
  if (lockOrder) await lockOrders(trx, platformId, [locked])
  // only a statement that begins after the lock sees what the lock protects
  return (await readFiles(trx, platformId, among([locked.id])))[0]
}

/** Cases under their locks in ascending order, leaving out those that somebody else holds: a sweep's share. */
export const lockFreeCaseFiles = async (trx: Trx, platformId: string, ids: readonly string[]): Promise<CaseFile[]> => {
  const locked = await trx
    .selectFrom('complaints')
    .select(['id', 'order_id'])
    .where('platform_id', '=', platformId)
    .where(sql<boolean>`${among(ids)}`)
    .orderBy('id')
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  if (locked.length === 0) return []
  await lockOrders(trx, platformId, locked)
  return readFiles(trx, platformId, among(locked.map(({ id }) => id)))
}

const among = (ids: readonly string[]): RawBuilder<unknown> => sql`id = any(${ids}::uuid[])`

/** Orders come last in the lock order, ascending, so that money is decided on what will still be true at the commit. */
const lockOrders = async (trx: Trx, platformId: string, cases: readonly { order_id: string | null }[]): Promise<void> => {
  const ids = [...new Set(cases.flatMap((row) => row.order_id ?? []))]
  if (ids.length === 0) return
  await trx
    .selectFrom('orders')
    .select('id')
    .where('platform_id', '=', platformId)
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** A case with all that belongs to it, as one row; nothing where there is none. */
interface Found {
  complaint: object
  plans: object[] | null
  appeals: object[] | null
  deadlines: object[] | null
  order: object | null
  stuck: object | null
}

/** Whole case files, in one statement, so that everything in them is of one moment. In ascending order of the complaints' ids. */
const readFiles = async (db: Db, platformId: string, which: RawBuilder<unknown>): Promise<CaseFile[]> => {
  const { rows } = await sql<Found>`
    select row_to_json(c) as complaint,
      (select json_agg(p order by version_number) from refund_plans p
        where p.platform_id = c.platform_id and p.complaint_id = c.id) as plans,
      (select json_agg(a order by created_at, id) from appeals a
        where a.platform_id = c.platform_id and a.complaint_id = c.id) as appeals,
      (select json_agg(d order by started_at, id) from (
        select * from deadlines d where d.platform_id = c.platform_id and d.complaint_id = c.id
          order by ended_at is not null and owed_since is null, started_at desc limit ${MOST_CLOCKS}) d) as deadlines,
      (select row_to_json(o) from orders o where o.platform_id = c.platform_id and o.id = c.order_id) as "order",
      (select row_to_json(s) from stuck_cases s where s.platform_id = c.platform_id and s.complaint_id = c.id) as stuck
    from complaints c where platform_id = ${platformId} and ${which} order by id`.execute(db)
  return rows.map(({ complaint, plans, appeals, deadlines, order, stuck }) => ({
    complaint: fromJson<ComplaintRow>(complaint),
    plans: (plans ?? []).map((plan) => fromJson<PlanRow>(plan)),
    appeals: (appeals ?? []).map((appeal) => fromJson<AppealRow>(appeal)),
    deadlines: (deadlines ?? []).map((deadline) => fromJson<DeadlineRow>(deadline)),
    order: order && fromJson<OrderRow>(order),
    stuck: stuck && fromJson<StuckCaseRow>(stuck),
  }))
}
