/** What a sweep did is in the list from its first batch on, whatever becomes of the sweep. */
import { sql } from 'kysely'
import t from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { eventually, startService } from '../../process/child.ts'
import { copyCase, done, file, happened } from '../../races/cases.ts'
import { mortalDb, untilBuried } from '../../simulation/mortal.ts'
import { type Json, movableClock, type TestApp, testApp } from '../../support/app.ts'

const runs = async (app: TestApp): Promise<Json[]> => (await app.call('GET', '/v1/sweeps')).body.data
const escalated = async ({ db }: TestApp): Promise<number> =>
  [...(await happened(db, 'complaint_escalated')).values()].filter((times) => times > 0).length

/** So many cases that are due. */
const due = async (app: TestApp, count: number): Promise<void> => {
  const { id } = await file(app)
  if (count > 1) await copyCase(app.db, id, count - 1)
  app.clock.advance(HOUR)
}

await t.test('a sweep that came to its end is done, with all that it did', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 5 } })
  await due(one, 12)
  await done(one, 'admin:root', '/v1/sweeps')
  t.match(await runs(one), [{ trigger: 'request', status: 'done', due: 12, escalated: 12, failed: 0 }])
  await due(one, 3)
  await sweepAll(one.deps, () => false)
  t.match(await runs(one), [
    { trigger: 'cron', status: 'done', due: 3, started_at: toTime(one.clock.nowMs()) },
    { trigger: 'request', due: 12 },
  ])
  one.clock.advance(HOUR)
  t.equal((await runs(one))[0].status, 'done', 'and stays so')
})

await t.test('one that was told to stop is interrupted, with what it did until then', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 5 } })
  await due(one, 12)
  let batches = 0
  await sweepAll(one.deps, () => batches++ > 0)
  t.match(await runs(one), [{ trigger: 'cron', status: 'interrupted', due: 5, escalated: 5 }])
  t.equal(await escalated(one), 5)
})

await t.test('whenever its database dies, the list says no less and no more than what was done', async (t) => {
  let interrupted = 0
  for (const spared of [1, 4, 7]) {
    for (const when of ['before', 'after'] as const) {
      const one = await testApp(t, { config: { sweepBatch: 3 } })
      await due(one, 10)
      const mortal = mortalDb(one.url)
      mortal.live({ statement: 'commit', spared, when, takes: 'process' })
      const dying = { ...one.deps, db: mortal.db }
      await t.rejects(
        sweepAll(dying, () => false),
        `${when} commit ${spared}`,
      )
      await mortal.end()
      await untilBuried(one.db)
      const acted = await escalated(one)
      const [run] = await runs(one)
      t.equal(run?.due ?? 0, acted, `${when} commit ${spared}`)
      t.equal(run?.escalated ?? 0, acted)
      if (run === undefined) continue
      t.equal(run.status, 'running', 'nobody could write down that it was killed')
      one.clock.advance(3 * MINUTE)
      t.equal((await runs(one))[0].status, 'interrupted', 'which is told by its silence')
      interrupted += 1
      await sweepAll(one.deps, () => false)
      t.match(
        await runs(one),
        [
          { status: 'done', due: 10 - acted },
          { status: 'interrupted', due: acted },
        ].filter((row) => row.due > 0),
      )
    }
  }
  t.ok(interrupted >= 3, `${interrupted} lives ended after they had done something`)
})

await t.test('killed in the middle, the service leaves in the list what it did', async (t) => {
  const one = await testApp(t, { clock: movableClock(toTime(Date.now() - 2 * HOUR)) })
  const { db, platformId } = one
  const { id } = await file(one)
  await copyCase(db, id, 199)
  // the case in the middle has an order that somebody holds, so the sweep is caught there
  await sql`insert into orders (platform_id, id, currency, paid_amount, compensation_limit, created_at)
    values (${platformId}, 'O-1', 'CNY', 100, 0, now())`.execute(db)
  await sql`update complaints set order_id = 'O-1' where id =
    (select complaint_id from deadlines where status = 'running' order by due_at, id offset 100 limit 1)`.execute(db)
  await db.transaction().execute(async (trx) => {
    await sql`select 1 from orders where id = 'O-1' for update`.execute(trx)
    const service = startService(t, { DATABASE_URL: one.url, SWEEP_CRON: '* * * * * *', SWEEP_BATCH: '20' })
    await eventually(async () => {
      const { rows } = await sql`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      return rows.length > 0 && (await escalated(one)) >= 80 ? true : undefined
    }, 'the sweep is caught')
    t.match(await runs(one), [{ trigger: 'cron', status: 'running' }])
    service.child.kill('SIGKILL')
    t.equal(await service.ended, 'SIGKILL')
  })
  const [run] = await runs(one)
  t.ok(run.due >= 80 && run.due < 200, `${run.due}`)
  t.equal(run.due, await escalated(one))
  t.equal(run.escalated, run.due)
  one.clock.advance(3 * HOUR)
  t.match(await runs(one), [{ status: 'interrupted', due: run.due }])
})

await t.test('how late deadlines were acted on is counted, each by its own time', async (t) => {
  const one = await testApp(t)
  const lateness = async (name: string): Promise<number> => {
    const { text } = await one.call('GET', '/metrics', { key: null })
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`redress_sweep_lateness_seconds_${name} `))
        ?.split(' ')[1],
    )
  }
  await file(one)
  one.clock.advance(HOUR + 500)
  await done(one, 'admin:root', '/v1/sweeps')
  t.strictSame([await lateness('bucket{le="1"}'), await lateness('sum')], [1, 0.5])
  for (const seconds of [5, 30, 300, 3_000]) {
    await file(one)
    one.clock.advance(HOUR + seconds * 1_000)
    await done(one, 'admin:root', '/v1/sweeps')
  }
  t.strictSame(await Promise.all(['1', '10', '60', '600', '+Inf'].map((le) => lateness(`bucket{le="${le}"}`))), [1, 2, 3, 4, 5])
  t.equal(await lateness('count'), 5)
})

await t.test('a warning is no lateness, and what a supervisor held back was due when the hold ended', async (t) => {
  const one = await testApp(t)
  const { text } = await one.call('GET', '/metrics', { key: null })
  t.match(text, 'redress_sweep_lateness_seconds_count 0')
  const { id } = await file(one)
  one.clock.advance(50 * MINUTE)
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { warned: 1, due: 0 })
  const [planned] = (await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: 'supervisor:zhao' })).body.data
  await done(one, 'supervisor:zhao', `/v1/complaints/${id}/planned-actions/${planned.id}/hold`, {
    explanation: '等待鉴定',
    until: toTime(one.clock.nowMs() + 10 * HOUR),
  })
  one.clock.advance(10 * HOUR + 2_000)
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { due: 1 })
  t.match((await one.call('GET', '/metrics', { key: null })).text, 'redress_sweep_lateness_seconds_sum 2')
})
