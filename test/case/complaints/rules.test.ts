import t from 'tap'
import { maskContact, maskName } from '../../../src/case/complaints/masking.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import {
  agent,
  buyer,
  buyersFault,
  dismissal,
  filing,
  inShanghai,
  liability,
  merchant,
  offer,
  once,
  person,
  refusal,
  Story,
  supervisor,
} from '../../support/rules.ts'

const notNow = '409 action_not_available'
const items = { items: ['开箱照片', '快递单'] }
const answered = { statement: '照片已上传' }
const otherAgent = person('agent:bob')
const thePlatform = { role: 'platform', id: 'platform' } as const

t.test('a complaint is filed', async (t) => {
  await t.test('and begins as submitted, on the first level, without an owner', async (t) => {
    const { file, status } = new Story()
    t.equal(status, 'submitted')
    t.match(file.complaint, {
      level: 1,
      owner: null,
      outcome: null,
      version: 1,
      created_at: inShanghai('2026-11-23 10:00'),
      next_due_at: inShanghai('2026-11-23 11:00'),
    })
  })

  await t.test('and the first answer is due by its channel', async (t) => {
    const due = {
      chat: '2026-11-23 10:05',
      hotline: '2026-11-23 10:15',
      portal: '2026-11-23 11:00',
      api: '2026-11-23 11:00',
      email: '2026-11-23 12:00',
      social: '2026-11-24 10:00',
    } as const
    for (const channel of Object.keys(due) as (keyof typeof due)[]) {
      t.strictSame(
        new Story(filing({ channel })).open,
        ['completion of platform until 2026-12-02 10:00', `first_response of platform until ${due[channel]}`],
        channel,
      )
    }
    const saturdayNight = new Story(filing({ channel: 'chat' }), buyer, inShanghai('2026-11-28 23:58'))
    t.strictSame(
      saturdayNight.open,
      ['completion of platform until 2026-12-08 18:00', 'first_response of platform until 2026-11-29 00:03'],
      'in natural time',
    )
  })

  await t.test('with the category of the caller, or as other', async (t) => {
    t.match(new Story(filing({ category: 'logistics' })).file.complaint, { category: 'logistics', category_source: 'caller' })
    const { category: _, ...without } = filing()
    t.match(new Story(without).file.complaint, { category: 'other', category_source: 'default' })
  })

  await t.test('by buyers against merchants and the platform, by merchants against the platform', async (t) => {
    const byMerchant = { complainant: { role: 'merchant', id: 'M-1' } } as const
    t.equal(new Story(filing({ respondent: thePlatform })).status, 'submitted')
    t.equal(new Story(filing({ ...byMerchant, respondent: thePlatform }), merchant).status, 'submitted')
    const againstMerchant = filing({ ...byMerchant, respondent: { role: 'merchant', id: 'M-2' } })
    t.equal(
      refusal(() => new Story(againstMerchant, merchant)),
      '422 unsupported_parties',
    )
    const strangePlatform = filing({ respondent: { role: 'platform', id: 'P-9' } })
    t.equal(
      refusal(() => new Story(strangePlatform)),
      '400 validation_failed',
    )
  })

  await t.test('by parties for themselves, by staff for anyone but themselves, by admins never', async (t) => {
    t.equal(new Story(filing(), agent).status, 'submitted')
    t.equal(new Story(filing(), supervisor).status, 'submitted')
    for (const [name, code] of [
      ['buyer:B-2', '403 not_your_complaint'],
      ['merchant:B-1', '403 not_your_complaint'],
      ['merchant:M-1', '403 not_your_complaint'],
      ['agent:B-1', '403 separation_of_duties'],
      ['supervisor:M-1', '403 separation_of_duties'],
    ] as const) {
      t.equal(
        refusal(() => new Story(filing(), person(name))),
        code,
        name,
      )
    }
  })

  await t.test('with each order line named once', async (t) => {
    const line = { line_id: '1', name: '膜', quantity: 1, unit_amount: 100 }
    const order = { id: 'O-1', currency: 'CNY', paid_amount: 200, lines: [line, line] } as const
    t.equal(
      refusal(() => new Story(filing({ order: { ...order, lines: [line, line] } }))),
      '400 validation_failed',
    )
  })
})

