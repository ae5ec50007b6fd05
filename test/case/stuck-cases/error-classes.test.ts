/** Each thing that can keep a case from being decided has a word of its own, and none holds up anybody else. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, SECOND } from '../../../src/foundation/clock.ts'
import { agent, copyCase, faultsInBooks, file, negotiating, proposed, supervisor } from '../../races/cases.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { eventsOf, gauge, seen, stuckCases, sweep, tells } from './room.ts'

await t.test('each class of error', async (t) => {
  const stuckAs = async (t: Test, one: TestApp, id: string, errorClass: string) => {
    t.match(await sweep(one), { failed: 1 })
    t.match(await stuckCases(one), [{ complaint_id: id, error_class: errorClass, tries: 1 }])
    t.match(await seen(one, id), { stuck: { error_class: errorClass } })
    t.equal(await gauge(one, errorClass), '1')
    t.strictSame(await faultsInBooks(one.db), [])
  }

  await t.test('a calendar that is not there', async (t) => {
    const one = await testApp(t)
    const { id } = await negotiating(one)
    await sql`update deadlines set calendar = 'lost' where calendar is not null`.execute(one.db)
    one.clock.advance(7 * DAY)
    await stuckAs(t, one, id, 'calendar_missing')
    t.match(await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: agent }), { status: 200, body: { stuck: true } })
    t.match(await one.call('POST', `/v1/complaints/${id}/escalate`, { as: agent, body: { reason_code: 'x' } }), {
      status: 409,
      body: { code: 'case_stuck' },
    })
  })

  await t.test('a policy without a rule for it, as nobody can write one over the API', async (t) => {
    const one = await testApp(t)
    const { id } = await negotiating(one)
    await sql`
      insert into policies (platform_id, version, document, created_at, created_by)
      select platform_id, 2, jsonb_set(document::jsonb, '{clocks,intervention}', '[{"when": {"channel": ["chat"]}, "allow": {"count": 1, "unit": "days"}, "on_silence": ["escalate"]}]')::json, created_at, created_by
        from policies where version = 1 and platform_id = ${one.platformId}`.execute(one.db)
    await sql`update complaints set policy_version = 2`.execute(one.db)
    one.clock.advance(4 * DAY)
    await stuckAs(t, one, id, 'no_rule_fits')
    t.match(await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: agent }), { status: 200, body: { stuck: true } })
    t.match(
      await one.call('POST', `/v1/complaints/${id}/escalate`, { as: agent, body: { reason_code: 'no_agreement' } }),
      { status: 409, body: { code: 'case_stuck' } },
      'what needs that rule',
    )
    t.equal(
      (await one.call('POST', `/v1/complaints/${id}/assign`, { as: supervisor, body: { owner: agent } })).status,
      200,
      'what does not',
    )
  })

  await t.test('what the database refuses, with a word in the trail', async (t) => {
    const one = await testApp(t)
    const { id } = await file(one)
    await copyCase(one.db, id, 4)
    await sql.raw(`alter table complaints add constraint tight check (level < 2 or id <> '${id}') not valid`).execute(one.owner)
    one.clock.advance(HOUR)
    t.match(await sweep(one), { escalated: 4, failed: 1 })
    t.match(await stuckCases(one), [{ complaint_id: id, error_class: 'refused_by_database' }])
    t.strictSame(tells(await eventsOf(one, id)), ['case_stuck'])
    one.clock.advance(14 * SECOND)
    t.equal((await sweepAll(one.deps, () => false)).size, 0)
    await sql`alter table complaints drop constraint tight`.execute(one.owner)
    one.clock.advance(SECOND)
    t.match(await sweep(one), { escalated: 1, failed: 0 })
    t.strictSame(await stuckCases(one), [])
    t.strictSame(await faultsInBooks(one.db), [])
  })

  await t.test('what the database refuses altogether, without', async (t) => {
    const one = await testApp(t)
    const { id } = await file(one)
    await sql`alter table complaints add constraint shut check (event_count < 2) not valid`.execute(one.owner)
    one.clock.advance(HOUR)
    await stuckAs(t, one, id, 'refused_by_database')
    t.strictSame(tells(await eventsOf(one, id)), [])
    one.clock.advance(14 * SECOND)
    t.equal((await sweepAll(one.deps, () => false)).size, 0, 'and is put aside like any other')
    await sql`alter table complaints drop constraint shut`.execute(one.owner)
    one.clock.advance(SECOND)
    t.match(await sweep(one), { escalated: 1, failed: 0 })
  })

  await t.test('anything else', async (t) => {
    const one = await testApp(t)
    const { caseId } = await proposed(one, [{ type: 'apology' }])
    await sql`update refund_plans set confirmations = '{}'`.execute(one.db)
    one.clock.advance(3 * DAY)
    await stuckAs(t, one, caseId, 'internal')
    t.match(await one.call('GET', `/v1/complaints/${caseId}/planned-actions`, { as: agent }), {
      status: 200,
      body: { stuck: true },
    })
    t.match(await one.call('GET', `/v1/complaints/${caseId}/evidence-requirements`, { as: agent }), { body: { stuck: false } })
  })
})
