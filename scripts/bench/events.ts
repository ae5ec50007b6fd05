/** Events on their way out: what a subscribed endpoint costs a create, how fast deliveries are, and what a dead endpoint takes from the others. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { HOUR } from '../../src/foundation/clock.ts'
import { withReruns } from '../../src/foundation/sql/transaction.ts'
import { sideBySide } from './bulk.ts'
import type { Database } from './database.ts'
import type { SenderWork } from './limit-sender.ts'
import type { Operation } from './operations.ts'
import type { Server } from './processes.ts'
import { type EventsReport, median, type Row } from './report.ts'
import { measureOperation, medianKnown, watchCpu } from './rounds.ts'
import { post } from './samples.ts'
import { idSql } from './seed.ts'
import type { SinkCounts } from './sink.ts'
import type { Stage } from './stage.ts'

/** What the service needs in its environment to call the sink. */
export const sendingEnv = (): Record<string, string> => ({
  WEBHOOKS_ALLOW_PRIVATE: 'true',
  SECRETS_KEY: randomBytes(32).toString('base64'),
})

/** As many requests at once as one endpoint of one instance gets. */
const AT_ONCE = 16
/** Where nothing arrives for so long, nothing will: what an instance has lost comes after a minute, when its lease has ended. */
const PATIENCE_MS = 120_000
const CREATE_CONNECTIONS = 16
/** Cases whose events one round delivers beside the limit. */
const MOST_IN_A_ROUND = 1_000

const subscribe = async ({ caller }: Stage, service: Server, url: string): Promise<string> => {
  const { body } = await post({ ...caller, url: service.url }, undefined, '/v1/webhook-endpoints', { url })
  return body.id
}

/** The service may be writing what came of the last ones, and its locks come in another order. */
const forgetEndpoints = (pool: pg.Pool) =>
  withReruns(() => pool.query('truncate webhook_endpoints, webhook_deliveries, webhook_attempts'))

const countsOf = async (sink: Server, path: string): Promise<SinkCounts> => {
  const all = (await (await fetch(`${sink.url}/counts`)).json()) as Record<string, SinkCounts>
  return all[path] ?? { events: 0, again: 0, early: 0 }
}

/** How many events the endpoints are still to get. */
const countBehind = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ behind: number }>(
    `select ((select count(*) from webhook_endpoints e join event_outbox o on o.platform_id = e.platform_id
               and (o.feed_position, o.subject_type, o.subject_id, o.sequence) > (e.feed_position, e.feed_subject_type, e.feed_subject_id, e.feed_sequence))
           + (select count(*) from webhook_deliveries where state = 'pending'))::integer as behind`,
  )
  return rows[0]?.behind ?? 0
}

/** Waits until the endpoints have all. @returns how many events they did not have at first */
const untilSent = async (pool: pg.Pool, signal: AbortSignal): Promise<number> => {
  const first = await countBehind(pool)
  let since = performance.now()
  for (let left = first; left > 0; ) {
    await pause(100, undefined, { signal })
    const now = await countBehind(pool)
    if (now < left) since = performance.now()
    else if (performance.now() - since > PATIENCE_MS) throw new Error(`${now} events are not sent`)
    left = now
  }
  return first
}

/** Creates beside the limit, with an endpoint that gets all events; before each load it has got those of the load before. */
export const measureCreates = async (
  stage: Stage,
  { pool }: Database,
  servers: { service: Server; limit: Server },
  create: Operation,
): Promise<{ row: Row; behind: number }> => {
  const { settings, signal } = stage
  const sink = await stage.startSink()
  await subscribe(stage, servers.service, `${sink.url}/created`)
  let behind = 0
  const rows = await measureOperation(
    { ...create, variant: 'with an endpoint' },
    {
      ...stage,
      settings: { ...settings, connections: [Math.min(CREATE_CONNECTIONS, Math.max(...settings.connections))] },
      pool,
      postgresPid: stage.databases.pid,
      servers,
      before: async () => {
        behind = Math.max(behind, await untilSent(pool, signal))
      },
    },
  )
  await untilSent(pool, signal)
  const { events, early } = await countsOf(sink, '/created')
  if (events === 0 || early > 0) throw new Error(`of the events of creates ${events} arrived, ${early} of them before their turn`)
  await forgetEndpoints(pool)
  await sink.stop()
  return { row: rows[0] as Row, behind }
}

/** Events in the outbox that nobody has got yet. */
interface Batch {
  events: number
  /** The position before the first. */
  beyond: number
}

/** Writes `each` events for each of so many cases: for all of them the first, then the second, and so on, as cases go on side by side. */
const writeEvents = async ({ pool }: Database, cases: number, each: number, baseMs: number): Promise<Batch> => {
  let beyond = 0
  await sideBySide(pool, [each], async (client) => {
    const { rows } = await client.query<{ position: string }>('select pg_current_xact_id()::text as position')
    beyond = Number(rows[0]?.position)
    for (let sequence = 1; sequence <= each; sequence++)
      await client.query(
        `insert into event_outbox (platform_id, feed_position, subject_type, subject_id, sequence, id, type, at, merchant_id, category, level, payload)
         select s.platform_id, pg_current_xact_id()::text::bigint, 'complaint', n.subject::text, $2::integer, n.event, s.type, now(), s.merchant_id, s.category, s.level,
                replace(replace(replace(s.payload, s.id::text, n.event::text), s.subject_id, n.subject::text), '"sequence":' || s.sequence || ',', '"sequence":' || $2 || ',')
           from (select * from event_outbox where type = 'complaint_accepted' order by feed_position limit 1) s,
                (select ${idSql(baseMs, 0)} as subject, ${idSql(baseMs, sequence)} as event from generate_series(1, $1::integer) n) n`,
        [cases, sequence],
      )
    await client.query('vacuum (analyze) event_outbox')
  })
  return { events: cases * each, beyond }
}