t.test('staff accept a complaint', async (t) => {
  await t.test('against a merchant: both talk, and the merchant must answer in two business days', async (t) => {
    const story = new Story().by(agent, 'accept')
    t.equal(story.status, 'negotiating')
    t.equal(story.file.complaint.owner, 'agent:alice')
    t.strictSame(story.ended, ['completion of platform paused', 'first_response of platform met'])
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'resolution of platform until 2026-12-02 10:00',
      'respondent_response of respondent until 2026-11-25 10:00',
    ])
    t.match(story.last?.events, [
      { type: 'complaint_accepted', actor_role: 'agent', actor_id: 'alice', from_status: 'submitted', to_status: 'negotiating' },
    ])
  })

  await t.test('against the platform: it investigates itself', async (t) => {
    const story = new Story(filing({ respondent: thePlatform })).by(agent, 'accept')
    t.equal(story.status, 'investigating')
    t.strictSame(story.open, ['completion of platform until 2026-12-02 10:00', 'resolution of platform until 2026-12-02 10:00'])
  })

  await t.test('on a Friday evening: the days begin on Monday', async (t) => {
    const story = new Story().at('2026-11-27 20:00').by(agent, 'accept')
    t.strictSame(story.open, [
      'completion of platform paused with 19 h',
      'resolution of platform until 2026-12-08 18:00',
      'respondent_response of respondent until 2026-12-01 18:00',
    ])
  })

  await t.test('for somebody else, but not for a party', async (t) => {
    t.equal(new Story().by(supervisor, 'accept', { owner: 'agent:bob' }).file.complaint.owner, 'agent:bob')
    for (const owner of ['agent:B-1', 'supervisor:M-1'])
      t.equal(
        refusal(() => new Story().by(supervisor, 'accept', { owner })),
        '403 separation_of_duties',
        owner,
      )
  })

  await t.test('but not a case in which they are a party under another hat', async (t) => {
    for (const name of ['agent:B-1', 'supervisor:B-1', 'agent:M-1'])
      t.equal(
        refusal(() => new Story().by(person(name), 'accept')),
        '403 separation_of_duties',
        name,
      )
  })
})

t.test('staff reject a complaint', async (t) => {
  const refused = { reason_code: 'duplicate', explanation: '与前一投诉重复' }

  await t.test('with a reason code and an explanation; it may be appealed for a week and then closes', async (t) => {
    const story = new Story().by(agent, 'reject', refused)
    t.equal(story.status, 'rejected')
    t.match(story.file.complaint, { outcome: 'rejected', rejection: refused, closed_at: null })
    t.strictSame(story.ended, ['completion of platform met', 'first_response of platform met'])
    t.strictSame(story.open, [
      'appeal_window of complainant until 2026-11-30 10:00',
      'appeal_window of respondent until 2026-11-30 10:00',
      'auto_close of complainant until 2026-11-30 10:00',
    ])
    t.match(story.last?.events, [{ type: 'complaint_rejected', from_status: 'submitted', reason_code: 'duplicate' }])
  })

  await t.test('also while they wait for information, unless it had been accepted', async (t) => {
    const asked = new Story().by(agent, 'request_information', items).by(agent, 'reject', refused)
    t.equal(asked.status, 'rejected')
    t.strictSame(asked.ended, ['completion of platform met', 'information of complainant cancelled'])
    t.equal(asked.file.complaint.returns_to, null)
    const accepted = once.accepted().by(agent, 'request_information', items)
    t.equal(
      refusal(() => accepted.by(agent, 'reject', refused)),
      notNow,
    )
  })
})

