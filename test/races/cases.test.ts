/** One case, one chain: whatever arrives at once, every change builds on the one before, and a repeated request has one effect. */

import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { newId } from '../../src/foundation/ids.ts'
import { type Called, testApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { stateOrder } from '../support/orders.ts'
import { dismissal } from '../support/rules.ts'
import {
  agent,
  buyer,
  dismissed,
  done,
  faultsInBooks,
  file,
  filing,
  filingAgainstPlatform,
  happened,
  instance,
  investigating,
  liability,
  merchant,
  negotiating,
  order,
  proposed,
  reviewer,
  supervisor,
  tally,
} from './cases.ts'

await t.test('20 different actions at once leave one chain of versions and a trail without a gap', async (t) => {
  const one = await testApp(t)
  const apps = [one, await instance(t, one), await instance(t, one)]
  const { id } = await investigating(one, filing({ order: order('O-1', 25_900) }))
  const before = (await one.call('GET', `/v1/complaints/${id}`)).body.version
  const plan = { remedies: [{ type: 'refund', amount: 100 }], explanation: 'x' }
  const onTheCase: [as: string, action: string, body: object][] = [
    [supervisor, 'assign', { owner: 'agent:bob' }],
    [supervisor, 'assign', { owner: 'agent:carol' }],
    [agent, 'determine-liability', liability],
    [reviewer, 'determine-liability', liability],
    [agent, 'escalate', { reason_code: 'large_amount' }],
    [reviewer, 'escalate', { reason_code: 'large_amount' }],
    [agent, 'suspend', { reason_code: 'lab_test' }],
    [agent, 'resume', {}],
    [agent, 'request-information', { items: ['照片'] }],
    [buyer, 'provide-information', { statement: '见附件' }],
    [buyer, 'refund-plans', plan],
    [merchant, 'refund-plans', plan],
    [agent, 'refund-plans', plan],
    [agent, 'dismiss', dismissal],
    [buyer, 'withdraw', {}],
  ]
  const besideIt: typeof onTheCase = [
    [buyer, 'messages', { text: '你好', visibility: 'parties' }],
    [agent, 'messages', { text: '内部', visibility: 'internal' }],
    [buyer, 'evidence', { type: 'statement', text: '少发' }],
    [merchant, 'evidence', { type: 'statement', text: '已发' }],
    [agent, 'evidence', { type: 'chat_record', text: '记录' }],
  ]
  const send = ([as, action, body]: (typeof onTheCase)[number], n: number) =>
    (apps[n % 3] ?? one).call('POST', `/v1/complaints/${id}/${action}`, { as, body })
  const [changes, additions] = await Promise.all([Promise.all(onTheCase.map(send)), Promise.all(besideIt.map(send))])

  const kinds = tally([...changes, ...additions])
  // who was the owner when it was sent may no longer be, and a closed case takes no message
  const lost = ['409 action_not_available', '403 separation_of_duties', '409 case_closed']
  t.strictSame(
    Object.keys(kinds).filter((kind) => !['200', '201', ...lost].includes(kind)),
    [],
    'each is done or not available, and nothing else',
  )
  const succeeded = changes.filter(({ status }) => status < 300)
  const versions = succeeded.filter(({ status }) => status === 200).map(({ body }) => body.version)
  t.equal(new Set(versions).size, versions.length, 'no two changes made the same version')
  const { body } = await one.call('GET', `/v1/complaints/${id}`)
  t.equal(body.version, before + succeeded.length, 'each change raised it by one')
  t.equal(Math.max(...versions) <= body.version, true)

  const events = await one.db.selectFrom('case_events').select('sequence').orderBy('sequence').execute()
  t.strictSame(
    events.map(({ sequence }) => sequence),
    Array.from(events, (_, n) => n + 1),
  )
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('of 20 changes of the same version one is made', async (t) => {
  const one = await testApp(t)
  const apps = [one, await instance(t, one)]
  const { id, version } = await negotiating(one)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      (apps[n % 2] ?? one).call('POST', `/v1/complaints/${id}/assign`, {
        as: supervisor,
        body: { owner: `agent:a-${n}` },
        headers: { 'if-match': `"${version}"` },
      }),
    ),
  )
  t.strictSame(tally(answers), { '200': 1, '412 version_stale': 19 })
  const { body } = await one.call('GET', `/v1/complaints/${id}`)
  t.equal(body.owner, answers.find(({ status }) => status === 200)?.body.owner)
})

/** One effect, told once; whoever else asked got the same answer again or was asked to wait. */
const checkOneEffect = (t: Test, answers: readonly Called[], status: number): void => {
  const answered = answers.filter((answer) => answer.status === status)
  const waiting = answers.filter(({ body }) => body.code === 'idempotency_in_progress')
  t.equal(answered.length + waiting.length, answers.length)
  t.equal(answered.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length, 1, 'one had the effect')
  t.equal(new Set(answered.map(({ text, headers }) => `${text}${headers.etag}${headers.location}`)).size, 1, 'all read the same')
  for (const { headers } of waiting) t.match(headers, { 'retry-after': String })
}

await t.test('one Idempotency-Key sent 20 times at once files one complaint, and takes one action', async (t) => {
  const one = await testApp(t)
  const apps = [one, await instance(t, one), await instance(t, one)]
  const twenty = (url: string, as: string, body: object) =>
    Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (apps[n % 3] ?? one).call('POST', url, { as, body, headers: { 'idempotency-key': url } }),
      ),
    )
  const filed = await twenty('/v1/complaints', buyer, filing({ reference: 'MP-1', order: order('O-1', 100) }))
  checkOneEffect(t, filed, 201)
  t.strictSame([...(await happened(one.db, 'complaint_submitted')).values()], [1])

  const { id } = filed.find(({ status }) => status === 201)?.body ?? {}
  checkOneEffect(t, await twenty(`/v1/complaints/${id}/accept`, agent, {}), 200)
  checkOneEffect(t, await twenty(`/v1/complaints/${id}/messages`, buyer, { text: '你好', visibility: 'parties' }), 201)
  t.strictSame([...(await happened(one.db, 'complaint_accepted')).values()], [1])
  t.strictSame([...(await happened(one.db, 'message_posted')).values()], [1])
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('cases that somebody holds do not hold up the others', async (t) => {
  const one = await testApp(t)
  const ids: string[] = []
  for (let n = 0; n < 20; n++) ids.push((await file(one)).id)
  const held = ids.slice(0, 4)
  const other = openDb(one.url)
  t.teardown(() => other.destroy())
  const trx = await other.startTransaction().execute()
  await sql`select 1 from complaints where id = any(${held}::uuid[]) for update`.execute(trx)
  const accept = (id: string) => one.call('POST', `/v1/complaints/${id}/accept`, { as: agent, body: {} })
  const waiting = held.map(accept)
  const answers = await Promise.all(ids.slice(4).map(accept))
  t.strictSame(tally(answers), { '200': 16 }, 'while they are held')
  await trx.rollback().execute()
  for (const { status } of await Promise.all(waiting)) t.ok([200, 503].includes(status), 'these wait, for two seconds at most')
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('of many filings at once, those that are refused take no other with them', async (t) => {
  const one = await testApp(t)
  const file = (n: number) =>
    one.call('POST', '/v1/complaints', { as: buyer, body: filing({ reference: `MP-${Math.min(n, 20)}` }) })
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => file(n)))
  t.strictSame(tally(answers), { '201': 21, '409 reference_taken': 19 })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test(
  'the first complaint about an order says what was paid, also when ten are first; the others are marked',
  async (t) => {
    const one = await testApp(t)
    const two = await instance(t, one)
    const ten = (bodyOf: (n: number) => object) =>
      Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? one : two).call('POST', '/v1/complaints', { as: buyer, body: bodyOf(n) })),
      )
    const differing = await ten((n) => filing({ order: order('O-1', 1_000 + n) }))
    t.strictSame(tally(differing), { '201': 10 })
    const { paid_amount } = await one.db.selectFrom('orders').select('paid_amount').executeTakeFirstOrThrow()
    const unmarked = differing.filter(({ body }) => body.order_statement_differs.length === 0)
    t.strictSame(
      unmarked.map(({ body }) => body.order.paid_amount),
      [paid_amount],
    )

    t.strictSame(tally(await ten(() => filing({ order: order('O-2', 1_000) }))), { '201': 10 })
    t.strictSame(tally(await ten(() => filing({ reference: 'MP-1' }))), { '201': 1, '409 reference_taken': 9 })
    t.strictSame(await faultsInBooks(one.db), [])
  },
)

