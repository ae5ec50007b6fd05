/** Reads of complaints. Every walk of the list follows an index; nothing is counted. */
import { type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { normaliseTime, type Time } from '../../foundation/clock.ts'
import { beyond, type KeyPart, type Page } from '../../foundation/http/pagination.ts'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables } from '../../foundation/sql/database.ts'
import type { Actor } from '../../platform/access/caller.ts'
import { seesAll } from '../../platform/access/caller.ts'
import { UNASSIGNED } from '../../platform/access/people.ts'
import { type RiskLevel, rankOf } from '../../words/risk.ts'
import { complaintStates } from './lifecycle.ts'
import type { ComplaintQuery } from './list-schema.ts'
import type { ComplaintRow } from './table.ts'

/** The columns that a list shows, and those that decide how it shows them. */
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
  'subcategory',
  'understood',
  'category_given_by',
  'category_learning',
  'complainant_role',
  'complainant_id',
  'complainant_name',
  'complainant_contact',
  'respondent_role',
  'respondent_id',
  'respondent_name',
  'respondent_contact',
  'order_details',
  'order_statement_differs',
  'description',
  'wanted',
  'tags',
  'risk',
  'risk_level',
  'mass_case_id',
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
  'policy_version',
  'filing_window_ends_at',
  'sla',
  'next_due_at',
  'unanswered_since',
  'created_at',
  'updated_at',
  'closed_at',
] as const satisfies readonly (keyof ComplaintRow)[]

export type ComplaintSummaryRow = Pick<ComplaintRow, (typeof summaryColumns)[number]>

/** The filters that an index leads with, by the column they fix. A walk is driven by one of them; all others narrow it. */
type DrivingColumn = 'status' | 'owner' | 'buyer_id' | 'merchant_id' | 'order_id' | 'risk_level' | 'mass_case_id'

interface Walk {
  column: DrivingColumn
  values: readonly string[]
  /** Whether rows with a null in the column belong to it: `too` beside those of the values, or `alone`. */
  none?: 'too' | 'alone'
}

/** What decides the text of the SQL. The values of a query are parameters (`Asked`). */
interface Shape {
  sort: ComplaintQuery['sort']
  overdue: boolean | undefined
  unanswered: boolean | undefined
  /** Whether only risks are asked for that the index of those that stand out holds. */
  standsOut: boolean
  /** Whether the owners that are asked for include `unassigned`. */
  unowned: boolean
  /** The column that holds the id of a party who sees only its own cases; undefined for a caller who sees all. */
  ownedBy: 'buyer_id' | 'merchant_id' | undefined
}

/** Filters whose values are taken over from the query as they are. */
type Filter =
  | 'order'
  | 'buyer'
  | 'merchant'
  | 'owner'
  | 'status'
  | 'risk'
  | 'mass_case'
  | 'category'
  | 'channel'
  | 'level'
  | 'reference'
  | 'q'

/** The values of one page, each a parameter of its query; `undefined` for what is not asked. */
type Asked = { [Name in Filter]: ComplaintQuery[Name] | undefined } & {
  platformId: string
  now: Time
  /** The caller's own id, where only own cases are seen. */
  own: readonly string[] | undefined
  dueBefore: Time | undefined
  createdFrom: Time | undefined
  createdTo: Time | undefined
  updatedFrom: Time | undefined
  /** Where only overdue or unanswered cases are asked for: the states that they may be in. */
  openStates: readonly string[] | undefined
  /** The value of the driving filter, where it has a single one. */
  single: string | undefined
  /** Where it is sorted by risk: from where each level of it goes on. */
  rangeLevels: readonly RiskLevel[] | undefined
  rangeTimes: readonly string[] | undefined
  rangeIds: readonly string[] | undefined
  afterTime: KeyPart | undefined
  afterId: KeyPart | undefined
  rows: number
}

