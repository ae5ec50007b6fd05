/** Sweeps by the service, by two instances of it at once, and by one plain statement that writes the same rows. */
import type pg from 'pg'
import { sideBySide } from './bulk.ts'
import { caseTables } from './case-rows.ts'
import type { Database } from './database.ts'
import type { Server } from './processes.ts'
import { median, type Row, type SweepFigures } from './report.ts'
import { countRoundTrips } from './round-trips.ts'
import { figures, type Measured, medianKnown, watchCpu } from './rounds.ts'
import { post, startOf } from './samples.ts'
import { type Books, boundsOf, copyStatements, fillBooks } from './seed.ts'
import { dueCases, type Stage } from './stage.ts'

/** Puts the due cases of the books back to their first state, due just now, so that every sweep finds the same. */
const renew = async ({ pool }: Database, books: Books, { types, samples }: Stage): Promise<void> => {
  const { from, to } = books.ranges.get('sweep') ?? { from: 0, to: 0 }
  const sample = startOf(samples.sweep)
  const bounds = boundsOf(books, 'sweep')
  await sideBySide(pool, [books], async (client) => {
    const platform = 'platform_id = (select platform_id from api_keys limit 1)'
    const cases = `select id from complaints where ${platform} and id >= $1 and id < $2`
    await client.query(`delete from orders where ${platform} and id in (${cases.replace('id', 'order_id')})`, bounds)
    for (const table of ['refund_plans', 'deadlines', 'case_events', 'evidence'])
      await client.query(`delete from ${table} where ${platform} and complaint_id >= $1 and complaint_id < $2`, bounds)
    // an event of a case has one place in the feed, so the same cases cannot tell theirs twice
    await client.query(
      `delete from event_outbox where ${platform} and subject_type = 'complaint' and subject_id >= $1::text and subject_id < $2::text`,
      bounds,
    )
    await client.query(`delete from complaints where ${platform} and id >= $1 and id < $2`, bounds)
    for (const statement of copyStatements(sample, types, books.baseMs, 'now')) await client.query(statement, [from, to - 1])
    await client.query(`vacuum ${caseTables.join(', ')}`)
  })
}

const byStatement = async (pool: pg.Pool, statement: string): Promise<number> => {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    return (await client.query<{ cases: number }>(statement)).rows[0]?.cases ?? 0
  } finally {
    client.release(true)
  }
}

/** Asks all servers to sweep at the same moment. @returns how many cases they escalated */
const byServers = async (stage: Stage, servers: readonly Server[]): Promise<number> => {
  const answers = await Promise.all(servers.map(({ url }) => post({ ...stage.caller, url }, undefined, '/v1/sweeps', {})))
  return answers.reduce((sum, { body }) => sum + body.escalated, 0)
}

/** Sweeps all due cases once. @throws Error when not every case was swept exactly once */
export const sweepOnce = async (
  stage: Stage,
  database: Database,
  books: Books,
  by: readonly Server[] | 'statement',
): Promise<Measured> => {
  stage.signal.throwIfAborted()
  await renew(database, books, stage)
  const due = dueCases(stage.settings)
  const statement = stage.limit.sweep(due)
  const cpu = watchCpu(by === 'statement' ? [] : by.map(({ pid }) => pid), stage.databases.pid)
  const started = performance.now()
  const done = by === 'statement' ? await byStatement(database.pool, statement) : await byServers(stage, by)
  const ms = performance.now() - started
  if (done !== due)
    throw new Error(`${by === 'statement' ? 'the statement' : `${by.length} × the service`} swept ${done} of ${due} cases`)
  return { answers: 1, rps: due / (ms / 1000), p50: ms, p99: ms, generatorCpu: 0, ...cpu(due) }
}

/** Measures books of one size, in rounds of one service, the limit, and two services. */
export const measureSweeps = async (
  stage: Stage,
  database: Database,
  books: Books,
  servers: readonly [Server, Server],
): Promise<{ row: Row; size: SweepFigures }> => {
  const { settings, say } = stage
  const loads = { service: [] as Measured[], limit: [] as Measured[], two: [] as Measured[] }
  for (let round = 0; round < settings.rounds; round++) {
    loads.service.push(await sweepOnce(stage, database, books, [servers[0]]))
    loads.limit.push(await sweepOnce(stage, database, books, 'statement'))
    loads.two.push(await sweepOnce(stage, database, books, servers))
  }
  const row: Row = { operation: 'sweep', variant: '', concurrency: 1, ...figures(loads), round_trips: null }
  const cases = [...books.ranges.values()].reduce((sum, { from, to }) => sum + to - from, 0)
  const size: SweepFigures = {
    cases,
    due: dueCases(settings),
    rps: row.rps,
    limit_rps: row.limit_rps,
    ratio: row.ratio,
    two_rps: median(loads.two.map((x) => x.rps)),
    two_ratio: median(loads.two.map((x, round) => x.rps / (loads.limit[round]?.rps ?? Number.NaN))),
    service_cpu_ms: row.service_cpu_ms,
    postgres_cpu_ms: row.postgres_cpu_ms,
    limit_postgres_cpu_ms: medianKnown(loads.limit.map((x) => x.postgresCpu)),
  }
  say(`sweep over ${cases} cases: ${row.rps.toFixed(0)}/s, ratio ${row.ratio.toFixed(2)}`)
  return { row, size }
}

/** The same over smaller books, each in a database of its own. */
export const measureSmallerSweeps = async (stage: Stage): Promise<SweepFigures[]> => {
  const sizes: SweepFigures[] = []
  for (const cases of stage.settings.sweepSizes) {
    const due = dueCases(stage.settings)
    const shares = [
      { name: 'sweep', sample: startOf(stage.samples.sweep), copies: due },
      { name: 'create', sample: startOf(stage.samples.create), copies: cases - due },
    ]
    const database = await stage.openBooks()
    const books = await fillBooks(database.pool, stage.types, shares, () => stage.signal.throwIfAborted())
    const servers = [await stage.startService(database.url), await stage.startService(database.url)] as const
    sizes.push((await measureSweeps(stage, database, books, servers)).size)
    for (const server of servers) await server.stop()
    await database.drop()
  }
  return sizes
}

/** Round trips of one whole sweep. */
export const sweepTrips = async (stage: Stage, database: Database, books: Books): Promise<number> => {
  const counter = await countRoundTrips(database.url)
  try {
    const server = await stage.startService(counter.url)
    // the first sweep also does what the service does only once, so the second one is counted
    await byServers(stage, [server])
    await renew(database, books, stage)
    const before = counter.count()
    await byServers(stage, [server])
    const trips = counter.count() - before
    await server.stop()
    return trips
  } finally {
    await counter.stop()
  }
}
