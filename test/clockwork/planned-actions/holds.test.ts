/** A supervisor holds back, releases and brings forward what the service would do; everybody in the case sees it planned. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { DAY, HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import {
  agent,
  buyer,
  dismissed,
  done,
  faultsInBooks,
  file,
  filing,
  happened,
  instance,
  investigating,
  merchant,
  negotiating,
  order,
  proposed,
  reviewer,
  supervisor,
  tally,
} from '../../races/cases.ts'
import { type CallOptions, type Json, type TestApp, testApp } from '../../support/app.ts'

const explanation = '等待鉴定'

const sweep = (app: TestApp) => done(app, 'admin:root', '/v1/sweeps')

/** What is planned in a case, as somebody sees it. */
const planned = async ({ call }: TestApp, id: string, as = supervisor): Promise<Json[]> => {
  const { status, body } = await call('GET', `/v1/complaints/${id}/planned-actions`, { as })
  if (status !== 200) throw new Error(`${as}: ${status}`)
  return body.data
}

const plannedOf = async (app: TestApp, id: string, kind: string, as?: string): Promise<Json> =>
  (await planned(app, id, as)).find(({ deadline }) => deadline.kind === kind)

/** Does something about a planned action; what it answers may be a refusal. */
const change = (
  app: TestApp,
  id: string,
  deadlineId: string,
  act: string,
  body: object = { explanation },
  more: CallOptions = {},
) => app.call('POST', `/v1/complaints/${id}/planned-actions/${deadlineId}/${act}`, { as: supervisor, body, ...more })

const events = async ({ call }: TestApp, id: string, as = agent): Promise<Json[]> =>
  (await call('GET', `/v1/complaints/${id}/events?sort=sequence&limit=100`, { as })).body.data

const at = (app: TestApp, ms: number) => toTime(app.clock.nowMs() + ms)

await t.test('everybody in the case sees what the service will do, when and why', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  for (const as of [buyer, merchant, agent, 'admin:root']) {
    const [first, ...others] = await planned(one, id, as)
    t.match(others, [{ deadline: { kind: 'completion' } }], as)
    t.match(first, {
      id: String,
      action: 'escalate',
      status: 'planned',
      at: at(one, HOUR),
      why: 'first_response of the platform is not met by then',
      deadline: { kind: 'first_response', party: 'platform', due_at: at(one, HOUR), status: 'running' },
      warns_at: at(one, 48 * MINUTE),
      tells: ['owner', 'supervisors'],
      level_after: 2,
      held: null,
      stopped: false,
      available_actions: [],
    })
  }
  const [{ id: deadlineId, available_actions: actions }] = await planned(one, id)
  const under = `/v1/complaints/${id}/planned-actions/${deadlineId}`
  const offered = { resource: 'planned_action', method: 'POST', required: ['explanation'], step_kind: null, mandatory: false }
  t.match(actions, [
    { ...offered, action: 'hold', operation_id: 'holdPlannedAction', href: `${under}/hold` },
    { ...offered, action: 'bring_forward', operation_id: 'bringForwardPlannedAction', href: `${under}/bring-forward` },
  ])
  t.equal(actions.length, 2)
  t.strictSame(
    actions.map(({ limits }: Json) => limits.properties),
    [
      { until: { formatExclusiveMinimum: at(one, HOUR) } },
      { at: { formatMinimum: at(one, 0), formatExclusiveMaximum: at(one, HOUR) } },
    ],
    'from when to when',
  )
})

