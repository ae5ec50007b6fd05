import t from 'tap'
import type { ComplaintRow } from '../../../src/case/complaints/table.ts'
import { DAY, type Time } from '../../../src/foundation/clock.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import {
  agent,
  buyer,
  dismissal,
  filing,
  merchant,
  offer,
  once,
  refusal,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'

/**
 * Every way in which silence closes a case, and who may contest the closing: a decision that could be contested for seven days gets no second
 * seven for nothing more having been said, and who won has nothing to contest.
 */
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const notExecuted = { reason_code: 'not_executed', statement: '未执行' }
const paid = { payment_reference: 'PAY-1' }
const reviewer = { role: 'supervisor', id: 'qian' } as const

const asked = () => new Story().by(agent, 'request_information', { items: ['照片'] })
const silentTwice = () =>
  once
    .proposed()
    .onPlan(merchant, 'accept')
    .after(3 * DAY)
    .sweep()
    .by(agent, 'create', offer(6_000))
    .onPlan(agent, 'propose')
/** The buyer accepted the platform's plan, the merchant said nothing. */
const deemed = (plan?: object) =>
  once
    .proposed(plan)
    .onPlan(buyer, 'accept')
    .after(3 * DAY)
    .sweep()
const againstPlatform = filing({ respondent: { role: 'platform', id: 'platform' } })

type Outcome = ComplaintRow['outcome']

const ways: Record<string, { until: () => Story; after: number; closes: [string, Outcome]; windows: string[] }> = {
  'what was asked for is not sent': {
    until: asked,
    after: 3,
    closes: ['no_response', 'no_response'],
    windows: ['complainant'],
  },
  'what was asked for after acceptance is not sent': {
    until: () => once.escalated().by(agent, 'request_information', { items: ['照片'] }),
    after: 3,
    closes: ['no_response', 'no_response'],
    windows: ['complainant'],
  },
  'the complainant answers no plan, twice in a row': {
    until: silentTwice,
    after: 3,
    closes: ['no_response', 'no_response'],
    windows: ['complainant'],
  },
  'what was agreed is not sent back': {
    until: () => once.agreed(returned),
    after: 7,
    closes: ['return_not_shipped', 'not_fulfilled'],
    windows: ['complainant', 'respondent'],
  },
  'what was imposed is not sent back: the imposition could be contested, that it came to nothing could not': {
    until: () => once.imposed(returned),
    after: 7,
    closes: ['return_not_shipped', 'not_fulfilled'],
    windows: ['complainant'],
  },
  'what was deemed accepted is not sent back': {
    until: () => deemed(returned),
    after: 7,
    closes: ['return_not_shipped', 'not_fulfilled'],
    windows: ['complainant'],
  },
  'a settlement of both was carried out': {
    until: once.resolved,
    after: 7,
    closes: ['auto_confirmed', 'settled'],
    windows: ['complainant', 'respondent'],
  },
  'a settlement with the platform was carried out: it never appeals': {
    until: () =>
      new Story(againstPlatform)
        .by(agent, 'accept')
        .by(agent, 'create', offer(100))
        .onPlan(agent, 'propose')
        .onPlan(buyer, 'accept')
        .onStep(agent, 'complete_step', paid),
    after: 7,
    closes: ['auto_confirmed', 'settled'],
    windows: ['complainant'],
  },
  'an imposed plan was carried out': {
    until: () => once.imposed().onStep(agent, 'complete_step', paid),
    after: 7,
    closes: ['auto_confirmed', 'upheld'],
    windows: [],
  },
  'a plan deemed accepted was carried out': {
    until: () => deemed().onStep(agent, 'complete_step', paid),
    after: 7,
    closes: ['auto_confirmed', 'settled'],
    windows: [],
  },
  'a dismissal is not answered': {
    until: once.dismissed,
    after: 7,
    closes: ['auto_confirmed', 'not_upheld'],
    windows: [],
  },
  'a rejection is not answered': { until: once.rejected, after: 7, closes: ['rejected', 'rejected'], windows: [] },
  'an appeal of a rejection was denied': {
    until: () => once.rejected().by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'deny', { explanation: '没有新的事实' }),
    after: 7,
    closes: ['rejected', 'rejected'],
    windows: [],
  },
}

const windowsUntil = (story: Story, due: Time): string[] =>
  story
    .running('appeal_window')
    .filter((x) => x.due_at === due)
    .map((x) => x.party)
    .sort()

for (const [way, { until, after, closes, windows }] of Object.entries(ways)) {
  t.test(way, (t) => {
    const story = until()
    story.after(after * DAY).sweep()
    const { status, close_reason, outcome } = story.file.complaint
    t.strictSame([status, close_reason, outcome], ['closed', ...closes])
    const seven = new Date(Date.parse(story.now) + 7 * DAY).toISOString()
    t.strictSame(windowsUntil(story, seven), windows, 'who has seven days from the closing')
    t.equal(story.running('appeal_window').length, windows.length, 'and there are no other windows')
    t.end()
  })
}

t.test('a window that is longer than the wait for a word is not shut by the closing', (t) => {
  const patient = withPolicy({
    clocks: {
      ...defaultPolicy.clocks,
      appeal_window: [{ allow: { count: 30, unit: 'days' }, on_silence: ['window_shuts'], warn: null }],
    },
  })
  const story = once.judged().under(patient).by(agent, 'dismiss', dismissal)
  story.after(7 * DAY).sweep()
  t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed' })
  t.strictSame(story.open, ['appeal_window of complainant until 2026-12-23 10:00'])
  t.equal(story.by(buyer, 'file', wrongFacts).status, 'under_appeal')
  t.end()
})

t.test('a supervisor’s close is a decision of its own: both have a window', (t) => {
  for (const story of [once.accepted(), once.dismissed(), once.resolved()]) {
    story.after(DAY).by(supervisor, 'close', { reason_code: 'other' })
    const seven = new Date(Date.parse(story.now) + 7 * DAY).toISOString()
    t.strictSame(windowsUntil(story, seven), ['complainant', 'respondent'])
  }
  t.end()
})

t.test('whoever accepted what was not fulfilled may only say that it was not executed', (t) => {
  const closed = () =>
    once
      .agreed(returned)
      .after(7 * DAY)
      .sweep()
  for (const party of [buyer, merchant]) {
    t.equal(
      refusal(() => closed().by(party, 'file', wrongFacts)),
      '422 reason_code_not_open_to_you',
      party.role,
    )
    t.equal(closed().by(party, 'file', notExecuted).status, 'under_appeal', party.role)
  }
  const decided = once
    .imposed(returned)
    .after(7 * DAY)
    .sweep()
  t.equal(decided.by(buyer, 'file', wrongFacts).status, 'under_appeal', 'who never accepted may contest all of it')
  t.end()
})
