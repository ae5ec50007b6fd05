/** A supervisor cancels for good what the service would close, decide or deem; what was done, failed or cancelled stays listed. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { decidePlanned } from '../../../src/clockwork/planned-actions/decide.ts'
import { pastActions, plannedActions } from '../../../src/clockwork/planned-actions/view.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { finished } from '../../support/events.ts'
import { agent, buyer, inShanghai, merchant, once, Story, supervisor, withPolicy } from '../../support/rules.ts'

const explanation = '买家住院，已电话联系'
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }

const cancel = (story: Story, kind: string, party?: string): Story => {
  const d = new Decision(story.file, supervisor, story.now, story.rules)
  const deadline = d.file.deadlines.find((x) => x.kind === kind && x.ended_at === null && (!party || x.party === party))
  if (!deadline) throw new Error(`no ${kind} is open`)
  decidePlanned.cancel(d, deadline, { explanation })
  story.last = finished(d)
  story.file = d.file
  return story
}

const listed = (story: Story, as = supervisor) => pastActions(new Decision(story.file, as, story.now, story.rules))

/** What would end something in each of these cases, and where the case stands before it. */
const endings: Record<string, { kind: string; tell: () => Story; dueIn: number }> = {
  'closing for want of information': {
    kind: 'information',
    tell: () => once.accepted().by(agent, 'request_information', { items: ['照片'] }),
    dueIn: 3 * DAY,
  },
  'a plan that lapses': { kind: 'confirmation', tell: () => once.proposed(), dueIn: 3 * DAY },
  'a deemed acceptance': { kind: 'confirmation', tell: () => once.proposed().onPlan(buyer, 'accept'), dueIn: 3 * DAY },
  'closing for want of a return': { kind: 'return_shipment', tell: () => once.agreed(returned), dueIn: 7 * DAY },
  'a deemed inspection': {
    kind: 'inspection',
    tell: () =>
      once.agreed(returned).onStep(buyer, 'complete_step', { tracking_number: 'SF1' }).onStep(merchant, 'complete_step'),
    dueIn: 10 * DAY,
  },
  'the end of a suspension': {
    kind: 'suspension',
    tell: () => once.escalated().by(agent, 'suspend', { reason_code: 'court' }),
    dueIn: 30 * DAY,
  },
  'the close of a resolved case': { kind: 'auto_close', tell: () => once.resolved(), dueIn: 7 * DAY },
  'the close of a rejected case': { kind: 'auto_close', tell: () => once.rejected(), dueIn: 7 * DAY },
}

for (const [name, { kind, tell, dueIn }] of Object.entries(endings)) {
  t.test(`${name} never happens once it is cancelled; the supervisors are called in, again and again`, async (t) => {
    const story = cancel(tell().without('completion'), kind)
    const { status } = story
    t.match(story.last?.events, [
      { type: 'planned_action_cancelled', actor_id: 'zhao', note: explanation, visibility: 'parties' },
    ])
    t.strictSame(new Set(story.running(kind).map(({ on_silence }) => on_silence)), new Set(['escalate']))
    story.after(dueIn)
    const duties = () => story.file.deadlines.filter((x) => x.kind === kind)
    const calls = () => Math.max(...duties().map(({ step }) => step))
    for (const time of ['at the due time', 'a few days later', 'and again']) {
      const before = calls()
      story.sweep()
      t.equal(story.status, status, time)
      t.ok(calls() > before, time)
      t.ok(
        duties().some((x) => x.escalation?.tells.includes('supervisors')),
        time,
      )
      t.ok(story.running(kind).length > 0, 'the duty stays due')
      story.after(5 * DAY)
    }
    t.match(
      story.file.plans.filter((plan) => plan.status === 'expired'),
      [],
    )
  })
}

t.test('it is called in although the level tells others alone', async (t) => {
  const levels = { ...defaultPolicy.levels, '2': { name: 'desk', tells: ['agents' as const] } }
  const story = cancel(
    once
      .accepted()
      .under(withPolicy({ levels }))
      .by(agent, 'request_information', { items: ['照片'] }),
    'information',
  )
  story.after(3 * DAY).sweep()
  t.match(
    story.last?.events.find(({ type }) => type === 'escalation_notice'),
    { data: { level: 2, tells: ['agents', 'supervisors'] } },
  )
})

t.test('a silence that would agree is cancelled: the platform steps in instead', async (t) => {
  const by = withPolicy({
    clocks: {
      ...defaultPolicy.clocks,
      respondent_response: [{ allow: { count: 2, unit: 'days' }, on_silence: ['deem_agreed'] }],
    },
  })
  const story = cancel(new Story(undefined, undefined, undefined, by).by(agent, 'accept'), 'respondent_response')
  story.after(2 * DAY).sweep()
  t.match(story.file.complaint, { status: 'investigating', level: 2 })
})