await t.test(
  'what is held is left alone past its due time; the hold ends by itself, and then the service acts once',
  async (t) => {
    const one = await testApp(t)
    const { id, version } = await dismissed(one)
    const close = await plannedOf(one, id, 'auto_close')
    t.match(close, { action: 'close', at: at(one, 7 * DAY), warns_at: at(one, 6 * DAY) })
    const until = at(one, 10 * DAY)

    const held = await change(one, id, close.id, 'hold', { explanation, until }, { headers: { 'if-match': `"${version}"` } })
    t.match(held, {
      status: 200,
      headers: { etag: `"${version + 1}"` },
      body: {
        id: close.id,
        at: until,
        warns_at: null,
        deadline: { due_at: at(one, 7 * DAY), status: 'running' },
        held: { by: supervisor, explanation, until, held_at: at(one, 0) },
        available_actions: [{ action: 'hold' }, { action: 'release' }],
      },
    })
    t.strictSame(await plannedOf(one, id, 'auto_close'), held.body, 'the list shows the same')
    const complaint = (await one.call('GET', `/v1/complaints/${id}`, { as: buyer })).body
    t.equal(complaint.version, version + 1)
    t.equal(complaint.next_due_at, at(one, 7 * DAY), 'the duty stays due')
    t.equal(complaint.deadlines.find(({ id: x }: Json) => x === close.id).held_until, until)

    one.clock.advance(6 * DAY)
    await sweep(one)
    t.strictSame([...(await happened(one.db, 'deadline_due_soon')).values()], [0], 'no warning of what will not happen')
    one.clock.advance(2 * DAY)
    await sweep(one)
    const { body: still } = await one.call('GET', `/v1/complaints/${id}`, { as: buyer })
    t.equal(still.status, 'resolved')
    const { data } = (await one.call('GET', '/v1/complaints?overdue=true', { as: agent })).body
    t.strictSame(
      data.map((row: Json) => row.id),
      [id],
      'and it shows as overdue',
    )
    one.clock.advance(2 * DAY - 1)
    await sweep(one)
    t.equal((await happened(one.db, 'complaint_closed')).get(id), 0)
    one.clock.advance(1)
    await Promise.all([sweep(one), sweep(await instance(t, one))])
    await sweep(one)
    t.equal((await happened(one.db, 'complaint_closed')).get(id), 1)
    const { body: closed } = await one.call('GET', `/v1/complaints/${id}`, { as: buyer })
    t.match(closed, { status: 'closed', close_reason: 'auto_confirmed' })
    t.equal(closed.deadlines.find(({ id: x }: Json) => x === close.id).held_until, null)
    t.strictSame(await faultsInBooks(one.db), [])
  },
)

await t.test('the trail tells everybody of a hold, and its words to staff alone', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const close = await plannedOf(one, id, 'auto_close')
  await change(one, id, close.id, 'hold', { explanation, note: '另见工单' })
  await change(one, id, close.id, 'release', { explanation: '鉴定完成' })
  await change(one, id, close.id, 'bring-forward', { explanation: '双方确认', at: at(one, DAY) })
  const trail = (await events(one, id)).slice(-3)
  t.match(trail, [
    {
      type: 'planned_action_held',
      actor: { role: 'supervisor', id: 'zhao' },
      reason_code: 'close',
      note: `${explanation}\n\n另见工单`,
      data: {
        deadline_id: close.id,
        kind: 'auto_close',
        until: at(one, 30 * DAY),
        clocks: [
          { deadline_id: close.id, change: 'held', why: 'held_by_supervisor', old_due_at: close.at, new_due_at: close.at },
        ],
      },
    },
    { type: 'planned_action_released', note: '鉴定完成', data: { clocks: [{ change: 'released' }] } },
    {
      type: 'planned_action_brought_forward',
      note: '双方确认',
      data: {
        old_due_at: close.at,
        due_at: at(one, DAY),
        clocks: [{ change: 'brought_forward', old_due_at: close.at, new_due_at: at(one, DAY) }],
      },
    },
  ])
  await change(one, id, close.id, 'hold')
  for (const as of [buyer, merchant]) {
    const visible = as === buyer
    const { status } = await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as })
    t.equal(status, visible ? 200 : 404, 'the merchant is no party of a case against the platform')
  }
  t.match((await plannedOf(one, id, 'auto_close', buyer)).held, { by: supervisor, explanation: null, until: at(one, 30 * DAY) })
  const seen = (await events(one, id, buyer)).filter(({ type }) => type.startsWith('planned_action'))
  t.equal(seen.length, 4)
  t.notOk(JSON.stringify(seen).includes('鉴定'), 'none of the words')
})

