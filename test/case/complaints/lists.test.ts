import t from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { type Json, movableClock, testApp } from '../../support/app.ts'
import { alice, filing, tell, tellToInvestigation, zhao } from '../../support/story.ts'

const merchantOne = 'merchant:M-1'

t.test('complaints are listed by every filter and sort', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const { call, clock } = app
  const names = new Map<string, string>()
  const numbers: Record<string, string> = {}
  const remember = async (name: string, told: ReturnType<typeof tell>) => {
    const story = await told
    names.set(story.id, name)
    numbers[name] = (await story.seenBy(alice)).case_number
    clock.advance(HOUR)
    return story
  }
  const order = (id: string) => ({ ...filing().order, id })
  const ofBuyer = (id: string) => ({ role: 'buyer', id })
  const againstMerchant = (id: string) => ({ role: 'merchant', id })

  // 10:00 in Shanghai; each an hour after the one before
  await remember('new', tell(app, { reference: 'R-1', order: order('O-shared'), category: 'logistics' }))
  const talks = await remember('talks', tell(app, { complainant: ofBuyer('B-2'), channel: 'chat', order: order('O-talks') }))
  await remember('deep', tellToInvestigation(app, { respondent: againstMerchant('M-2'), channel: 'email', reference: 'O-talks' }))
  await remember(
    'shop',
    tell(app, {
      complainant: { role: 'merchant', id: 'M-1' },
      respondent: { role: 'platform', id: 'platform' },
      channel: 'social',
      category: 'platform_policy',
    }),
  )
  const gone = await remember('gone', tell(app, { complainant: ofBuyer('B-2'), order: order('O-shared') }))
  await talks.by(zhao, 'accept')
  await gone.by('buyer:B-2', 'withdraw')

  const list = async (query: string, as = alice) => {
    const { status, body, text } = await call('GET', `/v1/complaints?${query}`, { as })
    return status === 200 ? body.data.map((item: Json) => names.get(item.id)).join(' ') : text
  }
  const rows: [query: string, expected: string][] = [
    ['', 'gone shop deep talks new'],
    ['sort=-created_at', 'gone shop deep talks new'],
    ['sort=created_at', 'new talks deep shop gone'],
    ['status=submitted', 'shop new'],
    ['status=submitted,closed', 'gone shop new'],
    ['status=submitted,closed&sort=created_at', 'new shop gone'],
    ['status=rejected', ''],
    ['category=logistics', 'new'],
    ['category=logistics,platform_policy', 'shop new'],
    ['channel=chat', 'talks'],
    ['channel=chat,email', 'deep talks'],
    ['owner=agent:alice', 'deep'],
    ['owner=agent:alice,supervisor:zhao', 'deep talks'],
    ['buyer=B-1', 'deep new'],
    ['buyer=B-1,B-2', 'gone deep talks new'],
    ['buyer=B-1,B-2&sort=created_at', 'new talks deep gone'],
    ['merchant=M-1', 'gone shop talks new'],
    ['merchant=M-2', 'deep'],
    ['merchant=M-1,M-2&status=negotiating,investigating', 'deep talks'],
    ['order=O-shared', 'gone new'],
    ['order=O-shared,O-talks', 'gone talks new'],
    ['order=O-shared&buyer=B-2', 'gone'],
    ['reference=R-1', 'new'],
    ['reference=R-1,O-talks', 'deep new'],
    ['level=1', 'gone shop talks new'],
    ['level=2', 'deep'],
    ['level=3', ''],
    [`q=${numbers.shop}`, 'shop'],
    ['q=R-1', 'new'],
    ['q=O-talks', 'deep talks'],
    ['q=O-', ''],
    ['created_from=2026-11-23T03:00:00Z', 'gone shop deep talks'],
    ['created_to=2026-11-23T03:00:00Z', 'new'],
    ['created_from=2026-11-23T11:00:00%2B08:00&created_to=2026-11-23T14:00:00%2B08:00', 'shop deep talks'],
    // 15:00: the portal's hour for "new" is over, "shop" has until tomorrow 13:00, "talks" until the 25th 15:00, "deep" until the 25th 12:00
    ['overdue=true', 'new'],
    ['overdue=false', 'gone shop deep talks'],
    ['overdue=true&status=submitted,negotiating', 'new'],
    ['due_before=2026-11-24T05:00:00Z', 'new'],
    ['due_before=2026-11-24T05:00:00.001Z', 'shop new'],
    ['status=submitted,negotiating,investigating&sort=due_at', 'new shop deep talks'],
    ['owner=agent:alice,supervisor:zhao&sort=due_at', 'deep talks'],
    ['status=closed,submitted&sort=due_at', 'new shop gone'],
  ]
  for (const [query, expected] of rows) t.equal(await list(query), expected, query)

  await t.test('a party sees its own, whatever it asks for', async (t) => {
    t.equal(await list('', 'buyer:B-1'), 'deep new')
    t.equal(await list('buyer=B-2', 'buyer:B-1'), '')
    t.equal(await list('order=O-shared', 'buyer:B-2'), 'gone')
    t.equal(await list('', merchantOne), 'gone shop talks new')
    t.equal(await list('merchant=M-2', merchantOne), '')
    t.equal(await list('status=submitted&sort=due_at', merchantOne), 'new shop')
    t.equal(await list('', 'buyer:M-1'), '')
  })

  await t.test('a missed duty stays overdue while it is owed', async (t) => {
    await call('POST', '/v1/sweeps')
    t.equal(await list('overdue=true'), 'new')
    t.equal(await list('level=2'), 'deep new')
    const id = [...names].find(([, name]) => name === 'new')?.[0]
    await call('POST', `/v1/complaints/${id}/accept`, { as: alice })
    t.equal(await list('overdue=true'), '')
  })

  await t.test('what cannot be asked is refused', async (t) => {
    for (const query of [
      'status=open',
      'status=submitted,',
      'sort=status',
      'sort=due_at',
      'sort=due_at&buyer=B-1',
      'level=4',
      'state=closed',
      'overdue=yes',
      'created_from=2026-11-23',
      'limit=0',
      'limit=101',
    ]) {
      const { status, body } = await call('GET', `/v1/complaints?${query}`, { as: alice })
      t.strictSame([status, body.code], [400, 'validation_failed'], query)
    }
  })
})

