/**
 * Nobody sees or moves what is not theirs. The tests are made from the OpenAPI document, so an operation that is added is held to this
 * without being named here: a stranger's answer for a real id and for one that never existed are the same bytes.
 */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { continueRecomputations } from '../../../src/clockwork/recomputations/work.ts'
import { DAY } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import type { Db } from '../../../src/foundation/sql/database.ts'
import { takeFromFeed } from '../../../src/outward/delivery/queue.ts'
import { newApiKey } from '../../../src/platform/access/keys.ts'
import { settled } from '../../outward/feed/room.ts'
import { agent, buyer, done, file, filing, investigating, liability, merchant, order, supervisor } from '../../races/cases.ts'
import { payIn } from '../../support/advances.ts'
import { type Called, type CallOptions, type TestApp, testApp } from '../../support/app.ts'
import { massCaseOf } from '../../support/mass-cases.ts'
import { type Ids, type Operation, operationsOf, urlOf } from '../../support/operations.ts'

/** A calendar is everybody's of its platform, and its name any platform's to use: test/calendars sees to these. */
const namesSomething = ({ path, collection }: Operation): boolean =>
  path.startsWith('/v1') && path.includes('{') && collection !== 'calendars'
const isRead = ({ method }: Operation): boolean => method === 'GET' || method === 'HEAD'
/** What admins alone may use; its ids are theirs alone to ask for. */
const adminCollections = ['api-keys', 'sweeps', 'test-clock']
/** What admins and programs may read. */
const forPrograms = ['events', 'webhook-endpoints', 'webhook-deliveries']
/** What others may read, and admins alone may change. */
const ruledByAdmins = ['automation', 'calendars', 'policy']
/** Of merchants, what admins alone may change, and staff alone read. */
const isOfAffiliates = ({ path }: Operation): boolean => path.endsWith('/affiliates')
/** What admins may do: nothing in a case changes by it. */
const adminsToo = ['stuck-cases', 'fund', 'category-lexicon']
const isForAdmins = (operation: Operation): boolean =>
  adminCollections.includes(operation.collection) ||
  forPrograms.includes(operation.collection) ||
  operation.path.startsWith('/v1/policy/recomputations') ||
  ((ruledByAdmins.includes(operation.collection) || isOfAffiliates(operation)) && !isRead(operation))

/** Ids that never existed, in the places of real ones. */
const inventedFor = (ids: Ids): Ids => Object.fromEntries(Object.keys(ids).map((collection) => [collection, newId()]))

/** All that a caller can tell an answer by, but for the request's own id and the time. */
const seen = ({ status, text, headers: { 'x-request-id': id = '', date: _, ...headers } }: Called): string =>
  JSON.stringify({ status, headers, text }).replaceAll(id, '')

const sent = (operation: Operation, options: CallOptions, body: object | undefined = {}): CallOptions =>
  isRead(operation) || operation.method === 'DELETE' ? options : { ...options, body }

/** Every row of every table, as one line; but for when a key was last used, which every request may move. */
const everything = async (db: Db): Promise<string> => {
  const tables = (await db.introspection.getTables()).map(({ name }) => name).sort()
  const parts = tables.map(
    (name) =>
      sql`select ${name} || count(*) || md5(coalesce(string_agg((to_jsonb(x) - 'last_used_at')::text, ';' order by (to_jsonb(x) - 'last_used_at')::text), '')) as line from ${sql.table(name)} x`,
  )
  const { rows } = await sql<{ line: string }>`${sql.join(parts, sql` union all `)} order by line`.execute(db)
  return rows.map(({ line }) => line).join('\n')
}

