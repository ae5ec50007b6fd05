/** Who judges an appeal, and what happens where nobody is left to: on the pure rules, to every end. */
import t from 'tap'
import { actionsFor } from '../../../src/case/decisions/available.ts'
import {
  agent,
  buyer,
  buyersFault,
  inShanghai,
  liability,
  merchant,
  naming,
  offer,
  once,
  person,
  otherSupervisor as qian,
  refusal,
  type Story,
  supervisor as zhao,
} from '../../support/rules.ts'

const separation = '403 separation_of_duties'
const wrongFacts = { reason_code: 'wrong_facts', statement: '物流记录显示从未签收' }
const inWords = { explanation: '复核意见' }
const [sun, li] = [person('supervisor:sun'), person('supervisor:li')]

/** zhao imposed the agent's plan, and the merchant appeals. */
const against = (rules: ReturnType<typeof naming>): Story => once.imposed().under(rules).by(merchant, 'file', wrongFacts)

const mayJudge = (story: Story, actor = sun): boolean => {
  const listed = actionsFor(story.file, { actor, now: story.now, policy: story.rules.policy }).some(
    ({ resource, action }) => resource === 'appeal' && action === 'deny',
  )
  const copy = refusal(() => {
    const before = [story.file, story.last] as const
    try {
      story.onAppeal(actor, 'deny', inWords)
    } finally {
      ;[story.file, story.last] = before
    }
  })
  t.equal(copy === undefined, listed, 'what is listed is accepted')
  return listed
}

t.test('an appeal against a supervisor goes to level 3', async (t) => {
  await t.test('judged by those named there and by their deputies, and by nobody else', async (t) => {
    const story = against(naming({ level_3: ['supervisor:sun'], deputies: ['supervisor:li'] }))
    t.match(story.file.complaint, { level: 3 })
    t.match(story.last?.events, [
      { type: 'appeal_filed' },
      { type: 'complaint_escalated', reason_code: 'appeal_against_supervisor', data: { from_level: 2, to_level: 3 } },
    ])
    t.match(story.appeal.decision, { kind: 'imposed', by: 'supervisor:zhao' })
    t.strictSame(
      [sun, li, qian, zhao].map((actor) => mayJudge(story, actor)),
      [true, true, false, false],
    )
    t.equal(
      refusal(() => story.onAppeal(sun, 'assign', { reviewer: 'supervisor:qian' })),
      separation,
    )
    t.equal(story.onAppeal(qian, 'assign', { reviewer: 'supervisor:li' }).appeal.reviewer, 'supervisor:li')
  })

  await t.test('where the policy names nobody, by any supervisor who took no part, and on its own level', async (t) => {
    const story = against(naming({}))
    t.equal(story.file.complaint.level, 2)
    t.strictSame(
      [sun, qian, zhao].map((actor) => mayJudge(story, actor)),
      [true, true, false],
    )
  })

  await t.test('one against an agent stays where it is', async (t) => {
    const story = once
      .dismissed()
      .under(naming({ level_3: ['supervisor:sun'] }))
      .by(buyer, 'file', wrongFacts)
    t.match(story.appeal.decision, { kind: 'dismissed', by: 'agent:alice' })
    t.equal(story.file.complaint.level, 2)
    t.ok(mayJudge(story, qian))
  })

  await t.test('what silence decided is no supervisor’s', async (t) => {
    const story = once
      .proposed()
      .under(naming({ level_3: ['supervisor:sun'] }))
      .onPlan(buyer, 'accept')
      .at('2026-11-26 10:00')
      .sweep()
      .by(merchant, 'file', wrongFacts)
    t.match(story.appeal.decision, { kind: 'deemed_accepted', by: null })
    t.ok(mayJudge(story, qian))
  })
})

