/** Reads case files: one for a caller who looks, or several under lock for whoever decides. */
import { type RawBuilder, sql } from 'kysely'
import type { AppealRow } from '../appeals/table.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { Db, Trx } from '../database.ts'
import type { DeadlineRow } from '../deadlines/table.ts'
import { fromJson } from '../foundation/rows.ts'
import type { OrderRow } from '../orders/table.ts'
import type { PlanRow } from '../refund-plans/table.ts'
import type { CaseFile } from './case-file.ts'

/** Of a case's ended clocks, how many are read with it. A duty owed for months leaves one for every business day. */
const ENDED_CLOCKS = 40

/** How a complaint is named: by its own id, or by the id of something that belongs to it. */
export type CaseName = { table: 'complaints' | 'refund_plans' | 'appeals' | 'evidence'; id: string }

const idOfCase = (platformId: string, { table, id }: CaseName): RawBuilder<string> =>
  table === 'complaints'
    ? sql<string>`${id}::uuid`
    : sql<string>`(select complaint_id from ${sql.table(table)} where platform_id = ${platformId} and id = ${id})`

/** The case as it is, without a lock; `undefined` when this platform has none of that name. */
export const readCaseFile = async (db: Db, platformId: string, name: CaseName): Promise<CaseFile | undefined> =>
  (await readFiles(db, platformId, sql`id = ${idOfCase(platformId, name)}`))[0]

/** The complaint alone, for what needs nothing else of the case. */
export const readComplaint = (db: Db, platformId: string, id: string): Promise<ComplaintRow | undefined> =>
  db.selectFrom('complaints').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

/** Several cases by id, without locks. */
export const readCaseFiles = async (db: Db, platformId: string, ids: readonly string[]): Promise<Map<string, CaseFile>> => {
  const files = ids.length === 0 ? [] : await readFiles(db, platformId, among(ids))
  return new Map(files.map((file) => [file.complaint.id, file]))
}

/** The case under its lock, for a decision by a person. Waits for whoever decides at the moment. */
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
    .forUpdate()
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
    .forUpdate()
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
    .forUpdate()
    .execute()
}

interface Part {
  kind: 'complaint' | 'plan' | 'appeal' | 'deadline' | 'order'
  json: Record<string, unknown>
}

/** Whole case files, in one statement, so that everything in them is of one moment. In ascending order of the complaints' ids. */
const readFiles = async (db: Db, platformId: string, which: RawBuilder<unknown>): Promise<CaseFile[]> => {
  const { rows } = await sql<Part>`
    with c as (select * from complaints where platform_id = ${platformId} and ${which})
    select 'complaint' as kind, to_jsonb(c) as json from c
    union all
    select 'plan', to_jsonb(p) from c join refund_plans p on p.platform_id = c.platform_id and p.complaint_id = c.id
    union all
    select 'appeal', to_jsonb(a) from c join appeals a on a.platform_id = c.platform_id and a.complaint_id = c.id
    union all
    select 'deadline', to_jsonb(d) from c join deadlines d on d.platform_id = c.platform_id and d.complaint_id = c.id and d.ended_at is null
    union all
    select 'deadline', to_jsonb(d) from c cross join lateral (
      select * from deadlines where platform_id = c.platform_id and complaint_id = c.id and ended_at is not null
      order by started_at desc limit ${ENDED_CLOCKS}) d
    union all
    select 'order', to_jsonb(o) from orders o where o.platform_id = ${platformId} and o.id in (select order_id from c)
  `.execute(db)
  const parts = Map.groupBy(rows, (row) => row.kind)
  const all = <Row>(kind: Part['kind']): Row[] => (parts.get(kind) ?? []).map(({ json }) => fromJson<Row>(json))
  const plans = Map.groupBy(all<PlanRow>('plan'), (plan) => plan.complaint_id)
  const appeals = Map.groupBy(all<AppealRow>('appeal'), (appeal) => appeal.complaint_id)
  const deadlines = Map.groupBy(all<DeadlineRow>('deadline'), (deadline) => deadline.complaint_id)
  const orders = new Map(all<OrderRow>('order').map((order) => [order.id, order]))
  return all<ComplaintRow>('complaint')
    .sort(by((complaint) => complaint.id))
    .map((complaint) => ({
      complaint,
      plans: (plans.get(complaint.id) ?? []).sort((a, b) => a.version_number - b.version_number),
      appeals: (appeals.get(complaint.id) ?? []).sort(by((appeal) => appeal.created_at + appeal.id)),
      deadlines: (deadlines.get(complaint.id) ?? []).sort(by((deadline) => deadline.started_at + deadline.id)),
      order: complaint.order_id === null ? null : (orders.get(complaint.order_id) ?? null),
    }))
}

const by =
  <Row>(key: (row: Row) => string) =>
  (a: Row, b: Row): number => {
    const [x, y] = [key(a), key(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
