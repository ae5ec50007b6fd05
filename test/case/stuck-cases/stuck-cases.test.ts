/** A case that the system cannot decide is seen, holds up nobody, and is tried again ever more rarely until it can be. */
import { sql } from 'kysely'
import t from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, MINUTE, SECOND, toTime } from '../../../src/foundation/clock.ts'
import { eventually } from '../../process/child.ts'
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
  supervisor,
} from '../../races/cases.ts'
import { type Called, type Json, testApp } from '../../support/app.ts'
import { eventsOf, failures, gauge, mend, seen, spoil, stuckCase, stuckCases, sweep, tells } from './room.ts'

await t.test('140 of 240 due cases are spoilt: the others are done, and these are not tried with every tick', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  await copyCase(one.db, id, 239)
  await sql`update complaints set policy_version = 99 where id in (select id from complaints order by id limit 140)`.execute(
    one.db,
  )
  one.clock.advance(HOUR)
  t.match(await sweep(one), { escalated: 100, failed: 140, left_over: false })
  t.equal(failures(one).length, 140, 'one line each')
  t.strictSame(new Set(failures(one).map(({ error_class }) => error_class)), new Set(['policy_missing']))
  t.equal(
    one.logs.filter((line) => line.includes('taken case by case')).length,
    0,
    'the sound ones of a batch do not fail with them',
  )
  t.equal(await gauge(one, 'policy_missing'), '140')
  t.equal(await gauge(one, 'internal'), '0')

  one.clock.advance(14 * SECOND)
  t.equal((await sweepAll(one.deps, () => false)).size, 0, 'nothing is to be done')
  one.clock.advance(SECOND)
  for (const failed of [50, 50, 40])
    t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { failed }, 'a few at a time')
  one.clock.advance(MINUTE)
  for (let tick = 0; tick < 4; tick++) await sweepAll(one.deps, () => false)
  t.equal(failures(one).length, 140, 'no further line within the hour')
  t.strictSame(await faultsInBooks(one.db), [])

  await mend(one)
  t.match(await done(one, supervisor, '/v1/stuck-cases/retry'), { retried: 140 })
  t.match(await sweep(one), { escalated: 140, failed: 0 }, 'where the first can be decided, so can the others')
  t.strictSame(await stuckCases(one), [])
  t.strictSame([...new Set((await happened(one.db, 'complaint_escalated')).values())], [1])
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('the list says which, at what, why, since when, how often, and when next', async (t) => {
  const { one, id } = await stuckCase(t)
  const now = one.clock.nowMs()
  const complaint = await seen(one, id)
  t.strictSame(await stuckCases(one), [
    {
      complaint_id: id,
      case_number: complaint.case_number,
      deadline_id: complaint.deadlines[0].id,
      kind: 'first_response',
      due_at: toTime(now),
      since: toTime(now),
      error_class: 'policy_missing',
      tries: 1,
      next_try_at: toTime(now + 15 * SECOND),
      last_tried_at: toTime(now),
    },
  ])
  t.strictSame(complaint.stuck, {
    since: toTime(now),
    error_class: 'policy_missing',
    tries: 1,
    next_try_at: toTime(now + 15 * SECOND),
  })
  t.equal(complaint.version, 1, 'nothing about the case has changed')
  t.equal((await seen(one, id, buyer)).stuck, null, 'it is no business of the parties')
  t.strictSame(tells(await eventsOf(one, id)), ['case_stuck'])
  t.strictSame(tells(await eventsOf(one, id, buyer)), [])
  t.match((await eventsOf(one, id)).at(-1), {
    reason_code: 'policy_missing',
    resource: 'deadline',
    resource_id: complaint.deadlines[0].id,
    actor: { role: 'system' },
    data: { kind: 'first_response' },
  })
})

await t.test(
  'it is tried after 15 seconds, then after twice as long each time, at last once an hour; one line an hour tells of it',
  async (t) => {
    const { one, id } = await stuckCase(t)
    const pauses = [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]
    const logged = [failures(one).length]
    for (const [tries, pause] of pauses.entries()) {
      one.clock.advance(pause * SECOND - 1)
      t.equal((await sweepAll(one.deps, () => false)).size, 0, `not before ${pause} s`)
      one.clock.advance(1)
      t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { failed: 1 })
      t.match(await stuckCases(one), [{ tries: tries + 2 }])
      logged.push(failures(one).length)
    }
    t.strictSame(logged, [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5])
    t.strictSame(tells(await eventsOf(one, id)), ['case_stuck'], 'the event is told once')

    await mend(one)
    one.clock.advance(HOUR)
    t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { due: 1, escalated: 1, failed: 0 })
    t.strictSame(await stuckCases(one), [])
    const after = await seen(one, id)
    t.match(after, { level: 2, stuck: null })
    t.strictSame(tells(await eventsOf(one, id)), ['case_stuck', 'case_unstuck'])
    t.match(
      (await eventsOf(one, id)).find(({ type }) => type === 'case_unstuck'),
      { data: { tries: 12, kind: 'first_response' } },
    )
    t.strictSame(await faultsInBooks(one.db), [])
  },
)

