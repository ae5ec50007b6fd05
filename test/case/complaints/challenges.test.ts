/** Standing down and being challenged: who should not decide leaves the case, and nobody is left without a judge by it. */
import t from 'tap'
import { actionsFor } from '../../../src/case/decisions/available.ts'
import {
  agent,
  buyer,
  inShanghai,
  liability,
  merchant,
  naming,
  once,
  person,
  otherSupervisor as qian,
  refusal,
  type Story,
  supervisor as zhao,
} from '../../support/rules.ts'

const separation = '403 separation_of_duties'
const notNow = '409 action_not_available'
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const acquainted = { reason_code: 'acquainted', explanation: '与商家负责人相识' }
const bob = person('agent:bob')

const challengeOf = (story: Story) => story.file.complaint.challenges.at(-1)
const judge = (story: Story, sustained: boolean, by = zhao) =>
  story.by(by, 'judge_challenge', { challenge_id: challengeOf(story)?.id, sustained, explanation: '裁决意见' })
const mayDo = (story: Story, actor: typeof agent) =>
  new Set(actionsFor(story.file, { actor, now: story.now, policy: story.rules.policy }).map(({ action }) => action))

t.test('the owner stands down', async (t) => {
  const story = once.escalated().by(agent, 'stand_down', { reason_code: 'conflict_of_interest' })
  t.match(story.file.complaint, { owner: null, recused: ['alice'], status: 'investigating' })
  t.match(story.last?.events, [
    { type: 'stood_down', reason_code: 'conflict_of_interest', visibility: 'staff' },
    { type: 'owner_left', reason_code: 'stood_down', visibility: 'parties', data: { previous_owner: 'agent:alice' } },
  ])
  t.equal(
    refusal(() => story.by(agent, 'determine_liability', liability)),
    separation,
    'decides nothing more',
  )
  t.strictSame(
    [...mayDo(story, agent)].sort(),
    ['add', 'escalate', 'post'],
    'an agent takes cases for itself only, and not this one',
  )
  t.equal(story.says(agent, { visibility: 'internal' }).file.messages.length, 1, 'a word decides nothing')
  t.equal(
    refusal(() => story.by(zhao, 'assign', { owner: 'agent:alice' })),
    separation,
    'and is not assigned again',
  )
  t.equal(story.by(bob, 'assign', { owner: 'agent:bob' }).file.complaint.owner, 'agent:bob')
  t.equal(
    refusal(() => once.escalated().by(zhao, 'stand_down', { reason_code: 'other' })),
    '403 forbidden',
    'only the owner',
  )
})

t.test('the reviewer stands down: the appeal has none at once, and another is named', async (t) => {
  const story = once.dismissed().by(buyer, 'file', wrongFacts).onAppeal(qian, 'assign', { reviewer: 'supervisor:zhao' })
  story.onAppeal(zhao, 'stand_down', { reason_code: 'acquainted' })
  t.match(story.appeal, { status: 'submitted', reviewer: null })
  t.equal(
    refusal(() => story.onAppeal(zhao, 'deny', { explanation: '不成立' })),
    separation,
  )
  t.equal(
    refusal(() => story.onAppeal(qian, 'assign', { reviewer: 'supervisor:zhao' })),
    separation,
  )
  t.equal(story.onAppeal(qian, 'deny', { explanation: '不成立' }).appeal.status, 'denied')
})