await t.test('what is released happens at the next sweep when it is due, and warns again when it is not', async (t) => {
  const one = await testApp(t)
  const [early, late] = [await dismissed(one), await dismissed(one)]
  for (const { id } of [early, late]) await change(one, id, (await plannedOf(one, id, 'auto_close')).id, 'hold')
  const closeOf = ({ id }: Json) => plannedOf(one, id, 'auto_close')
  const warnsAt = at(one, 6 * DAY)
  one.clock.advance(3 * DAY)
  const { body: released } = await change(one, early.id, (await closeOf(early)).id, 'release', {})
  t.match(released, { held: null, at: at(one, 4 * DAY), warns_at: warnsAt })
  one.clock.advance(3 * DAY)
  await sweep(one)
  await sweep(one)
  const warned = await happened(one.db, 'deadline_due_soon')
  t.strictSame([warned.get(early.id), warned.get(late.id)], [1, 0])

  one.clock.advance(2 * DAY)
  await sweep(one)
  const { body: due } = await change(one, late.id, (await closeOf(late)).id, 'release', {})
  t.match(due, { held: null, at: at(one, -DAY), warns_at: null, available_actions: [{ action: 'hold' }] })
  await sweep(one)
  await sweep(one)
  t.strictSame([...(await happened(one.db, 'complaint_closed')).values()], [1, 1])
  t.equal((await happened(one.db, 'deadline_due_soon')).get(late.id), 0)
})

