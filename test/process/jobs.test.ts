/** What runs by the clock, as an operator meets it: beside requests that get no connection, in the log and in the numbers. */
import { sql } from 'kysely'
import t from 'tap'
import { HOUR, toTime } from '../../src/foundation/clock.ts'
import { file, happened } from '../races/cases.ts'
import { movableClock, testApp } from '../support/app.ts'
import { migrated } from '../support/database.ts'
import { ask, eventually, startService } from './child.ts'

const POOL = 2

await t.test('while requests hold every connection of theirs, sweeps go on', async (t) => {
  const one = await testApp(t, { clock: movableClock(toTime(Date.now())) })
  const { db, platformId } = one
  const { id } = await file(one)
  const service = startService(t, {
    DATABASE_URL: one.url,
    DATABASE_POOL_MAX: String(POOL),
    DATABASE_WAIT_MS: '5000',
    SWEEP_CRON: '* * * * * *',
    LOG_LEVEL: 'info',
  })
  const url = await service.url

  // Every request looks its key up, and no sweep does. A sleep and not a lock: waiting for a lock ends at the session's lock_timeout. It stays
  // below the statement_timeout, and the test ends the sleepers itself.
  await sql`alter table api_keys rename to slow_keys`.execute(one.owner)
  await sql`create view api_keys as select slow_keys.* from slow_keys, pg_sleep(18)`.execute(one.owner)
  await migrated(one)
  const read = () => ask(`${url}/v1/complaints/${id}`, { key: one.everyRole, as: 'admin:root' })
  const holding = Array.from({ length: POOL }, read)
  const sleepers = async (): Promise<number[]> => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`.execute(db)
    return rows.map(({ pid }) => pid)
  }
  await eventually(async () => ((await sleepers()).length === POOL ? true : undefined), 'all connections are held')
  const refused = read()

  // the case falls due only now
  await db
    .updateTable('platforms')
    .set({ clock_offset_ms: 2 * HOUR })
    .where('id', '=', platformId)
    .execute()
  await eventually(async () => ((await happened(db, 'complaint_escalated')).get(id) === 1 ? true : undefined), 'a tick acts')
  t.equal((await sleepers()).length, POOL, 'while they are held')
  t.match(await refused, { status: 503 }, 'and no other request has got one')
  for (const pid of await sleepers()) await sql`select pg_cancel_backend(${pid})`.execute(db)
  t.match(await Promise.all(holding), [{ status: 503 }, { status: 503 }])

  const numbers = await (await fetch(`${url}/metrics`)).text()
  const number = (name: string) =>
    Number(
      numbers
        .split('\n')
        .find((line) => line.startsWith(`${name}{job="sweep"} `))
        ?.split(' ')[1],
    )
  t.equal(number('redress_job_failures_total'), 0, 'no tick has failed')
  t.ok(number('redress_job_duration_seconds_count') >= 2)
  t.ok(Date.now() / 1000 - number('redress_job_last_success_timestamp_seconds') < 30)

  service.child.kill('SIGTERM')
  t.equal(await service.ended, 0, service.err())
  const lines = service
    .out()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  t.match(
    lines.filter(({ job }) => job === 'sweep'),
    [{ level: 'info', due: 1, escalated: 1, failed: 0 }],
    'one line tells of the run that did something, and none of the others',
  )
})
