import t from 'tap'
import { forgetSettlementRules, KEPT_DAYS } from '../../../src/case/settlement-rules/record.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import { readerOf, settled } from '../../outward/feed/room.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { decree } from '../../support/policy.ts'
import { alice, CaseStory, filing, newOrder, tell, zhao } from '../../support/story.ts'

const buyer = 'buyer:B-1'
const merchant = 'merchant:M-1'
const href = '/v1/merchants/M-1/settlement-rules'

const agree = (up_to_amount: number, more: Json = {}) => ({ rule_id: 'small', currency: 'CNY', agree: { up_to_amount }, ...more })
const offer = (amount: number, more: Json = {}) => ({
  rule_id: 'sorry',
  currency: 'CNY',
  offer: { type: 'compensation', amount },
  ...more,
})

const write = ({ call }: TestApp, rules: Json[], version?: number, as = merchant) =>
  call('PUT', href, { as, body: { rules }, headers: version === undefined ? {} : { 'if-match': `"${version}"` } })

const planOf = async (story: CaseStory): Promise<Json> =>
  (await story.read(alice, `/v1/complaints/${story.id}/refund-plans`)).data[0]
const eventsOf = async (story: CaseStory, as: string): Promise<Json[]> =>
  (await story.read(as, `/v1/complaints/${story.id}/events?sort=sequence&limit=100`)).data

await t.test('a rule that agrees', async (t) => {
  const app = await testApp(t)
  t.equal((await write(app, [agree(5_000, { categories: ['wrong_or_missing_item'] })])).status, 200)

  await t.test('agrees in the decision that accepts the complaint, and the buyer has the money by accepting', async (t) => {
    const story = await tell(app)
    await story.by(alice, 'accept')
    const complaint = await story.seenBy(buyer)
    t.equal(complaint.status, 'awaiting_confirmation')
    const plan = await planOf(story)
    t.match(plan, {
      status: 'proposed',
      author: { role: 'merchant', id: 'M-1', side: 'respondent' },
      automatic: { rule_id: 'small', rules_version: 1 },
      remedies: [{ type: 'refund', amount: 5_000 }],
      confirmations: { respondent: { status: 'accepted', by: merchant }, complainant: { status: 'pending' } },
    })
    t.match(
      (await eventsOf(story, buyer)).map(({ type, actor, reason_code, data }) => [type, actor.role, reason_code, data.automatic]),
      [
        ['complaint_submitted', 'buyer', null, undefined],
        ['complaint_accepted', 'agent', null, undefined],
        ['respondent_answered', 'system', 'agree', { rule_id: 'small', rules_version: 1 }],
        ['plan_proposed', 'system', null, { rule_id: 'small', rules_version: 1 }],
      ],
    )
    t.notOk(
      complaint.deadlines.some((x: Json) => x.kind === 'respondent_response' && x.status === 'running'),
      'the merchant owes no answer any more',
    )
    t.ok(complaint.available_actions.some((x: Json) => x.action === 'accept' && x.mandatory))
    story.plan = plan
    await story.onPlan(buyer, 'accept')
    t.equal(story.plan.status, 'executing')
    await story.onStep(alice, 'complete', { payment_reference: 'PAY-1' })
    t.equal((await story.seenBy(buyer)).status, 'resolved')
    t.equal(
      (await story.try(merchant, `/v1/complaints/${story.id}/appeals`, { reason_code: 'wrong_facts', statement: '不同意' }))
        .status,
      409,
      'who agreed beforehand contests nothing',
    )
  })

  await t.test('leaves the merchant its word where more is wanted, something else, or it is another category', async (t) => {
    for (const change of [
      { wanted: { remedy: 'refund', amount: 5_001 } },
      { wanted: { remedy: 'compensation', amount: 100 } },
      { wanted: { remedy: 'exchange' } },
      { wanted: null },
      { category: 'logistics' },
    ]) {
      const story = await tell(app, change)
      await story.by(alice, 'accept')
      t.equal((await story.seenBy(buyer)).status, 'negotiating', JSON.stringify(change))
      t.notOk((await story.eventsSeenBy(alice)).includes('settlement_rule_skipped'))
    }
  })

  await t.test('looks at the category that the agent has put right before accepting', async (t) => {
    const story = await tell(app, { category: 'other' })
    const { version } = await story.seenBy(alice)
    await app.call('PATCH', `/v1/complaints/${story.id}`, {
      as: alice,
      body: { category: 'wrong_or_missing_item' },
      headers: { 'if-match': `"${version}"` },
    })
    await story.by(alice, 'accept')
    t.equal((await story.seenBy(buyer)).status, 'awaiting_confirmation')
  })

  await t.test('does nothing for another merchant, against the platform, or where no order is named', async (t) => {
    for (const change of [
      { respondent: { role: 'merchant', id: 'M-2' } },
      { respondent: { role: 'platform', id: 'platform' } },
      { order: undefined, wanted: { remedy: 'compensation', amount: 100, currency: 'CNY' } },
    ]) {
      const story = await tell(app, change)
      await story.by(alice, 'accept')
      t.equal(await planOf(story), undefined, JSON.stringify(change))
    }
  })
})

