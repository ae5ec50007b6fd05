/** The figures of a run: what they are, how they are put side by side, and how two runs compare. */
import type { OperationName } from './arguments.ts'

export interface Row {
  operation: OperationName
  /** Which kind of list or action. */
  variant: string
  concurrency: number
  /** Requests a second; of a sweep, cases a second. */
  rps: number
  p50_ms: number
  p99_ms: number
  limit_rps: number
  /** Median over the rounds of `rps / limit_rps`. */
  ratio: number
  /** Processor time of the service's process for one request; null where the system does not tell. */
  service_cpu_ms: number | null
  /** Processor time of Postgres for one request. */
  postgres_cpu_ms: number | null
  limit_cpu_ms: number | null
  limit_postgres_cpu_ms: number | null
  /** Round trips between the service and Postgres for one request. */
  round_trips: number | null
}

export interface Report {
  cases: number
  rounds: number
  seconds: number
  /** Of the service's process after all loads; null where the system does not tell. */
  memory_mib: number | null
  /** From the start of the process to the first 200 of /readyz, on the loaded database. */
  cold_start_s: number
  /** Creates a second by pgbench with the limit's statement; empty without creates, and where pgbench is not installed. */
  pgbench: { concurrency: number; tps: number }[]
  rows: Row[]
}

/** The middle one; of an even number the mean of the two in the middle. `NaN` of none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
    : (sorted[Math.floor(middle)] ?? Number.NaN)
}

/** The value that a share of all is at most, by nearest rank. `NaN` of none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

const digits = (value: number | null): string =>
  value === null ? '-' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const pair = (a: number | null, b: number | null): string => (a === null || b === null ? '-' : `${digits(a)} + ${digits(b)}`)

/** Columns padded to the width of their widest cell, text to the left and numbers to the right, as a Markdown table. */
const aligned = (head: readonly string[], body: readonly (readonly string[])[]): string => {
  const widths = head.map((name, column) => Math.max(name.length, ...body.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}

export const titleOf = ({ operation, variant }: Pick<Row, 'operation' | 'variant'>): string =>
  variant === '' ? operation : `${operation} ${variant}`

/** One table for each operation, and the figures of the whole. */
export const tables = (report: Report): string => {
  const head = ['connections', 'req/s', 'p50 ms', 'p99 ms', 'limit req/s', 'ratio', 'CPU ms', 'limit CPU ms', 'round trips']
  const parts = [...Map.groupBy(report.rows, titleOf)].map(([title, rows]) => {
    const body = rows.map((row) => [
      String(row.concurrency),
      digits(row.rps),
      digits(row.p50_ms),
      digits(row.p99_ms),
      digits(row.limit_rps),
      row.ratio.toFixed(2),
      pair(row.service_cpu_ms, row.postgres_cpu_ms),
      pair(row.limit_cpu_ms, row.limit_postgres_cpu_ms),
      digits(row.round_trips),
    ])
    return `${title}\n${aligned(head, body)}`
  })
  const pgbench = report.pgbench.map(({ concurrency, tps }) => `${digits(tps)} at ${concurrency}`).join(', ')
  return [
    ...parts,
    [
      `${report.cases} cases, ${report.rounds} rounds of ${report.seconds} s. CPU: server + Postgres, of one request (of a sweep, one case).`,
      `Ready ${report.cold_start_s.toFixed(2)} s after its start; ${report.memory_mib === null ? 'memory unknown' : `${report.memory_mib.toFixed(0)} MiB`} after all loads.`,
      ...(pgbench === '' ? [] : [`The limit's create by pgbench, per second: ${pgbench} connections.`]),
    ].join('\n'),
  ].join('\n\n')
}

/** Two runs side by side: requests a second of each and how many times the first is the second. Rows that only one has are left out. */
export const comparison = (now: Report, earlier: Report): { name: string; now: number; earlier: number; times: number }[] =>
  now.rows.flatMap((row) => {
    const old = earlier.rows.find((other) => titleOf(other) === titleOf(row) && other.concurrency === row.concurrency)
    return old ? [{ name: `${titleOf(row)} c=${row.concurrency}`, now: row.rps, earlier: old.rps, times: row.rps / old.rps }] : []
  })

export const comparisonTable = (now: Report, earlier: Report): string =>
  aligned(
    ['operation', 'now', 'earlier', 'now/earlier'],
    comparison(now, earlier).map((x) => [x.name, digits(x.now), digits(x.earlier), x.times.toFixed(2)]),
  )
