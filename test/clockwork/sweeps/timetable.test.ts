/** Sweeps by the clock: one at a time, over every platform, and a stop that lets the running batch end. */
import { sql } from 'kysely'
import { schedule } from 'node-cron'
import t, { type Test } from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { eventually } from '../../process/child.ts'
import { copyCase, faultsInBooks, file, filing, happened, order } from '../../races/cases.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'

const EVERY_SECOND = '* * * * * *'

/** Resolves after that many further seconds have begun, as cron counts them. */
const ticks = (count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count
    const task = schedule(EVERY_SECOND, () => {
      left -= 1
      if (left === 0) void Promise.resolve(task.stop()).then(() => resolve())
    })
  })

const escalations = async ({ db }: Pick<TestApp, 'db'>): Promise<number> =>
  [...(await happened(db, 'complaint_escalated')).values()].reduce((total, times) => total + times, 0)

/** How often a job has run in this process. */
const runsOf = async ({ deps }: TestApp, job: string): Promise<number> => {
  const text = await deps.metrics.registry.metrics()
  return Number(new RegExp(`^redress_job_duration_seconds_count\\{job="${job}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

/** An order held by a session of its own, so that whoever decides about its cases has to wait. */
const hold = async (
  t: Test,
  { url }: TestApp,
  orderId: string,
): Promise<{ release: () => Promise<void>; waiting: () => Promise<number> }> => {
  const db = openDb(url, 2)
  const trx = await db.startTransaction().execute()
  await sql`select 1 from orders where id = ${orderId} for update`.execute(trx)
  let ended = false
  const release = async () => {
    if (!ended) await trx.rollback().execute()
    ended = true
  }
  t.teardown(async () => {
    await release()
    await db.destroy()
  })
  const waiting = async () => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
    return rows.length
  }
  return { release, waiting }
}

await t.test('it acts on every platform, keeps what it did, and cleans up once an hour', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('live')
  await file(one)
  await file(one, filing(), { key: other.key })
  const idle = await one.platform('live')
  one.clock.advance(HOUR)
  one.jobs.start(EVERY_SECOND)
  await eventually(async () => ((await escalations(one)) === 2 ? true : undefined), 'both are escalated')
  const cleanings = ['forget_sweep_runs', 'collect_orphans']
  for (const job of cleanings) await eventually(async () => ((await runsOf(one, job)) > 0 ? true : undefined), 'it cleans up')
  await ticks(2)
  t.equal(await escalations(one), 2)
  for (const job of cleanings) t.equal(await runsOf(one, job), 1)
  t.ok((await runsOf(one, 'sweep')) > 1)
  await one.jobs.stop()

  const runs = (key: string) => one.call('GET', '/v1/sweeps', { key }).then(({ body }) => body.data)
  for (const key of [one.everyRole, other.key]) t.match(await runs(key), [{ trigger: 'cron', due: 1, escalated: 1, failed: 0 }])
  t.strictSame(await runs(idle.key), [], 'a sweep that found nothing is not kept')
})

await t.test('a tick is left out while the one before is at work, and a stop waits for its batches and no longer', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 5 } })
  const { id } = await file(one, filing({ order: order('O-1', 100) }))
  await copyCase(one.db, id, 14)
  one.clock.advance(HOUR)
  const { release, waiting } = await hold(t, one, 'O-1')
  one.jobs.start(EVERY_SECOND)
  await eventually(async () => ((await waiting()) === 2 ? true : undefined), 'two batches are at work, and wait')
  await ticks(2)
  t.equal(await waiting(), 2, 'no second sweep beside it')
  t.match(
    one.logs.map((line) => JSON.parse(line)).find(({ level }) => level === 'warn'),
    { msg: /still running/ },
    'the log tells of the tick left out',
  )

  let stopped = false
  const stopping = one.jobs.stop().then(() => {
    stopped = true
  })
  await ticks(1)
  t.equal(stopped, false)
  t.equal(await escalations(one), 0)
  await release()
  await stopping
  t.equal(await escalations(one), 10, 'the batches at work are through, the third is left')
  await ticks(2)
  t.equal(await escalations(one), 10, 'and nothing starts any more')
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a tick that fails is logged without a word of the data, and the next one makes up for it', async (t) => {
  const one = await testApp(t)
  await file(one)
  one.clock.advance(HOUR)
  await sql`alter table deadlines rename to mislaid`.execute(one.owner)
  one.jobs.start(EVERY_SECOND)
  const failure = await eventually(
    async () => one.logs.map((line) => JSON.parse(line)).find(({ msg }) => msg.startsWith('a job failed')),
    'the failure is logged',
  )
  t.match(failure, { level: 'error', job: 'sweep', code: '42P01' })
  await sql`alter table mislaid rename to deadlines`.execute(one.owner)
  await eventually(async () => ((await escalations(one)) === 1 ? true : undefined), 'the next tick acts')
})

await t.test('two instances on the same timetable act on each case once', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 10 } })
  const two = await testApp(t, { beside: one, config: { sweepBatch: 15 } })
  const { id } = await file(one)
  await copyCase(one.db, id, 199)
  one.clock.advance(HOUR)
  for (const { jobs } of [one, two]) jobs.start(EVERY_SECOND)
  await eventually(async () => ((await escalations(one)) >= 200 ? true : undefined), 'all are escalated')
  await ticks(1)
  t.strictSame(new Set((await happened(one.db, 'complaint_escalated')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(one.db), [])
})
