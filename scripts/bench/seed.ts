/** A million cases in the books: copies of sample cases, made by Postgres itself. */
import pg from 'pg'
import { type CaseRows, type ColumnTypes, caseTables, type TextRow } from './case-rows.ts'

/** How far the clocks of the copies are put off, so that none falls due by itself while the bench runs. */
const DUE_LATER = '30 days'
const CHUNK = 20_000

/** Case number `n` of the books. Its ids are UUIDv7s of a moment `n` ms after `baseMs`: `row` tells the rows of a case apart. */
export const idOf = (baseMs: number, n: number, row = 0): string => {
  const time = (baseMs + n).toString(16).padStart(12, '0')
  const hex = (value: number, width: number) => value.toString(16).padStart(width, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(row, 3)}-8000-${hex(n, 12)}`
}

/** The same in SQL, for a column `n`. */
const idSql = (baseMs: number, row: number): string =>
  `(lpad(to_hex(${baseMs}::bigint + n), 12, '0') || '7${row.toString(16).padStart(3, '0')}8000' || lpad(to_hex(n), 12, '0'))::uuid`

export const merchantOf = (n: number): string => `M-${n % 1000}`

/** The row number that the copies of a sample's row get in `idOf`. The complaint itself is 0. */
export const rowNumbers = (sample: CaseRows): Map<string, number> => {
  const ids = caseTables.filter((table) => table !== 'orders').flatMap((table) => sample[table].map((row) => row.id ?? ''))
  return new Map(ids.map((id, index) => [id, index]))
}

/** One `insert … select` for each row of the sample, for the cases from `$1` to `$2`. */
const copyStatements = (sample: CaseRows, types: ColumnTypes, baseMs: number): string[] => {
  const numbers = rowNumbers(sample)
  const complaint = sample.complaints[0] as TextRow
  const own = new Map<string | null, string>([
    [complaint.order_id ?? '', `'BO-' || n`],
    [complaint.case_number ?? '', `'RD-' || n`],
    [complaint.buyer_id ?? '', `'B-' || n`],
    [complaint.merchant_id ?? '', `'M-' || n % 1000`],
  ])
  return caseTables.flatMap((table) =>
    sample[table].map((row) => {
      const value = (column: string, text: string | null): string => {
        const type = types[table][column] ?? 'text'
        const number = text === null ? undefined : numbers.get(text)
        if (number !== undefined) return idSql(baseMs, number)
        const mine = own.get(text)
        if (mine !== undefined && type === 'text') return mine
        const fixed = `${text === null ? 'null' : pg.escapeLiteral(text)}::${type}`
        if (text === null || text === 'infinity' || type !== 'timestamp with time zone') return fixed
        if (column === 'created_at' || column === 'updated_at') return `to_timestamp((${baseMs}::bigint + n) / 1000.0)`
        return /^(due_at|wakes_at|next_due_at)$/.test(column)
          ? `${fixed} + interval '${DUE_LATER}' + n * interval '1 millisecond'`
          : fixed
      }
      const columns = Object.entries(row)
      return `insert into ${table} (${columns.map(([column]) => column).join(', ')})
        select ${columns.map(([column, text]) => value(column, text)).join(', ')} from generate_series($1::integer, $2::integer) n`
    }),
  )
}

export interface Books {
  baseMs: number
  /** Which cases are copies of which sample: from the first to before the last. */
  ranges: Map<string, { from: number; to: number }>
}

/**
 * Fills the books.
 * @param shares how many copies of each sample, by name
 */
export const fillBooks = async (
  db: pg.Pool,
  types: ColumnTypes,
  shares: readonly { name: string; sample: CaseRows; copies: number }[],
  progress: (done: number) => void,
): Promise<Books> => {
  const books: Books = { baseMs: Date.now() - 40 * 86_400_000, ranges: new Map() }
  const client = await db.connect()
  try {
    // the copies are consistent among themselves; checking every reference would cost more than the rest
    await client.query('set session_replication_role = replica; set statement_timeout = 0')
    let n = 0
    for (const { name, sample, copies } of shares) {
      const statements = copyStatements(sample, types, books.baseMs)
      const to = n + copies
      books.ranges.set(name, { from: n, to })
      while (n < to) {
        const last = Math.min(n + CHUNK, to) - 1
        for (const statement of statements) await client.query(statement, [n, last])
        n = last + 1
        progress(n)
      }
    }
    await client.query('reset session_replication_role')
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  } finally {
    client.release(true)
  }
  return books
}

/** Gives one case a timeline of 100 events. */
export const lengthenTimeline = async (db: pg.Pool, complaintId: string): Promise<void> => {
  await db.query(
    `with e as (select * from case_events where complaint_id = $1 order by sequence limit 1)
     insert into case_events select (jsonb_populate_record(null::case_events, to_jsonb(e) || jsonb_build_object('sequence', n, 'id', gen_random_uuid()))).*
       from e, generate_series(e.sequence + 1, 100) n where not exists (select from case_events x where x.complaint_id = $1 and x.sequence = n)`,
    [complaintId],
  )
  await db.query('update complaints set event_count = 100 where id = $1', [complaintId])
}

/** Makes the deadlines of some cases fall due just now. */
export const makeDue = async (db: pg.Pool, books: Books, from: number, to: number): Promise<void> => {
  const bounds = [idOf(books.baseMs, from), idOf(books.baseMs, to)]
  await db.query(
    `with d as (
       update deadlines set due_at = now() - interval '1 minute', wakes_at = now() - interval '1 minute', warn_before_ms = null
        where platform_id = (select platform_id from deadlines limit 1) and complaint_id >= $1 and complaint_id < $2 and status = 'running')
     update complaints set next_due_at = now() - interval '1 minute'
      where platform_id = (select platform_id from deadlines limit 1) and id >= $1 and id < $2`,
    bounds,
  )
}
