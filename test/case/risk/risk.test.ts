/** How risk is weighed, what follows, and who may say otherwise. */
import t from 'tap'
import { complaintView } from '../../../src/case/complaints/view.ts'
import { HOUR, type Time } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import type { Policy } from '../../../src/rules/policy/schema.ts'
import type { DeadlineKind } from '../../../src/words/deadlines.ts'
import {
  agent,
  buyer,
  filing,
  inShanghai,
  liability,
  merchant,
  rules,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const FIRE = '充电宝突然起火，我的手烧伤了，在医院'
const MONDAY = inShanghai('2026-11-23 10:00')
/** The second night of the National Day week. */
const HOLIDAY_NIGHT = inShanghai('2026-10-02 02:00')

const filed = (description: string, more: object = {}, at: Time = MONDAY, by = rules): Story =>
  new Story(filing({ description, ...more }), buyer, at, by)
const riskOf = ({ file }: Story) => {
  const { risk } = file.complaint
  if (risk === null) throw new Error('nobody judged it')
  return risk
}
const signalsOf = (story: Story): string[] => riskOf(story).findings.map(({ signal }) => signal)
const clock = ({ file }: Story, kind: DeadlineKind) => file.deadlines.findLast((x) => x.kind === kind)
const states = (story: Story) =>
  Object.fromEntries(
    (['fast_feedback', 'fast_facts', 'fast_plan', 'risk_review'] as const).map((kind) => [kind, clock(story, kind)?.status]),
  )
const policyOfRisk = (change: Partial<Policy['risk']>) => withPolicy({ risk: { ...defaultPolicy.risk, ...change } })

t.test('an ordinary complaint is of low risk and tells nothing of it', async (t) => {
  const story = filed('少发了保护膜')
  t.match(riskOf(story), { level: 'low', standing: 'by_machine', findings: [], score: 0, critical_since: null })
  t.equal(story.file.complaint.risk_level, 'low')
  t.match(riskOf(story).priority, { score: 1, severity: 1, complexity: 1, immediacy: 1 })
})

t.test('each signal counts once, and the level only rises', async (t) => {
  const story = filed('再不退款我就找12315')
  t.match(riskOf(story), { level: 'normal', score: 30 })
  story.says(buyer, { text: '12315已经登记了，12345也打了' })
  t.match(riskOf(story), { level: 'normal', score: 30 }, 'the same signal again')
  story.says(buyer, { text: '我的律师会起诉你们' })
  t.match(riskOf(story), { level: 'high', score: 55, standing: 'by_machine' })
  t.ok(
    story.last?.events.some(
      ({ type, actor_role, visibility }) => type === 'risk_raised' && actor_role === 'system' && visibility === 'staff',
    ),
  )
  story.says(buyer, { text: '好的，谢谢' })
  t.match(riskOf(story), { level: 'high' })
})

t.test('words of one kind reach high at most, and facts, too', async (t) => {
  const all = filed('骗子！假货！食品过期，我要起诉，还要杀了你，上门砸店', { wanted: { remedy: 'refund', amount: 900_000 } })
  t.match(riskOf(all), { level: 'high' })
  t.ok(signalsOf(all).includes('large_amount'))
  t.equal(clock(all, 'fast_feedback'), undefined)
})

t.test('the amount is large by the policy of its currency', async (t) => {
  const by = policyOfRisk({ large_amounts: { CNY: 5_000 } })
  t.strictSame(signalsOf(filed('少发了', {}, MONDAY, by)), ['large_amount'])
  t.strictSame(signalsOf(filed('少发了', {}, MONDAY, policyOfRisk({ large_amounts: {} }))), [])
})

t.test('words of a merchant raise nothing in its own cases, and what staff write neither', async (t) => {
  const story = filed('少发了保护膜').by(agent, 'accept')
  story.says(merchant, { text: FIRE }).by(merchant, 'respond', { position: 'dispute', statement: FIRE })
  story.says(agent, { text: FIRE })
  t.match(riskOf(story), { level: 'low', findings: [] })
  const own = new Story(
    filing({ complainant: { role: 'merchant', id: 'M-9' }, respondent: { role: 'platform', id: 'platform' }, description: FIRE }),
    { role: 'merchant', id: 'M-9' },
    MONDAY,
  )
  t.match(riskOf(own), { level: 'low', findings: [] })
})

t.test('what a complainant provides, reopens and proves with is heard, too', async (t) => {
  const story = filed('少发了').by(agent, 'request_information', { items: ['照片'] })
  story.by(buyer, 'provide_information', { statement: '孩子被划伤，流了血' })
  t.match(riskOf(story), { level: 'critical', standing: 'suspected' })
})

t.test('a critical case at two in the night of a holiday', async (t) => {
  const by = policyOfRisk({ critical_tells: ['supervisor:sun'] })
  const story = filed(FIRE, {}, HOLIDAY_NIGHT, by)
  t.match(riskOf(story), { level: 'critical', standing: 'suspected', critical_since: HOLIDAY_NIGHT })
  t.match(
    story.file.events.find(({ type }) => type === 'fast_lane_opened'),
    {
      at: HOLIDAY_NIGHT,
      actor_role: 'system',
      visibility: 'staff',
      data: { to: ['supervisors', 'supervisor:sun'], suspected: true },
    },
  )
  t.equal(clock(story, 'fast_feedback')?.due_at, inShanghai('2026-10-02 04:00'), 'by the wall clock')
  t.equal(clock(story, 'fast_facts')?.due_at, inShanghai('2026-10-02 14:00'))
  t.equal(clock(story, 'fast_plan')?.due_at, inShanghai('2026-10-03 02:00'))
  t.equal(clock(story, 'risk_review')?.due_at, inShanghai('2026-10-02 04:00'))
  story.by(supervisor, 'accept')
  t.match(states(story), { fast_feedback: 'met', fast_facts: 'running' })
  story.by(supervisor, 'escalate', { reason_code: 'critical' }).by(supervisor, 'determine_liability', liability)
  t.match(states(story), { fast_facts: 'met', fast_plan: 'running' })
  story
    .by(supervisor, 'create', { remedies: [{ type: 'refund', amount: 5_000 }], explanation: '先行退款' })
    .onPlan(supervisor, 'propose')
  t.match(states(story), { fast_plan: 'met', risk_review: 'running' })
})

t.test('a message of staff to the complainant is a first feedback; one of a machine or to the merchant is none', async (t) => {
  const story = filed(FIRE)
  story.says(agent, { text: '自动回复', automated: true })
  story.says(agent, { text: '请商家说明', to: 'respondent' })
  story.says(agent, { text: '内部备注', visibility: 'internal' })
  t.match(states(story), { fast_feedback: 'running' })
  story.says(agent, { text: '您好，请先就医并保留产品' })
  t.match(states(story), { fast_feedback: 'met' })
})

t.test('nobody looks at it: the supervisors hear of the miss in the night, and the suspicion holds', async (t) => {
  const nightShut = {
    ...policyOfRisk({}),
    policy: {
      ...defaultPolicy,
      service_hours: { calendar: 'china', holds_back: ['warnings', 'notices'] as ('warnings' | 'notices')[] },
    },
  }
  const story = filed(FIRE, {}, HOLIDAY_NIGHT, nightShut)
    .after(2 * HOUR)
    .sweep()
  t.match(riskOf(story), { level: 'critical', standing: 'confirmed_by_silence' })
  t.match(states(story), { risk_review: 'missed', fast_feedback: 'running' }, 'what was missed stays owed')
  const notice = story.last?.events.find(
    ({ type, reason_code }) => type === 'escalation_notice' && reason_code === 'fast_feedback_missed',
  )
  t.match(notice?.data, { tells: ['owner', 'supervisors'] })
})

t.test('a supervisor confirms, once', async (t) => {
  const story = filed(FIRE).by(supervisor, 'confirm_risk', { explanation: '已与医院核实' })
  t.match(riskOf(story), { level: 'critical', standing: 'confirmed' })
  t.match(states(story), { risk_review: 'met', fast_feedback: 'running' })
  t.throws(() => story.by(supervisor, 'confirm_risk'), { code: 'action_not_available' })
})

t.test('lowering ends what was not missed yet; the ordinary clocks hold, and the miss stays owed', async (t) => {
  const lowered = { level: 'normal', reason_code: 'figure_of_speech', explanation: '电话核实为玩笑' }
  const story = filed(FIRE)
  t.throws(() => story.by(agent, 'set_risk', lowered), { code: 'risk_needs_supervisor' })
  story.by(supervisor, 'set_risk', lowered)
  t.match(riskOf(story), { level: 'normal', standing: 'set_by_staff', critical_since: null, set: { by: 'supervisor:zhao' } })
  t.match(states(story), {
    fast_feedback: 'cancelled',
    fast_facts: 'cancelled',
    fast_plan: 'cancelled',
    risk_review: 'cancelled',
  })
  t.equal(clock(story, 'first_response')?.status, 'running')
  t.equal(story.file.complaint.risk_lowered_at, story.now)
  const late = filed(FIRE)
    .after(3 * HOUR)
    .sweep()
    .by(supervisor, 'set_risk', lowered)
  t.match(states(late), { fast_feedback: 'running', fast_facts: 'cancelled', fast_plan: 'cancelled' })
})

t.test('after a lowering the same words raise nothing, and new ones do', async (t) => {
  const story = filed(FIRE).by(supervisor, 'set_risk', { level: 'low', reason_code: 'no_danger', explanation: '误报' })
  story.says(buyer, { text: FIRE })
  t.match(riskOf(story), { level: 'low', standing: 'set_by_staff' })
  story.says(buyer, { text: '我要找12315，还要上电视台' })
  t.match(riskOf(story), { level: 'critical', standing: 'suspected' })
})

t.test('staff raise a case by hand, and an agent may', async (t) => {
  const story = filed('少发了').by(agent, 'set_risk', {
    level: 'critical',
    reason_code: 'vulnerable_person',
    explanation: '独居老人',
  })
  t.match(riskOf(story), { level: 'critical', standing: 'set_by_staff' })
  t.match(states(story), { fast_feedback: 'running', risk_review: undefined })
  t.equal(story.file.complaint.risk_lowered_at, null)
})

t.test('duties that the platform missed are a signal', async (t) => {
  const story = filed('少发了')
    .after(2 * HOUR)
    .sweep()
  t.strictSame(signalsOf(story), [], 'one')
  story
    .says(buyer)
    .after(200 * HOUR)
    .sweep()
  t.strictSame(signalsOf(story), ['missed_clocks'], 'two')
})

t.test('parties see nothing of it', async (t) => {
  const story = filed(FIRE)
  const viewer = { now: story.now, policy: rules.policy }
  for (const actor of [buyer, merchant]) {
    const seen = complaintView(story.file, { ...viewer, actor })
    t.equal(seen.risk, null)
    t.equal(seen.next_due_at, null)
    t.strictSame(
      seen.deadlines.map(({ kind }) => kind).filter((kind) => kind.startsWith('fast_') || kind === 'risk_review'),
      [],
    )
    t.strictSame(
      seen.available_actions.map(({ action }) => action).filter((action) => action.includes('risk')),
      [],
    )
  }
  t.match(complaintView(story.file, { ...viewer, actor: supervisor }).risk, { level: 'critical', signals: ['injury', 'hazard'] })
})

t.test('priority is severity by complexity by immediacy, each explained', async (t) => {
  t.match(riskOf(filed(FIRE)).priority, {
    score: 12,
    severity: 4,
    complexity: 1,
    immediacy: 3,
    because: ['severity:critical', 'immediacy:injury', 'immediacy:hazard'],
  })
})
