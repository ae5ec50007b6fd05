import t from 'tap'
import { testApp } from '../../support/app.ts'
import { decree } from '../../support/policy.ts'
import {
  agent,
  buyer,
  filing,
  liability,
  offer,
  once,
  person,
  refusal,
  Story,
  supervisor,
  withPolicy,
} from '../../support/rules.ts'
import {
  alice,
  type CaseStory,
  newOrder,
  qian,
  refundOf,
  tellToInvestigation,
  tellToLiability,
  zhao,
} from '../../support/story.ts'

const separation = '403 separation_of_duties'
const inWords = { explanation: '平台决定' }
const bob = person('agent:bob')
const againstPlatform = filing({ respondent: { role: 'platform', id: 'platform' } })

t.test('another agent’s case is decided by its owner or a supervisor', async (t) => {
  /** What agents do in cases, each where it is possible. */
  const deeds: Record<string, (actor: typeof agent) => Story> = {
    accept: (actor) => new Story().by(supervisor, 'assign', { owner: 'agent:alice' }).by(actor, 'accept'),
    reject: (actor) =>
      new Story()
        .by(supervisor, 'assign', { owner: 'agent:alice' })
        .by(actor, 'reject', { reason_code: 'out_of_scope', ...inWords }),
    request_information: (actor) => once.accepted().by(actor, 'request_information', { items: ['照片'] }),
    determine_liability: (actor) => once.escalated().by(actor, 'determine_liability', liability),
    dismiss: (actor) =>
      once
        .escalated()
        .by(agent, 'determine_liability', { ...liability, shares: [{ party: 'buyer', percent: 100 }] })
        .by(actor, 'dismiss', inWords),
    suspend: (actor) => once.escalated().by(actor, 'suspend', { reason_code: 'court' }),
    resume: (actor) => once.escalated().by(agent, 'suspend', { reason_code: 'court' }).by(actor, 'resume'),
    create: (actor) => once.judged().by(actor, 'create', offer(100)),
    propose: (actor) => once.judged().by(agent, 'create', offer(100)).onPlan(actor, 'propose'),
    'accept for the platform': (actor) =>
      once.accepted(againstPlatform).by(buyer, 'create', offer(100)).onPlan(buyer, 'propose').onPlan(actor, 'accept'),
    'decline for the platform': (actor) =>
      once.accepted(againstPlatform).by(buyer, 'create', offer(100)).onPlan(buyer, 'propose').onPlan(actor, 'decline', inWords),
    'counter for the platform': (actor) =>
      once.accepted(againstPlatform).by(buyer, 'create', offer(100)).onPlan(buyer, 'propose').onPlan(actor, 'counter', offer(50)),
  }
  for (const [deed, does] of Object.entries(deeds)) {
    t.equal(
      refusal(() => does(bob)),
      separation,
      `${deed} by another agent`,
    )
    for (const actor of [agent, supervisor])
      t.equal(
        refusal(() => does(actor)),
        undefined,
        `${deed} by ${actor.role}`,
      )
  }

  await t.test('also who wrote a plan while the case was theirs', async (t) => {
    const handedOver = () =>
      once
        .accepted()
        .by(supervisor, 'assign', { owner: 'agent:bob' })
        .by(bob, 'create', offer(100))
        .by(supervisor, 'assign', { owner: 'agent:alice' })
    for (const action of ['propose', 'cancel'])
      t.equal(
        refusal(() => handedOver().onPlan(bob, action, inWords)),
        separation,
        action,
      )
    t.equal(handedOver().onPlan(agent, 'propose').status, 'awaiting_confirmation')
  })

  await t.test('what is no decision is open to every agent', async (t) => {
    const asked = once.accepted().by(agent, 'request_information', { items: ['照片'] })
    t.equal(
      asked.by(bob, 'provide_information', { statement: '电话中补充' }).status,
      'negotiating',
      'to write down what was said',
    )
    t.equal(once.accepted().by(bob, 'escalate', { reason_code: 'large_amount' }).file.complaint.level, 2, 'to call somebody in')
    t.equal(
      once.agreed().onStep(bob, 'complete_step', { payment_reference: 'PAY-1' }).status,
      'resolved',
      'to report what was done',
    )
  })

  await t.test('so is a case that nobody owns; the person counts, not the role', async (t) => {
    t.equal(new Story().by(bob, 'reject', { reason_code: 'out_of_scope', ...inWords }).status, 'rejected')
    const lead = new Story().by(person('supervisor:bob'), 'accept').by(buyer, 'escalate', { reason_code: 'no_agreement' })
    t.equal(lead.by(bob, 'determine_liability', liability).file.complaint.liability?.determined_by, 'agent:bob')
  })

  await t.test('or any agent, where the policy says so', async (t) => {
    const shared = withPolicy({ any_agent_decides: true })
    t.equal(once.escalated().under(shared).by(bob, 'determine_liability', liability).status, 'investigating')
  })
})

