/** A million cases in the books: copies of sample cases, made by Postgres itself. */
import pg from 'pg'
import { sideBySide, withoutIndexes } from './bulk.ts'
import { type CaseRows, type ColumnTypes, caseTables, type TextRow } from './case-rows.ts'

/** How far the clocks of the copies are put off, so that none falls due by itself while the bench runs. */
const DUE_LATER = '30 days'
const CHUNK = 20_000

/** An id of case number `n` of the books: a UUIDv7 of the moment `n` ms after `baseMs`. `row` tells the rows of a case apart. */
export const idOf = (baseMs: number, n: number, row = 0): string => {
  const time = (baseMs + n).toString(16).padStart(12, '0')
  const hex = (value: number, width: number) => value.toString(16).padStart(width, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(row, 3)}-8000-${hex(n, 12)}`
}

/** The same in SQL, for a column `n`. */
export const idSql = (baseMs: number, row: number): string =>
  `(lpad(to_hex(${baseMs}::bigint + n), 12, '0') || '7${row.toString(16).padStart(3, '0')}8000' || lpad(to_hex(n), 12, '0'))::uuid`

export const merchantOf = (n: number): string => `M-${n % 1000}`

/** The row number that the copies of a sample's row get in `idOf`, and those of the steps of its plans. The complaint itself is 0. */
export const rowNumbers = (sample: CaseRows): Map<string, number> => {
  const ids = caseTables.filter((table) => table !== 'orders').flatMap((table) => sample[table].map((row) => row.id ?? ''))
  return new Map([...ids, ...stepIds(sample)].map((id, index) => [id, index]))
}

const stepIds = (sample: CaseRows): string[] =>
  sample.refund_plans.flatMap(({ steps }) => (JSON.parse(steps ?? '[]') as { id: string }[]).map(({ id }) => id))

/** When the clocks of the copies fall due: long after the run, or just before this moment. */
export type Due = 'later' | 'now'

/** One `insert … select` for each row of the sample, for the cases from `$1` to `$2`. */
export const copyStatements = (sample: CaseRows, types: ColumnTypes, baseMs: number, due: Due): string[] => {
  const numbers = rowNumbers(sample)
  const steps = stepIds(sample)
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
        const type = types[table]?.[column] ?? 'text'
        const number = text === null ? undefined : numbers.get(text)
        if (number !== undefined) return idSql(baseMs, number)
        const mine = own.get(text)
        if (mine !== undefined && type === 'text') return mine
        const fixed = `${text === null ? 'null' : pg.escapeLiteral(text)}::${type}`
        if (column === 'steps' && text !== null)
          return `${steps.reduce((all, id) => `replace(${all}, '${id}', ${idSql(baseMs, numbers.get(id) ?? 0)}::text)`, pg.escapeLiteral(text))}::${type}`
        if (text === null || text === 'infinity' || type !== 'timestamp with time zone') return fixed
        if (column === 'created_at' || column === 'updated_at') return `to_timestamp((${baseMs}::bigint + n) / 1000.0)`
        if (!/^(due_at|wakes_at|next_due_at)$/.test(column)) return fixed
        // only one clock of a case falls due, so that a sweep takes one decision for each case
        const isFirst = table === 'complaints' || row.kind === 'first_response'
        return due === 'now' && isFirst
          ? `now() - interval '1 minute' + n * interval '1 microsecond'`
          : `${fixed} + interval '${DUE_LATER}' + n * interval '1 millisecond'`
      }
      const columns = Object.entries(row)
      return `insert into ${table} (${columns.map(([column]) => column).join(', ')})
        select ${columns.map(([column, text]) => value(column, text)).join(', ')} from generate_series($1::integer, $2::integer) n`
    }),
  )
}

export interface Books {
  baseMs: number
  /** By sample, its copies: the numbers from `from` to before `to`. */
  ranges: Map<string, { from: number; to: number }>
}

/** The ids of a sample's copies: from the first to before the second. */
export const boundsOf = ({ baseMs, ranges }: Books, sample: string): [from: string, to: string] => {
  const { from, to } = ranges.get(sample) ?? { from: 0, to: 0 }
  return [idOf(baseMs, from), idOf(baseMs, to)]
}

/** How many copies of a sample the books get. */
export interface Share {
  name: string
  sample: CaseRows
  copies: number
}

/**
 * Fills the books. Two connections copy side by side, and indexes that no constraint needs are built afterwards.
 * @param progress told after each chunk how many cases are in
 */
export const fillBooks = async (
  db: pg.Pool,
  types: ColumnTypes,
  shares: readonly Share[],
  progress: (done: number) => void,
): Promise<Books> => {
  const books: Books = { baseMs: Date.now() - 40 * 86_400_000, ranges: new Map() }
  const chunks: { statements: string[]; from: number; last: number }[] = []
  let n = 0
  for (const { name, sample, copies } of shares) {
    const statements = copyStatements(sample, types, books.baseMs, 'later')
    const to = n + copies
    books.ranges.set(name, { from: n, to })
    for (; n < to; n = Math.min(n + CHUNK, to)) chunks.push({ statements, from: n, last: Math.min(n + CHUNK, to) - 1 })
  }
  let done = 0
  await withoutIndexes(db, () =>
    sideBySide(db, chunks, async (client, { statements, from, last }) => {
      for (const statement of statements) await client.query(statement, [from, last])
      done += last + 1 - from
      progress(done)
    }),
  )
  // the cases of the books are no new complaints, which the service would look at after its start
  await db.query(
    `insert into filing_watches (platform_id, looked_to)
     select id, (select c.id from complaints c where c.platform_id = p.id order by c.id desc limit 1) from platforms p
      where exists (select from complaints c where c.platform_id = p.id) on conflict do nothing`,
  )
  await sideBySide(db, ['vacuum (analyze)'], (client, statement) => client.query(statement))
  await db.query('checkpoint')
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