/** A case under appeal, so that there is one of everything: complaint, plan, step, appeal, evidence and an API key. */
const realIds = async (one: TestApp): Promise<Ids> => {
  const { id } = await investigating(one, filing({ order: order('O-1', 25_900), reference: 'MP-1' }))
  const evidence = await done(one, buyer, `/v1/complaints/${id}/evidence`, { type: 'statement', text: '少发' })
  await done(one, buyer, `/v1/complaints/${id}/messages`, { text: '你好', visibility: 'parties' })
  await done(one, agent, `/v1/complaints/${id}/determine-liability`, {
    ...liability,
    shares: [{ party: 'merchant', percent: 100 }],
  })
  const remedies = [{ type: 'refund', amount: 5_000 }]
  const plan = await done(one, agent, `/v1/complaints/${id}/refund-plans`, { remedies, explanation: '部分退款' })
  const { steps } = await done(one, supervisor, `/v1/refund-plans/${plan.id}/impose`, { explanation: '漏发属实' })
  await payIn(one.db, one.platformId, [{ kind: 'fund_topped_up', amount: 100_000 }])
  const advance = await done(one, supervisor, `/v1/complaints/${id}/advances`, {
    explanation: '商家余额不足',
  })
  const step = `/v1/refund-plans/${plan.id}/steps/${steps[0].id}`
  await done(one, agent, `${step}/fail`, { explanation: '余额不足' })
  await done(one, agent, `${step}/complete`, { payment_reference: 'F-1' })
  one.clock.advance(6 * DAY)
  await done(one, 'admin:root', '/v1/sweeps', {})
  const { body: receivables } = await one.call('GET', `/v1/complaints/${id}/receivables`, { as: agent })
  const appeal = await done(one, merchant, `/v1/complaints/${id}/appeals`, { reason_code: 'wrong_facts', statement: '已发' })
  const hold = await done(one, agent, `/v1/complaints/${id}/holds`, { explanation: '暂缓' })
  await done(one, agent, `/v1/holds/${hold.id}/report-held`, { amount: hold.amount })
  await one.call('PUT', '/v1/merchants/M-1/affiliates', {
    as: 'admin:root',
    body: { merchant_ids: ['M-2'], explanation: '关联' },
  })
  const rules = [{ rule_id: 'small', currency: 'CNY', agree: { up_to_amount: 100 } }]
  await one.call('PUT', '/v1/merchants/M-1/settlement-rules', { as: merchant, body: { rules } })
  await one.call('PUT', '/v1/merchants/M-1/return-instructions', { as: merchant, body: { address: '退货仓' } })
  const deposit = await done(one, 'admin:li', '/v1/fund/movements', {
    kind: 'deposit',
    merchant_id: 'M-1',
    currency: 'CNY',
    amount: 1,
  })
  await done(one, 'admin:root', `/v1/fund/movements/${deposit.id}/receive`, {})
  const movement = await done(one, 'admin:root', '/v1/fund/movements', { kind: 'fund_top_up', currency: 'CNY', amount: 1 })
  const key = await done(one, 'admin:root', '/v1/api-keys', { name: 'shop', roles: ['buyer'] })
  const recomputation = await done(one, 'admin:root', '/v1/policy/recompute', {})
  await continueRecomputations(one.deps, () => false)
  await settled(one)
  const { body: endpoint } = await one.call('POST', '/v1/webhook-endpoints', { body: { url: 'https://shop.example/' } })
  await one.db.updateTable('webhook_endpoints').set({ feed_position: 0 }).where('id', '=', endpoint.id).execute()
  const taking = { nowMs: one.clock.nowMs(), leaseMs: 0, most: 0 }
  await takeFromFeed(one.db, { platformId: one.platformId, endpointId: endpoint.id }, taking)
  const { body: deliveries } = await one.call('GET', `/v1/webhook-endpoints/${endpoint.id}/deliveries`)
  return {
    complaints: id,
    'refund-plans': plan.id,
    step_id: steps[0].id,
    // not stuck: whose case it is comes first
    complaint_id: id,
    deadline_id: (await one.call('GET', `/v1/complaints/${id}/planned-actions`, { as: agent })).body.data[0].id,
    appeals: appeal.id,
    advances: advance.id,
    receivables: receivables.data[0].id,
    holds: hold.id,
    orders: 'O-1',
    merchants: 'M-1',
    'mass-cases': await massCaseOf(one),
    evidence: evidence.id,
    fund: movement.id,
    'api-keys': key.id,
    policy: recomputation.id,
    'webhook-endpoints': endpoint.id,
    'webhook-deliveries': deliveries.data[0].id,
    events: (await one.call('GET', '/v1/events?limit=1')).body.data[0].id,
    name: 'china',
  }
}

/** Orders are no secret of a party: who is not of the platform’s staff or systems may not ask for any, nor for the fund. A merchant has rules of its own anywhere. */
const ofNoCase = ['orders', 'merchants', 'fund', 'mass-cases']
const isOfCase = (operation: Operation): boolean => !isForAdmins(operation) && !ofNoCase.includes(operation.collection)

