/** What is due is acted on once: by however many instances, against whoever acts at the same moment, beside rows that cannot be decided. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import type { EventType } from '../../../src/case/case-events/catalogue.ts'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, SECOND, toTime } from '../../../src/foundation/clock.ts'
import {
  agent,
  buyer,
  copyCase,
  dismissed,
  done,
  faultsInBooks,
  file,
  filing,
  happened,
  instance,
  merchant,
  negotiating,
  order,
  proposed,
  tally,
} from '../../races/cases.ts'
import { movableClock, type TestApp, testApp } from '../../support/app.ts'

const sweep = (app: TestApp, headers: Record<string, string> = {}) => done(app, 'admin:root', '/v1/sweeps', {}, { headers })

/** How often something happened to a case, and to how many: `{ 1: 300 }`. */
const timesOf = async ({ db }: TestApp, type: EventType): Promise<Record<number, number>> => {
  const byTimes = Map.groupBy((await happened(db, type)).values(), (times) => times)
  return Object.fromEntries([...byTimes].map(([times, cases]) => [times, cases.length]))
}

await t.test('a deadline is met a millisecond before it is due, and missed at its due time', async (t) => {
  const one = await testApp(t)
  const { id, next_due_at } = await file(one)
  t.equal(next_due_at, toTime(one.clock.nowMs() + HOUR), 'an hour for the first response')
  one.clock.advance(HOUR - 1)
  t.match(await sweep(one), { due: 0, escalated: 0 })
  one.clock.advance(1)
  t.match(await sweep(one), { due: 1, escalated: 1, closed: 0, failed: 0 })
  t.match((await one.call('GET', `/v1/complaints/${id}`, { as: agent })).body, { level: 2, status: 'submitted' })
})

await t.test('two instances share a backlog of 300 cases, and each case is acted on once', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 20 } })
  const two = await instance(t, one, { config: { sweepBatch: 30 } })
  const { id } = await file(one)
  await copyCase(one.db, id, 299)
  t.match(await sweep(one), { due: 0 })
  one.clock.advance(HOUR)
  const runs = await Promise.all([sweep(one), sweep(two), sweep(one), sweep(two)])
  t.equal(
    runs.reduce((total, { escalated }) => total + escalated, 0),
    300,
  )
  t.equal(
    runs.reduce((total, { failed }) => total + failed, 0),
    0,
  )
  t.strictSame(await timesOf(one, 'complaint_escalated'), { 1: 300 })
  t.strictSame(await timesOf(one, 'deadline_missed'), { 1: 300 })
  const cases = one.db.selectFrom('complaints').select(['level', 'version']).distinct()
  t.strictSame(await cases.execute(), [{ level: 2, version: 2 }])
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test(
  'a sweep by request goes on until nothing is due, is kept in the list, and repeats its answer under the same key',
  async (t) => {
    const one = await testApp(t, { config: { sweepBatch: 5 } })
    const { id } = await file(one)
    await copyCase(one.db, id, 22)
    one.clock.advance(HOUR)
    const first = await sweep(one, { 'idempotency-key': 'once' })
    t.match(first, { due: 23, escalated: 23, failed: 0 })
    t.strictSame(await sweep(one, { 'idempotency-key': 'once' }), first)
    t.match(await sweep(one), { due: 0, escalated: 0 })
    t.strictSame(await timesOf(one, 'complaint_escalated'), { 1: 23 })

    const { data } = (await one.call('GET', '/v1/sweeps')).body
    t.match(data.at(-1), { trigger: 'request', started_at: toTime(one.clock.nowMs()), due: 23, escalated: 23 })
    const other = await one.platform('test')
    t.strictSame((await one.call('GET', '/v1/sweeps', { key: other.key })).body.data, [], 'another platform has its own')
  },
)

