/** One whole run: start, fill, load, look at what was written, stop. */
import { mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { newApiKey } from '../../src/access/keys.ts'
import type { Settings } from './arguments.ts'
import { readColumnTypes } from './case-rows.ts'
import { type Database, openDatabase } from './database.ts'
import type { LimitWork } from './limit-server.ts'
import { writingStatement } from './limit-sql.ts'
import { type Loaded, load } from './load.ts'
import { type Operation, operations, type Side } from './operations.ts'
import { findPgbench, runPgbench } from './pgbench.ts'
import { cpuMs, familyCpuMs, memoryMib, type Server, startScript } from './processes.ts'
import { median, type Report, type Row, titleOf } from './report.ts'
import { countRoundTrips } from './round-trips.ts'
import { type Caller, post, startOf, tellSamples } from './samples.ts'
import { type Books, fillBooks, idOf, lengthenTimeline, makeDue, rowNumbers } from './seed.ts'

const CONCURRENCIES = [1, 16, 64]
const sides: readonly Side[] = ['service', 'limit']
/** Due cases in one sweep. */
const DUE = 10_000
/** Asked one after the other to count round trips. */
const COUNTED = 20
/** Requests that can be under way, or made and not sent, when a load ends. */
const IN_FLIGHT = 130

const SERVICE = path.join(import.meta.dirname, '../../src/main.ts')
const LIMIT = path.join(import.meta.dirname, 'limit-server.ts')

/** @param folder an empty one, for all files of the run */
export const measure = async (settings: Settings, folder: string, signal: AbortSignal): Promise<Report> => {
  const stops: (() => Promise<unknown>)[] = []
  try {
    return await measureWith(settings, folder, signal, (stop) => stops.push(stop))
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

const measureWith = async (
  settings: Settings,
  folder: string,
  signal: AbortSignal,
  atEnd: (stop: () => Promise<unknown>) => void,
): Promise<Report> => {
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const database = await openDatabase(folder)
  atEnd(database.stop)
  const { pool } = database
  const adminKey = newApiKey()

  const starting = async (script: string, env: Record<string, string>, readyPath: string): Promise<Server> => {
    signal.throwIfAborted()
    const server = await startScript(script, {
      env,
      output: openSync(path.join(folder, `${path.basename(script)}.log`), 'a'),
      readyPath,
    })
    atEnd(server.stop)
    return server
  }
  const startService = (url = database.url) =>
    starting(
      SERVICE,
      {
        DATABASE_URL: url,
        DATA_DIR: path.join(folder, 'service'),
        REDRESS_ADMIN_KEY: adminKey,
        PLATFORM_MODE: 'live',
        LOG_LEVEL: 'info',
        // the bench sweeps by request
        SWEEP_CRON: '0 0 29 2 *',
      },
      '/readyz',
    )

  say('telling the samples')
  const teller = await startService()
  const caller: Caller = { url: teller.url, key: '', adminKey }
  const made = await post(caller, undefined, '/v1/api-keys', {
    name: 'bench',
    roles: ['buyer', 'merchant', 'agent', 'supervisor'],
  })
  caller.key = made.body.key
  const types = await readColumnTypes(pool)
  const samples = await tellSamples(caller, pool, types)
  await teller.stop()

  const sweeps = settings.only.includes('sweep') ? settings.rounds * sides.length * DUE : 0
  const uploads = Math.min(20_000, settings.cases / 20)
  const forActions = Math.floor((settings.cases - sweeps - uploads) / 3.5)
  const shares = [
    { name: 'accept', sample: startOf(samples.accept), copies: forActions },
    { name: 'respond', sample: startOf(samples.respond), copies: forActions },
    { name: 'accept plan', sample: startOf(samples['accept plan']), copies: forActions },
    { name: 'upload', sample: startOf(samples.upload), copies: uploads },
    { name: 'sweep', sample: startOf(samples.sweep), copies: sweeps },
    { name: 'create', sample: startOf(samples.create), copies: settings.cases - sweeps - 3 * forActions - uploads },
  ]
  const began = performance.now()
  const books = await fillBooks(pool, types, shares, (done) => {
    signal.throwIfAborted()
    process.stderr.write(`\r${done} of ${settings.cases} cases`)
  })
  await lengthenTimeline(pool, idOf(books.baseMs, books.ranges.get('create')?.from ?? 0))
  say(` in ${((performance.now() - began) / 1000).toFixed(0)} s`)

  const { rows: keys } = await pool.query<{ id: string; platform_id: string }>(
    `select id, platform_id from api_keys where name = 'bench'`,
  )
  const { id: apiKeyId = '', platform_id: platformId = '' } = keys[0] ?? {}
  const newId = await idFunction(pool)
  const writing = { types, newId }
  const keep = (first: number) =>
    `insert into idempotency_keys (platform_id, api_key_id, actor, key, request_hash, status, headers, body, created_at)
     values ($${first}::uuid, $${first + 1}::uuid, $${first + 2}::text, $${first + 3}::text, sha256(convert_to($${first + 3}, 'UTF8')), 201, '{}', $${first + 4}, now())`
  const given = { description: '$3', order_details: '$4', wanted: '$5' }
  const fresh = 'select $1::uuid as id, $2::text as order_id'
  const actionNames = ['accept', 'respond', 'accept plan', 'upload'] as const
  const writes: LimitWork['writes'] = {
    create: {
      sql: writingStatement(samples.create, fresh, { ...writing, given, more: [keep(6)] }),
      answer: JSON.parse(samples.create.answer),
    },
  }
  for (const name of actionNames) {
    writes[name] = {
      sql: writingStatement(samples[name], fresh, { ...writing, more: [keep(3)] }),
      answer: JSON.parse(samples[name].answer),
    }
  }
  const uploadFolder = path.join(folder, 'limit')
  mkdirSync(uploadFolder)
  const startLimit = (url = database.url) =>
    starting(
      LIMIT,
      { BENCH_LIMIT: JSON.stringify({ url, platformId, apiKeyId, folder: uploadFolder, writes } satisfies LimitWork) },
      '/ready',
    )

  const servers = { service: await startService(), limit: await startLimit() }
  const coldStart = servers.service.startSeconds

  const planId = samples['accept plan'].before?.refund_plans[0]?.id ?? ''
  const planRow = rowNumbers(startOf(samples['accept plan'])).get(planId) ?? 0
  const all = operations(books, caller.key, planRow).filter((operation) => settings.only.includes(operation.name))

  const rows: Row[] = []
  for (const operation of all) {
    if (operation.written === undefined) await checkSameReading(operation, servers)
    for (const side of sides)
      await load(servers[side].url, { ...loadingOf(operation, side, settings), connections: 16, seconds: 0.4, signal })
    for (const connections of CONCURRENCIES) {
      say(`${titleOf({ operation: operation.name, variant: operation.variant })}, ${connections} connections`)
      const loads: Record<Side, Measured[]> = { service: [], limit: [] }
      for (let round = 0; round < settings.rounds; round++) {
        for (const side of sides) {
          loads[side].push(await measureLoad(operation, side, { database, server: servers[side], connections, settings, signal }))
        }
      }
      rows.push({
        operation: operation.name,
        variant: operation.variant,
        concurrency: connections,
        ...figures(loads),
        round_trips: null,
      })
    }
  }
  if (settings.only.includes('sweep')) {
    say('sweep')
    const source = `select d.complaint_id as id, null::text as order_id from deadlines d
      where platform_id = '${platformId}' and status = 'running' and wakes_at <= now() order by wakes_at, id limit ${DUE}`
    const statement = writingStatement(samples.sweep, source, writing)
    rows.push(
      await measureSweeps(
        { ...caller, url: servers.service.url },
        { settings, database, books, statement, server: servers.service, signal },
      ),
    )
  }
  const memory = memoryMib(servers.service.pid)

  say('counting round trips')
  const counter = await countRoundTrips(database.url)
  atEnd(counter.stop)
  const counted = await startService(counter.url)
  for (const operation of all) {
    const trips = await tripsOf(operation, counted.url, counter.count)
    for (const row of rows)
      if (titleOf(row) === titleOf({ operation: operation.name, variant: operation.variant })) row.round_trips = trips
  }
  await counted.stop()

  const program = settings.only.includes('create') ? findPgbench() : undefined
  const pgbench: Report['pgbench'] = []
  if (program) {
    say('pgbench')
    const statement = literally(writes.create?.sql ?? '', newId, { platformId, apiKeyId, answer: samples.create.answer })
    for (const concurrency of CONCURRENCIES) {
      signal.throwIfAborted()
      const tps = await runPgbench(program, {
        url: database.url,
        folder,
        statement,
        clients: concurrency,
        seconds: settings.seconds,
      })
      if (tps !== undefined) pgbench.push({ concurrency, tps })
    }
  }
  const { cases, rounds, seconds } = settings
  return { cases, rounds, seconds, memory_mib: memory, cold_start_s: coldStart, pgbench, rows }
}

/** The limit may leave out the links and actions of an answer, not its rows. @throws Error when it answers with much less */
const checkSameReading = async (operation: Operation, servers: Record<Side, Server>): Promise<void> => {
  const sizeOf = async (side: Side): Promise<number> => {
    const { path: target, headers } = operation.request(side)
    return (await (await fetch(servers[side].url + target, { headers })).text()).length
  }
  const [service, limit] = [await sizeOf('service'), await sizeOf('limit')]
  if (limit < service / 2)
    throw new Error(
      `${titleOf({ operation: operation.name, variant: operation.variant })}: the limit answers ${limit} characters, the service ${service}`,
    )
}

/** Ids in order of time keep an index warm; only newer servers make them. */
const idFunction = async (db: pg.Pool): Promise<string> => {
  const { rows } = await db.query<{ found: boolean }>(`select exists(select from pg_proc where proname = 'uuidv7') as found`)
  return rows[0]?.found ? 'uuidv7()' : 'gen_random_uuid()'
}

/** The create with values in place of its parameters, for a program that knows none. */
const literally = (sql: string, newId: string, given: { platformId: string; apiKeyId: string; answer: string }): string => {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  const values = [
    newId,
    'gen_random_uuid()',
    quoted('x'.repeat(100)),
    quoted('{}'),
    quoted('{}'),
    quoted(given.platformId),
    quoted(given.apiKeyId),
    quoted('buyer'),
    'gen_random_uuid()::text',
    quoted(given.answer),
  ]
  const filled = sql.replaceAll(/\$(\d+)/g, (_all, number: string) => `(${values[Number(number) - 1]})`)
  // pgbench takes a colon for the beginning of a variable, also within quotes
  return filled.replaceAll(/'(?:[^']|'')*'/g, (text) =>
    text.includes(':') ? `E${text.replaceAll('\\', '\\\\').replaceAll(':', '\\x3A')}` : text,
  )
}

/** Every load gets its share of the cases that are fresh, less what may be on its way when a load ends. */
const loadingOf = ({ request, fresh }: Operation, side: Side, { rounds }: Settings) => ({
  next: () => request(side),
  atMost: fresh === 0 ? 0 : Math.floor((fresh - COUNTED) / (sides.length * (1 + rounds * CONCURRENCIES.length))) - IN_FLIGHT,
})

interface Measured extends Loaded {
  serverCpu: number | null
  postgresCpu: number | null
}

interface Bench {
  database: Database
  server: Server
  settings: Settings
  signal: AbortSignal
}

/** One load, with the processor time of one request. @throws Error when not as much was written as was answered */
const measureLoad = async (
  operation: Operation,
  side: Side,
  { database, server, connections, settings, signal }: Bench & { connections: number },
): Promise<Measured> => {
  const counted = () => countWritten(database.pool, operation)
  const before = await counted()
  const cpu = watchCpu(server.pid, database.pid)
  const loaded = await load(server.url, {
    ...loadingOf(operation, side, settings),
    connections,
    seconds: settings.seconds,
    signal,
  })
  const used = cpu(loaded.answers)
  const written = (await counted()) - before
  // what is on its way when a load ends, here and in the load before, is written and not answered
  if (operation.written !== undefined && (written < loaded.answers || written > loaded.answers + IN_FLIGHT)) {
    throw new Error(
      `${titleOf({ operation: operation.name, variant: operation.variant })}: ${loaded.answers} answers of the ${side}, but ${written} rows written`,
    )
  }
  return { ...loaded, ...used }
}

const countWritten = async (db: pg.Pool, { written }: Operation): Promise<number> =>
  written === undefined ? 0 : ((await db.query<{ count: number }>(written)).rows[0]?.count ?? 0)

/** Begins to watch; the result tells the processor time since then, shared by so many requests. */
const watchCpu = (serverPid: number | undefined, postgresPid: number | undefined) => {
  const read = () => ({ server: cpuMs(serverPid), postgres: familyCpuMs(postgresPid) })
  const before = read()
  return (requests: number) => {
    const after = read()
    const each = (now: number | null, then: number | null) => (now === null || then === null ? null : (now - then) / requests)
    return { serverCpu: each(after.server, before.server), postgresCpu: each(after.postgres, before.postgres) }
  }
}

/** The medians of all rounds. */
const figures = ({ service, limit }: Record<Side, Measured[]>) => {
  const of = (loads: Measured[], what: (load: Measured) => number) => median(loads.map(what))
  const cpu = (loads: Measured[], what: 'serverCpu' | 'postgresCpu') =>
    loads.some((load) => load[what] === null) ? null : of(loads, (load) => load[what] ?? 0)
  return {
    rps: of(service, (x) => x.rps),
    p50_ms: of(service, (x) => x.p50),
    p99_ms: of(service, (x) => x.p99),
    limit_rps: of(limit, (x) => x.rps),
    ratio: median(service.map((x, round) => x.rps / (limit[round]?.rps ?? Number.NaN))),
    service_cpu_ms: cpu(service, 'serverCpu'),
    postgres_cpu_ms: cpu(service, 'postgresCpu'),
    limit_cpu_ms: cpu(limit, 'serverCpu'),
    limit_postgres_cpu_ms: cpu(limit, 'postgresCpu'),
  }
}

/** Sweeps of 10,000 due cases by the service, and by one statement that is told what to write. */
const measureSweeps = async (
  caller: Caller,
  { settings, database, books, statement, server, signal }: Bench & { books: Books; statement: string },
): Promise<Row> => {
  const { pool } = database
  const loads: Record<Side, Measured[]> = { service: [], limit: [] }
  let from = books.ranges.get('sweep')?.from ?? 0
  const sweepBy: Record<Side, () => Promise<number>> = {
    service: async () => (await post(caller, undefined, '/v1/sweeps', {})).body.escalated,
    limit: async () => {
      const client = await pool.connect()
      try {
        await client.query('set statement_timeout = 0')
        return (await client.query<{ cases: number }>(statement)).rows[0]?.cases ?? 0
      } finally {
        client.release(true)
      }
    },
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const side of sides) {
      signal.throwIfAborted()
      await makeDue(pool, books, from, from + DUE)
      from += DUE
      const cpu = watchCpu(side === 'service' ? server.pid : undefined, database.pid)
      const started = performance.now()
      const done = await sweepBy[side]()
      const ms = performance.now() - started
      if (done !== DUE) throw new Error(`the ${side} swept ${done} of ${DUE} cases`)
      loads[side].push({ answers: 1, rps: DUE / (ms / 1000), p50: ms, p99: ms, ...cpu(DUE) })
    }
  }
  return { operation: 'sweep', variant: '', concurrency: 1, ...figures(loads), round_trips: null }
}

/** The median of some single requests; the first may open connections, and every now and then the API key is looked up again. */
const tripsOf = async (operation: Operation, url: string, count: () => number): Promise<number> => {
  const trips: number[] = []
  for (let i = 0; i < COUNTED; i++) {
    const { path: target, body, ...rest } = operation.request('service')
    const before = count()
    const answer = await fetch(url + target, {
      ...rest,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${target}: ${answer.status}`)
    trips.push(count() - before)
  }
  return median(trips)
}
