/** The figures of a run as Markdown tables. */
import {
  type AdvancesReport,
  comparison,
  type EventsReport,
  type InstancesRow,
  type OverloadReport,
  type Report,
  type Row,
  type RushReport,
  type SweepFigures,
  titleOf,
} from './report.ts'

const digits = (value: number | null): string => {
  if (value === null || Number.isNaN(value)) return '-'
  if (value === Number.POSITIVE_INFINITY) return 'never'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const pair = (a: number | null, b: number | null): string => (a === null || b === null ? '-' : `${digits(a)} + ${digits(b)}`)

const ratio = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2))

/** Columns padded to the width of their widest cell, text to the left and numbers to the right, as a Markdown table. */
const aligned = (head: readonly string[], body: readonly (readonly string[])[]): string => {
  const widths = head.map((name, column) => Math.max(name.length, ...body.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** One table for each operation, a summary, the scenarios, and the figures of the whole. */
export const tables = (report: Report): string =>
  [
    ...[...Map.groupBy(report.rows, titleOf)].map(([title, rows]) => `${title}\n${operationTable(rows)}`),
    ...(report.rows.length === 0 ? [] : [`summary\n${summaryTable(report.rows)}`]),
    ...(report.sweeps.length === 0 ? [] : [sweepTable(report.sweeps)]),
    ...(report.rush === null ? [] : [rushLine(report.rush)]),
    ...(report.events === null ? [] : [eventsTable(report.events)]),
    ...(report.advances === null ? [] : [advancesTables(report.advances)]),
    ...(report.overload === null ? [] : [overloadTables(report.overload)]),
    ...(report.instances.length === 0 ? [] : [instancesTable(report.instances)]),
    wholeTable(report),
  ].join('\n\n')

const operationTable = (rows: readonly Row[]): string =>
  aligned(
    ['connections', 'req/s', 'p50 ms', 'p99 ms', 'p99/p50', 'limit req/s', 'ratio', 'CPU ms', 'limit CPU ms', 'round trips'],
    rows.map((row) => [
      String(row.concurrency),
      digits(row.rps),
      digits(row.p50_ms),
      digits(row.p99_ms),
      digits(row.p99_ms / row.p50_ms),
      digits(row.limit_rps),
      ratio(row.ratio),
      pair(row.service_cpu_ms, row.postgres_cpu_ms),
      row.operation === 'sweep' ? digits(row.limit_postgres_cpu_ms) : pair(row.limit_cpu_ms, row.limit_postgres_cpu_ms),
      digits(row.round_trips),
    ]),
  )

/** The share of the limit that each operation shall reach. */
const wanted: Partial<Record<Row['operation'], number>> = { create: 0.7, read: 0.75, list: 0.75, action: 0.6, sweep: 0.33 }

/** One line for each operation; processor time at the middle number of connections. */
const summaryTable = (rows: readonly Row[]): string => {
  const connections = [...new Set(rows.filter((row) => row.operation !== 'sweep').map((row) => row.concurrency))].sort(
    (a, b) => a - b,
  )
  const most = connections.at(-1) ?? 1
  const body = [...Map.groupBy(rows, titleOf)].map(([title, all]) => {
    const at = (concurrency: number) => all.find((row) => row.concurrency === concurrency)
    const middle = all[Math.floor(all.length / 2)] as Row
    const last = at(most)
    return [
      title,
      ...connections.map((concurrency) => ratio(at(concurrency)?.ratio)),
      ratio(wanted[middle.operation]),
      last ? digits(last.p99_ms / last.p50_ms) : '-',
      pair(middle.service_cpu_ms, middle.postgres_cpu_ms),
      middle.operation === 'sweep'
        ? digits(middle.limit_postgres_cpu_ms)
        : pair(middle.limit_cpu_ms, middle.limit_postgres_cpu_ms),
      digits(middle.round_trips),
    ]
  })
  const head = ['operation', ...connections.map((x) => `ratio at ${x}`), 'wanted', `p99/p50 at ${most}`]
  return aligned([...head, 'CPU ms: service + Postgres', "the limit's", 'round trips'], body)
}

const sweepTable = (sizes: readonly SweepFigures[]): string => {
  const first = sizes[0] as SweepFigures
  const body = sizes.map((size) => [
    String(size.cases),
    String(size.due),
    digits(size.rps),
    digits(size.limit_rps),
    ratio(size.ratio),
    digits(size.two_rps),
    ratio(size.two_ratio),
    pair(size.service_cpu_ms, size.postgres_cpu_ms),
    digits(size.limit_postgres_cpu_ms),
    ratio(size.rps / first.rps),
    ratio(size.limit_rps / first.limit_rps),
  ])
  const head = [
    'open cases',
    'due',
    'cases/s',
    'statement',
    'ratio',
    '2 instances',
    'ratio',
    'CPU ms',
    'statement CPU ms',
    'growth',
  ]
  return `sweep by open cases; growth: cases a second as a share of those over the smallest books\n${aligned([...head, 'of the statement'], body)}`
}

const rushLine = (rush: RushReport): string =>
  `rush: ${rush.due} deadlines within ${rush.seconds} s were acted on ${digits(rush.lateness_p50_s)} s late (p50), ${digits(rush.lateness_p99_s)} s (p99), ${digits(rush.lateness_max_s)} s at most; filings meanwhile ${digits(rush.rps)}/s of ${digits(rush.calm_rps)} in calm (${ratio(rush.rps / rush.calm_rps)})`

const eventsTable = (events: EventsReport): string =>
  aligned(
    ['events', ''],
    [
      ['deliveries to one endpoint', `${digits(events.deliveries_ps)}/s`],
      ['the limit', `${digits(events.limit_ps)}/s`],
      ['ratio', ratio(events.ratio)],
      ['CPU ms of one: service + Postgres', pair(events.service_cpu_ms, events.postgres_cpu_ms)],
      ["the limit's", pair(events.limit_cpu_ms, events.limit_postgres_cpu_ms)],
      [`${events.cases} cases × ${events.each} events to two endpoints`, `${digits(events.two_s)} s`],
      ['the same beside a dead endpoint', `${digits(events.beside_dead_s)} s`],
      ['not yet delivered at the end of a load of creates, at most', digits(events.behind)],
    ],
  )

const advancesTables = ({ freezes, silences }: AdvancesReport): string =>
  [
    'advance: money put aside out of one fund, beside one bare statement (wanted 0.60)',
    aligned(
      ['connections', 'req/s', 'p50 ms', 'p99 ms', 'bare/s', 'ratio', 'CPU ms', 'bare CPU ms'],
      freezes.map((row) => [
        String(row.connections),
        digits(row.rps),
        digits(row.p50_ms),
        digits(row.p99_ms),
        digits(row.bare_rps),
        ratio(row.ratio),
        pair(row.service_cpu_ms, row.postgres_cpu_ms),
        digits(row.bare_postgres_cpu_ms),
      ]),
    ),
    '',
    `One sweep gave the money of ${silences.due} buyers who did not answer back to the fund in ${digits(silences.seconds)} s: ${digits(silences.rps)} cases/s, CPU ms ${pair(silences.service_cpu_ms, silences.postgres_cpu_ms)}.`,
  ].join('\n')

const overloadTables = (report: OverloadReport): string => {
  const body = report.kinds.map((kind) => [
    kind.kind,
    String(kind.offered),
    digits(kind.good_rps),
    digits(kind.capacity_rps),
    `${(100 * kind.refused_share).toFixed(1)} %`,
    digits(kind.p50_ms),
    digits(kind.p99_ms),
    digits(kind.refused_p50_ms),
    digits(kind.refused_p99_ms),
    String(kind.refused_without_retry_after),
    String(kind.timeouts),
    String(kind.errors),
    Object.entries(kind.others)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ') || '0',
    String(kind.unsent),
  ])
  const head = ['kind', 'offered', 'good/s', 'at capacity', '503', 'p50 ms', 'p99 ms', '503 p50 ms', '503 p99 ms']
  const { beside_exports: beside } = report
  return [
    `overload: ${digits(report.offered_rps)} requests a second for ${report.seconds.toFixed(0)} s; in a closed loop of 64 connections the mix reaches ${digits(report.capacity_rps)}, actions alone ${digits(report.action_capacity_rps)}`,
    aligned([...head, 'without Retry-After', 'timeouts', 'errors', 'others', 'unsent'], body),
    '',
    `Memory ${digits(report.memory_before_mib)} MiB before, at most ${digits(report.memory_max_first_half_mib)} in the first half and ${digits(report.memory_max_mib)} in all.`,
    `Event loop lag at most ${digits(report.event_loop_lag_p99_ms)} ms (p99), /livez at most ${digits(report.livez_max_ms)} ms. Normal again after ${report.recovered_s === null ? 'more than 30' : digits(report.recovered_s)} s.`,
    `Actions beside twice as many exports as can be served: ${digits(beside.beside_rps)}/s of ${digits(beside.alone_rps)} alone (${ratio(beside.beside_rps / beside.alone_rps)}); exports ${digits(beside.export_rps)}/s of ${digits(beside.export_capacity_rps)}.`,
  ].join('\n')
}

const instancesTable = (rows: readonly InstancesRow[]): string => {
  const body = rows.map((row) => {
    const one = rows.find((other) => other.operation === row.operation && other.instances === 1)
    return [
      row.operation,
      String(row.instances),
      digits(row.rps),
      ratio(row.rps / (one?.rps ?? Number.NaN)),
      digits(row.direct_rps),
      digits(row.p50_ms),
      digits(row.p99_ms),
      pair(row.service_cpu_ms, row.postgres_cpu_ms),
      digits(row.service_cores),
      digits(row.postgres_cores),
      digits(row.balancer_cores),
      digits(row.generator_cores),
    ]
  })
  const head = ['operation', 'instances', 'req/s', 'times one', 'direct req/s', 'p50 ms', 'p99 ms', 'CPU ms']
  return `instances: cores kept busy, of ${rows[0]?.cores}\n${aligned([...head, 'services', 'Postgres', 'balancer', 'load generator'], body)}`
}

const seconds = (value: number | null): string => (value === null ? '-' : `${value.toFixed(2)} s`)

const mib = (value: number | null): string => (value === null ? '-' : `${value.toFixed(0)} MiB`)

const wholeTable = (report: Report): string =>
  [
    aligned(
      ['the whole', ''],
      [
        ['cases', String(report.cases)],
        ['rounds', `${report.rounds} of ${report.seconds} s`],
        ['ready on an existing database', seconds(report.cold_start_s)],
        ['the same with its own Postgres to start', seconds(report.cold_start_embedded_s)],
        ['memory right after the last load', mib(report.memory_loaded_mib)],
        ['memory after the whole, calm again', mib(report.memory_mib)],
        ...report.pgbench.map(({ concurrency, tps }) => [`the limit's create by pgbench at ${concurrency}`, `${digits(tps)}/s`]),
      ],
    ),
    'CPU: server + Postgres, of one request (of a sweep, one case; its round trips are of the whole sweep).',
  ].join('\n')

export const comparisonTable = (now: Report, earlier: Report): string =>
  aligned(
    ['operation', 'now', 'earlier', 'now/earlier'],
    comparison(now, earlier).map((x) => [x.name, digits(x.now), digits(x.earlier), x.times.toFixed(2)]),
  )
