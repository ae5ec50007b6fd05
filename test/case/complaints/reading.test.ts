import t from 'tap'
import { type Json, movableClock, testApp } from '../../support/app.ts'
import {
  alice,
  type CaseStory,
  dismissal,
  filing,
  liability,
  newOrder,
  qian,
  refundOf,
  tell,
  tellToInvestigation,
  tellToLiability,
  zhao,
} from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const wrongFacts = { reason_code: 'wrong_facts', statement: '请复核' }

t.test('filing a complaint', async (t) => {
  const { call } = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const file = (change: Json = {}, as = buyer) => call('POST', '/v1/complaints', { as, body: filing(change) })
  const refused = (status: number, code: string) => ({ status, body: { code } })

  await t.test('is answered with a receipt', async (t) => {
    const order = newOrder(25_900)
    const answer = await file({ reference: 'MP-871', order })
    t.match(answer, {
      status: 201,
      headers: { location: `/v1/complaints/${answer.body.id}`, etag: '"1"' },
      body: {
        case_number: /^RD-20261123-[0-9A-Z]{8}$/,
        reference: 'MP-871',
        status: 'submitted',
        level: 1,
        owner: null,
        order,
        category_source: 'caller',
        version: 1,
        created_at: '2026-11-23T02:00:00.000Z',
        next_due_at: '2026-11-23T03:00:00.000Z',
        deadlines: [
          {
            kind: 'first_response',
            party: 'platform',
            due_at: '2026-11-23T03:00:00.000Z',
            status: 'running',
            on_silence: 'escalate',
          },
        ],
      },
    })
    t.strictSame(
      answer.body.available_actions.map((action: Json) => action.action),
      ['withdraw', 'add', 'post'],
    )
    t.match(
      await call('GET', answer.headers.location as string, { as: merchant }),
      { status: 200 },
      'the respondent sees it at once',
    )
  })

  await t.test('a reference is used once on a platform', async (t) => {
    await file({ reference: 'R-1' })
    t.match(await file({ reference: 'R-1' }), refused(409, 'reference_taken'))
    t.match(await file({ reference: 'r-1' }), { status: 201 })
  })

  await t.test('what a later complaint says otherwise of an order is taken, and marked', async (t) => {
    const order = newOrder(25_900)
    await file({ order })
    const marked = (...order_statement_differs: string[]) => ({ status: 201, body: { order_statement_differs } })
    t.match(await file({ order: { ...order, paid_amount: 25_901 } }), marked('/order/paid_amount'))
    t.match(await file({ order: { ...order, currency: 'USD' } }), marked('/order/currency'))
    t.match(await file({ order, complainant: { role: 'buyer', id: 'B-2' } }, 'buyer:B-2'), { status: 201 }, 'by whomever')
  })

  await t.test('an earlier complaint may be named by who sees it', async (t) => {
    const { body: mine } = await file()
    const { body: theirs } = await file({ complainant: { role: 'buyer', id: 'B-2' } }, 'buyer:B-2')
    t.match(await file({ related_to: mine.id }), { status: 201, body: { related_to: mine.id } })
    t.match(await file({ related_to: theirs.id }), refused(422, 'related_complaint_unknown'))
    t.match(await file({ related_to: theirs.id }, alice), { status: 201 })
    t.match(await file({ related_to: '019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f' }), refused(422, 'related_complaint_unknown'))
    const reject = (duplicate_of: string) =>
      call('POST', `/v1/complaints/${mine.id}/reject`, {
        as: alice,
        body: { reason_code: 'duplicate', explanation: '重复', duplicate_of },
      })
    t.match(await reject('019a9f3c-8d2e-7c31-9a55-0d6f3b1c2e4f'), refused(422, 'related_complaint_unknown'))
    t.match(await reject(theirs.id), { status: 200, body: { duplicate_of: theirs.id } })
  })

  await t.test('parties file as themselves, and not everybody against everybody', async (t) => {
    t.match(await file({}, 'buyer:B-2'), refused(403, 'not_your_complaint'))
    t.match(await file({}, merchant), refused(403, 'not_your_complaint'))
    t.match(await file({}, 'agent:B-1'), refused(403, 'separation_of_duties'))
    t.match(await file({}, 'admin:root'), refused(403, 'forbidden'))
    t.match(await file({}, zhao), { status: 201 })
    t.match(await file({ complainant: { role: 'merchant', id: 'M-2' } }, 'merchant:M-2'), refused(422, 'unsupported_parties'))
    t.match(await file({ respondent: { role: 'buyer', id: 'B-2' } }), refused(422, 'unsupported_parties'))
    const fromPlatform = { complainant: { role: 'platform', id: 'platform' } }
    t.match(await file(fromPlatform, zhao), refused(422, 'unsupported_parties'))
    t.match(await file(fromPlatform), refused(403, 'not_your_complaint'))
  })
})