t.test('a side challenges the owner', async (t) => {
  await t.test('once per side and person, before the decision', async (t) => {
    const story = once.escalated().by(buyer, 'challenge', acquainted)
    t.match(challengeOf(story), { side: 'complainant', person: 'agent:alice', of: 'owner', status: 'open', ...acquainted })
    t.match(story.last?.events, [{ type: 'challenge_filed', reason_code: 'acquainted', visibility: 'complainant' }])
    t.ok(story.open.includes('challenge of platform until 2026-11-24 10:00'))
    t.equal(
      refusal(() => story.by(buyer, 'challenge', acquainted)),
      notNow,
    )
    t.equal(story.by(merchant, 'challenge', acquainted).file.complaint.challenges.length, 2, 'the other side may, too')
    t.equal(
      refusal(() => once.dismissed().by(buyer, 'challenge', acquainted)),
      notNow,
      'after the decision there is the appeal',
    )
  })

  await t.test('meanwhile the person works on, and decides nothing', async (t) => {
    const story = once.escalated().by(buyer, 'challenge', acquainted)
    t.equal(
      refusal(() => story.by(agent, 'determine_liability', liability)),
      separation,
    )
    t.ok(mayDo(story, agent).has('request_information'))
  })

  await t.test('judged by a supervisor who is somebody else', async (t) => {
    const story = once.escalated().by(zhao, 'assign', { owner: 'supervisor:zhao' }).by(merchant, 'challenge', acquainted)
    t.equal(
      refusal(() => judge(story, false, zhao)),
      separation,
    )
    judge(story, false, qian)
    t.match(challengeOf(story), { status: 'refused', judged_by: 'supervisor:qian', judged_explanation: '裁决意见' })
    t.match(story.file.complaint, { owner: 'supervisor:zhao', recused: [] })
    t.equal(story.by(zhao, 'determine_liability', liability).status, 'investigating')
    t.notOk(mayDo(story, qian).has('judge_challenge'), 'nothing is left to judge')
  })

  await t.test('sustained, it is as if the person had stood down', async (t) => {
    const story = judge(once.escalated().by(buyer, 'challenge', acquainted), true)
    t.match(story.file.complaint, { owner: null, recused: ['alice'] })
    t.match(story.last?.events, [
      { type: 'challenge_judged', reason_code: 'sustained', visibility: 'complainant' },
      { type: 'owner_left', reason_code: 'challenge_sustained' },
    ])
    t.equal(story.running('challenge').length, 0)
    t.equal(
      refusal(() => judge(story, true)),
      notNow,
    )
  })

  await t.test('a challenge that is not there', async (t) => {
    const story = once.escalated().by(buyer, 'challenge', acquainted)
    const unknown = { challenge_id: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f', sustained: true, explanation: '成立' }
    t.equal(
      refusal(() => story.by(zhao, 'judge_challenge', unknown)),
      '422 challenge_not_open',
    )
  })
})

t.test('nobody judges the challenge', async (t) => {
  const silent = (rules = naming({})) =>
    once.escalated().under(rules).by(buyer, 'challenge', acquainted).at('2026-11-24 10:00').sweep()

  await t.test('replaced where the policy names somebody else', async (t) => {
    const story = silent(naming({ deputies: ['supervisor:sun'] }))
    t.match(challengeOf(story), { status: 'replaced', judged_by: null, judged_at: inShanghai('2026-11-24 10:00') })
    t.match(story.file.complaint, { owner: null, recused: ['alice'] })
    t.match(
      story.last?.events.map(({ type, reason_code }) => [type, reason_code]),
      [
        ['deadline_missed', 'replace'],
        ['challenge_judged', 'replaced'],
        ['owner_left', 'challenge_unanswered'],
      ],
    )
  })

  await t.test('stays where nobody is named, and that is on record', async (t) => {
    const story = silent()
    t.match(challengeOf(story), { status: 'stays', judged_by: null })
    t.match(story.file.complaint, { owner: 'agent:alice', recused: [] })
    t.match(
      story.last?.events.find(({ type }) => type === 'challenge_judged'),
      { reason_code: 'stays' },
    )
    t.equal(story.by(agent, 'determine_liability', liability).status, 'investigating', 'and decides again')
  })

  await t.test('a party, or whoever stood down, is nobody else', async (t) => {
    t.match(challengeOf(silent(naming({ level_3: ['supervisor:B-1'], last_resort: 'supervisor:M-1' }))), { status: 'stays' })
  })

  await t.test('a reviewer stays where everybody else is ruled out', async (t) => {
    const challenged = (level_3: string[]) =>
      once
        .imposed()
        .under(naming({ level_3 }))
        .by(merchant, 'file', wrongFacts)
        .onAppeal(qian, 'assign', { reviewer: 'supervisor:qian' })
        .onAppeal(merchant, 'challenge', acquainted)
        .at('2026-11-24 10:00')
        .sweep()
    const kept = challenged(['supervisor:qian', 'supervisor:zhao'])
    t.match(challengeOf(kept), { of: 'reviewer', appeal_id: kept.appeal.id, status: 'stays' })
    t.equal(kept.appeal.reviewer, 'supervisor:qian')
    const left = challenged(['supervisor:qian', 'supervisor:sun'])
    t.match(challengeOf(left), { status: 'replaced' })
    t.match(left.appeal, { reviewer: null, status: 'submitted' })
  })
})

t.test('somebody else decides meanwhile: nothing is left to judge', async (t) => {
  const story = once.judged().by(buyer, 'challenge', acquainted).by(zhao, 'close', { reason_code: 'other' })
  t.match(challengeOf(story), { status: 'stays' })
  t.equal(story.running('challenge').length, 0)
})

t.test('everybody left: the appeal still ends', async (t) => {
  const story = once
    .dismissed()
    .under(naming({ level_3: ['supervisor:zhao'], last_resort: 'supervisor:zhao' }))
    .by(buyer, 'file', wrongFacts)
    .onAppeal(zhao, 'assign', { reviewer: 'supervisor:zhao' })
    .onAppeal(zhao, 'stand_down', { reason_code: 'other' })
  t.equal(
    refusal(() => story.onAppeal(zhao, 'deny', { explanation: '不成立' })),
    separation,
    'no last resort either',
  )
  for (let day = 0; day < 21; day++) story.after(24 * 3_600_000).sweep()
  t.equal(story.appeal.status, 'undecided')
})