await t.test('a rule in a currency fits orders in that currency, to the minor unit', async (t) => {
  const app = await testApp(t)
  await write(app, [agree(500, { rule_id: 'yen', currency: 'JPY' }), agree(5_125, { rule_id: 'dinar', currency: 'KWD' })])
  for (const [currency, amount, rule] of [
    ['JPY', 500, 'yen'],
    ['JPY', 501, undefined],
    ['KWD', 5_125, 'dinar'],
    ['KWD', 5_126, undefined],
    ['CNY', 1, undefined],
  ] as const) {
    const story = await tell(app, { order: { ...newOrder(10_000), currency }, wanted: { remedy: 'refund', amount } })
    await story.by(alice, 'accept')
    t.equal((await planOf(story))?.automatic.rule_id, rule, `${currency} ${amount}`)
  }
})

await t.test('goods that are to be sent count with their value, and a return gets the address of the rule', async (t) => {
  const app = await testApp(t)
  await write(app, [
    agree(20_000, {
      agree: { up_to_amount: 20_000, remedies: ['exchange', 'return_and_refund'], return_address: '杭州市文一路 1 号' },
    }),
  ])
  for (const [paid, has] of [
    [20_000, true],
    [20_001, false],
  ] as const) {
    const story = await tell(app, { order: newOrder(paid), wanted: { remedy: 'exchange' } })
    await story.by(alice, 'accept')
    t.equal((await planOf(story)) !== undefined, has, `goods of ${paid}`)
  }
  const story = await tell(app, { wanted: { remedy: 'return_and_refund', amount: 20_000 } })
  await story.by(alice, 'accept')
  t.match((await planOf(story)).remedies, [{ type: 'return_and_refund', amount: 20_000, return_address: '杭州市文一路 1 号' }])
})

await t.test('bounds', async (t) => {
  const app = await testApp(t)
  await write(app, [agree(25_900), offer(100)])

  await t.test('a rule that the order does not hold is skipped for the next, which nobody but staff is told', async (t) => {
    const order = newOrder(25_900)
    const first = await tell(app, { order, wanted: { remedy: 'refund', amount: 20_000 } })
    await first.by(alice, 'accept')
    first.plan = await planOf(first)
    await first.onPlan(buyer, 'accept')
    const second = await tell(app, { order, wanted: { remedy: 'refund', amount: 5_901 } })
    await second.by(alice, 'accept')
    t.match(await planOf(second), { automatic: { rule_id: 'sorry' }, remedies: [{ type: 'compensation', amount: 100 }] })
    t.match(
      (await eventsOf(second, alice)).find(({ type }) => type === 'settlement_rule_skipped'),
      { actor: { role: 'system' }, reason_code: 'order_total_exceeded', data: { rule_id: 'small', rules_version: 1 } },
    )
    for (const side of [buyer, merchant])
      t.notOk((await second.eventsSeenBy(side)).includes('settlement_rule_skipped'), `${side} is not told`)
    const third = await tell(app, { order, wanted: { remedy: 'refund', amount: 5_900 } })
    await third.by(alice, 'accept')
    t.match(await planOf(third), { automatic: { rule_id: 'small' } }, 'what is left to the cent is agreed to')
  })

  await t.test('nothing is agreed to on the word of a party alone, unless the platform takes that word', async (t) => {
    const file = async () => {
      const { body } = await app.call('POST', '/v1/complaints', { as: buyer, body: filing() })
      return new CaseStory(app, body).by(alice, 'accept')
    }
    const doubted = await file()
    t.equal((await doubted.seenBy(buyer)).status, 'negotiating')
    t.match(
      (await eventsOf(doubted, zhao))
        .filter(({ type }) => type === 'settlement_rule_skipped')
        .map((x) => [x.reason_code, x.data.rule_id]),
      [
        ['order_unconfirmed', 'small'],
        ['order_unconfirmed', 'sorry'],
      ],
    )
    await decree(app, (document) => {
      document.unconfirmed_order = 'accept'
    })
    t.equal((await (await file()).seenBy(buyer)).status, 'awaiting_confirmation')
  })
})