await t.test('every read of it is answered, and says so; nobody can act in it, and is told why', async (t) => {
  const one = await testApp(t)
  const { id } = await negotiating(one, filing({ order: order('O-1', 25_900), category: 'wrong_or_missing_item' }))
  await spoil(one, id)
  const read = (path: string, as: string): Promise<Called> => one.call('GET', `/v1/complaints/${id}${path}`, { as })
  const check = async () => {
    for (const as of [agent, supervisor, 'admin:root', buyer, merchant]) {
      for (const path of ['', '/events', '/messages', '/evidence', '/refund-plans', '/appeals'])
        t.equal((await read(path, as)).status, 200, `${path} as ${as}`)
      t.match(await read('/evidence-requirements', as), { status: 200, body: { data: [], stuck: true } })
      const planned = await read('/planned-actions', as)
      t.match(planned, { status: 200, body: { stuck: true } })
      t.strictSame(
        planned.body.data.map(({ action, level_after, tells, deadline }: Json) => [action, deadline.kind, level_after, tells]),
        [
          ['escalate', 'respondent_response', null, []],
          ['escalate', 'resolution', null, []],
          ['escalate', 'completion', null, []],
        ],
        'what stands on the clocks is told',
      )
    }
    t.equal((await one.call('GET', '/v1/deadlines', { as: agent })).status, 200)
    for (const [as, action, body] of [
      [agent, 'escalate', { reason_code: 'no_agreement' }],
      [merchant, 'respond', { position: 'dispute', statement: '已足额发货' }],
      [buyer, 'withdraw', {}],
    ] as const)
      t.match(await one.call('POST', `/v1/complaints/${id}/${action}`, { as, body }), {
        status: 409,
        body: { code: 'case_stuck' },
      })
  }
  await check()
  one.clock.advance(7 * DAY)
  await sweep(one)
  t.match(await stuckCases(one), [{ complaint_id: id, kind: 'respondent_response' }])
  await check()
  for (const as of [agent, buyer, merchant]) t.strictSame((await seen(one, id, as)).available_actions, [], 'nothing is listed')

  await t.test('other refusals come first, as ever', async (t) => {
    const respond = (as: string, body: object, headers = {}) =>
      one.call('POST', `/v1/complaints/${id}/respond`, { as, body, headers })
    t.match(await respond('merchant:M-2', {}), { status: 404 })
    t.match(await respond(agent, { position: 'agree' }), { status: 403 })
    t.match(await respond(merchant, { position: 'perhaps' }), { status: 400 })
    t.match(await respond(merchant, { position: 'agree' }, { 'if-match': '"77"' }), { status: 412 })
  })
  await t.test('words are kept all the same', async (t) => {
    const write = async (as: string, more: object = {}) =>
      (
        await one.call('POST', `/v1/complaints/${id}/messages`, {
          as,
          body: { text: '请问进展如何', visibility: 'parties', ...more },
        })
      ).status
    t.strictSame(
      [await write(buyer), await write(buyer, { to: 'platform' }), await write(merchant, { to: 'platform' }), await write(agent)],
      [201, 201, 201, 201],
    )
  })
  await mend(one)
  t.equal((await one.call('POST', `/v1/complaints/${id}/assign`, { as: supervisor, body: { owner: agent } })).status, 200)
  t.match(await read('/planned-actions', agent), { status: 200, body: { stuck: true } }, 'until a sweep has decided it')
  one.clock.advance(15 * SECOND)
  t.match(await sweep(one), { due: 1, failed: 0 })
  t.match(await read('/planned-actions', agent), { status: 200, body: { stuck: false } })
})