const about = (wanted: number | undefined, paid: number, currency = 'CNY') =>
  filing({
    order: {
      id: 'O-1',
      currency,
      paid_amount: paid,
      lines: [{ line_id: '1', name: '相机', quantity: 1, unit_amount: paid }],
    },
    wanted: wanted === undefined ? { remedy: 'exchange' } : { remedy: 'refund', amount: wanted },
  })

t.test('whoever alone fixed the liability neither dismisses nor imposes, above the approval amount', async (t) => {
  const shares = [{ party: 'logistics', percent: 100 }]
  /** A supervisor fixes the liability and then decides alone. */
  const decidesAlone = (body: ReturnType<typeof filing>, by = withPolicy({})) => {
    const judged = () =>
      once
        .escalated(body)
        .under(by)
        .by(supervisor, 'determine_liability', { ...liability, shares })
        .by(agent, 'create', {
          remedies: [{ type: 'exchange' }],
          explanation: '换货',
        })
    return [
      refusal(() => judged().by(supervisor, 'dismiss', inWords)),
      refusal(() => judged().onPlan(supervisor, 'impose', inWords)),
    ]
  }
  const may = [undefined, undefined]
  const apart = [separation, separation]
  t.strictSame(decidesAlone(about(500_000, 900_000)), may, 'what is wanted is the approval amount')
  t.strictSame(decidesAlone(about(500_001, 900_000)), apart, 'and above it')
  t.strictSame(decidesAlone(about(undefined, 500_001)), apart, 'what was paid, where no amount is wanted')
  t.strictSame(decidesAlone(about(1, 100, 'USD')), apart, 'any amount in a currency that has no approval amount')
  t.strictSame(decidesAlone({ ...filing(), order: null, wanted: null }), may, 'a case without money')

  await t.test('somebody else does, the owner too', async (t) => {
    const judged = () => once.escalated(about(500_001, 900_000)).by(supervisor, 'determine_liability', { ...liability, shares })
    t.equal(judged().by(agent, 'dismiss', inWords).status, 'resolved')
    t.equal(
      judged()
        .by(agent, 'determine_liability', { ...liability, shares })
        .by(supervisor, 'dismiss', inWords).status,
      'resolved',
      'who fixed it last',
    )
  })

  await t.test('a policy says where, by category and amount', async (t) => {
    const counterfeit = withPolicy({
      liability_apart: [
        { when: { category: ['counterfeit'] }, apart: true },
        { when: { amount: { currency: 'CNY', from: 800_000 } }, apart: true },
        { apart: false },
      ],
    })
    t.strictSame(decidesAlone({ ...about(100, 900), category: 'counterfeit' }, counterfeit), apart)
    t.strictSame(decidesAlone(about(100, 900), counterfeit), may)
    t.strictSame(decidesAlone(about(799_999, 900_000), counterfeit), may)
    t.strictSame(decidesAlone(about(800_000, 900_000), counterfeit), apart)
    t.strictSame(decidesAlone(about(800_000, 900_000), withPolicy({ liability_apart: [{ apart: false }] })), may)
  })
})