/** Ways of asking: plainly, with a body that cannot be right, with a version that may be stale, and with a key for repeating. */
const ways: readonly { body?: object; headers?: Record<string, string> }[] = [
  {},
  { body: { nonsense: true } },
  { headers: { 'if-match': '"1"' } },
  { headers: { 'idempotency-key': 'once' } },
]

/** Asks for real and for invented ids in every way, and holds the answers against each other. */
const checkHidden = async (t: Test, one: TestApp, operations: Operation[], ids: Ids, callers: readonly CallOptions[]) => {
  t.ok(operations.length > 0)
  for (const operation of operations) {
    for (const caller of callers) {
      const name = `${operation.method} ${operation.path} as ${caller.as}`
      const pairs = ways.map(({ body, headers = {} }) => {
        const options = sent(operation, { ...caller, headers }, body)
        return Promise.all([ids, inventedFor(ids)].map((these) => one.call(operation.method, urlOf(operation, these), options)))
      })
      for (const answers of await Promise.all(pairs)) {
        t.strictSame(new Set(answers.map(({ status }) => status)), new Set([404]), name)
        t.equal(new Set(answers.map(seen)).size, 1, `${name}: both the same`)
      }
    }
  }
}

await t.test('strangers', async (t) => {
  const one = await testApp(t)
  const ids = await realIds(one)
  const other = await one.platform('test')
  const operations = operationsOf(one)
  const named = operations.filter(namesSomething)
  const before = await everything(one.db)

  await t.test('a real case is there for those whose it is', async (t) => {
    const reads = named.filter((operation) => operation.method === 'GET')
    t.ok(reads.length >= 12, `${reads.length} reads`)
    for (const operation of reads) t.equal((await one.call('GET', urlOf(operation, ids))).status, 200, operation.path)
    for (const as of [buyer, merchant, agent])
      t.equal((await one.call('GET', `/v1/complaints/${ids.complaints}`, { as })).status, 200, as)
  })

  await t.test('another buyer and another merchant of the platform', async (t) => {
    const cases = named.filter(isOfCase)
    await checkHidden(t, one, cases, ids, [
      { as: 'buyer:B-2' },
      { as: 'merchant:M-2' },
      { as: 'buyer:M-1' },
      { as: 'merchant:B-1' },
    ])
  })

  await t.test('another merchant finds no rules of this one, nor staff of another platform', async (t) => {
    const ofMerchants = named.filter((operation) => operation.collection === 'merchants' && !isOfAffiliates(operation))
    await checkHidden(t, one, ofMerchants, ids, [{ as: 'merchant:M-2' }, { as: 'merchant:B-1' }])
    await checkHidden(t, one, ofMerchants.filter(isRead), ids, [{ as: agent, key: other.key }])
  })

  await t.test('everybody of another platform, also under the same names', async (t) => {
    const { key } = other
    const people = [buyer, merchant, agent, supervisor].map((as) => ({ as, key }))
    const cases = named.filter(isOfCase)
    await checkHidden(t, one, cases, ids, people)
    await checkHidden(
      t,
      one,
      named.filter((operation) => isOfCase(operation) || (isForAdmins(operation) && !isOfAffiliates(operation))),
      ids,
      [{ as: 'admin:root', key }],
    )
    t.equal((await one.call('GET', `/v1/orders/${ids.orders}`, { as: agent, key })).status, 404)
  })

  await t.test('a party of the case under the hat of the platform, whatever the case of its id', async (t) => {
    const ofCases = ['complaints', 'refund-plans', 'appeals', 'advances', 'receivables', 'holds', 'evidence']
    const reads = named.filter((operation) => operation.method === 'GET' && ofCases.includes(operation.collection))
    t.ok(reads.length >= 12, `${reads.length} reads`)
    await checkHidden(t, one, reads, ids, [{ as: 'agent:B-1' }, { as: 'supervisor:m-1' }, { as: 'admin:b-1' }])
  })

  await t.test('admins’ operations answer 403 to every other role, whatever the id', async (t) => {
    const forAdmins = operations.filter(isForAdmins)
    t.strictSame(
      new Set(forAdmins.map(({ collection }) => collection)),
      new Set([...adminCollections, ...forPrograms, ...ruledByAdmins, 'merchants']),
    )
    for (const operation of forAdmins) {
      for (const as of [buyer, merchant, agent, supervisor]) {
        for (const these of [ids, inventedFor(ids), { ...ids, 'api-keys': 'nonsense' }]) {
          const { status, body } = await one.call(operation.method, urlOf(operation, these), sent(operation, { as }))
          t.equal(status, 403, `${operation.method} ${operation.path} as ${as}`)
          t.match(body ?? { code: 'forbidden' }, { code: 'forbidden' })
        }
      }
    }
  })

  await t.test('what is for the desk answers 403 to the parties', async (t) => {
    for (const target of [
      '/v1/orders/O-1',
      '/v1/refund-plans',
      '/v1/policy',
      '/v1/policy/versions',
      '/v1/category-lexicon',
      '/v1/automation',
      '/v1/deadlines',
      '/v1/stuck-cases',
    ]) {
      for (const as of [buyer, merchant]) t.equal((await one.call('GET', target, { as })).status, 403, `${target} as ${as}`)
      for (const as of [agent, supervisor, 'admin:root'])
        t.equal((await one.call('GET', target, { as })).status, 200, `${target} as ${as}`)
    }
  })

  await t.test('an admin reads cases and moves none', async (t) => {
    const moves = operations.filter(
      (operation) =>
        operation.needsKey && !isRead(operation) && !isForAdmins(operation) && !adminsToo.includes(operation.collection),
    )
    t.ok(moves.length > 30)
    for (const operation of moves) {
      const { status, body } = await one.call(operation.method, urlOf(operation, ids), sent(operation, { as: 'admin:root' }))
      t.strictSame([status, body.code], [403, 'forbidden'], `${operation.method} ${operation.path}`)
    }
  })

  await t.test('nobody without a key, with an unknown one, or in a role the key lacks', async (t) => {
    const closed = operations.filter(({ needsKey }) => needsKey)
    t.strictSame(
      operations.filter(({ path }) => path.startsWith('/v1')),
      closed,
      'everything under /v1 needs a key',
    )
    const buyersKey = await one.key(['buyer'])
    const withKey = await everything(one.db)
    for (const operation of closed) {
      const answers = await Promise.all(
        [{ key: null }, { key: newApiKey('test') }].flatMap((caller) =>
          [ids, inventedFor(ids)].map((these) => one.call(operation.method, urlOf(operation, these), sent(operation, caller))),
        ),
      )
      t.strictSame(new Set(answers.map(({ status }) => status)), new Set([401]), `${operation.method} ${operation.path}`)
      t.equal(new Set(answers.map(seen)).size, 1, 'all the same')
      const lacking = await one.call(operation.method, urlOf(operation, ids), sent(operation, { key: buyersKey, as: agent }))
      t.equal(lacking.status, 403)
    }
    t.equal(await everything(one.db), withKey)
    await sql`delete from api_keys where roles = array['buyer'] and name = 'buyer'`.execute(one.db)
  })

  await t.test('none of this had an effect', async (t) => t.equal(await everything(one.db), before))
})