t.test('staff ask for information', async (t) => {
  await t.test('before acceptance: that is a first answer, and the answer to it starts a new one', async (t) => {
    const story = new Story().by(agent, 'request_information', items)
    t.equal(story.status, 'awaiting_information')
    t.strictSame(story.ended, ['completion of platform paused', 'first_response of platform met'])
    t.strictSame(story.open, ['completion of platform paused with 63 h', 'information of complainant until 2026-11-26 10:00'])
    t.strictSame(story.file.complaint.information_request?.items, items.items)
    story.at('2026-11-24 08:00').by(buyer, 'provide_information', answered)
    t.equal(story.status, 'submitted')
    t.strictSame(story.ended, ['completion of platform resumed', 'information of complainant met'])
    t.strictSame(story.open, [
      'completion of platform until 2026-12-02 18:00',
      'first_response of platform until 2026-11-24 09:00',
    ])
    t.equal(story.file.complaint.returns_to, null)
  })

  await t.test('while the parties talk: business clocks wait and go on with their unused rest', async (t) => {
    const story = once.accepted().at('2026-11-24 12:00').by(agent, 'request_information', items)
    t.strictSame(story.ended, ['resolution of platform paused', 'respondent_response of respondent paused'])
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'information of complainant until 2026-11-27 12:00',
      'resolution of platform paused with 52 h',
      'respondent_response of respondent paused with 7 h',
    ])
    story.at('2026-11-27 11:59').at('2026-11-27 11:00').by(buyer, 'provide_information', answered)
    t.equal(story.status, 'negotiating')
    t.strictSame(story.ended, [
      'information of complainant met',
      'resolution of platform resumed',
      'respondent_response of respondent resumed',
    ])
    // 7 h: Friday 11–18; 52 h: Friday 7, Monday to Friday 45
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'resolution of platform until 2026-12-04 18:00',
      'respondent_response of respondent until 2026-11-27 18:00',
    ])
    t.match(story.last?.events[0]?.data.clocks, [
      { change: 'met' },
      {
        kind: 'resolution',
        change: 'resumed',
        old_due_at: inShanghai('2026-12-02 10:00'),
        new_due_at: inShanghai('2026-12-04 18:00'),
      },
      { kind: 'respondent_response', change: 'resumed', old_due_at: inShanghai('2026-11-25 10:00') },
    ])
  })

  await t.test('during an investigation: an agent may bring the answer', async (t) => {
    const story = once.escalated().by(agent, 'request_information', items)
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'information of complainant until 2026-11-26 10:00',
      'intervention of platform paused with 18 h',
      'resolution of platform paused with 63 h',
    ])
    story.at('2026-11-23 15:00').by(agent, 'provide_information', answered)
    t.equal(story.status, 'investigating')
    t.strictSame(story.open, [
      'completion of platform until 2026-12-02 15:00',
      'intervention of platform until 2026-11-25 15:00',
      'resolution of platform until 2026-12-02 15:00',
    ])
  })
})

