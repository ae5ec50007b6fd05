/** An approval that was asked for does not wait for ever. */
import t from 'tap'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { alice, type CaseStory, dismissal, newOrder, refundOf, tellToLiability, zhao } from '../../support/story.ts'

const li = 'supervisor:li'
const buyer = 'buyer:B-1'

/** A case of 9,000.00 with a plan of 6,000.00 by alice that waits for approval, on a Monday at ten in Shanghai. */
const asked = async (app: TestApp): Promise<CaseStory> => {
  const story = await tellToLiability(app, { order: newOrder(900_000) })
  await story.writePlan(alice, refundOf(600_000))
  return story.onPlan(alice, 'submit')
}

const advance = async ({ call }: TestApp, by: string): Promise<void> => {
  for (const [url, body] of [
    ['/v1/test-clock/advance', { by }],
    ['/v1/sweeps', {}],
  ] as const) {
    const { status, text } = await call('POST', url, { body })
    if (status !== 200) throw new Error(text)
  }
}

const approvals = async (story: CaseStory, query = ''): Promise<Json[]> =>
  (await story.read(zhao, `/v1/deadlines?kind=approval${query}`)).data.filter((x: Json) => x.complaint_id === story.id)

const eventsOf = async (story: CaseStory, as: string): Promise<Json[]> =>
  (await story.read(as, `/v1/complaints/${story.id}/events?sort=sequence&limit=100`)).data

const calls = async (story: CaseStory): Promise<Json[]> =>
  (await eventsOf(story, zhao)).filter((x) => x.type === 'escalation_notice' && x.data.kind === 'approval')

// 2026-11-23 10:00 in Shanghai
const monday = async (app: TestApp) => app.clock.advance(Date.parse('2026-11-23T02:00:00Z') - app.clock.nowMs())

await t.test('an approval', async (t) => {
  const app = await testApp(t)
  await monday(app)

  await t.test('is due in one business day, on the desk and among what the approver can do', async (t) => {
    const story = await asked(app)
    t.match(await approvals(story), [
      { party: 'platform', due_at: '2026-11-24T02:00:00.000Z', subject_id: story.plan.id, status: 'running' },
    ])
    t.match(
      (await story.seenBy(zhao)).available_actions
        .filter((x: Json) => x.resource === 'refund_plan' && x.mandatory)
        .map((x: Json) => x.action),
      ['approve', 'send_back'],
    )
    await story.onPlan(zhao, 'approve')
    t.match(await approvals(story), [])
    t.match(await approvals(story, '&status=met'), [{ margin_ms: 9 * 3_600_000 }])
  })

  await t.test(
    'calls all supervisors when nobody gives it, again each business day, and the case stays where it is',
    async (t) => {
      const story = await asked(app)
      const { level, status } = await story.seenBy(zhao)
      await advance(app, 'P1D')
      t.match(
        (await calls(story)).map((x) => [x.data.tells, x.data.step]),
        [[['owner', 'supervisors'], 1]],
        'the owner alone would be told on level 1',
      )
      await advance(app, 'P1D')
      await advance(app, 'P1D')
      t.equal((await calls(story)).length, 3)
      t.match(await story.seenBy(zhao), { level, status })
      t.match(await approvals(story), [{ times_missed: 3, on_silence: 'call_supervisors', overdue: true }])
      await story.onPlan(li, 'send-back', { explanation: '请说明金额' })
      await advance(app, 'P1D')
      t.equal((await calls(story)).length, 3, 'who sends it back has answered')
      await story.onPlan(alice, 'submit')
      t.match(await approvals(story), [{ times_missed: 0 }], 'asked for again, it is a new one')
    },
  )

  await t.test('is given by neither its author nor a party', async (t) => {
    const story = await tellToLiability(app, {
      order: newOrder(900_000),
      respondent: { role: 'merchant', id: 'Shop' },
    })
    await story.writePlan(zhao, refundOf(600_000))
    await story.onPlan(zhao, 'submit')
    for (const as of ['supervisor:zhao', 'supervisor:ZHAO', 'supervisor:shop', 'supervisor:b-1'])
      t.equal((await story.try(as, `/v1/refund-plans/${story.plan.id}/approve`)).body.code, 'separation_of_duties', as)
    await story.onPlan(li, 'approve')
  })

  await t.test('is nothing that the parties hear of', async (t) => {
    const story = await asked(app)
    await advance(app, 'P3D')
    for (const side of [buyer, 'merchant:M-1']) {
      t.notMatch(JSON.stringify(await eventsOf(story, side)), /approval/)
      t.notOk((await story.seenBy(side)).deadlines.some((x: Json) => x.kind === 'approval'))
    }
    t.match(JSON.stringify(await eventsOf(story, alice)), /approval/)
  })
})

await t.test('it stands still while the case waits for a side', async (t) => {
  const app = await testApp(t)
  await monday(app)
  const story = await asked(app)
  await story.by(alice, 'request-information', { items: ['发票'] })
  t.match(await approvals(story, '&status=paused'), [{ remaining_ms: 9 * 3_600_000 }])
  await advance(app, 'P2D')
  t.strictSame(await calls(story), [])
  await story.by(buyer, 'provide-information', { statement: '已补充' })
  t.match(await approvals(story), [{ due_at: '2026-11-26T02:00:00.000Z' }])
})

await t.test(
  'a plan that waits while another one is carried out waits for its approval again when that has failed',
  async (t) => {
    const app = await testApp(t)
    await monday(app)
    const story = await asked(app)
    const waiting = story.plan.id
    await story.writePlan(alice, refundOf(1_000))
    await story.onPlan(zhao, 'impose', { explanation: '责任明确' })
    t.strictSame(await approvals(story), [], 'nobody can approve it meanwhile')
    const [step] = story.plan.steps
    for (const action of ['fail', 'skip']) await story.onPlan(alice, `steps/${step.id}/${action}`, { explanation: '账户已注销' })
    t.match(await approvals(story), [{ subject_id: waiting, times_missed: 0 }])
    await story.by(alice, 'determine-liability', {
      shares: [{ party: 'merchant', percent: 100 }],
      reason_code: 'missing_item',
      root_cause: '漏发',
      explanation: '漏发',
    })
    await story.by(alice, 'dismiss', dismissal)
    t.match((await approvals(story, '&status=cancelled')).length, 2, 'a case that is decided needs no approval')
  },
)