t.test('everybody named is ruled out', async (t) => {
  await t.test('the last resort decides at once, and nothing is waived where it took no part', async (t) => {
    const story = against(naming({ level_3: ['supervisor:zhao'], last_resort: 'supervisor:sun' }))
    t.strictSame(
      [sun, qian].map((actor) => mayJudge(story, actor)),
      [true, false],
    )
    story.onAppeal(sun, 'deny', inWords)
    t.match(story.appeal, { status: 'denied', reviewer: 'supervisor:sun', separation_waived: false })
  })

  await t.test('a last resort who took part decides as well, and that is marked', async (t) => {
    const story = against(naming({ level_3: ['supervisor:zhao'], last_resort: 'supervisor:zhao' })).onAppeal(
      zhao,
      'uphold',
      inWords,
    )
    t.match(story.appeal, { status: 'upheld', reviewer: 'supervisor:zhao', separation_waived: true })
    t.match(
      story.last?.events.find((event) => event.type === 'appeal_upheld'),
      { data: { separation_waived: true } },
    )
  })

  await t.test('without a last resort, any supervisor who took no part', async (t) => {
    const story = against(naming({ level_3: ['supervisor:zhao'] }))
    t.strictSame(
      [qian, zhao].map((actor) => mayJudge(story, actor)),
      [true, false],
    )
  })

  await t.test('a last resort who is a party is as good as none', async (t) => {
    const story = against(naming({ level_3: ['supervisor:zhao'], last_resort: 'supervisor:M-1' }))
    t.equal(
      refusal(() => story.onAppeal(person('supervisor:M-1'), 'deny', inWords)),
      separation,
    )
    t.ok(mayJudge(story, qian))
  })

  await t.test('as long as one of them is left, it is not the last resort’s turn', async (t) => {
    const story = against(naming({ level_3: ['supervisor:zhao', 'supervisor:qian'], last_resort: 'supervisor:sun' }))
    t.strictSame(
      [qian, sun].map((actor) => mayJudge(story, actor)),
      [true, false],
    )
  })
})