/** The driving columns that the query fixes (and for a party its own id), most selective first. */
const fixedColumns = (asked: Asked, { ownedBy, unowned, standsOut }: Shape): Walk[] => {
  const walks: Walk[] = []
  const add = (column: DrivingColumn | undefined, values: readonly string[] | undefined) =>
    column && values && walks.push({ column, values })
  // a party's own cases come first, whatever else is asked
  add(ownedBy, asked.own)
  add('order_id', asked.order)
  add('buyer_id', asked.buyer)
  add('merchant_id', asked.merchant)
  add('mass_case_id', asked.mass_case)
  // few cases stand out: an index holds them alone
  add('risk_level', standsOut ? asked.risk : undefined)
  if (unowned)
    walks.push({ column: 'owner', ...(asked.owner ? { values: asked.owner, none: 'too' } : { values: [], none: 'alone' }) })
  else add('owner', asked.owner)
  add('status', asked.status)
  return walks
}

const drivingOf = (walks: readonly Walk[], { sort, ownedBy }: Shape): Walk | undefined => {
  // the last changes of all cases are walked as they are; only a party goes through its own
  if (sort === 'updated_at' && ownedBy === undefined) return undefined
  return (sort === 'due_at' ? walks.find(({ column }) => column === 'owner' || column === 'status') : undefined) ?? walks[0]
}

const sortColumns = ({ sort }: { sort?: Shape['sort'] }) => {
  if (sort === 'due_at') return { time: 'next_due_at', order: 'asc' } as const
  if (sort === 'updated_at') return { time: 'updated_at', order: 'asc' } as const
  return { time: 'created_at', order: sort === 'created_at' ? 'asc' : 'desc' } as const
}

/** Whether cases of this risk are in the index of those that stand out. */
export const standsOutAs = (level: RiskLevel): boolean => rankOf(level) >= rankOf('high')
/** The condition of that index, in its words: without it no plan can use it. */
const STANDS_OUT = sql<boolean>`risk_level in ('high', 'critical')`

/** From where each level goes on, the highest first: a level that is shown already ends before it begins. */
const rangesAfter = (
  levels: readonly RiskLevel[],
  after: readonly KeyPart[] | undefined,
): Pick<Asked, 'rangeLevels' | 'rangeTimes' | 'rangeIds'> => {
  const level = levels.toSorted((a, b) => rankOf(b) - rankOf(a))
  const [at, time, id] = (after ?? []) as [RiskLevel | undefined, string, string]
  const keys = level.map((one) =>
    at === undefined || rankOf(one) < rankOf(at) ? ['infinity', LAST_ID] : one === at ? [time, id] : ['-infinity', LAST_ID],
  ) as [string, string][]
  return { rangeLevels: level, rangeTimes: keys.map(([key]) => key), rangeIds: keys.map(([, key]) => key) }
}

