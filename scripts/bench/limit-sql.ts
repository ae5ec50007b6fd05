/**
 * The limit's statements: for each write one single statement that writes exactly the rows that the service wrote for the sample. It
 * judges, reads and compares nothing. `t` has the case, or all cases of a sweep, as `id` and `order_id`; for a request also its `key` and
 * `answer`.
 */
import pg from 'pg'
import { type CaseTable, type ColumnTypes, difference, type Sample, type TextRow } from './case-rows.ts'

const literal = (value: string | null, type: string): string => `${value === null ? 'null' : pg.escapeLiteral(value)}::${type}`

export interface Writing {
  types: ColumnTypes
  /** Makes an id in SQL. */
  newId: string
  /** Columns of the complaint that come with the request, as `$n`. */
  given?: Record<string, string>
}

/** @param source a query for the cases */
export const writingStatement = (sample: Sample, source: string, { types, newId, given = {} }: Writing): string => {
  const complaint = sample.after.complaints[0] as TextRow
  // values that belong to the sample case are replaced by those of the case that is written
  const own = new Map<string | null, string>([
    [complaint.id ?? '', 't.id'],
    [complaint.case_number ?? '', `'RD-' || t.id`],
    [complaint.order_id ?? '', 't.order_id'],
    [complaint.updated_at ?? '', 'now()'],
    ...(Object.keys(sample.beside).length === 0
      ? []
      : ([
          [sample.key, 't.key'],
          [sample.answer, 't.answer'],
        ] as const)),
  ])
  const value = (table: string, column: string, text: string | null): string => {
    const type = types[table]?.[column] ?? 'text'
    if (table === 'complaints' && given[column] !== undefined) return `${given[column]}::${type}`
    const mine = own.get(text)
    return mine === undefined ? literal(text, type) : `${mine}::${type}`
  }

  const insert = (table: string, row: TextRow): string => {
    const columns = Object.keys(row)
    const values = columns.map((column) =>
      column === 'id' && table !== 'complaints' && table !== 'orders' ? newId : value(table, column, row[column] ?? null),
    )
    const quietly = table === 'orders' ? ' on conflict do nothing' : ''
    return `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from t${quietly}`
  }

  const update = (table: CaseTable, before: TextRow, changed: TextRow): string => {
    const sets = Object.entries(changed).map(([column, text]) => `${column} = ${value(table, column, text)}`)
    const which: Partial<Record<CaseTable, string>> = {
      orders: 'x.id = t.order_id',
      complaints: 'x.id = t.id',
      refund_plans: `x.complaint_id = t.id and x.version_number = ${before.version_number}`,
      deadlines: `x.complaint_id = t.id and x.kind = '${before.kind}' and x.party = '${before.party}' and x.status = '${before.status}'`,
    }
    return `update ${table} x set ${sets.join(', ')} from t where x.platform_id = '${before.platform_id}' and ${which[table]}`
  }

  const parts = difference(sample).flatMap(({ table, added, changed }) => [
    ...changed.map(({ before, columns }) => update(table, before, columns)),
    ...added.map((row) => insert(table, row)),
  ])
  const beside = Object.entries(sample.beside).flatMap(([table, rows]) => rows.map((row) => insert(table, row)))
  const named = [...parts, ...beside].map((part, index) => `w${index} as (${part})`)
  return `with t as materialized (${source}),\n${named.join(',\n')}\nselect count(*)::integer as cases from t`
}

/** A statement with values in place of its parameters, for pgbench, which passes none. */
export const literally = (sql: string, values: readonly string[]): string =>
  sql.replaceAll(/\$(\d+)/g, (_all, number: string) => `(${values[Number(number) - 1]})`)
