/** People of the policy over HTTP: a small platform's appeal to its end, with sweeps, and who leaves a case. */
import t from 'tap'
import { changePolicy } from '../../rules/policy/policies.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { alice, qian, refundOf, tellToInvestigation, tellToLiability, zhao } from '../../support/story.ts'

const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }
const acquainted = { reason_code: 'acquainted', explanation: '与商家负责人相识' }

const imposed = async (one: TestApp) =>
  (await (await tellToLiability(one)).writePlan(alice, refundOf(5_000))).onPlan(zhao, 'impose', { explanation: '责任明确' })

/** Day after day goes by, each with a sweep. */
const pass = async ({ call }: TestApp, days: number): Promise<void> => {
  for (let day = 0; day < days; day++) {
    await call('POST', '/v1/test-clock/advance', { as: 'admin:root', body: { by: 'P1D' } })
    await call('POST', '/v1/sweeps', { as: 'admin:root' })
  }
}

await t.test('one supervisor and no last resort: the appeal ends undecided, with the outside routes', async (t) => {
  const one = await testApp(t)
  const story = await (await imposed(one)).file('merchant:M-1', wrongFacts)
  t.equal((await story.try(zhao, `/v1/appeals/${story.appeal.id}/deny`, { explanation: '不成立' })).status, 403)
  await pass(one, 21)
  const appeal = await story.read('merchant:M-1', `/v1/appeals/${story.appeal.id}`)
  t.match(appeal, {
    status: 'undecided',
    explanation: null,
    separation_waived: false,
    outside_routes: ['consumer_association', 'mediation', 'arbitration', 'court'],
    available_actions: [],
  })
  t.equal((await story.seenBy('buyer:B-1')).status, 'executing')
  const calls = (types: string[]) => types.filter((type) => type === 'last_resort_called').length
  t.equal(calls(await story.eventsSeenBy('admin:root')), 5)
  t.equal(calls(await story.eventsSeenBy('merchant:M-1')), 0)
})

await t.test('the one supervisor is the last resort: decides after three business days on level 3, marked', async (t) => {
  const one = await testApp(t)
  await changePolicy(one, (document) => {
    document.people = { level_3: [], deputies: [], last_resort: zhao }
  })
  const story = await (await imposed(one)).file('merchant:M-1', wrongFacts)
  const shown = async (): Promise<string[]> =>
    (await story.read(zhao, `/v1/appeals/${story.appeal.id}`)).available_actions.map(({ action }: Json) => action)
  t.notOk((await shown()).includes('deny'))
  await pass(one, 7)
  t.ok((await shown()).includes('deny'))
  t.match(await story.seenBy(alice), { level: 3, last_resort_at: /^2/ })
  t.equal((await story.seenBy('merchant:M-1')).last_resort_at, null)
  await story.onAppeal(zhao, 'deny', { explanation: '维持原判' })
  t.match(story.appeal, { status: 'denied', separation_waived: true, reviewer: zhao })
})

await t.test('who may be anybody at all may also be named: an id with a bar, in Chinese', async (t) => {
  const one = await testApp(t)
  const named = ['auth0|5f7c', '赵 主管']
  await changePolicy(one, (document) => {
    document.people = { level_3: [`supervisor:${named[0]}`], deputies: [`supervisor:${named[1]}`], last_resort: null }
  })
  const story = await (await imposed(one)).file('merchant:M-1', wrongFacts)
  t.equal((await story.try(qian, `/v1/appeals/${story.appeal.id}/deny`, { explanation: '不成立' })).status, 403, 'not named')
  for (const id of named)
    t.ok(
      (await story.read(`supervisor:${encodeURIComponent(id)}`, `/v1/appeals/${story.appeal.id}`)).available_actions.some(
        ({ action }: Json) => action === 'deny',
      ),
    )
  await story.onAppeal(`supervisor:${encodeURIComponent(named[1] ?? '')}`, 'deny', { explanation: '维持原判' })
  t.match(story.appeal, { status: 'denied', reviewer: 'supervisor:赵 主管' })

  const { body } = await one.call('GET', '/v1/policy')
  for (const wrong of ['supervisor:', 'supervisor: zhao', 'agent:alice', `supervisor:${'x'.repeat(257)}`, 'zhao']) {
    const document = { ...body.document, people: { level_3: [wrong], deputies: [], last_resort: null } }
    const answer = await one.call('PUT', '/v1/policy', { body: { document }, headers: { 'if-match': `"${body.version}"` } })
    t.equal(answer.status, 400, wrong)
    t.match(answer.body.errors, [{ pointer: '/document/people/level_3/0' }])
  }
})

await t.test('people are named once each', async (t) => {
  const one = await testApp(t)
  const { body } = await one.call('GET', '/v1/policy')
  t.strictSame(body.document.people, { level_3: [], deputies: [], last_resort: null })
  t.strictSame(body.document.platform_silence.appeal_decision, 'none')
  const document = { ...body.document, people: { level_3: [zhao], deputies: [qian, zhao], last_resort: zhao } }
  const answer = await one.call('PUT', '/v1/policy', { body: { document }, headers: { 'if-match': `"${body.version}"` } })
  t.equal(answer.status, 422)
  t.match(answer.body.errors, [{ pointer: '/document/people/deputies/1', code: 'duplicate' }])
})

await t.test('a challenge is its side’s and the platform’s; sustained, the owner is gone', async (t) => {
  const one = await testApp(t)
  const story = await (await tellToInvestigation(one)).by('buyer:B-1', 'challenge', acquainted)
  const [challenge] = (await story.seenBy('buyer:B-1')).challenges
  t.match(challenge, { side: 'complainant', person: alice, of: 'owner', status: 'open', ...acquainted })
  const others = await story.seenBy('merchant:M-1')
  t.strictSame(others.challenges, [])
  t.notOk(others.deadlines.some(({ kind }: Json) => kind === 'challenge'))
  t.notOk((await story.eventsSeenBy('merchant:M-1')).includes('challenge_filed'))

  await story.by(qian, 'judge-challenge', { challenge_id: challenge.id, sustained: true, explanation: '属实' })
  t.match(await story.seenBy(qian), { owner: null, recused: ['alice'], challenges: [{ status: 'sustained', judged_by: qian }] })
  t.strictSame((await story.seenBy('buyer:B-1')).recused, [])
  t.equal((await story.try(qian, `/v1/complaints/${story.id}/assign`, { owner: alice })).status, 403)
  await story.by(qian, 'assign', { owner: 'agent:bob' })
  await story.by('agent:bob', 'stand-down', { reason_code: 'conflict_of_interest' })
  t.match(await story.seenBy(qian), { owner: null, recused: ['alice', 'bob'] })
})
