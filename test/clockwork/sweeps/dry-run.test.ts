/** A dry run lists what a sweep would do now, and does nothing: not a row, not a lock. */
import { sql } from 'kysely'
import t from 'tap'
import { DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { copyCase, dismissed, done, file, filing, happened, negotiating, order, proposed } from '../../races/cases.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'

const buyer = 'buyer:B-1'
const sweep = (app: TestApp) => done(app, 'admin:root', '/v1/sweeps')
const dry = (app: TestApp, more: object = {}) => done(app, 'admin:root', '/v1/sweeps', { dry_run: true, ...more })
const counts = ({ due, escalated, closed, expired, deemed_accepted, warned, failed }: Json) => ({
  due,
  escalated,
  closed,
  expired,
  deemed_accepted,
  warned,
  failed,
})

/** Every row of every table as it lies in the database, with who wrote or locked it last; but keys, whose last use any request may note. */
const everything = async ({ db }: TestApp): Promise<string> => {
  const tables = (await db.introspection.getTables())
    .map(({ name }) => name)
    .filter((name) => name !== 'api_keys')
    .sort()
  const rows: string[] = []
  for (const table of tables) {
    const { rows: found } = await sql<{ row: string }>`
      select x.ctid::text || ' ' || x.xmin::text || ' ' || x.xmax::text || ' ' || row_to_json(x)::text as row
        from ${sql.table(table)} x order by 1`.execute(db)
    rows.push(...found.map(({ row }) => `${table} ${row}`))
  }
  return rows.join('\n')
}

/** One of each: to be escalated, closed, deemed accepted, to lapse, and to be warned of. */
const backlog = async (app: TestApp): Promise<Record<string, string>> => {
  const closing = await dismissed(app)
  const deemed = await proposed(app, [{ type: 'refund', amount: 100 }], filing({ order: order('O-1', 25_900) }))
  await done(app, buyer, `/v1/refund-plans/${deemed.planId}/accept`)
  const lapsing = await proposed(app, [{ type: 'apology' }])
  app.clock.advance(7 * DAY - 49 * MINUTE)
  const warned = await file(app)
  app.clock.advance(49 * MINUTE)
  return { closing: closing.id, deemed: deemed.caseId, lapsing: lapsing.caseId, warned: warned.id }
}

await t.test('it lists each deadline, what would be done and what would be told; the sweep then does just that', async (t) => {
  const one = await testApp(t)
  const cases = await backlog(one)
  const before = await everything(one)
  const seen = await dry(one)
  t.equal(await everything(one), before, 'nothing was written or locked')
  t.match(seen, { dry_run: true, left_over: false, stopped: false, failed: 0 })
  const of = (name: string) =>
    seen.would
      .filter(({ complaint_id }: Json) => complaint_id === cases[name])
      .map(({ kind, party, action, events }: Json) => `${kind} of ${party}: ${action} → ${events.join(', ')}`)
      .sort()
  t.strictSame(of('closing'), [
    'appeal_window of complainant: window_shuts → appeal_window_shut',
    'auto_close of complainant: close → deadline_missed, complaint_closed',
  ])
  t.strictSame(
    of('deemed').filter((line: string) => line.startsWith('confirmation')),
    ['confirmation of respondent: deem_accepted → deadline_missed, plan_accepted, refund_requested'],
  )
  t.strictSame(
    of('lapsing').filter((line: string) => line.startsWith('confirmation')),
    ['confirmation of complainant: expire_and_escalate → deadline_missed, plan_expired, complaint_escalated'],
  )
  t.strictSame(of('warned'), ['first_response of platform: warn → deadline_due_soon'])
  const { complaint_id: id, case_number } = seen.would[0]
  const named = (await one.call('GET', `/v1/complaints/${id}`)).body
  t.equal(case_number, named.case_number)
  t.ok(named.deadlines.some((x: Json) => x.id === seen.would[0].deadline_id && x.due_at === seen.would[0].due_at))

  t.strictSame(counts(await sweep(one)), counts(seen), 'the counts are those of the sweep')
  t.match(await dry(one), { due: 0, warned: 0, would: [] })
})

await t.test('a list has a limit; with more than that due, it says that something is left over', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 4, sweepMaxPerPlatform: 15 } })
  const { id } = await file(one)
  await copyCase(one.db, id, 19)
  one.clock.advance(HOUR)
  const listed = async (limit?: number) => {
    const { would, due, left_over } = await dry(one, limit === undefined ? {} : { limit })
    t.equal(new Set(would.map(({ deadline_id }: Json) => deadline_id)).size, due)
    return [due, left_over]
  }
  t.strictSame(await listed(1), [1, true])
  t.strictSame(await listed(9), [9, true])
  t.strictSame(await listed(), [15, true], 'a sweep itself would not do more')
  t.match(await sweep(one), { due: 15, left_over: true })
  t.strictSame(await listed(5), [5, false])
  t.strictSame(await listed(), [5, false])
})

