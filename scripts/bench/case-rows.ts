/**
 * The rows of one case as they stand in the database. They serve twice: what the service wrote for a sample is multiplied into a million
 * cases, and the difference that an action made is what the limit's statement has to write. So the bench knows no column by heart.
 */
import type pg from 'pg'

export const caseTables = ['orders', 'complaints', 'refund_plans', 'deadlines', 'case_events', 'evidence'] as const
export type CaseTable = (typeof caseTables)[number]

/** Values as Postgres prints them, by column. */
export type TextRow = Record<string, string | null>
export type CaseRows = Record<CaseTable, TextRow[]>

/** `format_type` by column, for each table. */
export type ColumnTypes = Record<CaseTable, Record<string, string>>

export const readColumnTypes = async (db: pg.Pool): Promise<ColumnTypes> => {
  const { rows } = await db.query<{ table: CaseTable; column: string; type: string }>(
    `select attrelid::regclass::text as table, attname as column, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = any($1::regclass[]) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [caseTables],
  )
  const ofTable = (table: CaseTable) => Object.fromEntries(rows.filter((x) => x.table === table).map((x) => [x.column, x.type]))
  return Object.fromEntries(caseTables.map((table) => [table, ofTable(table)])) as ColumnTypes
}

export const readCaseRows = async (db: pg.Pool, types: ColumnTypes, complaintId: string): Promise<CaseRows> => {
  const read = async (table: CaseTable): Promise<TextRow[]> => {
    const columns = Object.keys(types[table]).map((column) => `${column}::text`)
    const which = {
      orders: 'id = (select order_id from complaints where id = $1)',
      complaints: 'id = $1',
    }
    const where = table === 'orders' || table === 'complaints' ? which[table] : 'complaint_id = $1'
    return (await db.query<TextRow>(`select ${columns} from ${table} where ${where} order by 2, 3`, [complaintId])).rows
  }
  const entries: [CaseTable, TextRow[]][] = []
  for (const table of caseTables) entries.push([table, await read(table)])
  return Object.fromEntries(entries) as CaseRows
}

/** What a case was before an action and after it, and what the service answered. */
export interface Sample {
  /** Nothing before a case is filed. */
  before: CaseRows | undefined
  after: CaseRows
  answer: string
}

const keyOf = (table: CaseTable, row: TextRow): string => (table === 'case_events' ? row.sequence : row.id) ?? ''

export interface Difference {
  table: CaseTable
  added: TextRow[]
  changed: { before: TextRow; columns: TextRow }[]
}

/** Table by table, in the order in which they may be written. */
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
