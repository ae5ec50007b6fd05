/**
 * Rows as they stand in the database. They are used twice: the rows that the service wrote for a sample are multiplied into a million
 * cases, and the difference that an action made is what the limit's statement has to write. So the bench names hardly any column itself.
 */
import type pg from 'pg'

/** The rows of a case, in the order in which they may be written. */
export const caseTables = [
  'orders',
  'complaints',
  'refund_plans',
  'advances',
  'deadlines',
  'case_events',
  'evidence',
  'messages',
] as const
export type CaseTable = (typeof caseTables)[number]

/** Values as Postgres prints them, by column. */
export type TextRow = Record<string, string | null>
export type CaseRows = Record<CaseTable, TextRow[]>

/** `format_type` by column, for each table; computed columns are left out. */
export type ColumnTypes = Record<string, Record<string, string>>

export const readColumnTypes = async (db: pg.Pool): Promise<ColumnTypes> => {
  const { rows } = await db.query<{ table: string; column: string; type: string }>(
    `select c.relname as table, attname as column, format_type(atttypid, atttypmod) as type
       from pg_attribute join pg_class c on c.oid = attrelid
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped and attgenerated = ''
      order by attnum`,
  )
  const byTable = Map.groupBy(rows, (row) => row.table)
  return Object.fromEntries(
    [...byTable].map(([table, columns]) => [table, Object.fromEntries(columns.map((x) => [x.column, x.type]))]),
  )
}

const readRows = async (db: pg.Pool, types: ColumnTypes, table: string, where: string, values: string[]): Promise<TextRow[]> => {
  const columns = Object.keys(types[table] ?? {}).map((column) => `${column}::text`)
  return (await db.query<TextRow>(`select ${columns} from ${table} where ${where}`, values)).rows
}

export const readCaseRows = async (db: pg.Pool, types: ColumnTypes, complaintId: string): Promise<CaseRows> => {
  const own: Partial<Record<CaseTable, string>> = {
    orders: '(platform_id, id) in (select platform_id, order_id from complaints where id = $1)',
    complaints: 'id = $1',
  }
  const entries: [CaseTable, TextRow[]][] = []
  for (const table of caseTables)
    entries.push([table, await readRows(db, types, table, `${own[table] ?? 'complaint_id = $1'} order by 2, 3`, [complaintId])])
  return Object.fromEntries(entries) as CaseRows
}

/** All rows of the tables that do not belong to a case, such as the kept answers. There must be few. */
export const readOtherRows = async (db: pg.Pool, types: ColumnTypes): Promise<Record<string, TextRow[]>> => {
  const others = Object.keys(types).filter((table) => !caseTables.some((known) => known === table))
  const entries: [string, TextRow[]][] = []
  for (const table of others) entries.push([table, await readRows(db, types, table, 'true', [])])
  return Object.fromEntries(entries)
}

/** A case before and after an action, and the service's answer. */
export interface Sample {
  /** Undefined for the filing of the case. */
  before: CaseRows | undefined
  after: CaseRows
  /** Rows that the action left outside of the case, by table: its answer under its idempotency key. */
  beside: Record<string, TextRow[]>
  key: string
  answer: string
}

/** Rows that are there now and were not before, in tables where only new rows count. */
export const newRows = (before: Record<string, TextRow[]>, after: Record<string, TextRow[]>): Record<string, TextRow[]> =>
  Object.fromEntries(
    Object.entries(after).flatMap(([table, rows]) => {
      const old = new Set((before[table] ?? []).map((row) => JSON.stringify(row)))
      // a table in which a row only changed has no new row
      const added = rows.length > old.size ? rows.filter((row) => !old.has(JSON.stringify(row))) : []
      return added.length === 0 ? [] : [[table, added]]
    }),
  )

const keyOf = (table: CaseTable, row: TextRow): string => (table === 'case_events' ? row.sequence : row.id) ?? ''

export interface Difference {
  table: CaseTable
  added: TextRow[]
  changed: { before: TextRow; columns: TextRow }[]
}

/** What an action added and changed, by table, in the order in which the tables may be written. */
export const difference = ({ before, after }: Pick<Sample, 'before' | 'after'>): Difference[] =>
  caseTables.map((table) => {
    const old = new Map((before?.[table] ?? []).map((row) => [keyOf(table, row), row]))
    const added: TextRow[] = []
    const changed: Difference['changed'] = []
    for (const row of after[table]) {
      const was = old.get(keyOf(table, row))
      if (!was) added.push(row)
      else {
        const columns = Object.entries(row).filter(([column, value]) => was[column] !== value)
        if (columns.length > 0) changed.push({ before: was, columns: Object.fromEntries(columns) })
      }
    }
    return { table, added, changed }
  })
