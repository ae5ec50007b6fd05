/** Reads case files, part by part as `parts.ts` says: without locks, or under their locks for decisions that must not lose a race. */
import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import { compileOnce } from '../../foundation/sql/compiled.ts'
import type { Db, Tables, Trx } from '../../foundation/sql/database.ts'
import { fromJson } from '../../foundation/sql/rows.ts'
import { type CaseFile, type Parties, partyColumns } from '../case-file/case-file.ts'
import { besideCase, knownWords, unknownWordsIn, type WordKind } from '../case-file/known-words.ts'
import { caseOf, type Extent, isNeeded, type Part, type PartName, partNames, parts } from '../case-file/parts.ts'
import type { ComplaintRow } from '../complaints/table.ts'

/** How a complaint is named: by its own id, or by the id of something that belongs to it. */
export type CaseName = {
  table: 'complaints' | 'refund_plans' | 'appeals' | 'evidence' | 'advances' | 'receivables' | 'settlement_holds'
  id: string
}

const idOfCase = (platformId: string, { table, id }: CaseName): RawBuilder<string> =>
  table === 'complaints'
    ? sql<string>`${id}::uuid`
    : sql<string>`(select complaint_id from ${sql.table(table)} where platform_id = ${platformId} and id = ${id})`

/** The case as it is, without a lock; `undefined` when this platform has none of that name. */
export const readCaseFile = async (db: Db, platformId: string, name: CaseName, extent?: Extent): Promise<CaseFile | undefined> =>
  (await readFiles(db, platformId, name, extent))[0]

const partiesOf = compileOnce<Tables, Parties & { id: string }, { platformId: string; id: string }, object>(
  (db, { platformId, id }) =>
    db
      .selectFrom('complaints')
      .select(['id', ...partyColumns])
      .where('platform_id', '=', platformId)
      .where('id', '=', id),
)

/** The parties of a complaint: enough to know who may see what belongs to it. */
export const readParties = async (db: Db, platformId: string, id: string): Promise<(Parties & { id: string }) | undefined> =>
  (await partiesOf(db, { platformId, id }, {}))[0]

/** The complaint alone, without the other parts of the case. */
export const readComplaint = (db: Db, platformId: string, id: string): Promise<ComplaintRow | undefined> =>
  db.selectFrom('complaints').selectAll().where('platform_id', '=', platformId).where('id', '=', id).executeTakeFirst()

/** Several cases by id, without locks. */
export const readCaseFiles = async (
  db: Db,
  platformId: string,
  ids: readonly string[],
  extent?: Extent,
): Promise<Map<string, CaseFile>> => {
  const files = ids.length === 0 ? [] : await readFiles(db, platformId, { ids }, extent)
  return new Map(files.map((file) => [file.complaint.id, file]))
}

/** The case under its lock, for a decision that lost a race before. Waits while somebody else holds the lock. */
export const lockCaseFile = async (
  trx: Trx,
  platformId: string,
  name: CaseName,
  { lockOrder, extent }: { lockOrder: boolean; extent?: Extent | undefined },
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
  const which = name.table === 'evidence' ? name : { table: 'complaints' as const, id: locked.id }
  return (await readFiles(trx, platformId, which, extent))[0]
}

