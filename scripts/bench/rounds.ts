/** One operation under load: service and limit in turn, round after round, with a look at what was written. */
import type pg from 'pg'
import type { Settings } from './arguments.ts'
import { type Loaded, load } from './load.ts'
import { type Operation, type Side, titleOf } from './operations.ts'
import { cpuMs, familyCpuMs, type Server } from './processes.ts'
import { median, type Row } from './report.ts'

export const sides: readonly Side[] = ['service', 'limit']

/** How many single requests round trips are counted over. */
export const COUNTED = 20

/** How many requests can be under way, or made and not sent, when a load ends. */
const inFlight = (connections: number): number => 2 * connections + 2

const WARM_CONNECTIONS = 16

/**
 * How long each side is loaded before anything is measured: until V8 has compiled what is called often, as in a process that has been up for a
 * while. The service has more of that than the limit.
 */
export const warmSeconds = ({ seconds }: Settings): number => Math.min(2, 3 * seconds)

/** How many fresh cases one load may use, without those that may be on their way at its end; 0 where none are used up. */
const freshForEach = ({ fresh }: Operation, { rounds, connections }: Settings, loadsEach: number): number => {
  if (fresh === 0) return 0
  const lost = inFlight(WARM_CONNECTIONS) + rounds * connections.reduce((sum, x) => sum + inFlight(x), 0)
  const loads = 1 + rounds * connections.length
  return Math.max(1, Math.floor(((fresh - COUNTED) / loadsEach - lost) / loads))
}

export interface Measured extends Loaded {
  serverCpu: number | null
  postgresCpu: number | null
}

export interface Measuring {
  settings: Settings
  pool: pg.Pool
  postgresPid: number | undefined
  servers: Record<Side, Server>
  signal: AbortSignal
  say: (text: string) => void
  /** Called before each load. */
  before?: () => Promise<void>
}

/** @throws Error when an answer is no success, or when the number of rows written does not match the answers */
export const measureOperation = async (operation: Operation, measuring: Measuring): Promise<Row[]> => {
  const { settings, pool, postgresPid, servers, signal, say, before: prepare } = measuring
  const rows: Row[] = []
  const atMost = freshForEach(operation, settings, sides.length)
  const loading = (side: Side) => ({ next: () => operation.request(side), atMost, signal })
  if (operation.written === undefined) await checkSameReading(operation, servers)
  for (const side of sides)
    await load(servers[side].url, { ...loading(side), connections: WARM_CONNECTIONS, seconds: warmSeconds(settings) })

  const measure = async (side: Side, connections: number): Promise<Measured> => {
    await prepare?.()
    const before = await countWritten(pool, operation)
    const cpu = watchCpu([servers[side].pid], postgresPid)
    const loaded = await load(servers[side].url, { ...loading(side), connections, seconds: settings.seconds })
    const used = cpu(loaded.answers)
    const written = (await countWritten(pool, operation)) - before
    // requests that are on their way when this load or the one before ends are written and not answered
    const late = inFlight(Math.max(WARM_CONNECTIONS, ...settings.connections))
    if (operation.written !== undefined && (written < loaded.answers || written > loaded.answers + late))
      throw new Error(`${titleOf(operation)}: ${loaded.answers} answers of the ${side}, but ${written} rows written`)
    return { ...loaded, ...used }
  }

  for (const connections of settings.connections) {
    say(`${titleOf(operation)}, ${connections} connections`)
    const loads: Record<Side, Measured[]> = { service: [], limit: [] }
    for (let round = 0; round < settings.rounds; round++) {
      for (const side of sides) loads[side].push(await measure(side, connections))
    }
    const { name, variant } = operation
    rows.push({ operation: name, variant, concurrency: connections, ...figures(loads), round_trips: null })
  }
  return rows
}

/** The limit may leave out the links and actions of an answer, but not its rows. @throws Error when its answer is much smaller */
const checkSameReading = async (operation: Operation, servers: Record<Side, Server>): Promise<void> => {
  const sizeOf = async (side: Side): Promise<number> => {
    const { path: target, headers } = operation.request(side)
    return (await (await fetch(servers[side].url + target, { headers })).text()).length
  }
  const [service, limit] = [await sizeOf('service'), await sizeOf('limit')]
  if (limit < service / 2) throw new Error(`${titleOf(operation)}: the limit answers ${limit} characters, the service ${service}`)
}

const countWritten = async (db: pg.Pool, { written }: Operation): Promise<number> =>
  written === undefined ? 0 : ((await db.query<{ count: number }>(written)).rows[0]?.count ?? 0)

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0)

/** Begins to watch processor time. The returned function gives the time since then for each of `requests`, in milliseconds. */
export const watchCpu = (serverPids: readonly number[], postgresPid: number | undefined) => {
  const read = () => ({ server: sum(serverPids.map(cpuMs)), postgres: familyCpuMs(postgresPid) })
  const before = read()
  return (requests: number) => {
    const after = read()
    const each = (now: number | null, then: number | null) => (now === null || then === null ? null : (now - then) / requests)
    return { serverCpu: each(after.server, before.server), postgresCpu: each(after.postgres, before.postgres) }
  }
}

/** The median; `null` when one of the values is not known. */
export const medianKnown = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length < values.length ? null : median(known)
}

/** The medians of all rounds. */
export const figures = ({ service, limit }: Record<Side, Measured[]>) => ({
  rps: median(service.map((x) => x.rps)),
  p50_ms: median(service.map((x) => x.p50)),
  p99_ms: median(service.map((x) => x.p99)),
  limit_rps: median(limit.map((x) => x.rps)),
  limit_p50_ms: median(limit.map((x) => x.p50)),
  limit_p99_ms: median(limit.map((x) => x.p99)),
  ratio: median(service.map((x, round) => x.rps / (limit[round]?.rps ?? Number.NaN))),
  service_cpu_ms: medianKnown(service.map((x) => x.serverCpu)),
  postgres_cpu_ms: medianKnown(service.map((x) => x.postgresCpu)),
  limit_cpu_ms: medianKnown(limit.map((x) => x.serverCpu)),
  limit_postgres_cpu_ms: medianKnown(limit.map((x) => x.postgresCpu)),
  generator_cpu_ms: median([...service, ...limit].map((x) => x.generatorCpu)),
})
