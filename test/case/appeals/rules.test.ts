import t from 'tap'
import { DAY } from '../../../src/foundation/clock.ts'
import {
  agent,
  buyer,
  dismissal,
  filing,
  inShanghai,
  liability,
  merchant,
  offer,
  once,
  otherSupervisor,
  person,
  refusal,
  Story,
  supervisor,
} from '../../support/rules.ts'

const notNow = '409 action_not_available'
const separation = '403 separation_of_duties'
const wrongFacts = { reason_code: 'wrong_facts', statement: '物流记录显示从未签收' }
const notExecuted = { reason_code: 'not_executed', statement: '退款没有到账' }
const inWords = { explanation: '复核意见' }
const reviewer = otherSupervisor
const returned = { remedies: [{ type: 'return_and_refund', amount: 5_000, return_address: '退货仓' }], explanation: '退货退款' }
const windowsOf = (story: Story) => story.open.filter((clock) => clock.startsWith('appeal_window'))
/** The merchant was silent on a plan of the platform that the buyer had accepted. */
const deemed = () => once.proposed().onPlan(buyer, 'accept').at('2026-11-26 10:00').sweep()

t.test('a party appeals', async (t) => {
  await t.test('a dismissal: the case waits, the reviewers have five business days', async (t) => {
    const story = once.dismissed().at('2026-11-24 10:00').by(buyer, 'file', wrongFacts)
    t.equal(story.status, 'under_appeal')
    t.match(story.appeal, {
      ...wrongFacts,
      status: 'submitted',
      appellant_side: 'complainant',
      reviewer: null,
      decision: { kind: 'dismissed', plan_id: null, decided_at: inShanghai('2026-11-23 10:00') },
    })
    t.strictSame(story.ended, ['appeal_window of complainant met', 'auto_close of complainant paused'])
    t.strictSame(story.open, [
      'appeal_decision of platform until 2026-12-01 10:00',
      'auto_close of complainant paused with 144 h',
    ])
    t.match(story.last?.events, [
      { type: 'appeal_filed', resource: 'appeal', resource_id: story.appeal.id, to_status: 'submitted' },
    ])
  })

  await t.test('an imposed plan: undone steps wait, and so does the other party’s window', async (t) => {
    const story = once.imposed().at('2026-11-23 12:00').by(merchant, 'file', wrongFacts)
    t.match(story.appeal, { appellant_side: 'respondent', decision: { kind: 'imposed', plan_id: story.plan.id } })
    t.strictSame(story.open, [
      'appeal_decision of platform until 2026-11-30 12:00',
      'appeal_window of complainant paused with 166 h',
      'completion of platform paused with 61 h',
      'refund of platform paused with 22 h',
    ])
  })

  await t.test('a rejection, a supervisor’s close, a close by silence', async (t) => {
    const silent = new Story()
      .by(agent, 'request_information', { items: ['照片'] })
      .at('2026-11-26 10:00')
      .sweep()
    for (const [story, kind] of [
      [once.rejected(), 'rejected'],
      [once.accepted().by(supervisor, 'close', { reason_code: 'other' }), 'closed'],
      [silent, 'closed'],
    ] as const) {
      story.by(buyer, 'file', wrongFacts)
      t.match(story.appeal.decision, { kind })
      t.equal(story.status, 'under_appeal')
    }
  })

  await t.test('a deemed acceptance, like an imposed plan', async (t) => {
    const story = deemed()
    t.strictSame(windowsOf(story), [
      'appeal_window of complainant until 2026-12-03 10:00',
      'appeal_window of respondent until 2026-12-03 10:00',
    ])
    t.equal(story.by(merchant, 'file', wrongFacts).appeal.decision.kind, 'deemed_accepted')
  })

  await t.test('within the window, to the millisecond', async (t) => {
    const appeal = (ms: number) => refusal(() => once.imposed().after(ms).by(merchant, 'file', wrongFacts))
    t.equal(appeal(7 * DAY - 1), undefined)
    t.equal(appeal(7 * DAY), notNow)
  })

  await t.test('once: one open appeal per case, one per party and decision', async (t) => {
    const story = once.imposed().by(merchant, 'file', wrongFacts)
    t.equal(
      refusal(() => story.by(buyer, 'file', wrongFacts)),
      notNow,
    )
    story.onAppeal(merchant, 'withdraw')
    t.equal(
      refusal(() => story.by(merchant, 'file', wrongFacts)),
      notNow,
    )
    t.equal(story.by(buyer, 'file', wrongFacts).file.appeals.length, 2, 'the other party has its own')
  })

  await t.test('with evidence of this case only', async (t) => {
    t.equal(
      refusal(() =>
        once.dismissed().by(buyer, 'file', { ...wrongFacts, evidence_ids: ['019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f'] }),
      ),
      '422 unknown_evidence',
    )
  })
})

