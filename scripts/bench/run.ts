/** One whole run: start, fill, load, look at what was written, stop. */
import { setTimeout as pause } from 'node:timers/promises'
import { measureAdvances } from './advances.ts'
import type { Settings } from './arguments.ts'
import type { Database } from './database.ts'
import { measureCreates, measureDeliveries, sendingEnv } from './events.ts'
import { measureInstances } from './instances.ts'
import { exportPages, mixOf } from './mix.ts'
import { type Operation, operations, titleOf } from './operations.ts'
import { measureOverload } from './overload.ts'
import { findPgbench, runPgbench } from './pgbench.ts'
import { memoryMib, type Server } from './processes.ts'
import { median, type Report, type Row, titleOf as rowTitleOf } from './report.ts'
import { countRoundTrips, tripsOf } from './round-trips.ts'
import { measureOperation } from './rounds.ts'
import { measureRush } from './rush.ts'
import { agent, startOf } from './samples.ts'
import { type Books, rowNumbers } from './seed.ts'
import { fillFor, type Stage, setStage } from './stage.ts'
import { measureSmallerSweeps, measureSweeps, sweepTrips } from './sweeps.ts'

/** @param folder an empty one, for all files of the run */
export const measure = async (settings: Settings, folder: string, signal: AbortSignal): Promise<Report> => {
  const stops: (() => Promise<unknown>)[] = []
  try {
    return await measureOn(await setStage(settings, folder, signal, (stop) => stops.push(stop)))
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

const measureOn = async (stage: Stage): Promise<Report> => {
  const { settings, samples, caller, say } = stage
  const { cases, rounds, seconds, only } = settings
  const sweeping = only.includes('sweep') && settings.instances === undefined
  const sweeps = sweeping ? await measureSmallerSweeps(stage) : []
  const rush = sweeping ? await measureRush(stage) : null
  const events = only.includes('events') && settings.instances === undefined ? await measureDeliveries(stage) : null
  const advances = only.includes('advance') && settings.instances === undefined ? await measureAdvances(stage) : null
  const database = await stage.openBooks()
  const books = await fillFor(stage, database)

  const planId = samples['accept plan'].before?.refund_plans[0]?.id ?? ''
  const planRow = rowNumbers(startOf(samples['accept plan'])).get(planId) ?? 0
  const all = operations(books, caller.key, planRow)
  const asked = all.filter((operation) => only.includes(operation.name))

  const report: Report = {
    cases,
    rounds,
    seconds,
    memory_loaded_mib: null,
    memory_mib: null,
    cold_start_s: null,
    cold_start_embedded_s: null,
    pgbench: [],
    rows: [],
    sweeps,
    rush,
    overload: null,
    events,
    advances,
    instances: [],
  }
  if (settings.instances !== undefined) {
    const scaled = asked.filter(
      ({ name, variant }) => ['create', 'read'].includes(name) || ['newest', 'accept'].includes(variant),
    )
    report.instances = await measureInstances(stage, database, books, scaled, settings.instances)
    return report
  }

  Object.assign(report, await coldStarts(stage, database))
  const service = await stage.startService(database.url, 'service', sendingEnv())
  const limit = await stage.startLimit(database.url)
  const { pool } = database
  for (const operation of asked) {
    report.rows.push(
      ...(await measureOperation(operation, { ...stage, pool, postgresPid: stage.databases.pid, servers: { service, limit } })),
    )
  }
  const create = all.find(({ name }) => name === 'create')
  if (events !== null && create !== undefined) {
    const { row, behind } = await measureCreates(stage, database, { service, limit }, create)
    report.rows.push(row)
    events.behind = behind
  }
  if (only.includes('sweep')) {
    const second = await stage.startService(database.url)
    const { row, size } = await measureSweeps(stage, database, books, [service, second])
    await second.stop()
    report.rows.push(row)
    report.sweeps.push(size)
  }
  say('counting round trips')
  await countTrips(stage, database, books, asked, report.rows)
  // the last of the loads that take fresh cases, since it uses up all that are left
  if (only.includes('overload')) report.overload = await overload(stage, service, books, all)
  report.memory_loaded_mib = memoryMib(service.pid)
  if (only.includes('create')) report.pgbench = await byPgbench(stage, database)
  await pause(settings.calmSeconds * 1000, undefined, { signal: stage.signal })
  report.memory_mib = memoryMib(service.pid)
  return report
}

/** The median time of a start, over as many starts as there are rounds. */
const coldStarts = async (stage: Stage, { url }: Database): Promise<Pick<Report, 'cold_start_s' | 'cold_start_embedded_s'>> => {
  stage.say('cold starts')
  const startOnce = async (on: string | undefined, dataDir: string): Promise<number> => {
    const { startSeconds, stop } = await stage.startService(on, dataDir)
    await stop()
    return startSeconds
  }
  // the first makes the database
  await startOnce(undefined, 'embedded')
  const [existing, embedded]: [number[], number[]] = [[], []]
  for (let round = 0; round < stage.settings.rounds; round++) {
    existing.push(await startOnce(url, 'service'))
    embedded.push(await startOnce(undefined, 'embedded'))
  }
  return { cold_start_s: median(existing), cold_start_embedded_s: median(embedded) }
}

const overload = async (
  { settings, signal, say, caller }: Stage,
  server: Server,
  books: Books,
  all: readonly Operation[],
): Promise<Report['overload']> => {
  const pages = await exportPages(server.url, { authorization: `Bearer ${caller.key}`, 'redress-actor': agent })
  const mix = mixOf(all, books, pages)
  return measureOverload({ server, mix, seconds: settings.overloadSeconds, signal, say })
}

/** Notes the round trips in the rows. */
const countTrips = async (
  stage: Stage,
  database: Database,
  books: Books,
  asked: readonly Operation[],
  rows: readonly Row[],
): Promise<void> => {
  const counter = await countRoundTrips(database.url)
  stage.atEnd(counter.stop)
  const server = await stage.startService(counter.url)
  for (const operation of asked) {
    const trips = await tripsOf(operation, server.url, counter.count)
    for (const row of rows) if (rowTitleOf(row) === titleOf(operation)) row.round_trips = trips
  }
  await server.stop()
  const sweep = rows.find((row) => row.operation === 'sweep')
  if (sweep) sweep.round_trips = await sweepTrips(stage, database, books)
}

/** How often Postgres alone does the limit's create; empty where pgbench is not installed. */
const byPgbench = async ({ settings, folder, limit, signal, say }: Stage, { url }: Database): Promise<Report['pgbench']> => {
  const program = findPgbench()
  const measured: Report['pgbench'] = []
  if (program === undefined) return measured
  say('pgbench')
  for (const clients of settings.connections) {
    signal.throwIfAborted()
    const tps = await runPgbench(program, { url, folder, statement: limit.literalCreate, clients, seconds: settings.seconds })
    if (tps !== undefined) measured.push({ concurrency: clients, tps })
  }
  return measured
}