t.test('everybody sees what is theirs to see', async (t) => {
  const app = await testApp(t)

  await t.test('contact and name of the other side only in outline', async (t) => {
    const story = await tell(app, {
      complainant: { role: 'buyer', id: 'B-1', name: '王小明', contact: { phone: '+8613800001234', email: 'wang@example.com' } },
      respondent: { role: 'merchant', id: 'M-1', name: '数码之家', contact: { phone: '0571-88889999' } },
    })
    const full = { name: '王小明', contact: { phone: '+8613800001234', email: 'wang@example.com' } }
    const shopInFull = { name: '数码之家', contact: { phone: '0571-88889999' } }
    for (const staff of [alice, zhao, 'admin:root'])
      t.match(await story.seenBy(staff), { complainant: full, respondent: shopInFull })
    t.match(await story.seenBy(buyer), {
      complainant: full,
      respondent: { id: 'M-1', name: '数*', contact: { phone: '****9999' } },
    })
    const masked = { id: 'B-1', name: '王*', contact: { phone: '****1234', email: 'w*@example.com' } }
    t.match(await story.seenBy(merchant), { complainant: masked, respondent: shopInFull })
    const { data } = await story.read(merchant, '/v1/complaints')
    t.match(data, [{ complainant: masked }], 'in lists too')
    const shown = JSON.stringify([
      await story.seenBy(merchant),
      data,
      await story.read(merchant, `/v1/complaints/${story.id}/events`),
    ])
    t.notMatch(shown, /王小明|13800001234|wang@/)
    t.notMatch(app.logs.join('\n'), /王小明|13800001234|wang@|88889999/, 'and logs see nothing of it')
  })

  await t.test('liability is for the parties once a plan is proposed', async (t) => {
    const story = await tellToLiability(app)
    const liabilityFor = async (as: string) => (await story.seenBy(as)).liability
    t.match(await story.seenBy(alice), { risk: { level: 'low' }, liability: { shares: liability.shares } })
    for (const party of [buyer, merchant]) t.match(await story.seenBy(party), { risk: null, liability: null })
    t.notMatch(JSON.stringify(await story.read(buyer, `/v1/complaints/${story.id}/events?limit=100`)), /liability|仓库漏发/)
    await story.writePlan(alice, refundOf(5_000))
    t.equal(await liabilityFor(buyer), null, 'a draft discloses nothing')
    await story.onPlan(alice, 'propose')
    for (const party of [buyer, merchant]) t.match(await liabilityFor(party), { shares: liability.shares })
  })

  await t.test('liability too once the case is decided, but not when it was withdrawn', async (t) => {
    const dismissed = await tellToLiability(app)
    await dismissed.by(alice, 'dismiss', dismissal)
    t.match(await dismissed.seenBy(merchant), { liability: { reason_code: 'missing_item' } })
    const withdrawn = await tellToLiability(app)
    await withdrawn.by(buyer, 'withdraw')
    t.match(await withdrawn.seenBy(merchant), { liability: null })
  })

  await t.test('a draft is its author’s side’s and the platform’s', async (t) => {
    const story = await tellToLiability(app)
    const plans = async (as: string) =>
      (await story.read(as, `/v1/complaints/${story.id}/refund-plans`)).data.map((plan: Json) => plan.version_number)
    const see = async (as: string) => (await app.call('GET', `/v1/refund-plans/${story.plan.id}`, { as })).status
    await story.writePlan(alice, refundOf(5_000))
    t.strictSame([await see(alice), await see('admin:root'), await see(buyer), await see(merchant)], [200, 200, 404, 404])
    await story.writePlan(merchant, refundOf(3_000))
    t.strictSame([await see(alice), await see(buyer), await see(merchant)], [200, 404, 200])
    t.strictSame([await plans(alice), await plans(buyer), await plans(merchant)], [[2, 1], [], [2]])
    const drafts = async (as: string) => (await story.eventsSeenBy(as)).filter((type) => type === 'plan_created').length
    t.strictSame([await drafts(alice), await drafts(buyer), await drafts(merchant)], [2, 0, 1])
    await story.onPlan(merchant, 'propose')
    t.strictSame([await see(buyer), await see(merchant)], [200, 200])
    t.equal((await story.seenBy(buyer)).current_plan_id, story.plan.id)
  })

  await t.test('notes and messages of staff stay inside', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'accept', { note: '内部备注' })
    await story.by(merchant, 'respond', { position: 'dispute', statement: '已足额发货', note: '商家备注' })
    const post = (as: string, text: string, visibility: string) =>
      story.try(as, `/v1/complaints/${story.id}/messages`, { text, visibility })
    t.match(await post(alice, '请上传照片', 'parties'), { status: 201 })
    t.match(await post(alice, '疑似重复投诉', 'internal'), { status: 201 })
    t.match(await post(buyer, '好的', 'parties'), { status: 201 })
    t.match(await post(buyer, '内部', 'internal'), { status: 403, body: { code: 'forbidden' } })
    const messages = async (as: string) =>
      (await story.read(as, `/v1/complaints/${story.id}/messages`)).data.map((message: Json) => message.text)
    t.strictSame(await messages(alice), ['好的', '疑似重复投诉', '请上传照片'])
    t.strictSame(await messages(merchant), ['好的', '请上传照片'])
    const trail = async (as: string) => JSON.stringify(await story.read(as, `/v1/complaints/${story.id}/events?limit=100`))
    t.match(await trail(zhao), /内部备注/)
    t.notMatch(await trail(buyer), /内部备注/)
    t.match(await trail(buyer), /商家备注/)
    const posted = async (as: string) => (await story.eventsSeenBy(as)).filter((type) => type === 'message_posted').length
    t.strictSame([await posted(alice), await posted(buyer)], [3, 2])
  })

  await t.test('a case is found by its parties and by staff, by nobody else', async (t) => {
    const story = await tellToLiability(app)
    await story.by(alice, 'dismiss', dismissal)
    await story.file(buyer, wrongFacts)
    for (const stranger of ['buyer:B-2', 'merchant:M-2', 'merchant:B-1', 'buyer:M-1']) {
      for (const path of [
        `complaints/${story.id}`,
        `complaints/${story.id}/events`,
        `complaints/${story.id}/messages`,
        `appeals/${story.appeal.id}`,
      ])
        t.equal((await app.call('GET', `/v1/${path}`, { as: stranger })).status, 404, `${stranger} ${path}`)
      const lists = await Promise.all(['complaints', 'appeals'].map((list) => app.call('GET', `/v1/${list}`, { as: stranger })))
      t.strictSame(
        lists.map(({ body }) => body.data),
        [[], []],
        `lists of ${stranger}`,
      )
    }
    const appeals = async (as: string, query = '') => (await story.read(as, `/v1/appeals${query}`)).data.map((x: Json) => x.id)
    t.strictSame(await appeals(merchant), [story.appeal.id])
    t.strictSame(await appeals(alice, '?status=submitted,under_review'), [story.appeal.id])
    t.strictSame(await appeals(alice, '?status=denied'), [])
  })
})