await t.test('two proposals, two appeals at once: one is open', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const { id } = await investigating(one, filing({ order: order('O-1', 25_900) }))
  const plan = { remedies: [{ type: 'refund', amount: 100 }], explanation: 'x' }
  const plans = await Promise.all([1, 2, 3, 4].map(() => done(one, agent, `/v1/complaints/${id}/refund-plans`, plan)))
  t.strictSame(plans.map((x) => x.version_number).sort(), [1, 2, 3, 4])
  const proposals = await Promise.all(
    plans.map((x, n) => (n % 2 ? one : two).call('POST', `/v1/refund-plans/${x.id}/propose`, { as: agent })),
  )
  t.strictSame(tally(proposals), { '200': 4 }, 'each supersedes the one before')
  const statuses = await one.db.selectFrom('refund_plans').select('status').orderBy('status').execute()
  t.strictSame(
    statuses.map(({ status }) => status),
    ['proposed', 'superseded', 'superseded', 'superseded'],
  )

  const { id: dismissedId } = await dismissed(one)
  const appeals = await Promise.all(
    [one, two, one, two].map((app) =>
      app.call('POST', `/v1/complaints/${dismissedId}/appeals`, {
        as: buyer,
        body: { reason_code: 'wrong_facts', statement: 'x' },
      }),
    ),
  )
  t.strictSame(tally(appeals), { '201': 1, '409 action_not_available': 3 })
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('the schema holds by itself: one open plan, one open appeal, a trail that is only added to', async (t) => {
  const one = await testApp(t)
  const { db, owner } = one
  const { planId } = await proposed(one, [{ type: 'apology' }])
  const { id } = await dismissed(one)
  await done(one, buyer, `/v1/complaints/${id}/appeals`, { reason_code: 'wrong_facts', statement: 'x' })
  const again = (table: string, change: object) =>
    sql`insert into ${sql.table(table)} select (jsonb_populate_record(null::${sql.table(table)}, to_jsonb(x) || ${JSON.stringify(change)}::jsonb)).* from ${sql.table(table)} x`.execute(
      db,
    )
  await t.rejects(again('refund_plans', { id: newId(), version_number: 2 }), {
    code: '23505',
    constraint: 'refund_plans_one_open',
  })
  await t.rejects(again('refund_plans', { id: newId(), version_number: 2, status: 'executing' }), {
    code: '23505',
    constraint: 'refund_plans_one_open',
  })
  await t.resolves(again('refund_plans', { id: newId(), version_number: 2, status: 'draft', supersedes: planId }))
  await t.rejects(again('appeals', { id: newId(), decision_id: newId() }), { code: '23505', constraint: 'appeals_one_open' })
  await t.rejects(again('appeals', { id: newId(), status: 'denied' }), { code: '23505', constraint: 'appeals_one_per_decision' })

  const trail = () => sql`select * from case_events order by complaint_id, sequence`.execute(db).then(({ rows }) => rows)
  const written = await trail()
  t.ok(written.length > 5)
  for (const text of [
    "update case_events set note = 'x'",
    'update case_events set sequence = sequence',
    'delete from case_events',
  ])
    for (const [by, refusal] of [
      [db, { code: '42501', message: 'permission denied for table case_events' }],
      [owner, { code: '23001', message: 'case_events is only ever added to' }],
    ] as const)
      await t.rejects(sql.raw(text).execute(by), refusal)
  t.strictSame(await trail(), written)
})

await t.test('two platforms with the same people, references and orders never meet', async (t) => {
  const one = await testApp(t)
  const two = await instance(t, one)
  const other = await one.platform('live')
  const body = (paid: number) => filingAgainstPlatform({ reference: 'MP-1', order: order('O-1', paid) })
  const headers = { 'idempotency-key': 'once' }
  await stateOrder(one, order('O-1', 1_000))
  await stateOrder(one, order('O-1', 2_000), other.key)
  const [here, there] = await Promise.all([
    one.call('POST', '/v1/complaints', { as: buyer, body: body(1_000), headers }),
    two.call('POST', '/v1/complaints', { as: buyer, body: body(2_000), headers, key: other.key }),
  ])
  t.strictSame([here.status, there.status], [201, 201])
  t.strictSame([here.body.order.paid_amount, there.body.order.paid_amount], [1_000, 2_000])

  const listed = async (key: string) =>
    (await one.call('GET', '/v1/complaints?reference=MP-1', { key, as: agent })).body.data.map((x: { id: string }) => x.id)
  t.strictSame(await listed(one.everyRole), [here.body.id])
  t.strictSame(await listed(other.key), [there.body.id])

  const ownKeys = [one.everyRole, other.key]
  for (const [n, { body: complaint }] of [here, there].entries()) {
    const [own = '', foreign = ''] = n === 0 ? ownKeys : [...ownKeys].reverse()
    t.equal((await two.call('POST', `/v1/complaints/${complaint.id}/accept`, { as: agent, key: foreign })).status, 404)
    t.equal((await two.call('POST', `/v1/complaints/${complaint.id}/accept`, { as: agent, key: own })).status, 200)
  }
  // a refund of all that was paid, on each platform
  for (const [n, { body: complaint }] of [here, there].entries()) {
    const options = { key: ownKeys[n] ?? '' }
    const remedies = [{ type: 'refund', amount: complaint.order.paid_amount }]
    const plan = await done(one, agent, `/v1/complaints/${complaint.id}/refund-plans`, { remedies, explanation: 'x' }, options)
    await done(one, agent, `/v1/refund-plans/${plan.id}/propose`, {}, options)
    await done(two, buyer, `/v1/refund-plans/${plan.id}/accept`, {}, options)
  }
  const orders = await one.db.selectFrom('orders').select(['id', 'refund_in_force']).orderBy('paid_amount').execute()
  t.strictSame(orders, [
    { id: 'O-1', refund_in_force: 1_000 },
    { id: 'O-1', refund_in_force: 2_000 },
  ])

  for (const [table, column] of [
    ['refund_plans', 'complaint_id'],
    ['deadlines', 'complaint_id'],
    ['complaints', 'related_to'],
  ] as const) {
    await t.rejects(
      sql`update ${sql.table(table)} set ${sql.ref(column)} = ${there.body.id} where platform_id = ${one.platformId}`.execute(
        one.db,
      ),
      { code: '23503' },
      `${table}.${column} cannot point at a row of another platform`,
    )
  }
  t.strictSame(await faultsInBooks(one.db), [])
})