await t.test('what a party may not see of its own case is not there for it', async (t) => {
  const one = await testApp(t)
  const { id } = await investigating(one, filing({ order: order('O-1', 25_900) }))
  const remedies = [{ type: 'refund', amount: 100 }]
  const plan = (as: string) => done(one, as, `/v1/complaints/${id}/refund-plans`, { remedies, explanation: 'x' })
  const proof = (as: string) =>
    done(one, as, `/v1/complaints/${id}/evidence`, { type: 'identity_proof', text: '110101199003070000' })
  const of = async (as: string): Promise<Ids> => ({
    'refund-plans': (await plan(as)).id,
    // a draft has no steps yet
    step_id: newId(),
    evidence: (await proof(as)).id,
  })
  const operations = operationsOf(one)
    .filter(namesSomething)
    .filter(({ collection }) => ['refund-plans', 'evidence'].includes(collection))
  const [buyers, merchants, agents] = [await of(buyer), await of(merchant), await of(agent)]
  const before = await everything(one.db)
  await checkHidden(t, one, operations, buyers, [{ as: merchant }])
  await checkHidden(t, one, operations, merchants, [{ as: buyer }])
  const plans = operations.filter(({ collection }) => collection === 'refund-plans')
  await checkHidden(t, one, plans, agents, [{ as: buyer }, { as: merchant }])
  t.equal(await everything(one.db), before)
})