/** Cases under their locks in ascending order, leaving out those that somebody else holds: a sweep's share. */
export const lockFreeCaseFiles = async (trx: Trx, platformId: string, ids: readonly string[]): Promise<CaseFile[]> => {
  const locked = await trx
    .selectFrom('complaints')
    .select(['id', 'order_id'])
    .where('platform_id', '=', platformId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .skipLocked()
    .execute()
  if (locked.length === 0) return []
  await lockOrders(trx, platformId, locked)
  return readFiles(trx, platformId, { ids: locked.map(({ id }) => id) })
}

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

/** Which cases: by their ids, or by the id of something in one. */
type Which = { ids: readonly string[] } | CaseName

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ')

/** More cases than an order ever has; it bounds what one decision reads. */
const MOST_CASES_OF_ORDER = 50

/** Where the one row of a part comes from. */
const oneRow = (table: string, read: Extract<Part['read'], { one: string }>, ofCase: string): string => {
  switch (read.one) {
    case 'of the case':
      return ofCase
    case 'of the order':
      return `from ${table} r where r.platform_id = $1 and r.id = c.order_id`
    case 'others of the order':
      return `from (select count(*) filter (where o.status <> 'closed') as open, max(o.closed_at) as last_closed_at
           from (select o.id, o.status, o.closed_at from ${table} o
             where o.platform_id = $1 and o.order_id = c.order_id order by o.created_at desc limit ${MOST_CASES_OF_ORDER}) o
          where o.id <> c.id) r
         where c.status in (${quoted(read.inStates)}) and exists (
           select 1 from settlement_holds h where h.platform_id = $1 and h.complaint_id = c.id and h.held_amount > 0)`
    case 'of the respondent':
      return `from ${table} r where r.platform_id = $1 and c.status in (${quoted(read.inStates)}) and c.respondent_role = 'merchant'
         and r.merchant_id = c.respondent_id ${read.which ?? ''}`
  }
}

/** Which rows belong to the case `c`, where they are not its own. Accounts are found by name: none is looked for without an advance. */
const conditionOf = {
  order: 'r.order_id = c.order_id',
  advances: `r.id in (
    select unnest(array['fund:' || a.currency, 'deposit:' || a.currency || ':' || a.merchant_id])
      from advances a where a.platform_id = $1 and a.complaint_id = c.id
    union all
    select 'deposit:' || a.currency || ':' || f.id
      from advances a
      join merchant_affiliates m on m.platform_id = $1 and m.merchant_id = a.merchant_id
      cross join lateral jsonb_array_elements_text(m.affiliates) f (id)
     where a.platform_id = $1 and a.complaint_id = c.id)`,
} as const

/** The SQL that selects a part as one value beside the complaint `c`; `undefined` where it is not read. `$1` is the platform. */
const selectOf = ({ table, read }: Part, extent: Extent, namedIn: string | undefined): string | undefined => {
  if (read === 'never') return undefined
  const whose = typeof read === 'object' && 'ordered' in read && read.of ? conditionOf[read.of] : 'r.complaint_id = c.id'
  const ofCase = `from ${table} r where r.platform_id = $1 and ${whose}`
  if (read === 'named') return table === namedIn ? `(select json_agg(r) ${ofCase} and r.id = $2)` : undefined
  const need = extent === 'words' ? read.forWords : undefined
  if (need && 'inStates' in need && need.inStates.length === 0) return undefined
  const rows = need && 'rows' in need ? `${ofCase} and ${need.rows}` : ofCase
  let value: string
  if ('one' in read) value = `(select row_to_json(r) ${oneRow(table, read, rows)})`
  else if (read.most)
    value = `(select json_agg(m order by ${read.ordered}) from (select r.* ${rows} order by ${read.most.first} limit ${read.most.rows}) m)`
  else value = `(select json_agg(r order by ${read.ordered}) ${rows})`
  if (!need || 'rows' in need)
    return 'noneIn' in read && read.noneIn ? `case when c.status not in (${quoted(read.noneIn)}) then ${value} end` : value
  const { inStates, fromLevel } = need
  return `case when c.status in (${quoted(inStates)})${fromLevel === undefined ? '' : ` or c.level >= ${fromLevel}`} then ${value} end`
}

/** The SQL that selects the unknown words of a column whose rows are not read. Words may repeat; `unknownWordsIn` drops the repeats. */
const unknownIn = ({ part, column, what, newest }: ReturnType<typeof besideCase>[number]): string =>
  `(select json_agg(n.${column}) from (
      select r.${column} from ${parts[part].table} r where r.platform_id = $1 and r.complaint_id = c.id
       order by r.${newest.by} desc limit ${newest.rows}) n
     where n.${column} <> all (array[${quoted(knownWords[what])}])) as "${what}"`

/** Whole case files in one statement, so that everything in them is of one moment. `$1` is the platform, `$2` the ids, or one id. */
const textOf = (which: Which, extent: Extent): string => {
  const namedIn = 'table' in which ? which.table : undefined
  const values = partNames.flatMap((name) => {
    const value = name === 'complaint' ? 'row_to_json(c)' : selectOf(parts[name], extent, namedIn)
    return value === undefined ? [] : [`${value} as "${name}"`]
  })
  const isMeant =
    namedIn === undefined
      ? 'c.id = any($2::uuid[])'
      : namedIn === 'complaints'
        ? 'c.id = $2::uuid'
        : `c.id = (select complaint_id from ${namedIn} where platform_id = $1 and id = $2::uuid)`
  values.push(...besideCase(extent).map(unknownIn))
  return `select ${values.join(',\n')}\nfrom complaints c where c.platform_id = $1 and ${isMeant} order by c.id`
}

const texts = new Map<string, string>()

type Found = { [P in PartName]?: object | object[] | null } & { [What in WordKind]?: string[] | null }

/** In ascending order of the complaints' ids. */
const readFiles = async (db: Db, platformId: string, which: Which, extent: Extent = 'whole'): Promise<CaseFile[]> => {
  const key = `${extent} ${'table' in which ? which.table : ''}`
  const text = texts.get(key) ?? textOf(which, extent)
  texts.set(key, text)
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, [platformId, 'ids' in which ? which.ids : which.id]))
  return (rows as Found[]).map((row) => fileOf(row, extent))
}

/** Makes a case of a row of the statement: a list without rows is empty, and a part that the extent leaves out is absent. */
const fileOf = (row: Found, extent: Extent): CaseFile => {
  const complaint = fromJson<ComplaintRow>(row.complaint as object)
  const read: Record<string, unknown> = {}
  for (const name of partNames) {
    const part: Part = parts[name]
    const value = row[name]
    if (value === undefined || !isNeeded(name, complaint, extent)) continue
    const isOne = typeof part.read === 'object' && 'one' in part.read
    if (isOne) read[name] = value && fromJson(value)
    else read[name] = ((value ?? []) as object[]).map((one) => fromJson(one))
  }
  const file = caseOf({ ...read, complaint } as Parameters<typeof caseOf>[0])
  const beside = besideCase(extent).flatMap(({ what }) => (row[what] ?? []).map((word) => ({ what, word })))
  const unknown = unknownWordsIn(file, beside)
  return unknown.length === 0 ? file : { ...file, unknown }
}