interface Sent {
  seconds: number
  serverCpu: number | null
  postgresCpu: number | null
}

/**
 * Lets endpoints get a batch, and checks that each of the living got each event, in the order of its subject.
 * @param names of the living ones; one more may be dead
 */
const deliver = async (
  stage: Stage,
  { pool }: Database,
  service: Server,
  batch: Batch,
  names: readonly string[],
  isOneDead: boolean,
): Promise<Sent> => {
  const sink = await stage.startSink()
  for (const name of names) await subscribe(stage, service, `${sink.url}/${name}`)
  if (isOneDead) await subscribe(stage, service, `${sink.url}/dead`)
  const cpu = watchCpu([service.pid], stage.databases.pid)
  await pool.query('update webhook_endpoints set feed_position = $1', [batch.beyond])
  const began = performance.now()
  let [total, since] = [0, began]
  for (;;) {
    await pause(50, undefined, { signal: stage.signal })
    const counts = await Promise.all(names.map((name) => countsOf(sink, `/${name}`)))
    const early = counts.reduce((sum, one) => sum + one.early, 0)
    if (early > 0) throw new Error(`${early} events arrived before the one of their case before them`)
    const arrived = counts.reduce((sum, one) => sum + one.events, 0)
    if (arrived === batch.events * names.length) break
    const now = performance.now()
    if (arrived > total) [total, since] = [arrived, now]
    else if (now - since > PATIENCE_MS) throw new Error(`of ${batch.events * names.length} events ${arrived} arrived`)
  }
  const seconds = (performance.now() - began) / 1000
  const used = cpu(batch.events * names.length)
  await forgetEndpoints(pool)
  await sink.stop()
  return { seconds, ...used }
}

const byLimit = async (stage: Stage, database: Database, { beyond, events }: Batch): Promise<Sent> => {
  const sink = await stage.startSink()
  const work: SenderWork = { url: database.url, to: `${sink.url}/limit`, beyond, atOnce: AT_ONCE }
  const sender = await stage.startSender(work)
  const cpu = watchCpu([sender.pid], stage.databases.pid)
  const began = performance.now()
  const sent = Number(await (await fetch(sender.url, { method: 'POST' })).text())
  const seconds = (performance.now() - began) / 1000
  if (sent !== events) throw new Error(`the limit sent ${sent} of ${events} events`)
  const used = cpu(events)
  await sender.stop()
  await sink.stop()
  return { seconds, ...used }
}

/** Deliveries to one endpoint beside the limit, then to three of which one is dead; in a database of its own. */
export const measureDeliveries = async (stage: Stage): Promise<EventsReport> => {
  const { settings, say } = stage
  const { cases, each } = settings.events
  const database = await stage.openBooks()
  const service = await stage.startService(database.url, 'events', sendingEnv())
  // the service removes old events, and their ids tell how old they are
  const baseMs = Date.now() - HOUR
  const few = Math.min(MOST_IN_A_ROUND, Math.ceil(cases / 5))
  say(`events: ${few * each} deliveries to one endpoint`)
  const batch = await writeEvents(database, few, each, baseMs)
  const loads = { service: [] as Sent[], limit: [] as Sent[] }
  // the first makes both warm
  for (let round = 0; round <= settings.rounds; round++) {
    const measured = {
      service: await deliver(stage, database, service, batch, ['one'], false),
      limit: await byLimit(stage, database, batch),
    }
    if (round === 0) continue
    loads.service.push(measured.service)
    loads.limit.push(measured.limit)
  }
  say(`events: ${cases * each} to two endpoints, and to two and a dead one`)
  const all = await writeEvents(database, cases, each, baseMs + HOUR / 2)
  const two = await deliver(stage, database, service, all, ['one', 'two'], false)
  const three = await deliver(stage, database, service, all, ['one', 'two'], true)
  await service.stop()
  await database.drop()
  const rate = ({ seconds }: Sent) => batch.events / seconds
  return {
    deliveries_ps: median(loads.service.map(rate)),
    limit_ps: median(loads.limit.map(rate)),
    ratio: median(loads.service.map((sent, round) => (loads.limit[round]?.seconds ?? Number.NaN) / sent.seconds)),
    service_cpu_ms: medianKnown(loads.service.map((sent) => sent.serverCpu)),
    postgres_cpu_ms: medianKnown(loads.service.map((sent) => sent.postgresCpu)),
    limit_cpu_ms: medianKnown(loads.limit.map((sent) => sent.serverCpu)),
    limit_postgres_cpu_ms: medianKnown(loads.limit.map((sent) => sent.postgresCpu)),
    cases,
    each,
    two_s: two.seconds,
    beside_dead_s: three.seconds,
    behind: null,
  }
}
