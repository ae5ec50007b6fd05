/**
 * Rows in and out as JSON: how a whole decision is written in one statement and a whole case file is read in one, whatever their tables.
 * Columns that hold times end in `_at` or `_since`; Postgres checks and casts every value to its column's type.
 */
import { type RawBuilder, sql } from 'kysely'
import { normaliseTime } from './clock.ts'

const isTimeColumn = (column: string): boolean => column.endsWith('_at') || column.endsWith('_since')

/** A row that came as `to_jsonb(row)`, with its times in the one form the code knows. */
export const fromJson = <Row>(json: Record<string, unknown>): Row => {
  for (const [column, value] of Object.entries(json)) {
    if (typeof value === 'string' && isTimeColumn(column)) json[column] = normaliseTime(value)
  }
  return json as Row
}

const recordset = (table: string, rows: readonly object[]): RawBuilder<unknown> =>
  sql`jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`

/** `insert into … select …` of whole rows. `after` names a sibling that must have run before. */
export const insertRows = (table: string, rows: readonly object[], after?: string): RawBuilder<unknown> =>
  sql`insert into ${sql.table(table)} select r.* from ${recordset(table, rows)} r ${hasRun(after)} returning 1`

/** Insert, or set the named columns of the row that is there. */
export const upsertRows = (table: string, rows: readonly object[], columns: readonly string[]): RawBuilder<unknown> =>
  sql`insert into ${sql.table(table)} select r.* from ${recordset(table, rows)} r on conflict (platform_id, id)
    do update set ${sql.join(columns.map((c) => sql`${sql.ref(c)} = excluded.${sql.ref(c)}`))} returning 1`

export interface Versioned {
  platform_id: string
  id: string
  version: number
}

export interface Change<Row extends Versioned> {
  before: Row
  after: Row
}

/** Sets what has changed, if the row is still of the version it was read in. The caller compares how many rows it returns. */
export const updateRows = <Row extends Versioned>(
  table: string,
  changes: readonly Change<Row>[],
  after?: string,
): RawBuilder<unknown> => {
  const columns = changedColumns(changes)
  const rows = changes.map((change) => ({
    row: Object.fromEntries(['platform_id', 'id', ...columns].map((column) => [column, change.after[column as keyof Row]])),
    expected: change.before.version,
  }))
  return sql`update ${sql.table(table)} t set ${sql.join(columns.map((c) => sql`${sql.ref(c)} = (n.row).${sql.ref(c)}`))}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n("row" ${sql.table(table)}, expected integer)
    where t.platform_id = (n.row).platform_id and t.id = (n.row).id and t.version = n.expected ${after === undefined ? sql`` : sql`and ${ran(after)}`}
    returning 1`
}

const changedColumns = <Row extends Versioned>(changes: readonly Change<Row>[]): string[] => {
  const columns = new Set<string>()
  for (const { before, after } of changes) {
    for (const column of Object.keys(after) as (keyof Row & string)[]) {
      if (JSON.stringify(before[column]) !== JSON.stringify(after[column])) columns.add(column)
    }
  }
  return [...columns].sort()
}

const ran = (name: string): RawBuilder<unknown> => sql`(select count(*) from ${sql.table(name)}) >= 0`
const hasRun = (name: string | undefined): RawBuilder<unknown> => (name === undefined ? sql`` : sql`where ${ran(name)}`)