t.test('a walk shows each of 1,000 complaints once while others come in', async (t) => {
  const app = await testApp(t, { clock: movableClock('2026-11-23T02:00:00.000Z') })
  const { key } = await app.platform('live')
  const { call, clock } = app
  const channels = ['portal', 'email']
  const file = async (index: number) => {
    const body = filing({
      order: null,
      wanted: null,
      channel: channels[index % 2],
      category: 'other',
      complainant: { role: 'buyer', id: `B-${index % 3}` },
    })
    return (await call('POST', '/v1/complaints', { key, as: alice, body })).body
  }
  const filed: Json[] = []
  for (let batch = 0; batch < 20; batch++) {
    // fifty at the very same moment, the next a millisecond later
    filed.push(...(await Promise.all(Array.from({ length: 50 }, (_, index) => file(batch * 50 + index)))))
    clock.advance(1)
  }
  const known = new Set(filed.map((complaint) => complaint.id))
  t.equal(known.size, 1_000)

  const by = (key: 'created_at' | 'next_due_at') => (a: Json, b: Json) =>
    a[key] === b[key] ? (a.id < b.id ? -1 : 1) : a[key] < b[key] ? -1 : 1
  const idsBy = (key: 'created_at' | 'next_due_at') => filed.toSorted(by(key)).map((complaint) => complaint.id)

  /** Every id in the order of the walk, with a complaint filed between any two pages. */
  const walk = async (query: string, limit: number): Promise<string[]> => {
    const seen: string[] = []
    let next: string | undefined = `/v1/complaints?${query}&limit=${limit}`
    for (let page = 0; next !== undefined; page++) {
      const { body, headers } = await call('GET', next, { key, as: alice })
      seen.push(...body.data.map((item: Json) => item.id))
      next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
      if (page % Math.ceil(100 / limit) === 0) await file(page)
    }
    return seen
  }

  for (const [query, expected] of [
    ['sort=-created_at', idsBy('created_at').reverse()],
    ['sort=created_at', idsBy('created_at')],
    ['buyer=B-0,B-1,B-2', idsBy('created_at').reverse()],
    ['status=submitted,negotiating&sort=due_at', idsBy('next_due_at')],
  ] as const) {
    for (const limit of [100, 7, 1]) {
      const seen = await walk(query, limit)
      t.strictSame(
        seen.filter((id) => known.has(id)),
        expected,
        `${query}, ${limit} a page`,
      )
      t.equal(new Set(seen).size, seen.length, 'none twice')
    }
  }
})