t.test('over HTTP', async (t) => {
  const app = await testApp(t)
  const actionsOf = async (story: CaseStory, as: string): Promise<string[]> =>
    (await story.seenBy(as)).available_actions.map(({ action }: { action: string }) => action)

  await t.test('another agent reads and writes messages, is shown no decision, and is told who may take it', async (t) => {
    const story = await tellToLiability(app)
    const theirs = await actionsOf(story, 'agent:bob')
    t.strictSame(theirs.sort(), ['add', 'escalate', 'post', 'set_risk'])
    t.match(await story.try('agent:bob', `/v1/complaints/${story.id}/suspend`, { reason_code: 'court' }), {
      status: 403,
      body: { code: 'separation_of_duties', detail: /a supervisor, or the agent who owns the case/ },
    })
    t.match(await story.try('agent:bob', `/v1/complaints/${story.id}/messages`, { text: '同事留言', visibility: 'internal' }), {
      status: 201,
    })
    await story.by(zhao, 'assign', { owner: 'agent:bob' })
    t.match(await story.try('agent:bob', `/v1/complaints/${story.id}/suspend`, { reason_code: 'court' }), { status: 200 })
    t.match(await story.try(alice, `/v1/complaints/${story.id}/resume`), { status: 403 }, 'it is no longer alice’s')
  })

  await t.test('a proof is judged by the owner, too', async (t) => {
    const story = await tellToInvestigation(app)
    await story.addEvidence(story.buyer)
    t.match(await story.try('agent:bob', `/v1/evidence/${story.evidence.id}/accept`), { status: 403 })
    t.strictSame((await story.read('agent:bob', `/v1/evidence/${story.evidence.id}`)).available_actions, [])
    t.match(await story.try(alice, `/v1/evidence/${story.evidence.id}/accept`), { status: 200 })
  })

  await t.test('who fixed the liability of a dear case is shown neither way to decide it', async (t) => {
    const dear = { order: newOrder(900_000), wanted: { remedy: 'refund', amount: 600_000 } }
    const story = await (await tellToInvestigation(app, dear)).by(qian, 'determine-liability', liability)
    await story.writePlan(alice, refundOf(5_000))
    t.notMatch((await actionsOf(story, qian)).join(), /dismiss|impose/)
    t.match((await actionsOf(story, zhao)).join(), /dismiss.*impose/)
    t.match(await story.try(qian, `/v1/refund-plans/${story.plan.id}/impose`, inWords), {
      status: 403,
      body: { code: 'separation_of_duties', detail: /somebody other than who fixed the liability/ },
    })
    await story.onPlan(zhao, 'impose', inWords)
  })

  await t.test('a policy that says otherwise holds for the cases opened under it', async (t) => {
    const before = await tellToInvestigation(app)
    await decree(app, (document) => {
      document.any_agent_decides = true
    })
    const after = await tellToInvestigation(app)
    t.match((await actionsOf(after, 'agent:bob')).join(), /determine_liability/)
    t.notMatch((await actionsOf(before, 'agent:bob')).join(), /determine_liability/)
  })

  await t.test('rules that cannot be followed are refused', async (t) => {
    const { body, headers } = await app.call('GET', '/v1/policy')
    const put = async (liability_apart: object[]) =>
      (
        await app.call('PUT', '/v1/policy', {
          body: { document: { ...body.document, liability_apart } },
          headers: { 'if-match': headers.etag ?? '' },
        })
      ).body
    t.match(await put([{ when: { category: ['counterfeit'] }, apart: true }]), {
      code: 'policy_cannot_work',
      errors: [{ pointer: '/document/liability_apart', code: 'missing_rule' }],
    })
    t.match(await put([{ apart: false }, { when: { above_approval_amount: true }, apart: true }]), {
      errors: [{ pointer: '/document/liability_apart/1', code: 'never_reached' }],
    })
    t.match(await put([{ when: { amount: { currency: 'CNY', from: 5, below: 5 } }, apart: true }, { apart: false }]), {
      errors: [{ pointer: '/document/liability_apart/0/when/amount/below', code: 'empty_band' }],
    })
  })
})