await t.test('a child is found under its own parent only', async (t) => {
  const one = await testApp(t)
  const ids = await realIds(one)
  const { id } = await investigating(one, filing({ order: order('O-2', 25_900) }))
  const remedies = [{ type: 'apology' }]
  const plan = await done(one, agent, `/v1/complaints/${id}/refund-plans`, { remedies, explanation: 'x' })
  const before = await everything(one.db)
  for (const verb of ['complete', 'fail']) {
    const under = (planId: string | undefined, stepId: string | undefined) =>
      one.call('POST', `/v1/refund-plans/${planId}/steps/${stepId}/${verb}`, { as: agent, body: { explanation: 'x' } })
    const strange = await under(plan.id, ids.step_id)
    t.equal(strange.status, 404)
    t.equal(seen(strange), seen(await under(plan.id, newId())))
    t.equal((await under(ids['refund-plans'], plan.id)).status, 404)
  }
  for (const [collection, foreign] of [
    ['complaints', ids['refund-plans']],
    ['refund-plans', ids.complaints],
    ['appeals', ids.evidence],
    ['evidence', ids.appeals],
  ])
    t.equal((await one.call('GET', `/v1/${collection}/${foreign}`, { as: agent })).status, 404, `${collection} has no such id`)
  t.equal(await everything(one.db), before)
})

await t.test('ids in bodies reach no further than ids in paths', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('test')
  const foreign = await realIds(one)
  const here = { key: other.key }
  const own = await investigating(
    { call: (method, url, options) => one.call(method, url, { ...options, ...here }) },
    filing({ order: order('O-1', 25_900) }),
  )
  const waiting = await file(one, filing(), here)
  await done(one, agent, `/v1/complaints/${waiting.id}/reject`, { reason_code: 'out_of_scope', explanation: 'x' }, here)
  const fresh = await file(one, filing(), here)
  // of the same platform, but of another case
  const proof = await done(one, buyer, `/v1/complaints/${own.id}/evidence`, { type: 'statement', text: 'x' }, here)
  const before = await everything(one.db)

  const told = (answer: Called, id: string): string => seen(answer).replaceAll(id, '')
  const checkUnknown = async (
    code: string,
    call: (id: string) => Promise<Called>,
    ...strange: (string | undefined)[]
  ): Promise<void> => {
    for (const id of strange) {
      const invented = newId()
      const answer = await call(String(id))
      t.match(answer, { status: 422, body: { code } })
      t.equal(told(answer, String(id)), told(await call(invented), invented))
    }
  }
  await checkUnknown(
    'related_complaint_unknown',
    (id) => one.call('POST', '/v1/complaints', { as: buyer, body: filing({ related_to: id }), ...here }),
    foreign.complaints,
  )
  await checkUnknown(
    'related_complaint_unknown',
    (id) => {
      const body = filing({ related_to: id, complainant: { role: 'buyer', id: 'B-2' } })
      return one.call('POST', '/v1/complaints', { as: 'buyer:B-2', body, ...here })
    },
    foreign.complaints,
    own.id,
  )
  await checkUnknown(
    'related_complaint_unknown',
    (id) => {
      const body = { reason_code: 'duplicate', explanation: 'x', duplicate_of: id }
      return one.call('POST', `/v1/complaints/${fresh.id}/reject`, { as: agent, body, ...here })
    },
    foreign.complaints,
  )
  await checkUnknown(
    'unknown_evidence',
    (id) => {
      const body = { reason_code: 'new_evidence', statement: 'x', evidence_ids: [id] }
      return one.call('POST', `/v1/complaints/${waiting.id}/appeals`, { as: buyer, body, ...here })
    },
    foreign.evidence,
    proof.id,
  )
  t.equal(await everything(one.db), before)
})