t.test('who agreed has nothing to appeal', async (t) => {
  await t.test('but that it was not executed', async (t) => {
    t.equal(
      refusal(() => deemed().by(buyer, 'file', wrongFacts)),
      '422 reason_code_not_open_to_you',
    )
    t.equal(deemed().by(buyer, 'file', notExecuted).status, 'under_appeal')
    const autoClosed = () => once.resolved().at('2026-11-30 10:00').sweep()
    t.match(autoClosed().file.complaint, { status: 'closed', outcome: 'settled' })
    for (const party of [buyer, merchant]) {
      t.equal(
        refusal(() => autoClosed().by(party, 'file', wrongFacts)),
        '422 reason_code_not_open_to_you',
        party.role,
      )
      t.equal(autoClosed().by(party, 'file', notExecuted).status, 'under_appeal', party.role)
    }
  })

  await t.test('while the agreed plan is carried out, and after it', async (t) => {
    for (const story of [once.agreed(), once.resolved()])
      for (const party of [buyer, merchant])
        t.equal(
          refusal(() => story.by(party, 'file', notExecuted)),
          notNow,
        )
  })

  await t.test('nor who confirmed or withdrew', async (t) => {
    const confirmed = once.imposed().onStep(agent, 'complete_step').by(buyer, 'confirm')
    t.equal(
      refusal(() => confirmed.by(buyer, 'file', notExecuted)),
      notNow,
    )
    t.equal(confirmed.by(merchant, 'file', wrongFacts).status, 'under_appeal', 'the other party may')
    t.equal(
      refusal(() => once.accepted().by(buyer, 'withdraw').by(buyer, 'file', wrongFacts)),
      notNow,
    )
  })

  await t.test('a dismissal is the complainant’s to appeal', async (t) => {
    t.equal(
      refusal(() => once.dismissed().by(merchant, 'file', wrongFacts)),
      notNow,
    )
  })
})

t.test('after an imposed or deemed plan was carried out there is a second window', async (t) => {
  const carriedOut = (story: Story) => windowsOf(story.at('2026-11-27 10:00').onStep(agent, 'complete_step'))
  const both = ['appeal_window of complainant until 2026-12-04 10:00', 'appeal_window of respondent until 2026-12-04 10:00']
  t.strictSame(carriedOut(once.imposed()), both)
  t.strictSame(carriedOut(deemed()), both)
  const used = once.imposed().by(merchant, 'file', wrongFacts).onAppeal(merchant, 'withdraw')
  t.strictSame(carriedOut(used), both.slice(0, 1), 'not for who has used the first')
})