t.test('the respondent answers', async (t) => {
  await t.test('disputes: the clock is met and the talks go on', async (t) => {
    const story = once.accepted().by(merchant, 'respond', { position: 'dispute', statement: '已足额发货' })
    t.equal(story.status, 'negotiating')
    t.strictSame(story.ended, ['completion of platform resumed', 'respondent_response of respondent met'])
    t.match(story.last?.events, [{ type: 'respondent_answered', reason_code: 'dispute', data: { statement: '已足额发货' } }])
  })

  await t.test('disputes without a statement: unreadable', async (t) => {
    t.equal(
      refusal(() => once.accepted().by(merchant, 'respond', { position: 'dispute' })),
      '400 validation_failed',
    )
  })

  await t.test('agrees: what was wanted lies on the table with its acceptance', async (t) => {
    const story = once.accepted().by(merchant, 'respond', { position: 'agree' })
    t.equal(story.status, 'awaiting_confirmation')
    t.equal(story.file.complaint.current_plan_id, story.plan.id)
    t.match(story.plan, {
      status: 'proposed',
      author_side: 'respondent',
      remedies: [{ type: 'refund', amount: 5_000 }],
      needs_approval: false,
      confirmations: { complainant: { status: 'pending' }, respondent: { status: 'accepted', by: 'merchant:M-1' } },
    })
    t.strictSame(story.ended, ['respondent_response of respondent met'])
    t.strictSame(story.open, [
      'completion of platform paused with 63 h',
      'confirmation of complainant until 2026-11-26 10:00',
      'resolution of platform until 2026-12-02 10:00',
    ])
    story.onPlan(buyer, 'accept')
    t.equal(story.status, 'executing')
  })

  await t.test('agrees to goods or words, which need no amount', async (t) => {
    for (const remedy of ['exchange', 'repair', 'reship', 'apology'] as const) {
      const story = once.accepted(filing({ wanted: { remedy } })).by(merchant, 'respond', { position: 'agree' })
      t.match(story.plan.remedies, [{ type: remedy }], remedy)
      t.equal(story.plan.refund_amount + story.plan.compensation_amount, 0)
    }
  })

  await t.test('cannot agree to what names no remedy, or for money no amount', async (t) => {
    const agree = (wanted: ReturnType<typeof filing>['wanted'], more = {}) =>
      refusal(() => once.accepted(filing({ wanted, ...more })).by(merchant, 'respond', { position: 'agree' }))
    t.equal(agree(null), '422 plan_needed')
    t.equal(agree({}), '422 plan_needed')
    t.equal(agree({ amount: 5_000 }), '422 plan_needed')
    for (const remedy of ['refund', 'return_and_refund', 'compensation'] as const) {
      t.equal(agree({ remedy }), '422 plan_needed', remedy)
      t.equal(agree({ remedy, amount: 0 }), '422 plan_needed', `${remedy} of nothing`)
    }
    t.equal(agree({ remedy: 'compensation', amount: 100 }, { order: null }), '422 plan_needed', 'in no currency')
    t.equal(agree({ remedy: 'refund', amount: 100 }, { order: null }), '422 order_needed')
    t.equal(agree({ remedy: 'refund', amount: 25_901 }), '422 order_total_exceeded')
  })
})

t.test('a case is escalated', async (t) => {
  await t.test('out of the talks by either party or by staff: the platform steps in', async (t) => {
    for (const actor of [buyer, merchant, agent, supervisor]) {
      const story = once.accepted().by(actor, 'escalate', { reason_code: 'no_agreement' })
      t.equal(story.status, 'investigating', actor.role)
      t.equal(story.file.complaint.level, 2)
      t.strictSame(story.ended, ['completion of platform resumed', 'respondent_response of respondent cancelled'])
      t.strictSame(story.open, [
        'completion of platform until 2026-12-02 10:00',
        'intervention of platform until 2026-11-25 10:00',
        'resolution of platform until 2026-12-02 10:00',
      ])
      t.match(story.last?.events, [
        {
          type: 'complaint_escalated',
          from_status: 'negotiating',
          to_status: 'investigating',
          reason_code: 'no_agreement',
          data: { from_level: 1, to_level: 2 },
        },
      ])
    }
  })

  await t.test('elsewhere by staff: one level up, the rest unchanged', async (t) => {
    for (const [story, status] of [
      [once.judged(), 'investigating'],
      [once.proposed(), 'awaiting_confirmation'],
      [once.agreed(), 'executing'],
    ] as const) {
      const before = story.open
      story.by(agent, 'escalate', { reason_code: 'large_amount' })
      t.equal(story.status, status)
      t.equal(story.file.complaint.level, 3)
      const waits = status === 'executing' ? [] : ['last_resort of platform until 2026-11-26 10:00']
      t.strictSame(story.open, [...before, ...waits].sort())
    }
  })

  await t.test('not above the third level by a person', async (t) => {
    const story = once.escalated().by(supervisor, 'escalate', { reason_code: 'panel' })
    t.equal(story.file.complaint.level, 3)
    for (const actor of [agent, supervisor])
      t.equal(
        refusal(() => story.by(actor, 'escalate', { reason_code: 'panel' })),
        notNow,
        actor.role,
      )
  })

  await t.test('out of talks at the third level too: the platform steps in without climbing', async (t) => {
    const late = new Story().at('2026-11-23 11:00').sweep().at('2026-11-24 11:00').sweep().by(agent, 'accept')
    t.match(late.file.complaint, { level: 3, status: 'negotiating' })
    late.by(buyer, 'escalate', { reason_code: 'no_agreement' })
    t.match(late.file.complaint, { level: 3, status: 'investigating' })
    t.equal(late.running('intervention').length, 1)
  })
})

