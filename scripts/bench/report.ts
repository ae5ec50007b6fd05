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
  limit_p50_ms: number
  limit_p99_ms: number
  /** Median over the rounds of `rps / limit_rps`. */
  ratio: number
  /** Processor time of the service's process for one request; null where the system does not tell. */
  service_cpu_ms: number | null
  /** Processor time of Postgres for one request. */
  postgres_cpu_ms: number | null
  limit_cpu_ms: number | null
  limit_postgres_cpu_ms: number | null
  /** Processor time of the load generator for one request, over both sides. */
  generator_cpu_ms: number
  /** Round trips between the service and Postgres for one request, or for one whole sweep. */
  round_trips: number | null
}

/** Sweeps over books of one size. Rates are cases a second. */
export interface SweepFigures {
  cases: number
  due: number
  rps: number
  /** One plain statement that writes the same. */
  limit_rps: number
  ratio: number
  /** Two instances at once. */
  two_rps: number
  two_ratio: number
  service_cpu_ms: number | null
  postgres_cpu_ms: number | null
  limit_postgres_cpu_ms: number | null
}

/** Deliveries of events to a sink on this machine. */
export interface EventsReport {
  /** To one endpoint, a second, and by the limit. */
  deliveries_ps: number
  limit_ps: number
  /** Median over the rounds. */
  ratio: number
  /** Processor time for one delivery. */
  service_cpu_ms: number | null
  postgres_cpu_ms: number | null
  limit_cpu_ms: number | null
  limit_postgres_cpu_ms: number | null
  /** So many cases with so many events each went to two endpoints: in how many seconds, and with a third one that is dead. */
  cases: number
  each: number
  two_s: number
  beside_dead_s: number
  /** The most events that the endpoint was still to get when a load of creates had ended. */
  behind: number | null
}

/** The guarantee fund. */
export interface AdvancesReport {
  /** Money put aside for buyers out of one fund, by requests, beside one bare statement over as many connections. */
  freezes: {
    connections: number
    rps: number
    p50_ms: number
    p99_ms: number
    bare_rps: number
    /** Median over the rounds. */
    ratio: number
    service_cpu_ms: number | null
    postgres_cpu_ms: number | null
    bare_postgres_cpu_ms: number | null
  }[]
  /** So many buyers did not answer, and one sweep gave their money back to the fund. Rates are cases a second. */
  silences: { due: number; seconds: number; rps: number; service_cpu_ms: number | null; postgres_cpu_ms: number | null }
}

/** Very many deadlines that fall due within a short time, beside filings over 16 connections. */
export interface RushReport {
  due: number
  /** Within how long all of them fell due. */
  seconds: number
  /** From the due time to the decision, in seconds. */
  lateness_p50_s: number
  lateness_p99_s: number
  lateness_max_s: number
  /** Filings a second before the rush. */
  calm_rps: number
  /** Filings a second while the deadlines fell due. */
  rps: number
}

/** One kind of requests under more load than the service can take. */
export interface OverloadKind {
  kind: string
  offered: number
  /** Good answers a second. */
  good_rps: number
  /** Good answers a second when only as much is offered as can be answered. */
  capacity_rps: number
  /** The share of the sent requests that were refused. */
  refused_share: number
  /** Of the good answers; `NaN` (in JSON `null`) without any. */
  p50_ms: number
  p99_ms: number
  /** Of the 503s. */
  refused_p50_ms: number
  refused_p99_ms: number
  refused_without_retry_after: number
  /** Requests that the client gave up after 5 s. */
  timeouts: number
  errors: number
  /** Answers that are neither good nor a 503, by status. */
  others: Record<string, number>
  /** Requests that were not sent: 2,000 were waiting already, or no fresh case was left. */
  unsent: number
}

export interface OverloadReport {
  /** Of the whole mix, in a closed loop of 64 connections. */
  capacity_rps: number
  /** Of actions alone. */
  action_capacity_rps: number
  offered_rps: number
  seconds: number
  kinds: OverloadKind[]
  memory_before_mib: number | null
  memory_max_mib: number | null
  memory_max_first_half_mib: number | null
  /** The largest of the values that /metrics gave each second; null where it gave none. */
  event_loop_lag_p99_ms: number | null
  /** The longest that /livez took. */
  livez_max_ms: number | null
  /** Seconds until single requests were as quick as before; null when they were not within 30 s. */
  recovered_s: number | null
  /** Actions with and without twice as many exports as can be served. */
  beside_exports: { alone_rps: number; beside_rps: number; export_capacity_rps: number; export_rps: number }
}

/** Some instances of the service on one Postgres. */
export interface InstancesRow {
  operation: string
  instances: number
  /** Through one address. */
  rps: number
  /** Each instance asked directly, all together. */
  direct_rps: number
  p50_ms: number
  p99_ms: number
  /** Processor time for one request, of all instances together. */
  service_cpu_ms: number | null
  postgres_cpu_ms: number | null
  /** The cores of the machine, and below how many of them each process kept busy. */
  cores: number
  service_cores: number | null
  postgres_cores: number | null
  balancer_cores: number | null
  generator_cores: number
}

export interface Report {
  cases: number
  rounds: number
  seconds: number
  /** Memory of the service right after the last load; null where the system does not tell. */
  memory_loaded_mib: number | null
  /** Memory of the service after some time without requests. */
  memory_mib: number | null
  /** From the start of the process to the first 200 of /readyz, on the loaded database; null with several instances. */
  cold_start_s: number | null
  /** The same with the embedded Postgres on an existing database; includes the start of that Postgres. */
  cold_start_embedded_s: number | null
  /** Creates a second by pgbench with the limit's statement; empty without creates, and where pgbench is not installed. */
  pgbench: { concurrency: number; tps: number }[]
  rows: Row[]
  /** By the number of open cases, ascending; empty without sweeps. */
  sweeps: SweepFigures[]
  /** Null without sweeps. */
  rush: RushReport | null
  overload: OverloadReport | null
  /** Null without events. */
  events: EventsReport | null
  /** Null without advances. */
  advances: AdvancesReport | null
  /** Empty unless several instances were asked for. */
  instances: InstancesRow[]
}

/** The middle one; of an even number the mean of the two in the middle. `NaN` of none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
    : (sorted[Math.floor(middle)] ?? Number.NaN)
}

/** The percentile by nearest rank: that share of all values is at most the result. `NaN` of none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

export const titleOf = ({ operation, variant }: Pick<Row, 'operation' | 'variant'>): string =>
  variant === '' ? operation : `${operation} ${variant}`

/** Two runs side by side: requests a second of each, and the first divided by the second. Rows that only one run has are left out. */
export const comparison = (now: Report, earlier: Report): { name: string; now: number; earlier: number; times: number }[] =>
  now.rows.flatMap((row) => {
    const old = earlier.rows.find((other) => titleOf(other) === titleOf(row) && other.concurrency === row.concurrency)
    return old ? [{ name: `${titleOf(row)} c=${row.concurrency}`, now: row.rps, earlier: old.rps, times: row.rps / old.rps }] : []
  })
