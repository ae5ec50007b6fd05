/** Reads of complaints. Every walk of the list follows an index; nothing is counted. */
import { type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Actor } from '../access/caller.ts'
import { seesAll } from '../access/caller.ts'
import type { Db, Tables } from '../database.ts'
import { normaliseTime, type Time } from '../foundation/clock.ts'
import { beyond, type Page } from '../foundation/pagination.ts'
import { complaintStates } from './lifecycle.ts'
import type { ComplaintQuery } from './schema.ts'
import type { ComplaintRow } from './table.ts'

/** What a list shows of a complaint, and what decides how it is shown. */
const summaryColumns = [
  'id',
  'version',
  'case_number',
  'reference',
  'status',
  'level',
  'channel',
  'category',
  'category_source',
  'complainant_role',
  'complainant_id',
  'complainant_name',
  'complainant_contact',
  'respondent_role',
  'respondent_id',
  'respondent_name',
  'respondent_contact',
  'order_details',
  'description',
  'wanted',
  'tags',
  'risk',
  'related_to',
  'duplicate_of',
  'owner',
  'liability',
  'liability_disclosed',
  'rejection',
  'information_request',
  'suspension',
  'dismissal',
  'current_plan_id',
  'outcome',
  'close_reason',
  'next_due_at',
  'created_at',
  'updated_at',
  'closed_at',
] as const satisfies readonly (keyof ComplaintRow)[]

export type ComplaintSummaryRow = Pick<ComplaintRow, (typeof summaryColumns)[number]>

/** The filters that an index leads with, by the column they fix. A walk is driven by one of them; all others narrow it. */
type DrivingColumn = 'status' | 'owner' | 'buyer_id' | 'merchant_id' | 'order_id'

interface Walk {
  column: DrivingColumn
  values: readonly string[]
}

/** What the query (and for a party its own id) fixes, most selective first. */
const fixedColumns = (query: ComplaintQuery, actor: Actor): Walk[] => {
  const walks: Walk[] = []
  const add = (column: DrivingColumn, values: readonly string[] | undefined) => values && walks.push({ column, values })
  add('order_id', query.order)
  add('buyer_id', query.buyer)
  add('merchant_id', query.merchant)
  add('owner', query.owner)
  add('status', query.status)
  if (!seesAll(actor.role)) {
    // a party's own cases come first, whatever else is asked
    walks.unshift({ column: actor.role === 'buyer' ? 'buyer_id' : 'merchant_id', values: [actor.id] })
  }
  return walks
}

export const sortColumns = (query: ComplaintQuery) =>
  query.sort === 'due_at'
    ? ({ time: 'next_due_at', order: 'asc' } as const)
    : ({ time: 'created_at', order: query.sort === 'created_at' ? 'asc' : 'desc' } as const)

const narrowing = (eb: ExpressionBuilder<Tables, 'complaints'>, query: ComplaintQuery, now: Time) => {
  const parts = []
  if (query.category) parts.push(eb('category', 'in', query.category))
  if (query.channel) parts.push(eb('channel', 'in', query.channel))
  if (query.level !== undefined) parts.push(eb('level', '=', query.level))
  if (query.reference) parts.push(eb('reference', 'in', query.reference))
  if (query.overdue !== undefined) {
    const overdue = eb.and([
      eb('status', '<>', 'closed'),
      eb.or([eb('owed_since', 'is not', null), eb('next_due_at', '<=', now)]),
    ])
    parts.push(query.overdue ? overdue : eb.not(overdue))
  }
  if (query.due_before !== undefined) parts.push(eb('next_due_at', '<', normaliseTime(query.due_before)))
  if (query.created_from !== undefined) parts.push(eb('created_at', '>=', normaliseTime(query.created_from)))
  if (query.created_to !== undefined) parts.push(eb('created_at', '<', normaliseTime(query.created_to)))
  if (query.q !== undefined) {
    parts.push(eb.or([eb('case_number', '=', query.q), eb('reference', '=', query.q), eb('order_id', '=', query.q)]))
  }
  return eb.and(parts)
}

/**
 * One page of complaints, `limit + 1` rows of it. Where the driving filter has several values, each value is walked by its own index
 * range for at most a page, and the ranges are merged: the cost follows the page, not the table.
 */
export const findComplaints = async (
  db: Db,
  platformId: string,
  actor: Actor,
  query: ComplaintQuery,
  page: Page,
  now: Time,
): Promise<ComplaintSummaryRow[]> => {
  const { time, order } = sortColumns(query)
  const walks = fixedColumns(query, actor)
  const driving =
    time === 'next_due_at' ? (walks.find((walk) => walk.column === 'owner' || walk.column === 'status') ?? walks[0]) : walks[0]
  const range = (driven: Walk | undefined, value: RawBuilder<string>) => {
    let select = db.selectFrom('complaints').select(summaryColumns).where('platform_id', '=', platformId)
    if (driven !== undefined) select = select.where(driven.column, '=', value)
    for (const walk of walks) if (walk !== driven) select = select.where(walk.column, 'in', walk.values)
    return select
      .where((eb) => narrowing(eb, query, now))
      .where(beyond(page, [time, 'id'], order))
      .orderBy(time, order)
      .orderBy('id', order)
      .limit(page.limit + 1)
  }
  const merged = (values: readonly string[], ranges: Range) =>
    db
      .selectFrom(sql<{ value: string }>`unnest(${[...new Set(values)]}::text[])`.as<'v'>(sql`v(value)`))
      .crossJoinLateral(ranges.as('c'))
      .selectAll('c')
      .orderBy(`c.${time}`, order)
      .orderBy('c.id', order)
      .limit(page.limit + 1)
      .execute() as Promise<ComplaintSummaryRow[]>

  if (query.overdue === true && time === 'created_at' && isOfDesk(driving)) {
    const status = walks.find((walk) => walk.column === 'status') ?? { column: 'status', values: complaintStates }
    const ofState = range(status, sql`v.value`)
    const states = status.values.filter((state) => state !== 'closed')
    const owed = ofState.where('owed_since', 'is not', null).as('owed')
    const due = ofState.where(dueSinceLastSweep(platformId, now)).as('due')
    return merged(states, db.selectFrom(owed).selectAll().unionAll(db.selectFrom(due).selectAll()))
  }
  if (driving === undefined || driving.values.length === 1) return range(driving, sql`${driving?.values[0]}`).execute()
  return merged(driving.values, range(driving, sql`v.value`))
}

/** A walk within the range of the value `v.value`. */
type Range = SelectQueryBuilder<Tables, never, ComplaintSummaryRow>

/** Whether a walk would lead through the cases of many people, closed ones too, of which few are overdue. */
const isOfDesk = (driving: Walk | undefined): boolean =>
  driving === undefined || driving.column === 'status' || driving.column === 'owner'

/**
 * What fell due and no sweep has seen: little, at the start of the due times of the state `v.value`. An array, since the planner believes
 * that much is due (its statistics are of yesterday) and would look for it among the newest cases.
 */
const dueSinceLastSweep = (platformId: string, now: Time) =>
  sql<boolean>`owed_since is null and id = any(array(
    select id from complaints d where d.platform_id = ${platformId} and d.status = v.value and d.next_due_at <= ${now} and d.owed_since is null))`

export const sortKeyOf = (query: ComplaintQuery, row: ComplaintSummaryRow): [string, string] => [
  query.sort === 'due_at' ? row.next_due_at : row.created_at,
  row.id,
]