t.test('a case has exactly one owner', async (t) => {
  await t.test('a supervisor names anybody but a party', async (t) => {
    t.equal(once.accepted().by(supervisor, 'assign', { owner: 'agent:bob' }).file.complaint.owner, 'agent:bob')
    t.equal(
      refusal(() => once.accepted().by(supervisor, 'assign', { owner: 'agent:B-1' })),
      '403 separation_of_duties',
    )
  })

  await t.test('an agent takes one that has none, for itself', async (t) => {
    t.equal(new Story().by(otherAgent, 'assign', { owner: 'agent:bob' }).file.complaint.owner, 'agent:bob')
    t.equal(
      refusal(() => new Story().by(agent, 'assign', { owner: 'agent:bob' })),
      '422 assign_to_yourself_only',
    )
    t.equal(
      refusal(() => once.accepted().by(otherAgent, 'assign', { owner: 'agent:bob' })),
      notNow,
    )
  })

  await t.test('assigning moves neither state nor clocks', async (t) => {
    const story = once.accepted()
    const before = story.open
    story.by(supervisor, 'assign', { owner: 'agent:bob' })
    t.equal(story.status, 'negotiating')
    t.strictSame(story.open, before)
    t.strictSame(story.events, ['owner_assigned'])
  })
})

t.test('liability is determined', async (t) => {
  await t.test('and the intervention is done', async (t) => {
    const story = once.escalated().by(agent, 'determine_liability', { ...liability, rule: '规则 12' })
    t.equal(story.status, 'investigating')
    t.strictSame(story.ended, ['intervention of platform met'])
    t.match(story.file.complaint.liability, {
      ...liability,
      rule: '规则 12',
      determined_by: 'agent:alice',
      determined_at: inShanghai('2026-11-23 10:00'),
    })
    t.match(story.last?.events, [{ type: 'liability_determined', visibility: 'staff' }])
  })

  await t.test('in shares that add up to 100, each party once', async (t) => {
    const determine = (...shares: [string, number][]) =>
      refusal(() =>
        once
          .escalated()
          .by(agent, 'determine_liability', { ...liability, shares: shares.map(([party, percent]) => ({ party, percent })) }),
      )
    t.equal(determine(['merchant', 99]), '422 shares_not_100')
    t.equal(determine(['merchant', 50], ['logistics', 51]), '422 shares_not_100')
    t.equal(determine(['merchant', 50], ['merchant', 50]), '400 validation_failed')
    t.equal(determine(['merchant', 40], ['logistics', 30], ['buyer', 20], ['platform', 9], ['force_majeure', 1]), undefined)
  })

  await t.test('anew: the last word counts', async (t) => {
    const story = once
      .judged()
      .by(supervisor, 'determine_liability', { ...liability, shares: [{ party: 'buyer', percent: 100 }] })
    t.match(story.file.complaint.liability, { shares: [{ party: 'buyer', percent: 100 }], determined_by: 'supervisor:zhao' })
  })
})

t.test('a case is dismissed', async (t) => {
  const inWords = { explanation: '证据不足' }
  await t.test('with liability fixed: resolved as not upheld, appealable by the complainant', async (t) => {
    const story = once.escalated().by(agent, 'determine_liability', buyersFault)
    story.by(agent, 'create', offer(100)).by(agent, 'dismiss', inWords)
    t.equal(story.status, 'resolved')
    t.match(story.file.complaint, { outcome: 'not_upheld', dismissal: inWords })
    t.equal(story.plan.status, 'cancelled', 'plans that have not ended are cancelled')
    t.strictSame(story.ended, ['completion of platform met', 'resolution of platform met'])
    t.strictSame(story.open, [
      'appeal_window of complainant until 2026-11-30 10:00',
      'auto_close of complainant until 2026-11-30 10:00',
    ])
  })

  await t.test('not before', async (t) => {
    t.equal(
      refusal(() => once.escalated().by(agent, 'dismiss', inWords)),
      notNow,
    )
  })
})

