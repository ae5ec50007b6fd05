/** Whether an instance can serve, in the words that whoever is woken at night reads. */
import { sql } from 'kysely'
import t from 'tap'
import { jobs } from '../../../src/clockwork/jobs/jobs.ts'
import { createJobs } from '../../../src/clockwork/jobs/lanes.ts'
import { SECOND } from '../../../src/foundation/clock.ts'
import { file, instance } from '../../races/cases.ts'
import { recordStatements } from '../../scaling/statements.ts'
import { type TestApp, testApp } from '../../support/app.ts'

const readyz = (app: TestApp) => app.call('GET', '/readyz', { key: null })
const lastTick = async (app: TestApp): Promise<string | undefined> =>
  /^redress_sweep_last_tick_seconds (\S+)$/m.exec((await app.call('GET', '/metrics', { key: null })).text)?.[1]

await t.test('a database that takes no writes is told, and nothing is written to find out', async (t) => {
  const one = await testApp(t)
  await file(one)
  t.match(await readyz(one), { status: 200, body: { status: 'ok' } })
  const name = new URL(one.url).pathname.slice(1)
  await sql`alter database ${sql.id(name)} set default_transaction_read_only = on`.execute(one.owner)
  // as after a failover: the connections are new
  const two = await instance(t, one)
  const { statements, during } = recordStatements(t, one.url)
  during('readyz')
  t.match(await readyz(two), { status: 503, body: { code: 'unavailable', detail: /takes no writes/ } })
  during()
  t.ok(statements.length > 0)
  for (const { text } of statements) t.match(text, /^\s*select/, 'it asks, and tries nothing')
  t.equal((await two.call('GET', '/v1/complaints')).status, 200, 'it can still be read')
  t.match(await two.call('POST', '/v1/sweeps'), { status: 503 }, 'and what has to be written says so')
  await sql`alter database ${sql.id(name)} reset default_transaction_read_only`.execute(one.owner)
  t.match(await readyz(await instance(t, one)), { status: 200 })
})

await t.test('a timetable that stands still is told, and that it goes on again', async (t) => {
  const one = await testApp(t)
  t.equal(await lastTick(one), undefined, 'without a timetable there is nothing to tell')
  let steady = 0
  let call = (): void => undefined
  const sweeps = createJobs(
    one.deps,
    { deadlines: one.db, webhooks: one.db, others: one.db },
    jobs.filter(({ name }) => name === 'sweep'),
  )
  sweeps.start('*/15 * * * * *', {
    wallMs: () => Date.parse('2026-11-21T12:00:00Z') + steady,
    steadyMs: () => steady,
    after: (_ms, next) => {
      call = next
      return () => undefined
    },
    nextRuns: (count) =>
      Array.from(
        { length: count },
        (_, n) => Date.parse('2026-11-21T12:00:00Z') + (Math.floor(steady / 15_000) + n + 1) * 15_000,
      ),
  })
  one.app.readiness.faultOf = sweeps.fault
  t.teardown(() => sweeps.stop())
  steady += 60 * SECOND
  t.match(await readyz(one), { status: 200 }, 'three periods late')
  t.equal(await lastTick(one), '60')
  steady += SECOND
  t.match(await readyz(one), { status: 503, body: { detail: /timetable stands still.* 61 seconds/ } })
  call()
  t.match(await readyz(one), { status: 200 })
  t.equal(await lastTick(one), '0')
})
