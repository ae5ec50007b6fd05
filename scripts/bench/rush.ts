/** A rush: very many deadlines fall due within a minute, while people go on filing. */
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../../src/config.ts'
import { addMs, SECOND, systemClock, type Time, toMs, toTime } from '../../src/foundation/clock.ts'
import { sideBySide } from './bulk.ts'
import type { Database } from './database.ts'
import { load } from './load.ts'
import { operations } from './operations.ts'
import type { RushReport } from './report.ts'
import { startOf } from './samples.ts'
import { boundsOf, fillBooks } from './seed.ts'
import type { Stage } from './stage.ts'

const CONNECTIONS = 16
/** From the moment that cases are given their due times to the first of these: a part for each case, which is written anew, and one for all. */
const RESERVE_MS = { each: 0.5, all: 10_000 }
/** How long the last deadlines may take, after all are due. */
const PATIENCE_MS = 300_000

type Bounds = ReturnType<typeof boundsOf>

/** Spreads the due times of all cases evenly from `begin` on, in the order of their ids. */
const spread = async ({ pool }: Database, bounds: Bounds, begin: Time, withinMs: number): Promise<void> => {
  await sideBySide(pool, [bounds], async (client) => {
    await client.query(
      `with due as (
         select id, $1::timestamptz + (row_number() over (order by id) - 1) * ($2::float8 / count(*) over ()) * interval '1 ms' as at
           from complaints where id >= $3 and id < $4),
       clock as (update deadlines d set due_at = due.at, wakes_at = due.at from due where d.complaint_id = due.id and d.kind = 'first_response')
       update complaints c set next_due_at = due.at from due where c.id = due.id`,
      [begin, withinMs, ...bounds],
    )
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  })
}

/** Waits until nothing that was due runs any more. @throws Error when that takes too long */
const untilActedOn = async ({ pool }: Database, bounds: Bounds, due: number, signal: AbortSignal): Promise<void> => {
  for (const since = performance.now(); ; await pause(SECOND, undefined, { signal })) {
    const { rows } = await pool.query<{ done: number }>(
      `select count(*)::integer as done from case_events where type = 'complaint_escalated' and complaint_id >= $1 and complaint_id < $2`,
      bounds,
    )
    const done = rows[0]?.done ?? 0
    if (done === due) return
    if (done > due || performance.now() - since > PATIENCE_MS) throw new Error(`of ${due} due cases ${done} were escalated`)
  }
}

/** How late each deadline was acted on, by what the trail tells, in seconds. */
const latenessOf = async ({ pool }: Database, bounds: Bounds): Promise<Record<'p50' | 'p99' | 'most', number>> => {
  const { rows } = await pool.query<Record<'p50' | 'p99' | 'most', number>>(
    // an escalated case waits for its first response once more: the clock that was missed is the first to be due
    `with missed as (
       select complaint_id, min(due_at) as due_at from deadlines
        where kind = 'first_response' and complaint_id >= $1 and complaint_id < $2 group by complaint_id),
     late as (
       select extract(epoch from e.at - m.due_at)::float8 as s from case_events e join missed m using (complaint_id)
        where e.type = 'complaint_escalated')
     select percentile_disc(0.5) within group (order by s) as p50, percentile_disc(0.99) within group (order by s) as p99, max(s) as most from late`,
    bounds,
  )
  return rows[0] as Record<'p50' | 'p99' | 'most', number>
}

/** Files over 16 connections in calm, then while the deadlines fall due; both in a database of their own, swept by the timetable. */
export const measureRush = async (stage: Stage): Promise<RushReport> => {
  const { settings, samples, types, signal, say, caller } = stage
  const { cases: due, seconds } = settings.rush
  const database = await stage.openBooks()
  const shares = [{ name: 'sweep', sample: startOf(samples.sweep), copies: due }]
  const books = await fillBooks(database.pool, types, shares, () => signal.throwIfAborted())
  const bounds = boundsOf(books, 'sweep')
  const service = await stage.startService(database.url, 'rush', { SWEEP_CRON: loadConfig({}).sweepCron })
  const create = operations(books, caller.key, 0).find(({ name }) => name === 'create')
  if (create === undefined) throw new Error('creates are not among the operations')
  const file = (forSeconds: number) =>
    load(service.url, { connections: CONNECTIONS, seconds: forSeconds, next: () => create.request('service'), atMost: 0, signal })

  say(`rush: ${due} deadlines within ${seconds} s`)
  await file(Math.min(2, seconds))
  const calm = await file(Math.min(5, seconds))
  const { nowMs } = systemClock
  const begin = addMs(toTime(nowMs()), RESERVE_MS.all + due * RESERVE_MS.each)
  await spread(database, bounds, begin, seconds * SECOND)
  const left = toMs(begin) - nowMs()
  if (left < 0)
    throw new Error(`${due} cases could not be given their due times in time: this machine is too slow for a rush of them`)
  await pause(left, undefined, { signal })
  const rushed = await file(seconds)
  await untilActedOn(database, bounds, due, signal)
  const { p50, p99, most } = await latenessOf(database, bounds)
  await service.stop()
  await database.drop()
  return {
    due,
    seconds,
    lateness_p50_s: p50,
    lateness_p99_s: p99,
    lateness_max_s: most,
    calm_rps: calm.rps,
    rps: rushed.rps,
  }
}
