import t from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { type Json, testApp } from '../../support/app.ts'
import { alice, newOrder, tell } from '../../support/story.ts'

await t.test('a value may have a comma in it', async (t) => {
  const app = await testApp(t)
  const names = new Map<string, string>()
  const file = async (name: string, change: Json) => {
    names.set((await tell(app, change)).id, name)
    app.clock.advance(HOUR)
  }
  const order = (id: string) => ({ order: { ...newOrder(25_900), id } })
  await file('whole', { ...order('a,b'), reference: 'R,1' })
  await file('a', order('a'))
  await file('b', order('b'))
  await file('c', { ...order('c'), reference: 'R' })
  await file('plus', order('a+b c'))
  const get = (url: string) => app.call('GET', url, { as: alice })
  const found = async (query: string): Promise<string[]> =>
    (await get(`/v1/complaints?sort=created_at&${query}`)).body.data.map((row: Json) => names.get(row.id))

  t.strictSame(await found('order=a%2Cb,c'), ['whole', 'c'])
  t.strictSame(await found('order=a%2cb'), ['whole'])
  t.strictSame(await found('order=a,b'), ['a', 'b'])
  t.strictSame(await found('order=a&order=c'), ['a', 'c'], 'a list that stands there twice is one list')
  t.strictSame(await found('order=a%2Bb+c'), ['plus'])
  t.strictSame(await found('order=a%2Bb%20c,b'), ['b', 'plus'])
  t.strictSame(await found('reference=R%2C1,R'), ['whole', 'c'])

  await t.test('and a walk through pages keeps it', async (t) => {
    const walked: (string | undefined)[] = []
    let next: string | undefined = '/v1/complaints?order=a%2Cb,c,a&sort=created_at&limit=1'
    const links: string[] = []
    while (next !== undefined) {
      const { body, headers } = await get(next)
      walked.push(...body.data.map((row: Json) => names.get(row.id)))
      next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
      links.push(...(next ? [next] : []))
    }
    t.strictSame(walked, ['whole', 'a', 'c'])
    t.match(links[0], /^\/v1\/complaints\?order=a%2Cb,c,a&sort=created_at&limit=1&cursor=[\w-]+$/)
    const [cursor] = /cursor=.*/.exec(links[0] ?? '') ?? []
    t.match(
      await get(`/v1/complaints?order=a,b,c,a&sort=created_at&limit=1&${cursor}`),
      { status: 400, body: { code: 'invalid_cursor' } },
      'other ids are another list',
    )
  })
})

await t.test('cases that nobody owns', async (t) => {
  const app = await testApp(t)
  const names = new Map<string, string>()
  const file = async (name: string, change: Json = {}) => {
    const story = await tell(app, change)
    names.set(story.id, name)
    app.clock.advance(HOUR / 5)
    return story
  }
  // email leaves two hours for the first response, the portal one
  await file('slow', { channel: 'email' })
  const own = await file('own')
  await file('quick')
  const other = await file('other', { complainant: { role: 'buyer', id: 'B-2' } })
  await file('shared', { complainant: { role: 'buyer', id: 'B-2' } })
  await own.by(alice, 'accept')
  await other.by('supervisor:zhao', 'accept')
  const ask = (query: string, as = alice) => app.call('GET', `/v1/complaints?${query}`, { as })
  const found = async (query: string, as?: string): Promise<string[]> =>
    (await ask(query, as)).body.data.map((row: Json) => names.get(row.id))

  t.strictSame(await found('owner=unassigned'), ['shared', 'quick', 'slow'])
  t.strictSame(await found('owner=unassigned&sort=created_at'), ['slow', 'quick', 'shared'])
  t.strictSame(await found('owner=unassigned&sort=due_at'), ['quick', 'shared', 'slow'])
  t.strictSame(await found('owner=agent:alice,unassigned'), ['shared', 'quick', 'own', 'slow'])
  t.strictSame(await found('owner=unassigned,agent:alice,supervisor:zhao&sort=created_at'), [
    'slow',
    'own',
    'quick',
    'other',
    'shared',
  ])
  t.strictSame(await found('owner=unassigned,agent:alice&sort=due_at&limit=3'), ['quick', 'shared', 'slow'])
  t.strictSame(await found('owner=unassigned&buyer=B-2'), ['shared'])
  t.strictSame(await found('owner=unassigned,supervisor:zhao&buyer=B-2'), ['shared', 'other'])
  t.strictSame(await found('owner=unassigned&status=negotiating'), [])
  t.strictSame(await found('owner=unassigned', 'buyer:B-2'), ['shared'], 'a party of its own cases')
  app.clock.advance(HOUR)
  t.strictSame(await found('owner=unassigned&overdue=true'), ['shared', 'quick', 'slow'])

  await t.test('walked page by page', async (t) => {
    const walked: (string | undefined)[] = []
    let next: string | undefined = '/v1/complaints?owner=unassigned,agent:alice&limit=1'
    while (next !== undefined) {
      const { body, headers } = await app.call('GET', next, { as: alice })
      walked.push(...body.data.map((row: Json) => names.get(row.id)))
      next = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    }
    t.strictSame(walked, ['shared', 'quick', 'own', 'slow'])
  })

  await t.test('what names nobody is a mistake', async (t) => {
    for (const owner of ['none', 'alice', 'agent:', ':alice', 'buyer:B-1', 'system:redress', 'Unassigned', 'agent:a%E2%80%8Bb'])
      t.match(
        await ask(`owner=agent:alice,${owner}`),
        {
          status: 400,
          body: { code: 'validation_failed', errors: [{ pointer: '?owner/1', detail: /unassigned, agent:id or/ }] },
        },
        owner,
      )
    for (const filter of ['buyer', 'merchant'])
      t.match(await ask(`${filter}=%20B-1`), { status: 400, body: { errors: [{ pointer: `?${filter}/0` }] } })
    for (const filter of ['order', 'reference'])
      t.match(await ask(`${filter}=${'x'.repeat(129)}`), { status: 400, body: { errors: [{ pointer: `?${filter}/0` }] } })
  })
})