await t.test('a change holds for complaints that are filed from then on', async (t) => {
  const app = await testApp(t)
  const before = await tell(app)
  app.clock.advance(1)
  await write(app, [agree(5_000)])
  const first = await tell(app)
  app.clock.advance(1)
  t.equal((await write(app, [agree(4_000)], 1)).body.version, 2)
  const second = await tell(app)
  app.clock.advance(1)
  t.equal((await app.call('DELETE', href, { as: merchant, headers: { 'if-match': '"2"' } })).status, 204)
  const third = await tell(app)
  for (const [story, version] of [
    [before, undefined],
    [first, 1],
    [second, undefined],
    [third, undefined],
  ] as const) {
    await story.by(alice, 'accept')
    t.equal((await planOf(story))?.automatic.rules_version, version)
  }
  t.equal((await app.call('GET', href, { as: merchant })).status, 404)
  t.match((await app.call('GET', `${href}?version=2`, { as: alice })).body, {
    version: 2,
    rules: [{ agree: { up_to_amount: 4_000 } }],
  })
  t.match((await app.call('GET', `${href}?version=3`, { as: alice })).body, { version: 3, rules: [] })
  t.equal((await app.call('GET', `${href}?version=4`, { as: alice })).status, 404)
  t.match((await write(app, [agree(1)])).body, { version: 4 }, 'versions are never used twice')
})

await t.test('who writes and reads them', async (t) => {
  const app = await testApp(t)
  t.equal((await app.call('GET', href, { as: merchant })).status, 404, 'there are none yet')
  t.equal((await app.call('DELETE', href, { as: merchant })).status, 404)
  t.equal((await write(app, [agree(1)], 1)).status, 412, 'nobody can have read them')
  t.equal((await write(app, [agree(1)])).headers.etag, '"1"')
  t.equal((await write(app, [agree(2)])).status, 428)
  t.equal((await write(app, [agree(2)], 7)).status, 412)
  t.equal((await write(app, [agree(1)], 1)).body.version, 1, 'what changes nothing makes no version')
  for (const [as, get, put] of [
    [merchant, 200, 200],
    ['merchant:M-2', 404, 404],
    [buyer, 403, 403],
    [alice, 200, 403],
    [zhao, 200, 403],
    ['admin:root', 200, 403],
    ['integration:erp', 200, 403],
    ['orders:oms', 403, 403],
  ] as const) {
    t.equal((await app.call('GET', href, { as })).status, get, `${as} reads`)
    t.equal((await write(app, [agree(1)], 1, as)).status, put, `${as} writes`)
    t.equal(
      (await app.call('DELETE', href, { as, headers: { 'if-match': '"9"' } })).status,
      put === 200 ? 412 : put,
      `${as} withdraws`,
    )
  }
})

