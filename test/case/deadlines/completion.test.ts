/** The clock over the whole handling: it counts what the platform takes, from the first word to the end of what was decided. */

import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { recount } from '../../../src/clockwork/recomputations/decide.ts'
import { DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import { finished } from '../../support/events.ts'
import {
  agent,
  buyer,
  filing,
  liability,
  merchant,
  once,
  otherSupervisor,
  rules,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

const inWords = { explanation: '说明' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const shipped = { tracking_number: 'SF1' }

/** What became of the clocks of this kind, newest last. */
const completions = (story: Story) => story.file.deadlines.filter((x) => x.kind === 'completion')
/** The one that is open, in words. */
const completion = (story: Story): string | undefined => story.open.find((x) => x.startsWith('completion'))
const runs = (until: string) => `completion of platform until ${until}`
const paused = (hours: number) => `completion of platform paused with ${hours} h`

t.test('it begins with the filing, counts business time and lives until the case is at rest', async (t) => {
  const story = new Story()
  t.equal(completion(story), runs('2026-12-02 10:00'), 'seven business days from receipt')
  for (const ended of [
    once.rejected(),
    once.dismissed(),
    once.resolved(),
    once.accepted().by(supervisor, 'close', { reason_code: 'other' }),
  ])
    t.match(completions(ended), [{ status: 'met', margin_ms: 63 * HOUR }], ended.status)
  t.match(completions(new Story().by(buyer, 'withdraw')), [{ status: 'met' }])
})

t.test('it stands still while a side owes something, and goes on with its unused rest', async (t) => {
  const story = new Story().after(HOUR).by(agent, 'accept')
  t.equal(completion(story), paused(62), 'the merchant has to answer')
  story.after(DAY).by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
  t.equal(completion(story), runs('2026-12-03 10:00'), 'nobody but the platform is waited for')
  story.after(HOUR).by(agent, 'request_information', { items: ['照片'] })
  t.equal(completion(story), paused(61))
  story
    .after(DAY)
    .by(buyer, 'provide_information', { statement: '已上传' })
    .by(buyer, 'escalate', { reason_code: 'no_agreement' })
  story.by(agent, 'determine_liability', liability).by(agent, 'create', returned)
  t.equal(completion(story), runs('2026-12-04 10:00'))
  story.onPlan(agent, 'propose')
  t.equal(completion(story), paused(61), 'both sides have to confirm')
  story.after(DAY).onPlan(buyer, 'accept')
  t.equal(completion(story), paused(61), 'the merchant still has to')
  story.onPlan(merchant, 'accept')
  t.equal(completion(story), paused(61), 'the buyer has to send the goods back')
  story.after(DAY).onStep(buyer, 'complete_step', shipped)
  t.equal(completion(story), paused(61), 'the merchant has to inspect them')
  story.after(DAY).onStep(merchant, 'complete_step', { passed: true })
  t.equal(completion(story), runs('2026-12-08 16:00'), 'the platform has to pay')
  story.after(HOUR).onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
  t.match(completions(story), [{ status: 'met' }])
})

t.test('a suspension and an appeal stop it', async (t) => {
  const suspended = once.escalated().after(HOUR).by(agent, 'suspend', { reason_code: 'court' })
  t.equal(completion(suspended), paused(62))
  t.equal(completion(suspended.after(DAY).by(agent, 'resume')), runs('2026-12-03 10:00'))
  const appealed = once.imposed().after(HOUR).by(merchant, 'file', wrongFacts)
  t.equal(completion(appealed), paused(62))
  t.equal(completion(appealed.after(DAY).onAppeal(merchant, 'withdraw')), runs('2026-12-03 10:00'))
})

t.test('what the platform owes as the respondent is its own to do', async (t) => {
  const against = new Story(filing({ respondent: { role: 'platform', id: 'platform' }, wanted: { remedy: 'repair' } })).by(
    agent,
    'accept',
  )
  against.by(buyer, 'create', { remedies: [{ type: 'apology' }], explanation: '道歉' }).onPlan(buyer, 'propose')
  t.equal(completion(against), runs('2026-12-02 10:00'), 'the platform has to answer the offer')
  against.onPlan(agent, 'accept')
  t.equal(completion(against), runs('2026-12-02 10:00'), 'and to apologise')
})

t.test('taken up again, a case has the whole time afresh; a plan that fails gives no new time', async (t) => {
  const reopened = once.resolved().after(DAY).by(buyer, 'reopen', inWords)
  t.match(completions(reopened), [{ status: 'met' }, { status: 'running' }])
  t.equal(completion(reopened), runs('2026-12-03 10:00'))

  const rolledBack = once.imposed().after(DAY).by(merchant, 'file', wrongFacts).onAppeal(otherSupervisor, 'uphold', inWords)
  t.match(completions(rolledBack), [{ status: 'cancelled' }, { status: 'running' }])
  t.equal(completion(rolledBack), runs('2026-12-03 10:00'))

  const failed = once.agreed().after(HOUR).onStep(agent, 'fail_step', inWords)
  t.match(completions(failed), [{ status: 'running' }])
  t.equal(completion(failed), runs('2026-12-02 10:00'))
})

t.test('it warns at four fifths, then escalates again and again, also while a plan is carried out', async (t) => {
  const story = once.agreed()
  // 50.4 of 63 hours are used up at 15:24 of the sixth day; a refund that is not paid escalates as well
  story.at('2026-11-30 15:23').sweep()
  t.notOk(story.told('deadline_due_soon'))
  story.at('2026-11-30 15:24').sweep()
  t.match(
    story.last?.events.filter(({ type }) => type === 'deadline_due_soon'),
    [{ visibility: 'staff', data: { kind: 'completion' } }],
  )
  story.at('2026-12-02 09:59').sweep()
  const level = story.file.complaint.level
  t.notOk(story.last?.events.some(({ data }) => data.kind === 'completion'))
  story.at('2026-12-02 10:00').sweep()
  t.match(
    story.last?.events.filter(({ data }) => data.kind === 'completion'),
    [
      { type: 'deadline_missed', reason_code: 'escalate' },
      { type: 'escalation_notice', reason_code: 'completion_missed' },
    ],
  )
  t.equal(story.file.complaint.level, 3)
  t.equal(level, 3)
  t.equal(completion(story), runs('2026-12-03 10:00'), 'again in a business day')
  t.match(completions(story).at(-1), { step: 1, owed_since: '2026-12-02T02:00:00.000Z' })
})

t.test('late in a wait of a side it is not late, and what was late before is missed, and the case escalated', async (t) => {
  const waiting = once.accepted().by(agent, 'request_information', { items: ['照片'] })
  t.notOk(
    waiting
      .after(2 * DAY)
      .sweep()
      .told('deadline_missed'),
  )
  const late = new Story().at('2026-12-02 10:30').by(agent, 'accept')
  t.match(completions(late), [
    { status: 'missed', margin_ms: -30 * MINUTE },
    { status: 'running', step: 1, owed_since: '2026-12-02T02:00:00.000Z' },
  ])
  t.equal(late.status, 'investigating', 'the platform has stepped in, and owes the next step')
  t.match(
    late.last?.events.map(({ type, actor_role }) => `${type} by ${actor_role}`),
    ['complaint_accepted by agent', 'deadline_missed by system', 'complaint_escalated by system', 'escalation_notice by system'],
    'the act that is at hand counts, and what was due before it is missed',
  )
  t.strictSame(
    late.sweep().events.filter((type) => type === 'deadline_missed'),
    [],
    'once',
  )

  const asked = once
    .escalated()
    .at('2026-12-04 10:00')
    .by(agent, 'request_information', { items: ['照片'] })
  t.match(completions(asked).slice(-2), [
    { status: 'missed', margin_ms: -2 * 9 * 60 * MINUTE },
    { status: 'paused', step: 1, owed_since: '2026-12-02T02:00:00.000Z' },
  ])
  t.ok(asked.told('deadline_missed'))
  t.strictSame(
    asked
      .after(60 * MINUTE)
      .sweep()
      .events.filter((type) => type === 'deadline_missed'),
    [],
    'once',
  )
})

t.test('counted in elapsed time it stands still all the same', async (t) => {
  const natural = withPolicy({
    clocks: { ...rules.policy.clocks, completion: [{ allow: { count: 10, unit: 'days' }, on_silence: ['escalate'] }] },
  })
  const story = new Story(undefined, undefined, undefined, natural).after(DAY).by(agent, 'accept')
  t.equal(completion(story), paused(9 * 24))
  const waiting = story.by(agent, 'request_information', { items: ['照片'] }).after(DAY)
  const d = new Decision(waiting.file, systemActor, waiting.now, { ...natural, policyVersion: 3 })
  recount(d, { applies: 'policy_and_calendars' })
  t.strictSame(
    finished(d)
      .file.deadlines.filter((x) => x.kind === 'completion')
      .map(({ status, remaining_ms }) => [status, remaining_ms]),
    [['paused', 9 * DAY]],
    'a recomputation does not set it going',
  )
})

t.test('a case from before there was such a clock gets none while it runs, and one when it is taken up again', async (t) => {
  const before = (story: Story): Story => {
    story.file.deadlines = story.file.deadlines.filter((x) => x.kind !== 'completion')
    return story
  }
  const old = before(new Story()).by(agent, 'accept').by(buyer, 'escalate', { reason_code: 'no_agreement' })
  t.strictSame(completions(old), [])
  t.equal(completion(before(once.resolved()).by(buyer, 'reopen', inWords)), runs('2026-12-02 10:00'))
})
