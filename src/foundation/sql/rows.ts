/**
 * Many rows of many tables in one statement: how a whole decision is written in one round trip and one commit, all of it or nothing.
 * Rows travel as JSON, so the text of a statement depends on its tables alone and is planned once; Postgres checks and casts every value to
 * its column's type. All rows are of one platform, which every part names by the same parameter. Columns that hold times end in `_at` or
 * `_since`.
 */
import { CompiledQuery } from 'kysely'
import { normaliseTime } from '../clock.ts'
import type { Db } from './database.ts'

/** Times of a row that came as JSON, in the one form the code knows. */
export const fromJson = <Row>(json: object): Row => {
  const row = json as Record<string, unknown>
  for (const column in row) {
    const value = row[column]
    if (typeof value === 'string' && (column.endsWith('_at') || column.endsWith('_since'))) row[column] = normaliseTime(value)
  }
  return row as Row
}

/** One part of a statement. */
export interface Write {
  /** Its name within the statement. */
  name: string
  /** How many rows it must write; with any other number the whole statement fails. Absent: any number will do. */
  rows?: number
  /** Its SQL. */
  sql: (given: Given) => string
}

/** What the SQL of a part is made with. */
export interface Given {
  /** Makes a parameter of a value. */
  bind: Bind
  /** The condition that all earlier stages are complete. */
  complete: string
  /** The parameter that holds the platform's id. */
  platform: string
  /** What that parameter holds. */
  platformId: string
}

type Bind = (value: unknown) => string

/** Rows as a parameter. @throws where one is of another platform than the statement: it would be written under the wrong platform */
export const rowsAsJson = ({ bind, platformId }: Given, rows: readonly unknown[], platforms: readonly OfPlatform[]): string => {
  if (platforms.some(({ platform_id }) => platform_id !== platformId)) throw new Error('a statement with rows of two platforms')
  return `${bind(JSON.stringify(rows))}::jsonb`
}

export interface OfPlatform {
  platform_id: string
}

/**
 * The columns that this code knows: those of the row that has the fewest. A newer instance may have added columns with a default. A row
 * that was read has them as well, a row that was made here does not.
 */
const columnsOf = (rows: readonly object[]): string[] =>
  rows.map((row) => Object.keys(row)).reduce((fewest, columns) => (columns.length < fewest.length ? columns : fewest))

const ofRow = (column: string, { platform }: Given): string => (column === 'platform_id' ? platform : `r.${column}`)

/** SQL by column. `platform` is the parameter that holds the platform's id. */
export type Computed = Readonly<Record<string, (given: Pick<Given, 'platform'>) => string>>

export interface Inserting {
  /** The `on conflict` clause. */
  conflict?: string | ((bind: Bind) => string)
  /** The columns that later stages may look at. */
  returning?: string
  /** Columns that the database fills in, as SQL in which `r` is the row that was sent. */
  computed?: Computed
  /** Whether all rows must be written; true by default. */
  all?: boolean
}

export const insertRows = (name: string, table: string, rows: readonly OfPlatform[], more: Inserting = {}): Write => ({
  name,
  ...(more.all === false ? {} : { rows: rows.length }),
  sql: (given) => {
    const computed = Object.entries(more.computed ?? {})
    const columns = columnsOf(rows).filter((column) => more.computed?.[column] === undefined)
    const names = [...columns, ...computed.map(([column]) => column)]
    const values = [...columns.map((column) => ofRow(column, given)), ...computed.map(([, value]) => value(given))]
    const sent = rowsAsJson(given, rows, rows)
    const conflict = typeof more.conflict === 'function' ? more.conflict(given.bind) : (more.conflict ?? '')
    return `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
      from jsonb_populate_recordset(null::${table}, ${sent}) r
      where ${given.complete} ${conflict} returning ${more.returning ?? '1'}`
  },
})

/** `on conflict` of an upsert: sets the named columns of the row that is there. */
export const setOnConflict = (columns: readonly string[], key = 'platform_id, id'): string =>
  `on conflict (${key}) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`

export interface Change<Row> {
  after: Row
  /** The value of the guarding column when the row was read; with several, their sum. */
  expected: number
}

/**
 * Sets `columns` of rows whose `guards` still have the expected value. Several guards are compared by their sum, since they only ever rise.
 * @param more.computed further columns, as SQL in which `t` is the row as it was
 */
export const updateRows = <Row extends { platform_id: string; id: string }>(
  name: string,
  table: string,
  changes: readonly Change<Row>[],
  guards: readonly (keyof Row & string)[],
  columns: readonly (keyof Row & string)[],
  more: Pick<Inserting, 'computed' | 'returning'> = {},
): Write => ({
  name,
  rows: changes.length,
  sql: (given) => {
    const rows = changes.map(({ after, expected }) => ({
      row: Object.fromEntries(['id', ...columns].map((column) => [column, after[column as keyof Row]])),
      expected,
    }))
    const sent = rowsAsJson(
      given,
      rows,
      changes.map(({ after }) => after),
    )
    const computed = Object.entries(more.computed ?? {}).map(([column, value]) => `${column} = ${value(given)}`)
    return `update ${table} t set ${[...columns.map((column) => `${column} = (n.row).${column}`), ...computed].join(', ')}
      from jsonb_to_recordset(${sent}) as n("row" ${table}, expected integer)
      where t.platform_id = ${given.platform} and t.id = (n.row).id and ${guards.map((guard) => `t.${guard}`).join(' + ')} = n.expected and ${given.complete} returning ${more.returning ?? '1'}`
  },
})

/**
 * A stage to put before others: the statement then waits no longer than this for any lock. In a transaction call `setLockTimeout`.
 */
export const lockTimeout = (mostMs: number): Write => ({
  name: 'patience',
  rows: 1,
  sql: ({ bind }) => `select set_config('lock_timeout', ${bind(`${mostMs}ms`)}, true)`,
})

/**
 * Writes rows of one platform in stages: each begins when the one before is complete, so locks are taken in the order of the stages. All of
 * it is one statement, and a transaction by itself unless `db` is one.
 * @throws a serialization failure (40001) when a part wrote another number of rows than it must; nothing is written then
 */
export const writeStages = async (db: Db, platformId: string, stages: readonly (readonly Write[])[]): Promise<void> => {
  const parameters: unknown[] = [platformId]
  const bind = (value: unknown): string => {
    parameters.push(value)
    return `$${parameters.length}`
  }
  const parts: string[] = []
  const checks: string[] = []
  let complete = 'true'
  for (const stage of stages) {
    const counts: string[] = []
    for (const { name, rows, sql } of stage) {
      parts.push(`${name} as (${sql({ bind, complete, platform: '$1::uuid', platformId })})`)
      if (rows === undefined) continue
      const count = `(select count(*) from ${name})`
      const meant = bind(rows)
      counts.push(`${count} = ${meant}::integer`)
      checks.push(`('${name}', ${count}, ${meant}::integer)`)
    }
    if (counts.length > 0) complete = counts.join(' and ')
  }
  if (parts.length === 0) return
  const text = `with ${parts.join(',\n')}
    select lost_race(string_agg(name, ', ')) from (values ${checks.join(', ')}) as parts (name, written, meant)
    where written <> meant having count(*) > 0`
  await db.executeQuery(CompiledQuery.raw(text, parameters))
}