t.test('versions', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const { call } = app
  const versionOf = async (story: CaseStory) => (await story.seenBy(alice)).version

  await t.test('rise with each decision on the case, its plans and its appeal, and with nothing else', async (t) => {
    const story = await tellToLiability(app)
    t.equal(await versionOf(story), 4)
    await story.addEvidence(buyer)
    await story.try(buyer, `/v1/complaints/${story.id}/messages`, { text: '在吗', visibility: 'parties' })
    t.equal(await versionOf(story), 4)
    await story.writePlan(alice, refundOf(5_000))
    t.equal(await versionOf(story), 5)
    await story.onPlan(zhao, 'impose', { explanation: '责任明确' })
    t.equal(story.plan.version, 2)
    await story.file(merchant, wrongFacts)
    t.equal(await versionOf(story), 7)
    await story.onAppeal(qian, 'assign', { reviewer: qian })
    t.equal(story.appeal.version, 2)
    t.equal(await versionOf(story), 8)
    await call('POST', '/v1/test-clock/advance', { body: { by: 'P8D' } })
    t.match(await call('POST', '/v1/sweeps'), { body: { escalated: 1 } })
    t.equal(await versionOf(story), 9, 'the cron’s decisions too')
    t.match(await call('GET', `/v1/complaints/${story.id}`), { headers: { etag: '"9"' } })
    t.match(await call('GET', `/v1/refund-plans/${story.plan.id}`), { headers: { etag: '"2"' } })
    t.match(await call('GET', `/v1/appeals/${story.appeal.id}`), { headers: { etag: '"2"' } })
  })

  await t.test('are compared with If-Match, of the resource in the path', async (t) => {
    const story = await tellToLiability(app)
    const stale = { status: 412, body: { code: 'version_stale' } }
    const attempt = (as: string, href: string, body: Json, version: string) => story.try(as, href, body, { 'if-match': version })
    const base = `/v1/complaints/${story.id}`
    t.match(await attempt(alice, `${base}/escalate`, { reason_code: 'panel' }, '"3"'), stale)
    t.match(await attempt(alice, `${base}/escalate`, { reason_code: 'panel' }, '"4"'), { status: 200, headers: { etag: '"5"' } })
    t.match(await attempt(alice, `${base}/refund-plans`, refundOf(100), '"4"'), stale, 'on creation the complaint’s')
    const created = await attempt(alice, `${base}/refund-plans`, refundOf(100), '"5"')
    t.match(created, { status: 201, headers: { etag: '"1"' } })
    const plan = `/v1/refund-plans/${created.body.id}`
    t.match(await attempt(zhao, `${plan}/impose`, { explanation: '判定' }, '"6"'), stale, 'on the plan the plan’s')
    const imposed = await attempt(zhao, `${plan}/impose`, { explanation: '判定' }, '"1"')
    t.match(imposed, { status: 200, headers: { etag: '"2"' } })
    const step = `${plan}/steps/${imposed.body.steps[0].id}/complete`
    t.match(await attempt(alice, step, {}, '"1"'), stale)
    t.match(await attempt(merchant, `${base}/appeals`, wrongFacts, '"6"'), stale)
    const appeal = await attempt(merchant, `${base}/appeals`, wrongFacts, '*')
    t.match(appeal, { status: 201, headers: { etag: '"1"' } })
    t.match(await attempt(qian, `/v1/appeals/${appeal.body.id}/deny`, { explanation: '维持' }, '"9"'), stale)
    t.match(await attempt(qian, `/v1/appeals/${appeal.body.id}/deny`, { explanation: '维持' }, '"9", "1"'), { status: 200 })
  })

  await t.test('come after who may, and before what is possible', async (t) => {
    const story = await tell(app)
    const attempt = (as: string, action: string, body: Json, version = '"9"') =>
      story.try(as, `/v1/complaints/${story.id}/${action}`, body, { 'if-match': version })
    t.match(await attempt('buyer:B-2', 'confirm', { wrong: true }), { status: 404 })
    t.match(await attempt(merchant, 'confirm', { wrong: true }), { status: 403, body: { code: 'forbidden' } })
    t.match(await attempt(buyer, 'confirm', { wrong: true }), { status: 400, body: { errors: [{ pointer: '/wrong' }] } })
    t.match(await attempt(buyer, 'confirm', {}), { status: 412 })
    t.match(await attempt(buyer, 'confirm', {}, '"1"'), { status: 409, body: { code: 'action_not_available' } })
  })

  await t.test('are required for a correction', async (t) => {
    const story = await tell(app, { complainant: { role: 'buyer', id: 'B-1', contact: { phone: '+8613800001234' } } })
    const patch = (as: string, body: Json, version?: string) =>
      call('PATCH', `/v1/complaints/${story.id}`, { as, body, headers: version ? { 'if-match': version } : {} })
    t.match(await patch(alice, { tags: ['vip'] }), { status: 428, body: { code: 'version_required' } })
    t.match(await patch(alice, { tags: ['vip'] }, '"7"'), { status: 412 })
    t.match(await patch(alice, { category: 'logistics', tags: ['vip'] }, '"1"'), {
      status: 200,
      headers: { etag: '"2"' },
      body: { category: 'logistics', category_source: 'agent', tags: ['vip'], version: 2 },
    })
    t.match(await patch(buyer, { contact: { email: 'wang@example.com' } }, '"2"'), {
      body: { complainant: { contact: { phone: '+8613800001234', email: 'wang@example.com' } }, tags: ['vip'] },
    })
    t.strictSame((await patch(buyer, { contact: { phone: null } }, '"3"')).body.complainant.contact, {
      email: 'wang@example.com',
    })
    t.match(await patch(alice, { contact: null, tags: null }, '"4"'), { body: { complainant: { contact: null }, tags: [] } })
    t.match(await patch(buyer, { category: 'other' }, '"5"'), { status: 403, body: { code: 'forbidden' } })
    t.match(await patch(merchant, { contact: { phone: '+8613800000000' } }, '"5"'), { status: 403 })
    t.match(await patch(alice, { status: 'closed' }, '"5"'), { status: 400, body: { errors: [{ pointer: '/status' }] } })
    t.match(await patch(alice, {}, '"5"'), { status: 400 })
    await story.by(buyer, 'withdraw')
    t.match(await patch(alice, { tags: ['x'] }, '"6"'), { status: 409 })
    t.notMatch(
      JSON.stringify(await story.read(zhao, `/v1/complaints/${story.id}/events`)),
      /wang@|13800001234/,
      'the trail names fields only',
    )
  })
})