await t.test('a case that cannot be decided is left for later and stops nobody else', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 4 } })
  const plans: { caseId: string; planId: string }[] = []
  for (let n = 0; n < 10; n++) plans.push(await proposed(one, [{ type: 'apology' }]))
  const { caseId, planId } = plans[4] ?? { caseId: '', planId: '' }
  const sound = await sql<{ confirmations: string }>`select confirmations::text from refund_plans where id = ${planId}`.execute(
    one.db,
  )
  await sql`update refund_plans set confirmations = '{}' where id = ${planId}`.execute(one.db)
  one.clock.advance(3 * DAY)

  t.match(await sweep(one), { expired: 9, failed: 1 })
  const expired = await happened(one.db, 'plan_expired')
  t.strictSame(
    plans.map((plan) => expired.get(plan.caseId)),
    plans.map((plan) => (plan.caseId === caseId ? 0 : 1)),
  )
  const complaint = one.logs
    .map((line) => JSON.parse(line))
    .find(({ msg }) => msg === 'a due case could not be decided')?.complaint
  t.equal(complaint, caseId, 'the log says which')

  t.match(await sweep(one), { due: 0, failed: 0 }, 'it stays due, and is not tried again at once')
  await sql`update refund_plans set confirmations = ${sound.rows[0]?.confirmations}::jsonb where id = ${planId}`.execute(one.db)
  one.clock.advance(15 * SECOND)
  t.match(await sweep(one), { expired: 1, failed: 0 })
  t.strictSame(await timesOf(one, 'plan_expired'), { 1: 10 })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('more undecidable cases than a batch holds do not hide those behind them', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 2 } })
  for (let n = 0; n < 5; n++) await proposed(one, [{ type: 'apology' }])
  await sql`update refund_plans set confirmations = '{}'`.execute(one.db)
  one.clock.advance(1)
  const last = await proposed(one, [{ type: 'apology' }])
  one.clock.advance(3 * DAY)
  const results = await sweepAll(one.deps, () => false)
  t.match(results.get(one.platformId), { failed: 5, expired: 1 })
  t.equal((await happened(one.db, 'plan_expired')).get(last.caseId), 1)
})

await t.test('a platform with a large backlog does not make another wait', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 10 } })
  const small = await one.platform('live')
  const { id } = await file(one)
  await copyCase(one.db, id, 199)
  await Promise.all([1, 2, 3].map(() => file(one, filing(), { key: small.key })))
  one.clock.advance(HOUR)
  let batches = 0
  const results = await sweepAll(one.deps, () => batches++ === 2)
  t.match(results.get(small.platformId), { escalated: 3 }, 'the small one is through after a batch of each')
  t.match(results.get(one.platformId), { escalated: 10 })
  t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { escalated: 190 })
  t.strictSame(await timesOf(one, 'complaint_escalated'), { 1: 203 })
})

await t.test('a test clock moved on one instance is the time of all, and of its platform alone', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const other = await one.platform('test')
  await file(one)
  await file(one, filing(), { key: other.key })
  await done(one, 'admin:root', '/v1/test-clock/advance', { by: 'PT59M59.999S' })
  t.match(await sweep(two), { due: 0 })
  await done(one, 'admin:root', '/v1/test-clock/advance', { by: 'PT0.001S' })
  const runs = await Promise.all([sweep(two), sweep(one)])
  t.equal(runs[0].escalated + runs[1].escalated, 1)
  t.equal((await sweepAll(two.deps, () => false)).size, 0, 'nothing is due anywhere else')
  t.strictSame(await timesOf(one, 'complaint_escalated'), { 0: 1, 1: 1 })
})

await t.test(
  'consequences count from the moment of acting: one long jump acts each running deadline, not what follows',
  async (t) => {
    const one = await testApp(t)
    await file(one)
    await done(one, 'admin:root', '/v1/test-clock/advance', { by: 'P30D' })
    t.match(await sweep(one), { due: 2, escalated: 2 }, 'the first response, and the whole handling')
    t.match(await sweep(one), { due: 0 })
  },
)

/**
 * A person acts a millisecond before the due time by one instance's clock while another instance, whose clock has reached it, sweeps.
 * Some rounds let one of the two finish first, so that both outcomes occur; in the others they collide.
 */
const atTheVeryMoment = async (
  one: TestApp,
  two: TestApp,
  rounds: number,
  prepare: () => Promise<{ dueInMs: number; act: () => ReturnType<TestApp['call']> }>,
) => {
  const answers: Awaited<ReturnType<TestApp['call']>>[] = []
  for (let round = 0; round < rounds; round++) {
    const { dueInMs, act } = await prepare()
    one.clock.advance(dueInMs - 1)
    two.clock.advance(dueInMs)
    const turns = round % 5
    const person = async () => {
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      return act()
    }
    if (round % 10 === 0) await sweep(two)
    const acting = person()
    if (round % 10 === 9) await acting
    const [answer] = await Promise.all([acting, sweep(two)])
    answers.push(answer)
    // both go on at the same time
    one.clock.advance(1)
  }
  return answers
}