t.test('a case is suspended', async (t) => {
  await t.test('for 30 days: business clocks wait and go on with their unused rest', async (t) => {
    const story = once.escalated().at('2026-11-23 16:00').by(agent, 'suspend', { reason_code: 'lab_test' })
    t.equal(story.status, 'suspended')
    t.match(story.file.complaint.suspension, { reason_code: 'lab_test', resume_at: inShanghai('2026-12-23 16:00') })
    t.strictSame(story.open, [
      'completion of platform paused with 57 h',
      'intervention of platform paused with 12 h',
      'resolution of platform paused with 57 h',
      'suspension of platform until 2026-12-23 16:00',
    ])
    story.at('2026-11-28 12:00').by(supervisor, 'resume')
    t.equal(story.status, 'investigating')
    t.equal(story.file.complaint.suspension, null)
    t.strictSame(story.ended, [
      'completion of platform resumed',
      'intervention of platform resumed',
      'resolution of platform resumed',
      'suspension of platform met',
    ])
    t.strictSame(story.open, [
      'completion of platform until 2026-12-08 12:00',
      'intervention of platform until 2026-12-01 12:00',
      'resolution of platform until 2026-12-08 12:00',
    ])
  })

  await t.test('until a moment that lies ahead', async (t) => {
    const suspend = (resume_at: string) => once.escalated().by(agent, 'suspend', { reason_code: 'court', resume_at })
    t.match(suspend('2027-01-15T08:00:00+08:00').open, /suspension of platform until 2027-01-15 08:00/)
    t.equal(
      refusal(() => suspend(inShanghai('2026-11-23 10:00'))),
      '422 resume_at_not_in_future',
    )
    t.equal(suspend('2026-11-23T02:00:00.001Z').status, 'suspended')
  })
})

t.test('the complainant withdraws from any case that is not decided', async (t) => {
  const undecided: Record<string, Story> = {
    submitted: new Story(),
    awaiting_information: new Story().by(agent, 'request_information', items),
    negotiating: once.accepted(),
    investigating: once.escalated(),
    suspended: once.escalated().by(agent, 'suspend', { reason_code: 'court' }),
    awaiting_confirmation: once.proposed(),
  }
  for (const [status, story] of Object.entries(undecided)) {
    t.equal(story.status, status)
    story.by(buyer, 'withdraw', { explanation: '已私下解决' })
    t.match(story.file.complaint, {
      status: 'closed',
      outcome: 'withdrawn',
      close_reason: 'withdrawn',
      closed_at: inShanghai('2026-11-23 10:00'),
      next_due_at: 'infinity',
    })
    t.strictSame(story.open, [], `${status}: nothing is left to wait for or to appeal`)
    t.match(story.last?.events.at(-1), { type: 'complaint_withdrawn', from_status: status, data: { explanation: '已私下解决' } })
  }
  t.equal(undecided.awaiting_confirmation?.plan.status, 'cancelled')
})

