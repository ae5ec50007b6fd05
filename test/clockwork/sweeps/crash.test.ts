/** kill −9 of the service in the middle of its work: nothing that was acknowledged is lost, and nothing happens twice. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { HOUR, toTime } from '../../../src/foundation/clock.ts'
import { ask, eventually, startService } from '../../process/child.ts'
import { buyer, copyCase, faultsInBooks, file, filing, happened, order } from '../../races/cases.ts'
import { movableClock, type TestApp, testApp } from '../../support/app.ts'

/** Whether a session waits for what the session `pid` holds. */
const waitsFor = async ({ db }: TestApp, pid: number): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and ${pid}::int = any(pg_blocking_pids(pid))`.execute(db)
  return rows.length > 0
}

const serviceOn = (t: Test, { url }: TestApp, env: Record<string, string> = {}) => startService(t, { DATABASE_URL: url, ...env })

await t.test('killed in the middle of a sweep of 1,000 cases, it escalates each of them once', async (t) => {
  // two hours ago by the clock that the cases were filed under, so an hour overdue by real time
  const one = await testApp(t, { clock: movableClock(toTime(Date.now() - 2 * HOUR)) })
  const { db, platformId } = one
  const { id } = await file(one)
  await copyCase(db, id, 999)
  const escalated = async () => [...(await happened(db, 'complaint_escalated')).values()].filter((times) => times > 0).length

  // The case in the middle gets an order that somebody holds, so the sweep is caught inside a batch.
  const half = await sql<{ complaint_id: string }>`
    select complaint_id from deadlines where status = 'running' order by due_at, id offset 500 limit 1`.execute(db)
  await sql`insert into orders (platform_id, id, currency, paid_amount, compensation_limit, created_at)
    values (${platformId}, 'O-1', 'CNY', 100, 0, now())`.execute(db)
  const caught = half.rows[0]?.complaint_id ?? ''
  await sql`update complaints set order_id = 'O-1' where id = ${caught}`.execute(db)

  const every = { SWEEP_CRON: '* * * * * *', SWEEP_BATCH: '20' }
  await db.transaction().execute(async (trx) => {
    const held = await sql<{ pid: number }>`select pg_backend_pid() as pid from orders where id = 'O-1' for update`.execute(trx)
    const holder = held.rows[0]?.pid ?? 0
    const first = serviceOn(t, one, every)
    await eventually(async () => ((await waitsFor(one, holder)) ? true : undefined), 'the sweep is caught')
    first.child.kill('SIGKILL')
    t.equal(await first.ended, 'SIGKILL')
    t.ok((await escalated()) >= 480, 'the batches before are done, but for one that may be at work beside it')
    t.equal((await happened(db, 'complaint_escalated')).get(caught), 0, 'the one that was caught is not')
  })

  const second = serviceOn(t, one, every)
  await second.url
  await eventually(async () => ((await escalated()) === 1_000 ? true : undefined), 'the rest is done')
  t.strictSame(new Set((await happened(db, 'complaint_escalated')).values()), new Set([1]))
  t.strictSame(new Set((await happened(db, 'deadline_missed')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(db), [])
  second.child.kill('SIGTERM')
  t.equal(await second.ended, 0, second.err())
})

await t.test('killed under load, it has every acknowledged complaint, and each retried key has one effect', async (t) => {
  const one = await testApp(t)
  const key = one.everyRole
  const started: string[] = []
  const acknowledged = new Map<string, string>()
  const post = (url: string, name: string) =>
    ask(`${url}/v1/complaints`, {
      key,
      as: buyer,
      body: filing({ reference: name, order: order('O-1', 25_900) }),
      headers: { 'idempotency-key': name },
    })

  const first = serviceOn(t, one)
  const url = await first.url
  const client = async (number: number): Promise<void> => {
    for (let n = 0; first.child.exitCode === null; n++) {
      const name = `${number}-${n}`
      started.push(name)
      try {
        const { status, body } = await post(url, name)
        if (status !== 201) throw new Error(`${status} ${body.code}`)
        acknowledged.set(name, body.id)
      } catch (error) {
        if (error instanceof TypeError) return
        throw error
      }
      if (acknowledged.size === 100) first.child.kill('SIGKILL')
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))
  t.equal(await first.ended, 'SIGKILL')
  t.ok(acknowledged.size >= 100)
  t.ok(started.length > acknowledged.size, 'some were cut off')

  const second = serviceOn(t, one)
  const again = await second.url
  for (const name of started) {
    const reply = await eventually(async () => {
      const answer = await post(again, name)
      return answer.body.code === 'idempotency_in_progress' ? undefined : answer
    }, `a retry of ${name}`)
    t.equal(reply.status, 201, JSON.stringify(reply.body))
    t.equal(reply.body.id, acknowledged.get(name) ?? reply.body.id, 'what was acknowledged is there')
  }
  const filed = await one.db.selectFrom('complaints').select('reference').orderBy('reference').execute()
  t.strictSame(
    filed.map(({ reference }) => reference),
    [...started].sort(),
  )
  t.strictSame(new Set((await happened(one.db, 'complaint_submitted')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(one.db), [])
})