/** Two instances whose clocks are their own. */
const twoClocks = async (t: Test) => {
  const one = await testApp(t)
  return { one, two: await instance(t, one, { clock: movableClock() }) }
}

await t.test('the buyer confirms at the moment of the auto-close', async (t) => {
  const { one, two } = await twoClocks(t)
  const answers = await atTheVeryMoment(one, two, 40, async () => {
    const { id } = await dismissed(one)
    return { dueInMs: 7 * DAY, act: () => one.call('POST', `/v1/complaints/${id}/confirm`, { as: buyer }) }
  })
  const kinds = tally(answers)
  t.strictSame(Object.keys(kinds), ['200', '409 action_not_available'])
  const reasons = await one.db
    .selectFrom('complaints')
    .select((eb) => ['status', 'close_reason', eb.fn.countAll<number>().as('cases')])
    .groupBy(['status', 'close_reason'])
    .orderBy('close_reason')
    .execute()
  t.strictSame(reasons, [
    { status: 'closed', close_reason: 'auto_confirmed', cases: kinds['409 action_not_available'] },
    { status: 'closed', close_reason: 'confirmed', cases: kinds['200'] },
  ])
  t.strictSame(await timesOf(one, 'complaint_closed'), { 1: 40 })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('the merchant responds at the moment of the escalation', async (t) => {
  const { one, two } = await twoClocks(t)
  const wanted = { remedy: 'refund', amount: 100 }
  const answers = await atTheVeryMoment(one, two, 40, async () => {
    const { id, deadlines } = await negotiating(one, filing({ order: order('O-1', 25_900), wanted }))
    const due = deadlines.find((x: { kind: string }) => x.kind === 'respondent_response').due_at
    return {
      dueInMs: Date.parse(due) - one.clock.nowMs(),
      act: () => one.call('POST', `/v1/complaints/${id}/respond`, { as: merchant, body: { position: 'agree' } }),
    }
  })
  const kinds = tally(answers)
  t.strictSame(Object.keys(kinds), ['200', '409 action_not_available'])
  const answered = answers.filter(({ status }) => status === 200).map(({ body }) => body.id)
  const escalated = await sql<{ complaint_id: string }>`
    select distinct complaint_id from case_events where type = 'deadline_missed' and data->>'kind' = 'respondent_response'`.execute(
    one.db,
  )
  t.equal(escalated.rows.length, kinds['409 action_not_available'])
  t.strictSame(
    escalated.rows.filter((row) => answered.includes(row.complaint_id)),
    [],
    'no case has both the answer and its absence',
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('an appeal is filed at the moment of the auto-close', async (t) => {
  const { one, two } = await twoClocks(t)
  const appeal = { reason_code: 'wrong_facts', statement: '照片未被考虑' }
  const answers = await atTheVeryMoment(one, two, 40, async () => {
    const { id } = await dismissed(one)
    return { dueInMs: 7 * DAY, act: () => one.call('POST', `/v1/complaints/${id}/appeals`, { as: buyer, body: appeal }) }
  })
  const kinds = tally(answers)
  t.strictSame(
    Object.keys(kinds).sort(),
    ['201', '409 action_not_available'],
    'the decision can be contested until its due time; the closing by silence after it opens no second window',
  )
  const cases = await sql<{ appealed: boolean; closed_before: boolean }>`
    select a.id is not null as appealed, e.at is not null and (a.id is null or e.at <= a.created_at) as closed_before
      from complaints c
      left join appeals a on a.platform_id = c.platform_id and a.complaint_id = c.id
      left join case_events e on e.platform_id = c.platform_id and e.complaint_id = c.id and e.type = 'complaint_closed'`.execute(
    one.db,
  )
  const ways = Map.groupBy(cases.rows, ({ appealed, closed_before: closed }) => `${appealed ? 'appealed' : 'not'} ${closed}`)
  t.strictSame(
    [...ways].map(([way, all]) => [way, all.length]).sort(),
    [
      ['appealed false', kinds['201']],
      ['not true', kinds['409 action_not_available']],
    ],
    'whoever came second met the case as the first had left it',
  )
  t.strictSame(await faultsInBooks(one.db), [])
})