await t.test('what is brought forward happens after the last piece of time of a side, exactly once', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const close = await plannedOf(one, id, 'auto_close')
  one.clock.advance(DAY)
  const { status, body } = await change(one, id, close.id, 'bring-forward')
  t.equal(status, 200)
  t.match(body, { status: 'planned', at: at(one, DAY), warns_at: at(one, 0), deadline: { due_at: at(one, DAY) } })
  await sweep(one)
  one.clock.advance(DAY)
  const two = await instance(t, one)
  await Promise.all([sweep(one), sweep(two)])
  await sweep(one)
  t.equal((await happened(one.db, 'complaint_closed')).get(id), 1)
  t.equal((await happened(one.db, 'deadline_due_soon')).get(id), 1)
  t.strictSame(
    (await events(one, id)).slice(-4).map(({ type }) => type),
    ['planned_action_brought_forward', 'deadline_due_soon', 'deadline_missed', 'complaint_closed'],
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('brought forward to a later moment it is warned of before, and a suspension shows when it ends', async (t) => {
  const one = await testApp(t)
  const { id } = await investigating(one, filing({ order: order('O-1', 25_900) }))
  await done(one, agent, `/v1/complaints/${id}/suspend`, { reason_code: 'court' })
  const { id: deadlineId } = await plannedOf(one, id, 'suspension')
  const resumeAt = at(one, 10 * DAY)
  const { body } = await change(one, id, deadlineId, 'bring-forward', { explanation, at: resumeAt })
  t.match(body, { action: 'resume', at: resumeAt, warns_at: at(one, 4 * DAY), why: 'the time of the suspension is up' })
  t.equal((await one.call('GET', `/v1/complaints/${id}`, { as: buyer })).body.suspension.resume_at, resumeAt)
  one.clock.advance(10 * DAY)
  await sweep(one)
  t.equal((await one.call('GET', `/v1/complaints/${id}`, { as: buyer })).body.status, 'investigating')
})

await t.test('a business clock that was brought forward pauses and goes on with what was left until then', async (t) => {
  const one = await testApp(t)
  // Monday, 10:00 in Shanghai
  one.clock.advance(Date.parse('2026-11-23T02:00:00Z') - one.clock.nowMs())
  const { id } = await negotiating(one, filing({ order: order('O-1', 25_900) }))
  const resolution = await plannedOf(one, id, 'resolution')
  // Wednesday 12:00: 20 business hours from now
  await change(one, id, resolution.id, 'bring-forward', { explanation, at: '2026-11-25T04:00:00Z' })
  one.clock.advance(DAY)
  await done(one, agent, `/v1/complaints/${id}/request-information`, { items: ['照片'] })
  const paused = (await one.call('GET', `/v1/complaints/${id}`, { as: buyer })).body.deadlines
  t.match(
    paused.find(({ kind }: Json) => kind === 'resolution'),
    { status: 'paused', remaining_ms: 11 * HOUR },
  )
  one.clock.advance(DAY)
  await done(one, buyer, `/v1/complaints/${id}/provide-information`, { statement: '已上传' })
  t.equal((await plannedOf(one, id, 'resolution')).at, '2026-11-26T04:00:00.000Z')
})

await t.test('both sides’ silence about a plan is held as one', async (t) => {
  const one = await testApp(t)
  const { caseId, planId } = await proposed(one, [{ type: 'apology' }])
  const [first, second] = (await planned(one, caseId)).filter(({ deadline }) => deadline.kind === 'confirmation')
  const until = at(one, 10 * DAY)
  await change(one, caseId, first.id, 'hold', { explanation, until })
  const holds = (await planned(one, caseId)).filter(({ held }) => held !== null)
  t.strictSame(new Set(holds.map(({ id }) => id)), new Set([first.id, second.id]))
  one.clock.advance(9 * DAY)
  await sweep(one)
  const plan = async () => (await one.call('GET', `/v1/refund-plans/${planId}`, { as: agent })).body
  t.equal((await plan()).status, 'proposed')
  await done(one, buyer, `/v1/refund-plans/${planId}/accept`)
  t.strictSame(
    (await planned(one, caseId)).filter(({ held }) => held !== null).map(({ deadline }) => deadline.party),
    ['respondent'],
    'who has answered has nothing to wait for',
  )
  one.clock.advance(DAY)
  await sweep(one)
  t.match(await plan(), { status: 'executing', confirmations: { respondent: { status: 'deemed_accepted' } } })
  t.equal((await happened(one.db, 'plan_accepted')).get(caseId), 2)
})

await t.test('a hold goes on through a pause', async (t) => {
  const one = await testApp(t)
  const { id } = await negotiating(one, filing({ order: order('O-1', 25_900) }))
  const { id: deadlineId } = await plannedOf(one, id, 'resolution')
  const until = at(one, 25 * DAY)
  await change(one, id, deadlineId, 'hold', { explanation, until })
  await done(one, agent, `/v1/complaints/${id}/request-information`, { items: ['照片'] })
  t.match(await plannedOf(one, id, 'resolution'), { at: null, held: { until }, available_actions: [] })
  for (const act of ['hold', 'release', 'bring-forward'])
    t.match(await change(one, id, deadlineId, act), { status: 409, body: { code: 'action_not_available' } }, `paused: ${act}`)
  one.clock.advance(DAY)
  await done(one, buyer, `/v1/complaints/${id}/provide-information`, { statement: '已上传' })
  t.match(await plannedOf(one, id, 'resolution'), { at: until, held: { until }, deadline: { status: 'running' } })
})

await t.test('who may not, what cannot be, and when', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('test')
  const { id } = await dismissed(one)
  const elsewhere = await file(one)
  const { id: deadlineId } = await plannedOf(one, id, 'auto_close')
  const { id: windowId, ...window } = await plannedOf(one, id, 'appeal_window')
  const [{ id: foreignId }] = await planned(one, elsewhere.id)
  t.match(window, {
    action: 'window_shuts',
    status: 'appeal_window',
    why: 'the complainant has not appealed by then',
    available_actions: [],
  })
  const acts = ['hold', 'release', 'bring-forward']
  const before = await events(one, id)

  await t.test('nobody but a supervisor, whatever is sent', async (t) => {
    for (const act of acts) {
      for (const as of [agent, buyer, 'admin:root'])
        t.match(await change(one, id, deadlineId, act, { nonsense: 1 }, { as }), { status: 403, body: { code: 'forbidden' } })
      for (const more of [{ as: 'buyer:B-2' }, { as: merchant }, { key: other.key }])
        t.equal((await change(one, id, deadlineId, act, {}, more)).status, 404)
    }
  })
  await t.test('no supervisor who is a party under another hat', async (t) => {
    const { id: own } = await file(one, filing({ complainant: { role: 'buyer', id: 'zhao' } }), { as: 'buyer:zhao' })
    const [{ id: ownDeadline }] = await planned(one, own, 'supervisor:qian')
    t.equal((await one.call('GET', `/v1/complaints/${own}/planned-actions`, { as: supervisor })).status, 404)
    for (const act of acts)
      t.match(await change(one, own, ownDeadline, act), { status: 403, body: { code: 'separation_of_duties' } })
  })
  await t.test('only what is planned in this case', async (t) => {
    for (const act of acts)
      for (const strange of [newId(), 'nonsense', foreignId]) t.equal((await change(one, id, strange, act)).status, 404)
    t.equal((await one.call('GET', `/v1/complaints/${newId()}/planned-actions`, { as: agent })).status, 404)
    for (const as of ['buyer:B-2', merchant])
      t.equal((await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as })).status, 404)
    const { status } = await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: supervisor, key: other.key })
    t.equal(status, 404)
  })
  await t.test('an explanation, and the version that was read', async (t) => {
    const missing = { status: 400, body: { errors: [{ pointer: '/explanation', code: 'missing' }] } }
    t.match(await change(one, id, deadlineId, 'hold', {}), missing)
    t.match(await change(one, id, deadlineId, 'bring-forward', {}), missing)
    const headers = { 'if-match': '"1"' }
    for (const act of acts)
      t.match(await change(one, id, deadlineId, act, { explanation }, { headers }), {
        status: 412,
        body: { code: 'version_stale' },
      })
  })
  await t.test('not a party’s right, not what is over, not what is not held', async (t) => {
    const never = { status: 409, body: { code: 'action_not_available' } }
    for (const act of acts) t.match(await change(one, id, windowId, act), never)
    t.match(await change(one, id, deadlineId, 'release'), never)
    const { body } = await one.call('GET', `/v1/complaints/${id}`, { as: agent })
    const { id: over } = body.deadlines.find(({ kind }: Json) => kind === 'first_response')
    for (const act of acts) t.match(await change(one, id, over, act), never)
  })
  await t.test('a hold reaches beyond the due time, and no further than the policy allows', async (t) => {
    const refused = async (until: string, code: string) =>
      t.match(await change(one, id, deadlineId, 'hold', { explanation, until }), { status: 422, body: { code } }, until)
    await refused(at(one, 0), 'hold_ends_too_early')
    await refused(at(one, -DAY), 'hold_ends_too_early')
    await refused(at(one, 7 * DAY), 'hold_ends_too_early')
    await refused(at(one, 30 * DAY + 1), 'hold_ends_too_late')
  })
  await t.test('forward is between the last piece of time of a side and the due time', async (t) => {
    for (const ms of [-1, 0, DAY - 1, 7 * DAY, 8 * DAY]) {
      const answer = await change(one, id, deadlineId, 'bring-forward', { explanation, at: at(one, ms) })
      t.match(answer, { status: 422, body: { code: 'not_brought_forward' } }, String(ms))
    }
  })
  t.strictSame(await events(one, id), before, 'none of this left a trace')
  await t.test('what is held is released before it is brought forward, and may be held for longer', async (t) => {
    t.equal((await change(one, id, deadlineId, 'hold', { explanation, until: at(one, 8 * DAY) })).status, 200)
    t.equal((await change(one, id, deadlineId, 'bring-forward')).status, 409)
    t.match(await change(one, id, deadlineId, 'hold', { explanation, until: at(one, 9 * DAY) }), {
      body: { at: at(one, 9 * DAY) },
    })
  })
})