/** Sorts after every id. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The highest risk first, the newest first in each: a range of the index for each level, of which at most a page is read. */
const byRisk = (
  db: Db,
  asked: Asked,
  walks: readonly Walk[],
  narrow: (eb: ExpressionBuilder<Tables, 'complaints'>) => ReturnType<ExpressionBuilder<Tables, 'complaints'>['and']>,
) => {
  let range = db
    .selectFrom('complaints')
    .select(summaryColumns)
    .where('platform_id', '=', asked.platformId)
    .where(sql<boolean>`risk_level = v.level`)
    .where(STANDS_OUT)
    .where(sql<boolean>`(created_at, id) < (v.time, v.id)`)
  for (const walk of walks) range = range.where((eb) => within(eb, walk))
  return db
    .selectFrom(
      sql<{
        level: string
      }>`unnest(${asked.rangeLevels}::text[], ${asked.rangeTimes}::timestamptz[], ${asked.rangeIds}::uuid[])`.as<'v'>(
        sql`v(level, time, id)`,
      ),
    )
    .crossJoinLateral(range.where(narrow).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(asked.rows).as('c'))
    .selectAll('c')
    .orderBy(sql`c.risk_level = 'critical'`, 'desc')
    .orderBy('c.created_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(asked.rows)
}

const oneOf = <T extends string>(values: readonly T[]) => sql<T>`any(${values})`

/** The condition of a walk that does not drive the query. */
const within = (eb: ExpressionBuilder<Tables, 'complaints'>, { column, values, none }: Walk) => {
  if (none === 'alone') return eb(column, 'is', null)
  const named = eb(column, '=', oneOf(values))
  return none === 'too' ? eb.or([named, eb(column, 'is', null)]) : named
}

const narrowing = (eb: ExpressionBuilder<Tables, 'complaints'>, asked: Asked, { overdue, unanswered }: Shape) => {
  const parts = []
  if (asked.category) parts.push(eb('category', '=', oneOf(asked.category)))
  if (asked.channel) parts.push(eb('channel', '=', oneOf(asked.channel)))
  if (asked.risk) parts.push(eb('risk_level', '=', oneOf(asked.risk)))
  if (asked.level !== undefined) parts.push(eb('level', '=', asked.level))
  if (asked.reference) parts.push(eb('reference', '=', oneOf(asked.reference)))
  if (overdue !== undefined) {
    const owing = eb.and([
      eb('status', '<>', 'closed'),
      eb.or([eb('owed_since', 'is not', null), eb('next_due_at', '<=', asked.now)]),
    ])
    parts.push(overdue ? owing : eb.not(owing))
  }
  if (unanswered !== undefined) parts.push(eb('unanswered_since', unanswered ? 'is not' : 'is', null))
  if (asked.dueBefore !== undefined) parts.push(eb('next_due_at', '<', asked.dueBefore))
  if (asked.createdFrom !== undefined) parts.push(eb('created_at', '>=', asked.createdFrom))
  if (asked.createdTo !== undefined) parts.push(eb('created_at', '<', asked.createdTo))
  if (asked.updatedFrom !== undefined) parts.push(eb('updated_at', '>=', asked.updatedFrom))
  if (asked.q !== undefined) {
    parts.push(eb.or([eb('case_number', '=', asked.q), eb('reference', '=', asked.q), eb('order_id', '=', asked.q)]))
  }
  return eb.and(parts)
}

const pageOf = compileOnce<Tables, ComplaintSummaryRow, Asked, Shape>((db, asked, shape) => {
  const { time, order } = sortColumns(shape)
  const walks = fixedColumns(asked, shape)
  const driving = drivingOf(walks, shape)
  const { afterTime, afterId } = asked
  const after = afterTime === undefined || afterId === undefined ? undefined : [afterTime, afterId]
  const range = (driven: Walk | undefined, value: RawBuilder<string> | null) => {
    let select = db.selectFrom('complaints').select(summaryColumns).where('platform_id', '=', asked.platformId)
    if (driven !== undefined)
      select =
        value === null
          ? select.where(driven.column, 'is', null)
          : select.where(sql<string>`${sql.ref(driven.column)}`, '=', value)
    if (driven?.column === 'risk_level') select = select.where(STANDS_OUT)
    for (const walk of walks) if (walk !== driven) select = select.where((eb) => within(eb, walk))
    return select
      .where((eb) => narrowing(eb, asked, shape))
      .where(beyond({ after }, [time, 'id'], order))
      .orderBy(time, order)
      .orderBy('id', order)
      .limit(asked.rows)
  }
  const merged = (values: readonly string[], ranges: Range) =>
    db
      .selectFrom(sql<{ value: string }>`unnest(${values}::text[])`.as<'v'>(sql`v(value)`))
      .crossJoinLateral(ranges.as('c'))
      .selectAll('c')
      .orderBy(`c.${time}`, order)
      .orderBy('c.id', order)
      .limit(asked.rows)

  if (shape.sort === 'risk') {
    const levels = walks.filter(({ column }) => column !== 'risk_level')
    return byRisk(db, asked, levels, (eb) => narrowing(eb, asked, shape))
  }
  if (asked.openStates !== undefined && time === 'created_at' && isOfDesk(driving)) {
    const status = walks.find((walk) => walk.column === 'status') ?? { column: 'status', values: asked.openStates }
    const ofState = range(status, sql`v.value`)
    // a partial index holds the unanswered cases, which are few
    if (shape.unanswered === true) return merged(asked.openStates, ofState)
    const owed = ofState.where('owed_since', 'is not', null).as('owed')
    const due = ofState.where(dueSinceLastSweep(asked.platformId, asked.now)).as('due')
    return merged(asked.openStates, db.selectFrom(owed).selectAll().unionAll(db.selectFrom(due).selectAll()))
  }
  if (driving?.none === 'alone') return range(driving, null)
  if (driving?.none === 'too') {
    const owned = db.selectFrom(merged(driving.values, range(driving, sql`v.value`)).as('owned')).selectAll()
    return db
      .selectFrom(owned.unionAll(db.selectFrom(range(driving, null).as('unowned')).selectAll()).as('c'))
      .selectAll()
      .orderBy(`c.${time}`, order)
      .orderBy('c.id', order)
      .limit(asked.rows)
  }
  if (driving === undefined || asked.single !== undefined) return range(driving, sql`${asked.single}`)
  return merged(driving.values, range(driving, sql`v.value`))
})

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
  const ofParty = actor.role === 'buyer' ? 'buyer_id' : 'merchant_id'
  const owners = distinct(query.owner?.filter((owner) => owner !== UNASSIGNED))
  const shape: Shape = {
    sort: query.sort,
    overdue: query.overdue,
    unowned: query.owner?.includes(UNASSIGNED) ?? false,
    unanswered: query.unanswered,
    standsOut: query.risk?.every(standsOutAs) ?? false,
    ownedBy: seesAll(actor.role) ? undefined : ofParty,
  }
  const asked: Asked = {
    platformId,
    now,
    own: shape.ownedBy && [actor.id],
    order: distinct(query.order),
    buyer: distinct(query.buyer),
    merchant: distinct(query.merchant),
    owner: owners?.length === 0 ? undefined : owners,
    status: distinct(query.status),
    category: query.category,
    channel: query.channel,
    level: query.level,
    risk: distinct(query.risk),
    mass_case: query.mass_case,
    reference: query.reference,
    q: query.q,
    dueBefore: query.due_before && normaliseTime(query.due_before),
    createdFrom: query.created_from && normaliseTime(query.created_from),
    createdTo: query.created_to && normaliseTime(query.created_to),
    updatedFrom: query.updated_from && normaliseTime(query.updated_from),
    openStates:
      query.overdue || query.unanswered
        ? (distinct(query.status) ?? complaintStates).filter((state) => state !== 'closed')
        : undefined,
    single: undefined,
    ...(query.sort === 'risk'
      ? { ...rangesAfter(distinct(query.risk) ?? [], page.after), afterTime: undefined, afterId: undefined }
      : {
          rangeLevels: undefined,
          rangeTimes: undefined,
          rangeIds: undefined,
          afterTime: page.after?.[0],
          afterId: page.after?.[1],
        }),
    rows: page.limit + 1,
  }
  const driving = drivingOf(fixedColumns(asked, shape), shape)
  if (driving?.values.length === 1 && driving.none === undefined) asked.single = driving.values[0]
  return pageOf(db, asked, shape)
}

const distinct = <T>(values: readonly T[] | undefined): T[] | undefined => values && [...new Set(values)]

/** A walk within the range of the value `v.value`. */
type Range = SelectQueryBuilder<Tables, never, ComplaintSummaryRow>

/** Whether the walk goes through the cases of many people, closed ones as well. Few of them are overdue or unanswered. */
const isOfDesk = (driving: Walk | undefined): boolean =>
  driving === undefined || driving.column === 'status' || driving.column === 'owner'

/**
 * The condition for cases that fell due and that no sweep has seen yet. They are few, and come first in the index of due times of the
 * state `v.value`. Their ids are an array: the planner, whose statistics are old, takes them for many and would walk the newest cases.
 */
const dueSinceLastSweep = (platformId: string, now: Time) =>
  sql<boolean>`owed_since is null and id = any(array(
    select id from complaints d where d.platform_id = ${platformId} and d.status = v.value and d.next_due_at <= ${now} and d.owed_since is null))`

export const sortKeyOf = (query: ComplaintQuery, row: ComplaintSummaryRow): string[] => [
  ...(query.sort === 'risk' ? [row.risk_level ?? 'low'] : []),
  row[sortColumns(query).time],
  row.id,
]