t.test('an appeal is denied: back to where it was, what waited goes on', async (t) => {
  await t.test('to a resolved case', async (t) => {
    const story = once
      .dismissed()
      .at('2026-11-24 10:00')
      .by(buyer, 'file', wrongFacts)
      .at('2026-11-26 10:00')
      .onAppeal(reviewer, 'deny', inWords)
    t.equal(story.status, 'resolved')
    t.match(story.appeal, {
      status: 'denied',
      reviewer: 'supervisor:qian',
      explanation: '复核意见',
      outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
      decided_at: inShanghai('2026-11-26 10:00'),
    })
    t.strictSame(story.ended, ['appeal_decision of platform met', 'auto_close of complainant resumed'])
    t.strictSame(story.open, ['auto_close of complainant until 2026-12-02 10:00'])
    t.match(story.file.complaint, { outcome: 'not_upheld' })
  })

  await t.test('to a plan that is carried out', async (t) => {
    const story = once
      .imposed()
      .at('2026-11-23 12:00')
      .by(merchant, 'file', wrongFacts)
      .at('2026-11-25 12:00')
      .onAppeal(reviewer, 'deny', inWords)
    t.equal(story.status, 'executing')
    t.strictSame(story.open, [
      'appeal_window of complainant until 2026-12-02 10:00',
      'completion of platform until 2026-12-04 10:00',
      'refund of platform until 2026-11-26 10:00',
    ])
    t.equal(story.plan.steps[0]?.due_at, inShanghai('2026-11-26 10:00'))
  })

  await t.test('to a rejected or a closed case, which stays as it was', async (t) => {
    const rejected = once.rejected().by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'deny', inWords)
    t.match(rejected.file.complaint, { status: 'rejected', outcome: 'rejected' })
    t.equal(rejected.running('auto_close').length, 1)
    const closed = once.accepted().by(supervisor, 'close', { reason_code: 'in_court' }).at('2026-11-24 10:00')
    closed.by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'deny', inWords)
    t.match(closed.file.complaint, { status: 'closed', close_reason: 'in_court', closed_at: inShanghai('2026-11-23 10:00') })
  })

  await t.test('and final for the appellant, also when the case closes by silence later', async (t) => {
    const story = once
      .dismissed()
      .by(buyer, 'file', wrongFacts)
      .onAppeal(reviewer, 'deny', inWords)
      .after(7 * DAY)
      .sweep()
    t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed' })
    t.equal(
      refusal(() => story.by(buyer, 'file', notExecuted)),
      notNow,
    )
  })
})

t.test('an appeal is withdrawn: back as after a denial, without a decision', async (t) => {
  const story = once.imposed().at('2026-11-23 12:00').by(merchant, 'file', wrongFacts).after(DAY).onAppeal(merchant, 'withdraw')
  t.equal(story.status, 'executing')
  t.match(story.appeal, { status: 'withdrawn', reviewer: null, outside_routes: [] })
  t.strictSame(story.ended, [
    'appeal_decision of platform cancelled',
    'appeal_window of complainant resumed',
    'completion of platform resumed',
    'refund of platform resumed',
  ])
  t.strictSame(story.open, [
    'appeal_window of complainant until 2026-12-01 10:00',
    'completion of platform until 2026-12-03 10:00',
    'refund of platform until 2026-11-25 10:00',
  ])
})