await t.test('what is held back and what is stopped is not in it', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const waiting = await negotiating(one)
  one.clock.advance(8 * DAY)
  await sql`update deadlines set hold = jsonb_build_object('by', 'supervisor:zhao', 'explanation', 'x', 'until', '2027-01-01T00:00:00.000Z', 'held_at', '2026-11-22T00:00:00.000Z')
    where complaint_id = ${waiting.id} and status = 'running'`.execute(one.db)
  await done(one, 'admin:root', '/v1/automation/stop', { explanation: '核查' })
  const seen = await dry(one)
  t.strictSame(
    seen.would.map(({ complaint_id, action }: Json) => [complaint_id, action]),
    [[id, 'window_shuts']],
  )
  t.match(seen, { due: 1, closed: 0, stopped: true, left_over: false })
})

await t.test('cases of one order are judged one after the other, as the sweep would', async (t) => {
  const one = await testApp(t)
  for (let n = 0; n < 2; n++) {
    const { planId } = await proposed(one, [{ type: 'refund', amount: 60 }], filing({ order: order('O-1', 100) }))
    await done(one, buyer, `/v1/refund-plans/${planId}/accept`)
  }
  one.clock.advance(3 * DAY)
  const seen = await dry(one)
  t.match(seen, { deemed_accepted: 1, expired: 1 }, 'the money is there once')
  t.strictSame(counts(await sweep(one)), counts(seen))
})

await t.test('a case that cannot be decided is counted and hides nobody', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 2 } })
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push((await proposed(one, [{ type: 'apology' }])).caseId)
  await sql`update refund_plans set confirmations = '{}' where complaint_id <> ${ids[2]}`.execute(one.db)
  one.clock.advance(3 * DAY)
  const seen = await dry(one)
  t.match(seen, { failed: 2, expired: 1 })
  t.strictSame([...new Set(seen.would.map(({ complaint_id }: Json) => complaint_id))], [ids[2]])
})

await t.test('it is kept in no list, told by no number, and answers once under its key', async (t) => {
  const one = await testApp(t)
  await file(one)
  one.clock.advance(HOUR)
  const ask = () => one.call('POST', '/v1/sweeps', { body: { dry_run: true }, headers: { 'idempotency-key': 'look' } })
  const first = await ask()
  t.match(first, { status: 200, body: { due: 1, escalated: 1 } })
  t.strictSame((await one.call('GET', '/v1/sweeps')).body.data, [])
  t.notMatch((await one.call('GET', '/metrics', { key: null })).text, 'redress_sweep_results_total{result="due"} 1')
  t.strictSame([...(await happened(one.db, 'complaint_escalated')).values()], [0])
  t.match(await sweep(one), { due: 1 })
  t.match(await ask(), { headers: { 'idempotent-replayed': 'true' }, body: first.body }, 'the answer of before')
})

await t.test('only admins look, only at their own platform, and a limit belongs to a dry run', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('test')
  await file(one, filing(), { key: other.key })
  one.clock.advance(HOUR)
  t.match(await dry(one), { due: 0, would: [] })
  for (const as of [buyer, 'agent:alice', 'supervisor:zhao'])
    t.match(await one.call('POST', '/v1/sweeps', { as, body: { dry_run: true } }), { status: 403, body: { code: 'forbidden' } })
  const refused = async (body: object, pointer: string) =>
    t.match(await one.call('POST', '/v1/sweeps', { body }), {
      status: 400,
      body: { code: 'validation_failed', errors: [{ pointer }] },
    })
  await refused({ limit: 5 }, '/limit')
  await refused({ dry_run: false, limit: 5 }, '/limit')
  await refused({ dry_run: true, limit: 0 }, '/limit')
  await refused({ dry_run: true, limit: 1001 }, '/limit')
  await refused({ dry_run: 'yes' }, '/dry_run')
  await refused({ dryRun: true }, '/dryRun')
})

await t.test('an admin who is a party reads no more of the case here than elsewhere; it counts all the same', async (t) => {
  const one = await testApp(t)
  await file(one)
  one.clock.advance(7 * DAY)
  t.match(await dry(one), { due: 1, would: [{ kind: 'first_response' }] })
  t.match(await done(one, 'admin:B-1', '/v1/sweeps', { dry_run: true }), { due: 1, would: [] })
})
