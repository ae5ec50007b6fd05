/** Cancelling a planned action over HTTP: who may, what cannot be, and what everybody reads of it afterwards. */
import t from 'tap'
import { DAY, toTime } from '../../../src/foundation/clock.ts'
import { agent, buyer, dismissed, done, happened, merchant, negotiating, supervisor } from '../../races/cases.ts'
import { type CallOptions, type Json, type TestApp, testApp } from '../../support/app.ts'

const explanation = '等待鉴定'

const planned = async ({ call }: TestApp, id: string, as = supervisor): Promise<Json[]> =>
  (await call('GET', `/v1/complaints/${id}/planned-actions`, { as })).body.data
const plannedOf = async (app: TestApp, id: string, kind: string, as?: string): Promise<Json> =>
  (await planned(app, id, as)).find(({ deadline }) => deadline.kind === kind)

const cancel = (app: TestApp, id: string, deadlineId: string, more: CallOptions = {}) =>
  app.call('POST', `/v1/complaints/${id}/planned-actions/${deadlineId}/cancel`, {
    as: supervisor,
    body: { explanation },
    ...more,
  })

await t.test('what would close the case never does; it is listed who cancelled it, and to staff why', async (t) => {
  const one = await testApp(t)
  const { id, version } = await dismissed(one)
  const close = await plannedOf(one, id, 'auto_close')
  t.ok(close.available_actions.some(({ action }: Json) => action === 'cancel'))
  const cancelled = { action: 'close', by: supervisor, at: toTime(one.clock.nowMs()), explanation }
  const answer = await cancel(one, id, close.id, { headers: { 'if-match': `"${version}"` } })
  t.match(answer, {
    status: 200,
    headers: { etag: `"${version + 1}"` },
    body: { id: close.id, action: 'escalate', status: 'planned', at: close.at, tells: ['owner', 'supervisors'], cancelled },
  })
  t.notOk(
    answer.body.available_actions.some(({ action }: Json) => action === 'cancel'),
    'once is enough',
  )

  one.clock.advance(7 * DAY)
  t.match(await done(one, 'admin:root', '/v1/sweeps'), { closed: 0, escalated: 1 })
  const { body } = await one.call('GET', `/v1/complaints/${id}`, { as: buyer })
  t.match(body, { status: 'resolved', level: body.level })
  t.equal((await happened(one.db, 'complaint_closed')).get(id), 0)
  for (const [as, why] of [
    [agent, explanation],
    [buyer, null],
  ] as const) {
    const past = (await planned(one, id, as)).filter(({ status }) => ['done', 'failed', 'cancelled'].includes(status))
    t.match(
      past.filter(({ deadline }) => deadline.kind === 'auto_close'),
      [
        { action: 'escalate', status: 'done', at: toTime(one.clock.nowMs()) },
        { action: 'close', status: 'cancelled', at: cancelled.at, cancelled: { ...cancelled, explanation: why } },
      ],
      as,
    )
  }
  const trail = (await one.call('GET', `/v1/complaints/${id}/events?limit=100`, { as: buyer })).body.data
  const event = trail.find(({ type }: Json) => type === 'planned_action_cancelled')
  t.match(event, { actor: { role: 'supervisor', id: 'zhao' }, reason_code: 'close', note: null, data: { kind: 'auto_close' } })
  t.notOk(JSON.stringify(event).includes(explanation))
})

await t.test('who may not, and what cannot be', async (t) => {
  const one = await testApp(t)
  const { id } = await dismissed(one)
  const { id: close } = await plannedOf(one, id, 'auto_close')
  const { id: window } = await plannedOf(one, id, 'appeal_window')
  const talks = await negotiating(one)
  const { id: response } = await plannedOf(one, talks.id, 'respondent_response')
  for (const as of [agent, buyer, 'admin:root']) t.equal((await cancel(one, id, close, { as, body: {} })).status, 403, as)
  t.equal((await cancel(one, id, close, { as: merchant })).status, 404, 'the merchant is no party of this case')
  t.equal((await cancel(one, id, response)).status, 404, 'a deadline of another case')
  t.match(await cancel(one, id, close, { body: {} }), { status: 400, body: { errors: [{ pointer: '/explanation' }] } })
  for (const [caseId, deadlineId, what] of [
    [id, window, 'a right'],
    [talks.id, response, 'what only calls somebody in'],
  ] as const)
    t.match(await cancel(one, caseId, deadlineId), { status: 409, body: { code: 'action_not_available' } }, what)
  await done(one, agent, `/v1/complaints/${talks.id}/request-information`, { items: ['照片'] })
  t.equal((await cancel(one, talks.id, (await plannedOf(one, talks.id, 'information')).id)).status, 200)
})