t.test('an appeal is upheld: the decision is rolled back and the case investigated again', async (t) => {
  await t.test(
    'an imposed plan: live plans end, undone steps are skipped, and money that was asked for is asked back',
    async (t) => {
      const story = once
        .imposed({ remedies: [...returned.remedies, { type: 'compensation', amount: 500 }], explanation: '退货并补偿' })
        .onStep(buyer, 'complete_step', { tracking_number: 'SF1' })
        .by(merchant, 'file', wrongFacts)
        .at('2026-11-25 10:00')
        .onAppeal(reviewer, 'uphold', inWords)
      t.match(story.appeal, { status: 'upheld', reviewer: 'supervisor:qian', explanation: '复核意见' })
      t.match(story.file.complaint, {
        status: 'investigating',
        level: 3,
        outcome: null,
        liability: null,
        owner: 'agent:alice',
      })
      t.match(story.plan, {
        status: 'cancelled',
        end_reason_code: 'appeal_upheld',
        end_explanation: null,
        refund_in_force: 0,
        compensation_in_force: 500,
        steps: ['done', 'skipped', 'skipped', 'skipped', 'cancelling'].map((status) => ({ status })),
      })
      t.match(story.file.order, { refund_in_force: 0, compensation_in_force: 500 }, 'until the payment system answers')
      t.strictSame(
        story.open,
        [
          'completion of platform until 2026-12-04 10:00',
          'last_resort of platform until 2026-11-30 10:00',
          'payment of platform until 2026-12-05 10:00',
          'resolution of platform until 2026-12-04 10:00',
        ],
        'resolution starts afresh, nothing is left to appeal',
      )
      t.match(story.last?.events.at(-1), {
        type: 'decision_rolled_back',
        visibility: 'staff',
        data: { liability: { shares: liability.shares }, outcome: 'upheld' },
      })
    },
  )

  await t.test('money that has moved stays in force', async (t) => {
    const story = once
      .imposed()
      .onStep(agent, 'complete_step')
      .by(merchant, 'file', wrongFacts)
      .onAppeal(reviewer, 'uphold', inWords)
    t.equal(story.status, 'investigating')
    t.match(story.plan, { status: 'executed', refund_in_force: 5_000 })
    t.equal(story.file.order?.refund_in_force, 5_000)
  })

  await t.test('a dismissal, a rejection, a close: nothing of it is left', async (t) => {
    for (const story of [
      once.dismissed(),
      once.rejected(),
      once.accepted().by(supervisor, 'close', { reason_code: 'settled_elsewhere' }),
    ]) {
      const level = story.file.complaint.level
      story.by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'uphold', inWords)
      t.match(story.file.complaint, {
        status: 'investigating',
        level: level + 1,
        outcome: null,
        dismissal: null,
        rejection: null,
        close_reason: null,
        closed_at: null,
      })
      t.strictSame(
        story.open.filter((clock) => !clock.startsWith('last_resort')),
        ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-02 10:00'],
      )
      t.equal(story.running('last_resort').length, level === 2 ? 1 : 0, 'on the highest level the last resort comes nearer')
    }
  })

  await t.test('a case without owner gets the named one, else the reviewer', async (t) => {
    const appealed = () => once.rejected().by(buyer, 'file', wrongFacts)
    t.equal(appealed().onAppeal(reviewer, 'uphold', inWords).file.complaint.owner, 'supervisor:qian')
    t.equal(appealed().onAppeal(reviewer, 'uphold', { ...inWords, owner: 'agent:bob' }).file.complaint.owner, 'agent:bob')
    t.equal(
      refusal(() => appealed().onAppeal(reviewer, 'uphold', { ...inWords, owner: 'agent:B-1' })),
      separation,
    )
  })

  await t.test('at the third level it stays there', async (t) => {
    const story = once.judged().by(agent, 'escalate', { reason_code: 'panel' }).by(agent, 'dismiss', dismissal)
    t.equal(story.by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'uphold', inWords).file.complaint.level, 3)
  })

  await t.test('and what is decided then may be appealed again', async (t) => {
    const story = once.dismissed().by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'uphold', inWords)
    story.by(agent, 'determine_liability', liability).by(agent, 'dismiss', dismissal).by(buyer, 'file', wrongFacts)
    t.equal(story.status, 'under_appeal')
    t.equal(
      story.onAppeal(reviewer, 'deny', inWords).status,
      'resolved',
      'whoever upheld the first one took no part in the second decision',
    )
  })
})

