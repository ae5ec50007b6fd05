/** Mass cases: many complainants about one item of one merchant within a day; and what else is known beside a filing. */
import t from 'tap'
import type { OrderDetails } from '../../../src/case/complaints/table.ts'
import { countComplainants, itemsOf } from '../../../src/case/mass-cases/items.ts'
import { DAY, HOUR, MINUTE, toTime } from '../../../src/foundation/clock.ts'
import { type Json, type TestApp, testApp } from '../../support/app.ts'
import { alice, newOrder, tell, zhao } from '../../support/story.ts'

const admin = 'admin:root'
const at = '2026-11-23T02:00:00.000Z'
const somebody = (id: string, more: object = {}) => ({
  complainant_role: 'buyer',
  complainant_id: id,
  complainant_contact: null,
  complainant_registered_at: null,
  filed_at: at,
  ...more,
})

t.test('who stands behind some filings is counted once', async (t) => {
  const count = (...filings: Parameters<typeof countComplainants>[0]) => countComplainants(filings, 24)
  t.equal(count(somebody('a'), somebody('b'), somebody('A')), 2, 'the same account')
  const phone = (id: string, number: string) => somebody(id, { complainant_contact: { phone: number } })
  t.equal(count(phone('a', '+86 138-0000-0000'), phone('b', '13800000000')), 1, 'one telephone, however it is written')
  t.equal(
    count(
      somebody('a', { complainant_contact: { email: 'X@y.cn' } }),
      somebody('b', { complainant_contact: { email: 'x@y.cn' } }),
    ),
    1,
  )
  t.equal(
    count(
      somebody('a', { complainant_contact: { phone: '13800000000', email: 'x@y.cn' } }),
      phone('b', '13800000000'),
      somebody('c', { complainant_contact: { email: 'x@y.cn' } }),
    ),
    1,
    'over one contact and another',
  )
  const young = (id: string, hours: number) => somebody(id, { complainant_registered_at: toTime(Date.parse(at) - hours * HOUR) })
  t.equal(count(young('a', 1), young('b', 24), young('c', 25), somebody('d')), 3, 'accounts of a day count as one together')
  t.equal(count(), 0)
})

t.test('an item is a SKU, else a name', async (t) => {
  const order = { lines: [{ sku: 'S-1', name: 'x' }, { sku: 'S-1', name: 'y' }, { name: ' 平板 ' }] } as unknown as OrderDetails
  t.strictSame(itemsOf(order), ['sku:S-1', 'name:平板'])
  t.strictSame(itemsOf(null), [])
})

let people = 0
/** Complaints about one item, each by somebody of its own. */
const crowd = async (app: TestApp, count: number, sku: string, of: (n: number) => Json = () => ({}), merchant = 'M-1') => {
  const stories = []
  for (let n = 0; n < count; n++) {
    people += 1
    const order = newOrder(25_900)
    order.lines = [{ ...order.lines[0], sku }]
    const complainant = { role: 'buyer', id: `B-crowd-${people}`, ...of(n) }
    stories.push(
      await tell(app, { complainant, respondent: { role: 'merchant', id: merchant }, order, description: '同样的问题' }),
    )
    app.clock.advance(MINUTE)
  }
  return stories
}
const sweep = (app: TestApp) => app.call('POST', '/v1/sweeps', { as: admin, body: {} })
const massOf = async (stories: Awaited<ReturnType<typeof crowd>>) => {
  const ids = []
  for (const story of stories) ids.push((await story.seenBy(alice)).mass_case_id)
  return [...new Set(ids)]
}