t.test('so is what the platform would propose by default', async (t) => {
  const story = new Story(
    undefined,
    undefined,
    undefined,
    withPolicy({ platform_silence: { resolution: 'propose_wanted', appeal_decision: 'none' } }),
  )
  story.by(agent, 'accept').by(buyer, 'escalate', { reason_code: 'x' }).by(supervisor, 'escalate', { reason_code: 'panel' })
  cancel(story, 'resolution')
    .at('2026-12-02 10:00')
    .sweep()
    .after(5 * DAY)
    .sweep()
  t.strictSame(story.file.plans, [])
  t.match(story.running('resolution'), [{ on_silence: 'escalate', cancellation: { action: 'propose_wanted' } }])
})

t.test('both sides’ silence about a plan is cancelled as one, a hold on it has nothing left to hold', async (t) => {
  const story = once.proposed()
  const d = new Decision(story.file, supervisor, story.now, story.rules)
  const [first] = d.file.deadlines.filter(({ kind }) => kind === 'confirmation')
  if (!first) throw new Error('no confirmation')
  decidePlanned.hold(d, first, { explanation: '等待' })
  story.file = finished(d).file
  cancel(story, 'confirmation', 'respondent')
  t.match(story.running('confirmation'), [
    { on_silence: 'escalate', hold: null },
    { on_silence: 'escalate', hold: null },
  ])
  story.onPlan(merchant, 'accept').onPlan(buyer, 'accept')
  t.equal(story.status, 'executing', 'the sides can answer all the while')
})

t.test('a recomputation does not bring it back, and the next duty of its kind is another', async (t) => {
  const story = cancel(once.accepted().by(agent, 'request_information', { items: ['照片'] }), 'information')
  story.by(buyer, 'provide_information', { statement: '已上传' }).by(agent, 'request_information', { items: ['发票'] })
  t.match(story.running('information'), [{ on_silence: 'close_no_response', cancellation: null }])
  const suspended = once.escalated().by(agent, 'suspend', { reason_code: 'court', resume_at: inShanghai('2026-12-01 10:00') })
  cancel(suspended, 'suspension').at('2026-12-01 10:00').sweep()
  t.equal(suspended.file.complaint.suspension?.resume_at, inShanghai('2026-12-01 10:00'), 'the case says what was told')
  t.equal(suspended.by(agent, 'resume').status, 'investigating')
})

t.test('what was done, failed or cancelled stays listed, newest first', async (t) => {
  const story = cancel(once.accepted().by(agent, 'request_information', { items: ['照片'] }), 'information')
  t.match(plannedActions(new Decision(story.file, supervisor, story.now, story.rules), false)[0], {
    action: 'escalate',
    status: 'planned',
    tells: ['owner', 'supervisors'],
    cancelled: { action: 'close_no_response', by: 'supervisor:zhao', explanation },
  })
  const cancelled = { action: 'close_no_response', status: 'cancelled', at: story.now, why: 'a supervisor cancelled it' }
  t.match(listed(story), [{ ...cancelled, cancelled: { by: 'supervisor:zhao', at: story.now, explanation } }])
  t.match(listed(story, buyer), [{ ...cancelled, cancelled: { by: 'supervisor:zhao', explanation: null } }])
  story.after(3 * DAY).sweep()
  t.match(listed(story), [
    {
      action: 'escalate',
      status: 'done',
      at: story.now,
      tells: ['owner', 'supervisors'],
      level_after: 2,
      why: 'information of the complainant was not met',
    },
    cancelled,
  ])
  story.after(HOUR).by(buyer, 'provide_information', { statement: '已上传' })
  t.equal(listed(story).length, 2, 'it stays, though the duty is done')

  const failed = once.proposed().onPlan(buyer, 'accept').at('2026-11-26 10:00')
  if (failed.file.order) failed.file.order.refund_in_force = 25_900
  failed.sweep()
  t.match(listed(failed, buyer), [
    { action: 'deem_accepted', status: 'failed', obstacle: 'order_total_exceeded', level_after: null },
  ])
})

t.test('the list of what is past has an end', async (t) => {
  const story = new Story().after(2 * DAY).sweep()
  const past = story.file.deadlines.filter((x) => x.status === 'missed')
  t.ok(past.length > 0)
  for (let n = 0; n < 60; n++) story.file.deadlines.push(...past.map((x) => ({ ...x, id: newId() })))
  t.equal(listed(story).length, 50)
})