t.test('what is mandatory is told with its time', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const story = await tellToInvestigation(app)
  const mandatory = async (as: string) =>
    (await story.seenBy(as)).available_actions
      .filter((action: Json) => action.mandatory)
      .map((action: Json) => [action.action, action.due_at, action.on_silence])
  t.strictSame(await mandatory(alice), [['determine_liability', '2026-11-25T02:00:00.000Z', 'escalate']])
  t.strictSame(await mandatory(buyer), [])
  await story.by(alice, 'determine-liability', liability)
  await story.writePlan(alice, refundOf(5_000))
  await story.onPlan(alice, 'propose')
  const due = '2026-11-26T02:00:00.000Z'
  t.strictSame(await mandatory(merchant), [
    ['accept', due, 'deem_accepted'],
    ['decline', due, 'deem_accepted'],
    ['counter', due, 'deem_accepted'],
  ])
  t.strictSame((await mandatory(buyer))[0], ['accept', due, 'expire_and_escalate'])
  const negotiating = await tell(app)
  await negotiating.by(alice, 'accept')
  const [respond] = (await negotiating.seenBy(merchant)).available_actions
  t.match(respond, {
    resource: 'complaint',
    action: 'respond',
    method: 'POST',
    href: `/v1/complaints/${negotiating.id}/respond`,
    mandatory: true,
    due_at: '2026-11-25T02:00:00.000Z',
    on_silence: 'escalate',
  })
})