await t.test('mass cases over HTTP', async (t) => {
  const app = await testApp(t)
  const get = (url: string, as = alice) => app.call('GET', url, { as })

  const nine = await crowd(app, 9, 'NINE')
  const one = await crowd(app, 30, 'ONE', () => ({ contact: { phone: '+8613800000000' } }))
  const young = await crowd(app, 30, 'YOUNG', () => ({ registered_at: toTime(app.clock.nowMs() - HOUR) }))
  const elsewhere = [...(await crowd(app, 5, 'THIRTY', undefined, 'M-2')), ...(await crowd(app, 5, 'OTHER'))]
  const thirty = await crowd(app, 30, 'THIRTY')
  await sweep(app)

  await t.test('thirty get one id within one sweep, nine none, thirty of one contact or of new accounts none', async (t) => {
    const [id, ...others] = await massOf(thirty)
    t.ok(id)
    t.strictSame(others, [])
    for (const some of [nine, one, young, elsewhere]) t.strictSame(await massOf(some), [null])
    const { body } = await get('/v1/mass-cases')
    t.equal(body.data.length, 1)
    t.match(body.data[0], { id, status: 'open', merchant_id: 'M-1', item: 'sku:THIRTY', complainants: 30, ended_at: null })
    t.match(await get(`/v1/complaints?mass_case=${id}&limit=100`), { body: { data: { length: 30 } } })
  })

  await t.test('it raises to high and decides nothing', async (t) => {
    const [story] = thirty
    const seen = await story?.seenBy(alice)
    t.match(seen, { status: 'submitted', level: 1, risk: { level: 'high', standing: 'by_machine', signals: ['mass_case'] } })
    t.match(seen.risk.priority, { complexity: 2, immediacy: 2 })
    const { body } = await get(`/v1/complaints/${story?.id}/events`)
    t.strictSame(
      body.data.map(({ type, actor }: Json) => [type, actor.role]),
      [
        ['risk_raised', 'system'],
        ['mass_case_joined', 'system'],
        ['complaint_submitted', 'buyer'],
      ],
    )
  })

  await t.test('parties know nothing of it', async (t) => {
    const [story] = thirty
    for (const as of [story?.buyer ?? '', 'merchant:M-1']) {
      t.match(await story?.seenBy(as), { mass_case_id: null, risk: null })
      t.match(await get('/v1/mass-cases', as), { status: 403 })
      t.match(await get(`/v1/complaints?mass_case=${story?.id}`, as), { status: 403 })
      t.notMatch((await get(`/v1/complaints/${story?.id}/events`, as)).text, /mass/)
    }
  })

  await t.test('a further complaint joins it, and the tenth makes one', async (t) => {
    const [late] = await crowd(app, 1, 'THIRTY')
    const [tenth] = await crowd(app, 1, 'NINE')
    await sweep(app)
    t.strictSame(await massOf(late ? [late] : []), await massOf(thirty))
    const nines = await massOf(nine)
    t.ok(nines[0])
    t.strictSame(await massOf(tenth ? [tenth] : []), nines)
  })

  await t.test('a supervisor ends one, once, with a reason', async (t) => {
    const [id] = await massOf(nine)
    const end = (as: string) => app.call('POST', `/v1/mass-cases/${id}/end`, { as, body: { explanation: '商家已召回' } })
    t.match(await end(alice), { status: 403 })
    t.match(await end(zhao), {
      status: 200,
      body: { status: 'ended', end_reason_code: 'supervisor', ended_by: 'supervisor:zhao' },
    })
    t.match(await end(zhao), { status: 409, body: { code: 'action_not_available' } })
    const after = await crowd(app, 1, 'NINE')
    await sweep(app)
    t.strictSame(await massOf(after), [null], 'nobody joins it any more')
    t.strictSame(await massOf(nine), [id], 'who belonged to it still does')
  })

  await t.test('it ends after seven quiet days', async (t) => {
    const [id] = await massOf(thirty)
    app.clock.advance(6 * DAY)
    await sweep(app)
    t.match(await get(`/v1/mass-cases/${id}`), { body: { status: 'open' } })
    app.clock.advance(2 * DAY)
    await sweep(app)
    t.match(await get(`/v1/mass-cases/${id}`), { body: { status: 'ended', end_reason_code: 'quiet', ended_by: null } })
    t.match(await get('/v1/mass-cases?status=open'), { body: { data: [] } })
  })

  await t.test('ten in more than a day are none', async (t) => {
    const slow = await crowd(app, 5, 'SLOW')
    app.clock.advance(DAY)
    slow.push(...(await crowd(app, 5, 'SLOW')))
    await sweep(app)
    t.strictSame(await massOf(slow), [null])
  })
})

await t.test('what is known beside a case', async (t) => {
  const app = await testApp(t)
  const signals = async (story: Awaited<ReturnType<typeof tell>>): Promise<string[]> => (await story.seenBy(alice)).risk.signals
  const own = { complainant: { role: 'buyer', id: 'B-often' } }

  await t.test('the fifth complaint of somebody within thirty days', async (t) => {
    for (let n = 0; n < 3; n++) await tell(app, own)
    const fourth = await tell(app, own)
    const fifth = await tell(app, own)
    await sweep(app)
    t.strictSame(await signals(fourth), [])
    t.strictSame(await signals(fifth), ['repeat_complainant'])
    t.match((await fifth.seenBy(alice)).risk, { level: 'normal', score: 10 })
  })

  await t.test('an order that was disputed before', async (t) => {
    const order = newOrder(25_900)
    const first = await tell(app, { order })
    const second = await tell(app, { order })
    await sweep(app)
    t.strictSame(await signals(first), [])
    t.strictSame(await signals(second), ['order_disputed'])
  })

  await t.test('a merchant with many open cases, where something else speaks for a risk', async (t) => {
    const busy = (id: string, description = '少发了') => {
      const order = newOrder(25_900)
      order.lines = [{ ...order.lines[0], sku: id }]
      return tell(app, { respondent: { role: 'merchant', id: 'M-busy' }, complainant: { role: 'buyer', id }, description, order })
    }
    for (let n = 0; n < 49; n++) await busy(`B-busy-${n}`)
    const quiet = await busy('B-quiet')
    const loud = await busy('B-loud', '我要打12315')
    await sweep(app)
    t.strictSame(await signals(quiet), [])
    t.strictSame(await signals(loud), ['regulator', 'merchant_many_open'])
  })

  await t.test('a second look finds nothing new', async (t) => {
    const count = () =>
      app.db
        .selectFrom('complaints')
        .select(({ fn }) => fn.sum<number>('quiet_count').as('sum'))
        .executeTakeFirst()
    const before = await count()
    await sweep(app)
    t.strictSame(await count(), before)
  })

  await t.test('cases from before an upgrade are judged by and by', async (t) => {
    const old = await tell(app, { description: '孩子被玩具划伤了手' })
    await app.db
      .deleteFrom('deadlines')
      .where('complaint_id', '=', old.id)
      .where('kind', 'in', ['fast_feedback', 'fast_facts', 'fast_plan', 'risk_review'])
      .execute()
    await app.db.updateTable('complaints').set({ risk: null, risk_level: null }).where('id', '=', old.id).execute()
    await sweep(app)
    t.match((await old.seenBy(alice)).risk, { level: 'critical', standing: 'suspected', signals: ['injury', 'minor'] })
  })
})