await t.test('what is listed is exactly what is accepted', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const held = await dismissed(one)
  await change(one, held.id, (await plannedOf(one, held.id, 'auto_close')).id, 'hold')
  const waiting = await negotiating(one)
  await done(one, agent, `/v1/complaints/${waiting.id}/request-information`, { items: ['照片'] })
  // what is allowed is refused for its times alone, so that nothing changes; a release is taken back
  const past = at(one, -1)
  const probes = { hold: { explanation, until: past }, 'bring-forward': { explanation, at: past }, release: {} }
  let accepted = 0
  for (const complaintId of [id, held.id, waiting.id]) {
    for (const as of [supervisor, agent, buyer, 'admin:root']) {
      for (const { id: deadlineId, available_actions: actions } of await planned(one, complaintId, as)) {
        for (const [act, body] of Object.entries(probes)) {
          const { status } = await change(one, complaintId, deadlineId, act, body, { as })
          const listed = actions.some(({ href }: Json) => href.endsWith(`/${deadlineId}/${act}`))
          t.equal([200, 422].includes(status), listed, `${as} ${act}: ${status}`)
          t.ok([200, 403, 409, 422].includes(status))
          if (status === 200) await change(one, complaintId, deadlineId, 'hold')
          accepted += listed ? 1 : 0
        }
      }
    }
  }
  t.equal(accepted, 6, 'one that is planned, one that is held, one that waits for information')
})