t.test('a platform of one agent and one supervisor', async (t) => {
  await t.test('nobody may judge: the admins are told each business day, then the appeal ends undecided', async (t) => {
    // Monday: the supervisor imposes, the merchant appeals
    const story = against(naming({}))
    t.notOk(mayJudge(story, zhao))
    // five business days, then level 3
    story.at('2026-11-30 10:00').sweep()
    t.equal(story.file.complaint.level, 3)
    t.ok(story.open.includes('last_resort of platform until 2026-12-03 10:00'))
    for (const [times, day] of ['2026-12-03', '2026-12-04', '2026-12-07', '2026-12-08', '2026-12-09'].entries()) {
      story.at(`${day} 10:00`).sweep()
      t.match(
        story.last?.events.filter((event) => event.type === 'last_resort_called'),
        [{ visibility: 'staff', resource_id: story.appeal.id, data: { to: 'admins', times: times + 1 } }],
        day,
      )
      t.equal(story.file.complaint.last_resort_at, inShanghai('2026-12-03 10:00'))
      t.notOk(mayJudge(story, zhao))
    }
    story.at('2026-12-10 10:00').sweep()
    t.match(story.appeal, {
      status: 'undecided',
      explanation: null,
      reviewer: null,
      outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
      decided_at: inShanghai('2026-12-10 10:00'),
    })
    t.match(
      story.last?.events.find((event) => event.type === 'appeal_undecided'),
      { from_status: 'submitted', to_status: 'undecided', visibility: 'parties', data: { case_to: 'executing' } },
    )
    t.match(story.file.complaint, { status: 'executing', outcome: 'upheld', last_resort_at: null })
    // what waited goes on: the refund, and the buyer's time to appeal
    t.match(story.open, [/^appeal_window of complainant until /, /^completion of platform until /, /^refund of platform until /])
    t.equal(
      refusal(() => story.by(merchant, 'file', wrongFacts)),
      '409 action_not_available',
      'the appellant has used its appeal',
    )
    t.equal(story.onStep(agent, 'complete_step', { payment_reference: 'PAY-1' }).status, 'resolved')
    t.notOk(story.open.some((clock) => clock.startsWith('appeal_window of respondent')))
  })

  await t.test('with the supervisor as last resort: may judge after three business days on level 3, marked', async (t) => {
    const story = against(naming({ last_resort: 'supervisor:zhao' }))
    t.equal(story.file.complaint.level, 3, 'the appeal goes to level 3 at once')
    t.ok(story.open.includes('last_resort of platform until 2026-11-26 10:00'))
    t.notOk(mayJudge(story.at('2026-11-26 09:59').sweep(), zhao))
    story.at('2026-11-26 10:00').sweep()
    t.match(
      story.last?.events.filter((event) => event.type === 'last_resort_called'),
      [{ data: { to: 'supervisor:zhao', times: 1 } }],
    )
    t.ok(mayJudge(story, zhao))
    story.onAppeal(zhao, 'deny', inWords)
    t.match(story.appeal, { status: 'denied', separation_waived: true, reviewer: 'supervisor:zhao' })
    t.match(
      story.last?.events.find((event) => event.type === 'appeal_denied'),
      { data: { separation_waived: true } },
    )
    t.match(story.file.complaint, { status: 'executing', last_resort_at: null })
    t.equal(story.running('last_resort').length, 0)
  })

  await t.test('a last resort that stays silent, too: undecided', async (t) => {
    const story = against(naming({ last_resort: 'supervisor:zhao' }))
    for (const day of ['11-26', '11-27', '11-30', '12-01', '12-02']) story.at(`2026-${day} 10:00`).sweep()
    t.equal(story.appeal.status, 'submitted')
    t.equal(story.at('2026-12-03 10:00').sweep().appeal.status, 'undecided')
  })

  await t.test('an appeal that is withdrawn is waited for no longer', async (t) => {
    const story = against(naming({ last_resort: 'supervisor:zhao' })).onAppeal(merchant, 'withdraw')
    t.equal(story.running('last_resort').length, 0)
  })

  await t.test('who wrote a plan approves and imposes it as last resort, marked', async (t) => {
    const large = () =>
      once
        .escalated()
        .under(naming({ last_resort: 'supervisor:zhao' }, { approval_amounts: {} }))
        .by(zhao, 'determine_liability', liability)
        .by(zhao, 'create', offer(5_000))
    const stuck = large().onPlan(zhao, 'submit')
    t.equal(
      refusal(() => stuck.onPlan(zhao, 'approve')),
      separation,
    )
    // two business days to decide were missed: level 3; three more, and the last resort is called
    stuck.by(zhao, 'escalate', { reason_code: 'nobody_approves' }).at('2026-11-26 10:00').sweep().onPlan(zhao, 'approve')
    t.match(stuck.plan, { status: 'approved', approved_by: 'supervisor:zhao', approval_separation_waived: true })
    t.match(stuck.last?.events, [{ type: 'plan_approved', data: { separation_waived: true } }])
    stuck.onPlan(zhao, 'impose', { explanation: '责任明确' })
    t.match(stuck.plan, { status: 'executing', imposition: { by: 'supervisor:zhao', separation_waived: true } })
    t.equal(stuck.file.complaint.last_resort_at, null)
    t.equal(stuck.running('last_resort').length, 0)
  })

  await t.test('what nothing forbids is not marked', async (t) => {
    const story = once
      .judged()
      .under(naming({ last_resort: 'supervisor:zhao' }))
      .by(agent, 'create', offer(5_000))
    story.by(zhao, 'escalate', { reason_code: 'panel' }).at('2026-11-26 10:00').sweep()
    story.onPlan(zhao, 'impose', { explanation: '责任明确' })
    t.match(story.plan.imposition, { separation_waived: false })
  })

  await t.test('who fixed the liability dismisses as last resort where these are kept apart', async (t) => {
    const story = once
      .escalated()
      .under(naming({ last_resort: 'supervisor:zhao' }, { liability_apart: [{ apart: true }] }))
      .by(zhao, 'determine_liability', buyersFault)
      .by(zhao, 'escalate', { reason_code: 'nobody_else' })
    const dismiss = () => story.by(zhao, 'dismiss', { explanation: '证据不足' })
    t.equal(refusal(dismiss), separation)
    story.at('2026-11-26 10:00').sweep()
    dismiss()
    t.match(story.file.complaint, { status: 'resolved', dismissal: { separation_waived: true } })
  })

  await t.test('a case without an appeal calls five times, and is counted on until it is decided', async (t) => {
    const story = once.judged().by(agent, 'escalate', { reason_code: 'panel' })
    let calls = 0
    for (let day = 0; day < 21; day++) {
      story.after(24 * 3_600_000).sweep()
      calls += story.last?.events.filter((event) => event.type === 'last_resort_called').length ?? 0
    }
    t.equal(calls, 5, 'each business day from Thursday on')
    t.equal(story.running('last_resort')[0]?.step, 13, 'missed each business day, to the Monday two and a half weeks later')
    t.equal(story.status, 'investigating')
  })
})

t.test('where the platform itself stays silent on level 3, the policy may end the appeal at once', async (t) => {
  const story = against(naming({}, { platform_silence: { resolution: 'none', appeal_decision: 'undecided' } }))
  t.equal(story.at('2026-11-30 10:00').sweep().appeal.status, 'submitted', 'missed on level 2: it climbs')
  t.equal(story.at('2026-12-01 10:00').sweep().appeal.status, 'undecided', 'missed on level 3')
  t.strictSame(story.events, ['deadline_missed', 'appeal_undecided'])

  const stopped = against(naming({}, { platform_silence: { resolution: 'none', appeal_decision: 'undecided' } }))
    .at('2026-11-30 10:00')
    .sweep()
  stopped
    .under({ ...stopped.rules, automationStopped: true })
    .at('2026-12-31 10:00')
    .sweep()
  t.equal(stopped.appeal.status, 'submitted', 'what the platform’s switch stops is not done')
})
