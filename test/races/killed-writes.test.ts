/**
 * kill −9 between any two writes of a decision. Somebody else's open transaction holds the row that comes next, so that the service is
 * caught in the middle of its statement with everything before it written; then it is killed. Afterwards all of the decision is there or
 * nothing, and who asks again under the same key gets one effect.
 */
import { type RawBuilder, sql } from 'kysely'
import t, { type Test } from 'tap'
import type { EventType } from '../../src/case/case-events/catalogue.ts'
import { newId } from '../../src/foundation/ids.ts'
import { ask, eventually, startService } from '../process/child.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { buyer, done, faultsInBooks, filing, happened, merchant, order, proposed } from './cases.ts'
import { asked, copyOf, heldKey, hold, key, waiting } from './kill.ts'

/** What is asked for, and how the books tell whether it was done. */
interface Scene {
  url: string
  as: string
  body: object
  status: number
  told: EventType
  /** The write that comes next → what has to be held to stop there. */
  stops: Record<string, RawBuilder<unknown>>
}

const filingScene = async (one: TestApp): Promise<Scene> => {
  const { id } = await done(one, buyer, '/v1/complaints', filing())
  const other = { id: '00000000-0000-7000-8000-000000000001', case_number: 'RD-1', reference: 'MP-1' }
  return {
    url: '/v1/complaints',
    as: buyer,
    body: filing({ reference: 'MP-1', order: order('O-1', 25_900) }),
    status: 201,
    told: 'complaint_submitted',
    stops: {
      'the key': heldKey(buyer),
      'the order': sql`insert into orders (platform_id, id, currency, paid_amount, compensation_limit, created_at)
        values (${one.platformId}, 'O-1', 'CNY', 1, 0, now())`,
      'the complaint': copyOf('complaints', other, sql`x.id = ${id}`),
      'the end, with everything written': sql`select 1 from platforms where id = ${one.platformId} for update`,
    },
  }
}

const acceptanceScene = async (one: TestApp): Promise<Scene> => {
  const { caseId, planId } = await proposed(one, [{ type: 'refund', amount: 5_000 }], filing({ order: order('O-1', 25_900) }))
  await done(one, buyer, `/v1/refund-plans/${planId}/accept`)
  const next = sql`x.complaint_id = ${caseId} and x.sequence = (select event_count from complaints where id = ${caseId})`
  const { event_count } = await one.db.selectFrom('complaints').select('event_count').executeTakeFirstOrThrow()
  return {
    url: `/v1/refund-plans/${planId}/accept`,
    as: merchant,
    body: {},
    status: 200,
    told: 'plan_accepted',
    stops: {
      'the key': heldKey(merchant),
      'the case': sql`select 1 from complaints where id = ${caseId} for update`,
      'the money': sql`select 1 from orders where id = 'O-1' for update`,
      'the plan': sql`select 1 from refund_plans where id = ${planId} for update`,
      'a clock': sql`select 1 from deadlines where complaint_id = ${caseId} for update`,
      'the trail': copyOf('case_events', { sequence: event_count + 1 }, next),
      'what goes out': copyOf(
        'event_outbox',
        { sequence: event_count + 1, id: newId() },
        sql`x.subject_id = ${caseId} and x.sequence = ${event_count}`,
      ),
    },
  }
}

const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0)

const killedAt = async (t: Test, name: string, begin: (one: TestApp) => Promise<Scene>): Promise<void> => {
  const one = await testApp(t)
  const { url, as, body, status, told, stops } = await begin(one)
  const before = sum(await happened(one.db, told))
  const release = await hold(t, one, stops[name] as RawBuilder<unknown>)
  const service = startService(t, { DATABASE_URL: one.url, SWEEP_CRON: '0 0 29 2 *' })
  const address = (await service.url) + url
  // who waits for a key waits for a moment only, and is asked to come again
  const lost = asked(() => ask(address, { key: one.everyRole, as, body, headers: { 'idempotency-key': key } }))
  const gone = t.rejects(lost, 'it never gets an answer')
  await eventually(async () => ((await waiting(one.db)) > 0 ? true : undefined), `it comes to ${name}`)
  t.equal(sum(await happened(one.db, told)), before, 'nobody sees half of it')
  service.child.kill('SIGKILL')
  t.equal(await service.ended, 'SIGKILL')
  await gone
  await release()
  await eventually(async () => ((await waiting(one.db)) === 0 ? true : undefined), 'the session that was left ends')
  t.strictSame(await faultsInBooks(one.db), [], 'all of it or nothing')

  const again = await one.call('POST', url, { as, body, headers: { 'idempotency-key': key } })
  t.equal(again.status, status, again.text)
  t.equal(sum(await happened(one.db, told)), before + 1, 'one effect')
  t.strictSame(await faultsInBooks(one.db), [])
}

for (const name of ['the key', 'the order', 'the complaint', 'the end, with everything written']) {
  await t.test(`a filing, killed as it comes to ${name}`, (t) => killedAt(t, name, filingScene))
}
for (const name of ['the key', 'the case', 'the money', 'the plan', 'a clock', 'the trail', 'what goes out']) {
  await t.test(`an acceptance, killed as it comes to ${name}`, (t) => killedAt(t, name, acceptanceScene))
}
