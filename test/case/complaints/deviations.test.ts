import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import {
  agent,
  buyer,
  buyersFault,
  filing,
  liability,
  merchant,
  offer,
  once,
  refusal,
  Story,
  supervisor,
} from '../../support/rules.ts'
import { alice, qian, refundOf, tellToInvestigation, zhao } from '../../support/story.ts'

const inWords = { explanation: '证据不足' }
const goodwill = { reason_code: 'goodwill', explanation: '老客户首次投诉' }
const other = { reason_code: 'other', explanation: '见会议纪要' }
const contradicts = '422 decision_contradicts_liability'

/** Where shares of the fault were fixed as told. */
const judged = (shares: Record<string, number>, body = filing()): Story => {
  const story = once.accepted(body)
  const asked = story.status === 'negotiating' ? story.by(buyer, 'escalate', { reason_code: 'no_agreement' }) : story
  return asked.by(agent, 'determine_liability', {
    ...liability,
    shares: Object.entries(shares).map(([party, percent]) => ({ party, percent })),
  })
}
const againstPlatform = filing({ respondent: { role: 'platform', id: 'platform' } })

t.test('a dismissal agrees with the liability, or says why not', async (t) => {
  const cases: [Record<string, number>, ReturnType<typeof filing>, string | undefined][] = [
    [{ buyer: 100 }, filing(), undefined],
    [{ logistics: 60, force_majeure: 40 }, filing(), undefined],
    [{ platform: 100 }, filing(), undefined],
    [{ merchant: 100 }, filing(), contradicts],
    [{ buyer: 99, merchant: 1 }, filing(), contradicts],
    [{ platform: 10, logistics: 90 }, againstPlatform, contradicts],
    [{ merchant: 100 }, againstPlatform, undefined],
  ]
  for (const [shares, body, refused] of cases) {
    const dismiss = (more: object) => refusal(() => judged(shares, body).by(agent, 'dismiss', { ...inWords, ...more }))
    const who = `${JSON.stringify(shares)} against the ${body.respondent.role}`
    t.equal(dismiss({}), refused, who)
    t.equal(dismiss({ deviation: goodwill }), undefined, `${who}, with a deviation`)
  }
})

t.test('what is imposed agrees with the liability, or says why not', async (t) => {
  const impose = (shares: Record<string, number>, remedies: object[], more: object = {}) => {
    const story = judged(shares).by(agent, 'create', { remedies, explanation: '平台方案' })
    return refusal(() => story.onPlan(supervisor, 'impose', { explanation: '平台决定', ...more }))
  }
  const refund = { type: 'refund', amount: 5_000 }
  for (const remedy of [
    refund,
    { type: 'return_and_refund', amount: 5_000 },
    { type: 'compensation', amount: 500 },
    { type: 'exchange' },
    { type: 'repair' },
    { type: 'reship' },
  ]) {
    t.equal(impose({ buyer: 100 }, [remedy]), contradicts, `${remedy.type} for whoever is at fault alone`)
    t.equal(impose({ buyer: 100 }, [remedy], { deviation: goodwill }), undefined, `${remedy.type}, with a deviation`)
  }
  t.equal(impose({ buyer: 100 }, [{ type: 'apology' }]), undefined, 'an apology gives nothing away')
  t.equal(impose({ buyer: 100 }, [{ type: 'apology' }, refund]), contradicts)
  t.equal(impose({ buyer: 99, merchant: 1 }, [refund]), undefined, 'not at fault alone')
  t.equal(impose({ logistics: 100 }, [refund]), undefined)

  const shop = filing({ complainant: { role: 'merchant', id: 'M-1' }, respondent: { role: 'platform', id: 'platform' } })
  const ofMerchant = (party: string) =>
    refusal(() =>
      new Story(shop, merchant)
        .by(agent, 'accept')
        .by(agent, 'determine_liability', { ...liability, shares: [{ party, percent: 100 }] })
        .by(agent, 'create', { remedies: [refund], explanation: '平台方案' })
        .onPlan(supervisor, 'impose', { explanation: '平台决定' }),
    )
  t.equal(ofMerchant('merchant'), contradicts, 'a merchant that complains and is at fault itself')
  t.equal(ofMerchant('platform'), undefined)
})