await t.test('lists and cursors show nobody else’s', async (t) => {
  const one = await testApp(t)
  const other = await one.platform('test')
  const ids = await realIds(one)
  await file(one, filing({ order: order('O-1', 25_900) }))
  const strangers: CallOptions[] = [
    { as: 'buyer:B-2' },
    { as: 'merchant:M-2' },
    { as: buyer, key: other.key },
    { as: agent, key: other.key },
  ]
  const { body: complaint } = await one.call('GET', `/v1/complaints/${ids.complaints}`, { as: agent })
  for (const query of [
    '',
    '?buyer=B-1',
    '?merchant=M-1',
    '?order=O-1',
    '?reference=MP-1',
    '?q=MP-1',
    `?q=${complaint.case_number}`,
    '?status=under_appeal&sort=due_at',
    '?owner=agent:alice',
  ]) {
    const { body } = await one.call('GET', `/v1/complaints${query}`, { as: agent })
    t.ok(body.data.length > 0, `staff find it by ${query}`)
    for (const stranger of strangers)
      t.strictSame((await one.call('GET', `/v1/complaints${query}`, stranger)).body, { data: [], next_cursor: null }, query)
  }
  t.equal((await one.call('GET', '/v1/appeals', { as: agent })).body.data.length, 1)
  for (const stranger of strangers) t.strictSame((await one.call('GET', '/v1/appeals', stranger)).body.data, [])

  const { next_cursor } = (await one.call('GET', '/v1/complaints?limit=1', { as: buyer })).body
  t.type(next_cursor, 'string')
  for (const stranger of [...strangers, { as: agent }])
    t.match(await one.call('GET', `/v1/complaints?limit=1&cursor=${next_cursor}`, stranger), {
      status: 400,
      body: { code: 'invalid_cursor' },
    })
  const events = (await one.call('GET', `/v1/complaints/${ids.complaints}/events?limit=1`, { as: buyer })).body.next_cursor
  for (const [as, complaintId] of [
    [merchant, ids.complaints],
    [buyer, (await file(one)).id],
  ])
    t.equal((await one.call('GET', `/v1/complaints/${complaintId}/events?limit=1&cursor=${events}`, { as })).status, 400)
})

await t.test('lists leave out the cases of which their reader is a party, and are as long as ever', async (t) => {
  const one = await testApp(t)
  const of = async (buyerId: string, merchantId: string): Promise<string> =>
    (
      await file(one, filing({ complainant: { role: 'buyer', id: buyerId }, respondent: { role: 'merchant', id: merchantId } }), {
        as: `buyer:${buyerId}`,
      })
    ).id
  const filed = [await of('B-8', 'M-8')]
  for (let n = 0; n < 6; n++) await of('B-1', 'M-8')
  filed.push(await of('B-9', 'M-9'))
  await of('B-8', 'm-1')
  const walk = async (list: string, as: string, limit: number): Promise<{ pages: number[]; cases: string[] }> => {
    const pages: number[] = []
    const cases: string[] = []
    let next: string | undefined = `/v1/${list}${list.includes('?') ? '&' : '?'}limit=${limit}`
    while (next !== undefined) {
      const { body, headers } = await one.call('GET', next, { as })
      pages.push(body.data.length)
      cases.push(...body.data.map((row: { id: string; complaint_id?: string }) => row.complaint_id ?? row.id))
      next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    }
    return { pages, cases: cases.sort() }
  }
  for (const list of [
    'complaints',
    'complaints?sort=created_at',
    'complaints?status=submitted&sort=due_at',
    'deadlines?kind=first_response',
  ]) {
    t.equal((await walk(list, agent, 100)).cases.length, 9, list)
    const eight = await walk(list, 'agent:b-1', 1)
    t.strictSame(eight.pages, [1, 1, 1], `${list}: the other three, one on each page`)
    t.equal((await walk(list, 'supervisor:M-1', 100)).cases.length, 8, `${list}: all but the last`)
    t.strictSame((await walk(list, 'admin:M-8', 2)).cases.length, 2, list)
  }
  t.equal((await walk('complaints', 'buyer:B-1', 100)).cases.length, 6, 'as the party they are there as before')
  t.strictSame(
    (await walk('complaints', 'agent:m-8', 100)).cases.filter((id) => filed.includes(id)),
    [filed[1]],
  )
})

await t.test('so does the list of appeals', async (t) => {
  const one = await testApp(t)
  const { appeals } = await realIds(one)
  const seenBy = async (as: string): Promise<string[]> =>
    (await one.call('GET', '/v1/appeals', { as })).body.data.map((row: { id: string }) => row.id)
  t.strictSame(await seenBy(supervisor), [appeals])
  for (const as of ['agent:B-1', 'supervisor:b-1', 'admin:m-1']) t.strictSame(await seenBy(as), [], as)
})