await t.test('what cannot be applied is refused field by field', async (t) => {
  const app = await testApp(t)
  for (const [rules, pointer, code] of [
    [[], '/rules', 'too_few'],
    [Array.from({ length: 51 }, (_, n) => agree(1, { rule_id: `r${n}` })), '/rules', 'too_many'],
    [[agree(1), agree(2)], '/rules/1/rule_id', 'duplicates'],
    [[{ rule_id: 'none', currency: 'CNY' }], '/rules/0', 'one_of'],
    [[{ ...agree(1), ...offer(1) }], '/rules/0', 'one_of'],
    [[agree(1, { currency: 'XXQ' })], '/rules/0/currency', 'not_one_of'],
    [[agree(1, { rule_id: 'Small refunds' })], '/rules/0/rule_id', 'pattern'],
    [[agree(1, { categories: ['rudeness'] })], '/rules/0/categories/0', 'not_one_of'],
    [[offer(1, { offer: { type: 'refund' } })], '/rules/0/offer/amount', 'required'],
    [[offer(1, { offer: { type: 'apology', amount: 1 } })], '/rules/0/offer/amount', 'not_allowed'],
    [
      [offer(1, { offer: { type: 'refund', amount: 1, return_address: '杭州' } })],
      '/rules/0/offer/return_address',
      'not_allowed',
    ],
    [
      [agree(1, { agree: { up_to_amount: 1, remedies: ['refund'], return_address: '杭州' } })],
      '/rules/0/agree/return_address',
      'not_allowed',
    ],
    [[agree(-1)], '/rules/0/agree/up_to_amount', 'too_small'],
  ] as const) {
    const { status, body } = await write(app, [...rules] as Json[])
    t.equal(status, 400)
    t.ok(
      body.errors.some((error: Json) => error.pointer === pointer && error.code === code),
      `${pointer} ${code}: ${JSON.stringify(body.errors)}`,
    )
  }
})

await t.test('of two who change the same version one is told to read again', async (t) => {
  const app = await testApp(t)
  await write(app, [agree(1)])
  for (let round = 1; round <= 20; round++) {
    const answers = await Promise.all([2, 3, 4].map((n) => write(app, [agree(round * 10 + n)], round)))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 412, 412])
  }
})

await t.test('each change is an event about the merchant, in order and without a gap', async (t) => {
  const app = await testApp(t)
  await write(app, [agree(1), offer(1)])
  await write(app, [agree(2)], 1)
  await app.call('DELETE', href, { as: merchant })
  await settled(app)
  const events = await readerOf(app, 'merchant=M-1').read()
  t.match(
    events.map(({ type, subject, sequence, complaint, data }) => ({ type, subject, sequence, complaint, data })),
    [
      [1, 2],
      [2, 1],
      [3, 0],
    ].map(([version, rules]) => ({
      type: 'settlement_rules_changed',
      subject: { type: 'merchant', id: 'M-1' },
      sequence: version,
      complaint: null,
      data: { actor: { role: 'merchant' }, rules_version: version, rules },
    })),
  )
})

await t.test('what rules did is counted', async (t) => {
  const app = await testApp(t)
  await write(app, [agree(5_000, { categories: ['wrong_or_missing_item'] }), offer(10_000)])
  for (const change of [{}, { category: 'other', wanted: null }]) await (await tell(app, change)).by(alice, 'accept')
  const { text } = await app.call('GET', '/metrics', { key: null })
  t.match(text, /redress_settlement_rules_total\{result="agreed"\} 1/)
  t.match(text, /redress_settlement_rules_total\{result="skipped"\} 1/, 'a compensation of 100.00 is above 30 % of the goods')
})

await t.test('a version is kept for 400 days after another has replaced it', async (t) => {
  const app = await testApp(t)
  const forget = () => forgetSettlementRules(app.db, app.platformId, app.clock.nowMs() - KEPT_DAYS * DAY, 10)
  const statusOf = async (version: number) => (await app.call('GET', `${href}?version=${version}`, { as: zhao })).status
  await write(app, [agree(1)])
  app.clock.advance(500 * DAY)
  await write(app, [agree(2)], 1)
  t.equal(await forget(), 0, 'it held until a moment ago')
  app.clock.advance(400 * DAY + 1)
  t.equal(await forget(), 1)
  t.strictSame([await statusOf(1), await statusOf(2)], [404, 200], 'what holds is never too old')
  await app.call('DELETE', href, { as: merchant })
  app.clock.advance(401 * DAY)
  t.equal(await forget(), 1)
  t.equal((await write(app, [agree(3)])).body.version, 4, 'versions are never used twice')
})