t.test('a resolved case', async (t) => {
  await t.test('is confirmed: closed, and the complainant has nothing left to appeal', async (t) => {
    const story = once.resolved()
    t.equal(story.status, 'resolved')
    t.strictSame(story.open, ['auto_close of complainant until 2026-11-30 10:00'], 'an agreed plan opens no window')
    story.by(buyer, 'confirm')
    t.match(story.file.complaint, { status: 'closed', outcome: 'settled', close_reason: 'confirmed' })
    t.strictSame(story.ended, ['auto_close of complainant met'])
    t.strictSame(story.open, [])
  })

  await t.test('confirmed after an imposed plan: the respondent may still appeal', async (t) => {
    const story = once.imposed().onStep(agent, 'complete_step').by(buyer, 'confirm')
    t.strictSame(story.open, ['appeal_window of respondent until 2026-11-30 10:00'])
  })

  await t.test('is reopened once by the complainant, again by a supervisor', async (t) => {
    const again = { explanation: '仍未收到' }
    const story = once.resolved().at('2026-11-25 10:00').by(buyer, 'reopen', again)
    t.match(story.file.complaint, { status: 'investigating', outcome: null, level: 2 })
    t.strictSame(story.ended, ['auto_close of complainant met'])
    t.strictSame(
      story.open,
      ['completion of platform until 2026-12-04 10:00', 'resolution of platform until 2026-12-04 10:00'],
      'resolution starts afresh',
    )
    story.by(agent, 'dismiss', dismissal)
    t.equal(
      refusal(() => story.by(buyer, 'reopen', again)),
      notNow,
    )
    story.by(supervisor, 'reopen', again)
    t.equal(story.status, 'investigating')
    t.notMatch(story.open.join(), /appeal_window/, 'the dismissal no longer stands')
  })

  await t.test('is not reopened once its time is over, swept or not', async (t) => {
    const reopen = (ms: number) => refusal(() => once.resolved().after(ms).by(buyer, 'reopen', { explanation: '未解决' }))
    t.equal(reopen(7 * DAY - 1), undefined)
    t.equal(reopen(7 * DAY), notNow)
  })
})

t.test('a supervisor closes a case', async (t) => {
  const closable: Record<string, Story> = {
    submitted: new Story(),
    awaiting_information: new Story().by(agent, 'request_information', items),
    negotiating: once.accepted(),
    investigating: once.judged().by(agent, 'create', offer(100)),
    suspended: once.escalated().by(agent, 'suspend', { reason_code: 'court' }),
    awaiting_confirmation: once.proposed(),
    resolved: once.resolved(),
    rejected: once.rejected(),
  }
  for (const [status, story] of Object.entries(closable)) {
    t.equal(story.status, status)
    story.by(supervisor, 'close', { reason_code: 'in_court' })
    t.match(story.file.complaint, { status: 'closed', close_reason: 'in_court', closed_at: inShanghai('2026-11-23 10:00') })
    t.strictSame(
      new Set(story.open),
      new Set(['appeal_window of complainant until 2026-11-30 10:00', 'appeal_window of respondent until 2026-11-30 10:00']),
      `${status}: only the right to appeal is left`,
    )
    t.match(story.last?.events.at(-1), {
      type: 'complaint_closed',
      from_status: status,
      to_status: 'closed',
      reason_code: 'in_court',
    })
  }
  t.equal(closable.investigating?.plan.status, 'cancelled')
  t.equal(closable.awaiting_confirmation?.plan.status, 'cancelled')

  await t.test('and only settled elsewhere is an outcome by itself', async (t) => {
    const outcome = (story: Story, reason_code: string) => story.by(supervisor, 'close', { reason_code }).file.complaint.outcome
    t.equal(outcome(once.accepted(), 'settled_elsewhere'), 'settled')
    for (const code of ['duplicate', 'in_court', 'no_longer_needed', 'other']) t.equal(outcome(once.accepted(), code), null)
    t.equal(outcome(once.rejected(), 'other'), 'rejected', 'an outcome that is there stays')
  })

  await t.test('never while a plan is being carried out', async (t) => {
    t.equal(
      refusal(() => once.agreed().by(supervisor, 'close', { reason_code: 'other' })),
      notNow,
    )
  })
})

t.test('the other side sees a name and contact only in outline', async (t) => {
  t.equal(maskName('王小明'), '王*')
  t.equal(maskName('𠮷田'), '𠮷*', 'a character, not half of one')
  t.equal(maskName(null), null)
  t.strictSame(maskContact({ phone: '+86 138-0000-1234', email: 'wang.x@mail.example.com' }), {
    phone: '****1234',
    email: 'w*@mail.example.com',
  })
  t.equal(maskContact(null), null)
})