t.test('another reason than those of the list is a supervisor’s', async (t) => {
  const dismiss = (actor: typeof agent) => refusal(() => once.judged().by(actor, 'dismiss', { ...inWords, deviation: other }))
  t.equal(dismiss(agent), '422 deviation_needs_supervisor')
  t.equal(dismiss(supervisor), undefined)
  t.equal(
    refusal(() =>
      once
        .escalated()
        .by(agent, 'determine_liability', buyersFault)
        .by(agent, 'create', offer(100))
        .onPlan(supervisor, 'impose', { ...inWords, deviation: other }),
    ),
    undefined,
  )
})

t.test('over HTTP', async (t) => {
  const app = await testApp(t)
  const toLiability = async (party: string) =>
    (await tellToInvestigation(app)).by(alice, 'determine-liability', { ...liability, shares: [{ party, percent: 100 }] })

  await t.test('a dismissal that contradicts the liability is told what it lacks; with that the parties read why', async (t) => {
    const story = await toLiability('merchant')
    const href = `/v1/complaints/${story.id}/dismiss`
    t.match(await story.try(alice, href, inWords), {
      status: 422,
      body: {
        code: 'decision_contradicts_liability',
        detail: /found at fault: add deviation \{ reason_code, explanation \}/,
        errors: [{ pointer: '/deviation', code: 'required' }],
      },
    })
    t.match(await story.try(alice, href, { ...inWords, deviation: other }), {
      status: 422,
      body: { code: 'deviation_needs_supervisor', errors: [{ pointer: '/deviation/reason_code' }] },
    })
    t.match(await story.try(alice, href, { ...inWords, deviation: { reason_code: 'goodwill' } }), {
      status: 400,
      body: { errors: [{ pointer: '/deviation/explanation' }] },
    })
    t.match(await story.try(alice, href, { ...inWords, deviation: { ...goodwill, reason_code: 'mood' } }), {
      status: 400,
      body: { errors: [{ pointer: '/deviation/reason_code' }] },
    })
    await story.by(alice, 'dismiss', { ...inWords, deviation: goodwill })
    for (const as of [story.buyer, story.respondent, alice])
      t.strictSame((await story.seenBy(as)).dismissal, { ...inWords, deviation: goodwill, separation_waived: false }, as)
    const { data } = await story.read(story.buyer, `/v1/complaints/${story.id}/events?limit=1`)
    t.match(data, [{ type: 'complaint_dismissed', data: { deviation: { reason_code: 'goodwill' } } }])
    t.notMatch(JSON.stringify(data), /老客户/, 'its words stand with the decision alone')
  })

  await t.test('one that agrees shows no deviation', async (t) => {
    const story = await toLiability('logistics')
    await story.by(alice, 'dismiss', inWords)
    t.strictSame((await story.seenBy(story.buyer)).dismissal, { ...inWords, deviation: null, separation_waived: false })
  })

  await t.test('so it is with a plan that is imposed', async (t) => {
    const story = await (await toLiability('buyer')).writePlan(qian, refundOf(5_000))
    const href = `/v1/refund-plans/${story.plan.id}/impose`
    t.match(await story.try(zhao, href, inWords), {
      status: 422,
      body: { code: 'decision_contradicts_liability', errors: [{ pointer: '/deviation' }] },
    })
    await story.onPlan(zhao, 'impose', { ...inWords, deviation: other })
    for (const as of [story.buyer, story.respondent]) {
      const { imposition } = await story.read(as, `/v1/refund-plans/${story.plan.id}`)
      t.strictSame(imposition, { by: zhao, ...inWords, deviation: other, separation_waived: false }, as)
    }
    const events = await story.read(story.buyer, `/v1/complaints/${story.id}/events?limit=100`)
    t.match(
      events.data.filter((event: Json) => event.type === 'plan_imposed'),
      [{ data: { deviation: { reason_code: 'other' } } }],
    )
  })
})
