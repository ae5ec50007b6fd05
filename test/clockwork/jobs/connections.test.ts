/** Connections of their own: whatever holds those of the requests, or of another job, keeps no deadline waiting. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { createJobs } from '../../../src/clockwork/jobs/lanes.ts'
import { HOUR } from '../../../src/foundation/clock.ts'
import { connect, type Db } from '../../../src/foundation/sql/database.ts'
import { eventually } from '../../process/child.ts'
import { file, happened } from '../../races/cases.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { isPooled } from '../../support/pooler.ts'

/** A pool that gives up waiting soon. */
const pool = (t: Test, { url }: TestApp, max: number): Db => {
  const db = connect({ connectionString: url, max, waitMs: 500, prepare: !isPooled(url), onError: () => undefined })
  t.teardown(() => db.destroy())
  return db
}

/** Takes every connection of a pool until the test ends. */
const holdAll = async (t: Test, db: Db, max: number): Promise<void> => {
  const held = await Promise.all(Array.from({ length: max }, () => db.startTransaction().execute()))
  for (const trx of held) await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx)
  t.teardown(() => Promise.all(held.map((trx) => trx.rollback().execute())))
}

await t.test('while requests and other jobs hold all of theirs, a tick acts on what is due', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  one.clock.advance(HOUR)
  const [requests, deadlines, others] = [pool(t, one, 2), pool(t, one, 2), pool(t, one, 1)]
  const two = await testApp(t, { beside: { ...one, db: requests } })
  await holdAll(t, requests, 2)
  await holdAll(t, others, 1)
  t.match(await two.call('GET', '/v1/complaints'), { status: 503 }, 'no request gets a connection')
  t.match(await two.call('POST', '/v1/sweeps'), { status: 503 }, 'and neither does a sweep by request')

  const jobs = createJobs(two.deps, { deadlines, webhooks: others, others })
  t.teardown(() => jobs.stop())
  jobs.start('* * * * * *')
  await eventually(async () => ((await happened(one.db, 'complaint_escalated')).get(id) === 1 ? true : undefined), 'a tick acts')
  const failed = two.logs.map((line) => JSON.parse(line)).filter(({ job, level }) => level === 'error' && job === 'sweep')
  t.strictSame(failed, [], 'and none has failed')
  await jobs.stop()
})