t.test('an appeal is decided by a supervisor who took no part', async (t) => {
  const dismiss = (story: Story) => story.by(agent, 'dismiss', dismissal)
  const escalated = (story: Story) => story.by(buyer, 'escalate', { reason_code: 'no_agreement' })
  const judged = (story: Story) => dismiss(story.by(agent, 'determine_liability', liability))
  const dear = filing({
    order: {
      id: 'O-1',
      currency: 'CNY',
      paid_amount: 900_000,
      lines: [{ line_id: '1', name: '相机', quantity: 1, unit_amount: 900_000 }],
    },
  })

  const parts: Record<string, Story> = {
    accepted: judged(escalated(new Story().by(supervisor, 'accept', { owner: 'agent:alice' }))),
    rejected: new Story().by(supervisor, 'reject', { reason_code: 'out_of_scope', explanation: '不在范围内' }),
    'determined liability': dismiss(once.escalated().by(supervisor, 'determine_liability', liability)),
    dismissed: once.judged().by(supervisor, 'dismiss', dismissal),
    'wrote a plan': dismiss(once.judged().by(supervisor, 'create', offer(100))),
    'approved a plan': dismiss(
      once.judged(dear).by(agent, 'create', offer(600_000)).onPlan(agent, 'submit').onPlan(supervisor, 'approve'),
    ),
    'imposed a plan': once.imposed(),
  }
  for (const [part, story] of Object.entries(parts)) {
    story.by(buyer, 'file', wrongFacts)
    for (const action of ['uphold', 'deny'])
      t.equal(
        refusal(() => story.onAppeal(supervisor, action, inWords)),
        separation,
        part,
      )
    t.equal(
      refusal(() => story.onAppeal(reviewer, 'assign', { reviewer: 'supervisor:zhao' })),
      separation,
      `${part}: and is not named either`,
    )
    t.equal(story.onAppeal(reviewer, 'deny', inWords).appeal.status, 'denied')
  }

  const noPart: Record<string, Story> = {
    assigned: judged(escalated(once.accepted().by(supervisor, 'assign', { owner: 'agent:alice' }))),
    escalated: judged(once.accepted().by(supervisor, 'escalate', { reason_code: 'no_agreement' })),
    'asked for information': judged(
      once
        .escalated()
        .by(supervisor, 'request_information', { items: ['照片'] })
        .by(buyer, 'provide_information', { statement: '已上传' }),
    ),
    suspended: judged(once.escalated().by(supervisor, 'suspend', { reason_code: 'lab_test' }).by(supervisor, 'resume')),
  }
  for (const [part, story] of Object.entries(noPart))
    t.equal(story.by(buyer, 'file', wrongFacts).onAppeal(supervisor, 'deny', inWords).appeal.status, 'denied', part)

  await t.test('compared by person, whatever the role', async (t) => {
    const story = once.dismissed().by(buyer, 'file', wrongFacts)
    t.equal(
      refusal(() => story.onAppeal(person('supervisor:alice'), 'deny', inWords)),
      separation,
    )
    t.equal(
      refusal(() => story.onAppeal(person('supervisor:M-1'), 'deny', inWords)),
      separation,
    )
  })

  await t.test('who is assigned decides; another may be assigned instead', async (t) => {
    const story = once.dismissed().by(buyer, 'file', wrongFacts).onAppeal(supervisor, 'assign', { reviewer: 'supervisor:qian' })
    t.match(story.appeal, { status: 'under_review', reviewer: 'supervisor:qian' })
    t.equal(story.status, 'under_appeal')
    t.equal(
      refusal(() => story.onAppeal(supervisor, 'deny', inWords)),
      notNow,
    )
    story.onAppeal(reviewer, 'assign', { reviewer: 'supervisor:zhao' }).onAppeal(supervisor, 'deny', inWords)
    t.match(story.appeal, { status: 'denied', reviewer: 'supervisor:zhao' })
  })

  await t.test('and never named among the parties', async (t) => {
    const story = once.dismissed().by(buyer, 'file', wrongFacts)
    for (const name of ['supervisor:B-1', 'supervisor:M-1'])
      t.equal(
        refusal(() => story.onAppeal(supervisor, 'assign', { reviewer: name })),
        separation,
        name,
      )
  })
})