await t.test('a repeated request has one effect', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const { id: deadlineId } = await plannedOf(one, id, 'auto_close')
  const headers = { 'idempotency-key': 'once' }
  const answers = [
    await change(one, id, deadlineId, 'hold', { explanation }, { headers }),
    await change(one, id, deadlineId, 'hold', { explanation }, { headers }),
  ]
  t.strictSame(
    answers.map(({ status, headers: { 'idempotent-replayed': replayed } }) => [status, replayed]),
    [
      [200, undefined],
      [200, 'true'],
    ],
  )
  t.equal(answers[0]?.text, answers[1]?.text)
  t.equal((await happened(one.db, 'planned_action_held')).get(id), 1)
  t.match(await change(one, id, deadlineId, 'hold', { explanation: '另一个' }, { headers }), {
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
})

await t.test('of two supervisors who read the same version one decides', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const { id, version } = await dismissed(one)
  const { id: deadlineId } = await plannedOf(one, id, 'auto_close')
  const headers = { 'if-match': `"${version}"` }
  const answers = await Promise.all([
    change(one, id, deadlineId, 'hold', { explanation }, { headers }),
    change(two, id, deadlineId, 'bring-forward', { explanation }, { headers, as: reviewer }),
  ])
  t.strictSame(tally(answers), { '200': 1, '412 version_stale': 1 })
  const unasked = await Promise.all(
    [one, two, one, two].map((app, n) =>
      change(app, id, deadlineId, 'hold', { explanation: `${n}`, until: at(one, (10 + n) * DAY) }),
    ),
  )
  t.strictSame(
    Object.keys(tally(unasked)).filter((kind) => !['200', '409 action_not_available'].includes(kind)),
    [],
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

/** A hold and a sweep at the same moment: either the case stays and is held, or it is closed and there is nothing left to hold. */
const holdAgainstSweep = async (
  t: Test,
  { one, two }: { one: TestApp; two: TestApp },
  order: (holding: () => Promise<Json>, sweeping: () => Promise<Json>) => Promise<Json>,
): Promise<string[]> => {
  const outcomes: string[] = []
  for (let round = 0; round < 6; round++) {
    const { id } = await dismissed(one)
    const { id: deadlineId } = await plannedOf(one, id, 'auto_close')
    one.clock.advance(7 * DAY)
    const held = await order(
      () => change(two, id, deadlineId, 'hold'),
      () => sweep(one),
    )
    const { body } = await one.call('GET', `/v1/complaints/${id}`, { as: agent })
    outcomes.push(`${held.status} ${body.status} ${(await happened(one.db, 'complaint_closed')).get(id)}`)
    t.equal((await happened(one.db, 'planned_action_held')).get(id), held.status === 200 ? 1 : 0)
  }
  return outcomes
}
const STAYS = '200 resolved 0'
const CLOSES = '409 closed 1'

await t.test('a hold and a sweep at the same moment', async (t) => {
  const one = await testApp(t)
  const apps = { one, two: await instance(t, one) }
  const first = await holdAgainstSweep(t, apps, async (holding, sweeping) => {
    const held = await holding()
    await sweeping()
    return held
  })
  t.strictSame(new Set(first), new Set([STAYS]), 'a hold before the sweep keeps the case open')
  const last = await holdAgainstSweep(t, apps, async (holding, sweeping) => {
    await sweeping()
    return holding()
  })
  t.strictSame(new Set(last), new Set([CLOSES]), 'a hold after the sweep finds it closed')
  const both = await holdAgainstSweep(t, apps, async (holding, sweeping) => (await Promise.all([holding(), sweeping()]))[0])
  t.strictSame(
    both.filter((outcome) => outcome !== STAYS && outcome !== CLOSES),
    [],
    'together they have one of the two outcomes, and no third',
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test(
  'a warning is announced and goes out once: before a duty is missed, and before a case closes by itself',
  async (t) => {
    const one = await testApp(t)
    for (const [prepare, kind] of [
      [file, 'first_response'],
      [dismissed, 'auto_close'],
    ] as const) {
      const { id } = await prepare(one)
      const { warns_at: warnsAt } = await plannedOf(one, id, kind)
      one.clock.advance(Date.parse(warnsAt) - one.clock.nowMs() - 1)
      await sweep(one)
      t.equal((await plannedOf(one, id, kind)).warns_at, warnsAt, `${kind}: still to come`)
      t.equal((await happened(one.db, 'deadline_due_soon')).get(id), 0)
      one.clock.advance(1)
      await Promise.all([sweep(one), sweep(one)])
      await sweep(one)
      t.equal((await happened(one.db, 'deadline_due_soon')).get(id), 1, `${kind}: once`)
      t.equal((await plannedOf(one, id, kind)).warns_at, null)
    }
  },
)

await t.test('what the platform has switched off is marked for everybody', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  await sql`
    update platforms set automation_stopped_at = ${at(one, 0)}, automation_changed_by = 'admin:root', automation_explanation = 'x'
     where id = ${one.platformId}`.execute(one.db)
  for (const as of [buyer, supervisor]) {
    t.strictSame(
      (await planned(one, id, as)).map(({ action, stopped }) => [action, stopped]).sort(),
      [
        ['close', true],
        ['window_shuts', false],
      ],
      as,
    )
  }
})

await t.test('messages, remarks, another owner and another category move no clock', async (t) => {
  const one = await testApp(t)
  const { id } = await negotiating(one, filing({ order: order('O-1', 25_900) }))
  const clocks = async () => (await one.call('GET', `/v1/complaints/${id}`, { as: agent })).body.deadlines
  const before = await clocks()
  one.clock.advance(10 * MINUTE)
  await done(one, agent, `/v1/complaints/${id}/messages`, { text: '内部', visibility: 'internal' })
  await done(one, buyer, `/v1/complaints/${id}/messages`, { text: '你好', visibility: 'parties' })
  await done(one, supervisor, `/v1/complaints/${id}/assign`, { owner: 'agent:bob', note: '转交' })
  const { version } = (await one.call('GET', `/v1/complaints/${id}`, { as: agent })).body
  const patch = { body: { category: 'counterfeit', tags: ['vip'] }, headers: { 'if-match': `"${version}"` } }
  t.equal((await one.call('PATCH', `/v1/complaints/${id}`, { as: agent, ...patch })).status, 200)
  t.strictSame(await clocks(), before)
})
