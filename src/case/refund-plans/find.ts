import { type RawBuilder, sql } from 'kysely'
import { beyond, type Page } from '../../foundation/http/pagination.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Parties, partyColumns } from '../case-file/case-file.ts'
import type { PlanQuery } from './list-schema.ts'
import type { PlanRow } from './table.ts'

/** The columns that a list of plans shows. */
const summaryColumns = [
  'id',
  'complaint_id',
  'version',
  'version_number',
  'status',
  'author_role',
  'author_id',
  'author_side',
  'currency',
  'remedies',
  'refund_amount',
  'compensation_amount',
  'statutory_damages_amount',
  'refund_in_force',
  'compensation_in_force',
  'statutory_damages_in_force',
  'needs_approval',
  'approved_by',
  'settlement_rule',
  'buyer_id',
  'merchant_id',
  'end_reason_code',
  'proposed_at',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof PlanRow)[]

/** A plan in a list, with the parties of its case, by whom it is known who may read it. */
export type PlanSummaryRow = Pick<PlanRow, (typeof summaryColumns)[number]> & Parties

/** The time column by which a list is sorted. */
export const sortedBy = ({ sort }: Pick<PlanQuery, 'sort'>) => (sort === 'updated_at' ? 'updated_at' : 'created_at')

/**
 * One page of the plans of a platform, `limit + 1` rows of it: newest first, or what changed first. The merchant, else the state, has an index
 * in the order of a list, which holds for one value of it: for several the pages of each are merged.
 */
export const findPlans = (db: Db, platformId: string, query: PlanQuery, page: Page): Promise<PlanSummaryRow[]> => {
  const time = sortedBy(query)
  const order = query.sort === 'updated_at' ? 'asc' : 'desc'
  const rows = page.limit + 1
  const driving = time === 'updated_at' ? undefined : query.merchant ? 'merchant_id' : query.status ? 'status' : undefined
  const range = (value?: RawBuilder<string>) => {
    let select = db
      .selectFrom('refund_plans as p')
      .innerJoin('complaints as c', (join) =>
        join
          .onRef('c.platform_id', '=', 'p.platform_id')
          .onRef('c.id', '=', 'p.complaint_id')
          .on('c.platform_id', '=', platformId),
      )
      .select(summaryColumns.map((column) => `p.${column}` as const))
      .select(partyColumns.map((column) => `c.${column}` as const))
      .where('p.platform_id', '=', platformId)
    // by a range that begins and ends with the value, and an order by it: only its own index gives that order, however common Postgres takes
    // the value to be on the whole server
    if (driving && value) {
      const column = sql.ref(`p.${driving}`)
      select = select.where(sql<boolean>`${column} >= ${value} and ${column} <= ${value}`).orderBy(column, order)
    }
    if (query.status && driving !== 'status') select = select.where('p.status', '=', sql<PlanRow['status']>`any(${query.status})`)
    if (query.merchant && driving !== 'merchant_id')
      select = select.where('p.merchant_id', '=', sql<string>`any(${query.merchant})`)
    if (query.automatic !== undefined) select = select.where('p.settlement_rule', query.automatic ? 'is not' : 'is', null)
    if (query.currency) select = select.where('p.currency', '=', query.currency)
    if (query.amount_from !== undefined)
      select = select.where(
        sql<boolean>`p.refund_amount + p.compensation_amount + p.statutory_damages_amount >= ${query.amount_from}`,
      )
    if (query.updated_from) select = select.where('p.updated_at', '>=', query.updated_from)
    if (query.updated_to) select = select.where('p.updated_at', '<', query.updated_to)
    return select
      .where(beyond(page, [`p.${time}`, 'p.id'], order))
      .orderBy(`p.${time}`, order)
      .orderBy('p.id', order)
      .limit(rows)
  }
  const values = driving === undefined ? undefined : driving === 'status' ? query.status : query.merchant
  const found =
    values === undefined
      ? range()
      : db
          .selectFrom(sql<{ value: string }>`unnest(${values}::text[])`.as<'v'>(sql`v(value)`))
          .crossJoinLateral(range(sql`v.value`).as('plan'))
          .selectAll('plan')
          .orderBy(`plan.${time}`, order)
          .orderBy('plan.id', order)
          .limit(rows)
  return found.execute() as Promise<PlanSummaryRow[]>
}