await t.test('a person who ends what it was stuck at sets it free, without a further try', async (t) => {
  const one = await testApp(t)
  const { caseId } = await proposed(one, [{ type: 'apology' }])
  await sql`update refund_plans set confirmations = '{}'`.execute(one.db)
  one.clock.advance(3 * DAY)
  t.match(await sweep(one), { failed: 1 })
  await sql`update refund_plans set confirmations = '{"complainant":{"status":"pending"},"respondent":{"status":"pending"}}'`.execute(
    one.db,
  )
  await done(one, supervisor, `/v1/complaints/${caseId}/close`, { reason_code: 'settled_elsewhere' })
  t.equal((await stuckCases(one)).length, 1)
  one.clock.advance(15 * SECOND)
  t.match(await sweep(one), { due: 0, failed: 0 })
  t.strictSame(await stuckCases(one), [])
  t.strictSame(tells(await eventsOf(one, caseId)), ['case_stuck', 'case_unstuck'])
  t.match(await seen(one, caseId), { status: 'closed', stuck: null })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('a case that nobody tries any more wakes by itself within a day', async (t) => {
  const { one, id } = await stuckCase(t)
  // as under an older version of the service, which knows nothing of stuck cases
  await sql`update stuck_cases set next_try_at = 'infinity'`.execute(one.db)
  await mend(one)
  one.clock.advance(DAY + 14 * SECOND)
  t.match(await sweep(one), { due: 0, failed: 0 })
  one.clock.advance(SECOND)
  t.match(await sweep(one), { due: 1, escalated: 1, failed: 0 })
  t.match(await seen(one, id), { level: 2, stuck: null })
})

await t.test('two instances that come upon it at once try it once', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 3 } })
  const two = await instance(t, one, { config: { sweepBatch: 4 } })
  const { id } = await file(one)
  await copyCase(one.db, id, 39)
  await sql`update complaints set policy_version = 99`.execute(one.db)
  one.clock.advance(HOUR)
  const tries = async () => {
    const { rows } = await sql<{ tries: number; cases: number }>`
      select tries, count(*)::integer as cases from stuck_cases group by tries order by tries`.execute(one.db)
    return rows
  }
  await Promise.all([sweep(one), sweep(two), sweep(one), sweep(two)])
  t.strictSame(await tries(), [{ tries: 1, cases: 40 }])
  one.clock.advance(15 * SECOND)
  for (let round = 0; round < 10; round++) await Promise.all([sweep(one), sweep(two)])
  t.strictSame(await tries(), [{ tries: 2, cases: 40 }])
  t.strictSame([...new Set((await happened(one.db, 'case_stuck')).values())], [1])
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('clocks that the sweep does not act on keep what they were waiting for', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  await spoil(one, id)
  one.clock.advance(7 * DAY)
  await sweep(one)
  await done(one, 'admin:root', '/v1/automation/stop', { explanation: '核查' })
  await mend(one)
  one.clock.advance(15 * SECOND)
  t.match(await sweep(one), { closed: 0, failed: 0, stopped: true })
  t.strictSame(await stuckCases(one), [])
  await done(one, 'admin:root', '/v1/automation/start')
  t.match(await sweep(one), { closed: 1 }, 'what was stopped is acted on at once when it goes on')
})

await t.test('a dry run says what the sweep would do with it', async (t) => {
  const { one, id } = await stuckCase(t)
  const sound = await file(one)
  one.clock.advance(HOUR)
  const dry = () => done(one, 'admin:root', '/v1/sweeps', { dry_run: true })
  t.match(await dry(), { due: 1, failed: 1, would: [{ complaint_id: sound.id }] })
  t.match(await stuckCases(one), [{ tries: 1 }], 'and tries nothing')
  await mend(one)
  const would = await dry()
  t.match(would, { due: 2, escalated: 2, failed: 0 })
  t.match(await sweep(one), { due: 2, escalated: 2, failed: 0 })
  t.match(await seen(one, id), { level: 2 })
  const idle = await file(one)
  await spoil(one, idle.id)
  one.clock.advance(HOUR)
  await sweep(one)
  t.match(await dry(), { due: 0, failed: 0 }, 'what is not to be tried yet is not in it')
})

await t.test('a recomputation leaves it out, and mends it where it brings a policy that is there', async (t) => {
  const { one, id } = await stuckCase(t)
  const other = await file(one)
  await sql`update complaints set policy_version = 0 where id = ${other.id}`.execute(one.db)
  one.clock.advance(HOUR)
  t.match(await sweep(one), { failed: 2 })
  const { id: job } = await done(one, 'admin:root', '/v1/policy/recompute', {})
  const ended = await eventually(async () => {
    const { body } = await one.call('GET', `/v1/policy/recomputations/${job}`)
    return body.status === 'done' ? body : undefined
  }, 'the recomputation is done')
  t.match(ended, { failed: 1, cases_seen: 2 }, 'one goes by a later version than there is')
  t.match(await seen(one, other.id), { policy_version: 1 })
  await done(one, supervisor, '/v1/stuck-cases/retry')
  t.match(await sweep(one), { due: 1, failed: 1 })
  t.match(await stuckCases(one), [{ complaint_id: id }])
})