t.test('while an appeal is open', async (t) => {
  await t.test('money that the payment system reports is recorded; the case is resolved when the decision stands', async (t) => {
    const story = once.imposed().by(merchant, 'file', wrongFacts).at('2026-11-24 10:00').onStep(agent, 'complete_step')
    t.equal(story.status, 'under_appeal')
    t.equal(story.plan.status, 'executed')
    t.equal(story.running('auto_close').length, 0)
    story.at('2026-11-25 10:00').onAppeal(reviewer, 'deny', inWords)
    t.equal(story.status, 'resolved')
    t.strictSame(story.open, [
      'appeal_window of complainant until 2026-12-02 10:00',
      'auto_close of complainant until 2026-12-02 10:00',
    ])
  })

  await t.test('goods do not move, and nothing is tried again or given up', async (t) => {
    const story = once.imposed(returned).by(merchant, 'file', wrongFacts)
    t.equal(
      refusal(() => story.onStep(buyer, 'complete_step', { tracking_number: 'SF1' })),
      notNow,
    )
    t.equal(
      refusal(() =>
        once
          .imposed()
          .by(merchant, 'file', wrongFacts)
          .onStep(agent, 'fail_step', { explanation: 'refused' })
          .onStep(agent, 'skip_step', { explanation: 'refused' }),
      ),
      notNow,
      'a payment that failed is recorded, and waits',
    )
  })
})

t.test('a denial is final for every decision that still stands', (t) => {
  const story = once.imposed().onStep(agent, 'complete_step', { payment_reference: 'PAY-1' })
  story.by(supervisor, 'close', { reason_code: 'other' })
  t.equal(story.running('appeal_window').filter((x) => x.party === 'complainant').length, 2, 'the imposition and the closing')
  story.by(buyer, 'file', wrongFacts).onAppeal(reviewer, 'deny', inWords)
  t.strictSame(
    story.running('appeal_window').map((x) => x.party),
    ['respondent', 'respondent'],
  )
  t.equal(
    refusal(() => story.by(buyer, 'file', wrongFacts)),
    notNow,
  )
  t.end()
})

t.test('who accepted a plan that is then imposed may only appeal that it was not executed', (t) => {
  const story = once.proposed().onPlan(buyer, 'accept').onPlan(merchant, 'decline', { explanation: '不同意' })
  story.onPlan(supervisor, 'impose', { explanation: '责任明确' })
  t.equal(
    refusal(() => story.by(buyer, 'file', wrongFacts)),
    '422 reason_code_not_open_to_you',
  )
  t.equal(story.by(buyer, 'file', { reason_code: 'not_executed', statement: '未收到退款' }).status, 'under_appeal')
  t.equal(once.imposed().by(merchant, 'file', wrongFacts).status, 'under_appeal', 'who did not accept may contest all of it')
  t.end()
})

t.test('an offer that came to nothing does not bind its author when the case is closed', async (t) => {
  const declined = once.accepted().by(buyer, 'create', offer(5_000)).onPlan(buyer, 'propose')
  declined.onPlan(merchant, 'decline', { explanation: '不同意' }).by(supervisor, 'close', { reason_code: 'other' })
  t.equal(declined.by(buyer, 'file', wrongFacts).status, 'under_appeal')

  const reopened = once
    .resolved()
    .by(buyer, 'reopen', { explanation: '退款未到账' })
    .by(supervisor, 'close', { reason_code: 'other' })
  t.equal(reopened.by(buyer, 'file', wrongFacts).status, 'under_appeal', 'nor does one that was undone by reopening')

  const settled = once.resolved().by(supervisor, 'close', { reason_code: 'no_longer_needed' })
  t.equal(
    refusal(() => settled.by(buyer, 'file', wrongFacts)),
    '422 reason_code_not_open_to_you',
    'what was agreed and carried out does',
  )
})
