import t from 'tap'
import { testApp } from '../support/app.ts'
import { probeRoutes } from '../support/probe.ts'

await t.test('lists', async (t) => {
  const one = await testApp(t, { routes: probeRoutes })
  const { call, clock } = one
  const made: string[] = []
  const make = async (): Promise<void> => {
    made.push((await call('POST', '/v1/probes', { body: { amount: 1 } })).body.id)
  }
  for (let i = 0; i < 30; i++) {
    // threes share their time
    if (i % 3 === 0) clock.advance(1)
    await make()
  }
  const idsOf = (body: { data: { id: string }[] }): string[] => body.data.map((item) => item.id)

  await t.test('20 a page unless asked otherwise, newest first, and a plain end', async (t) => {
    const first = await call('GET', '/v1/probes')
    t.equal(first.body.data.length, 20)
    const second = await call('GET', `/v1/probes?cursor=${first.body.next_cursor}`)
    t.equal(second.body.data.length, 10)
    t.equal(second.body.next_cursor, null)
    t.equal(second.headers.link, undefined)
    t.strictSame([...idsOf(first.body), ...idsOf(second.body)], [...made].reverse())
    t.strictSame(idsOf((await call('GET', '/v1/probes?limit=30')).body).length, 30)
    t.equal((await call('GET', '/v1/probes?limit=30')).body.next_cursor, null, 'a full last page has no next one')
  })

  await t.test('a walk shows each item once while others are added, whatever the page size', async (t) => {
    for (const limit of [1, 2, 7, 100]) {
      const there = [...made].reverse()
      const seen: string[] = []
      let next: string | undefined = `/v1/probes?limit=${limit}`
      while (next !== undefined) {
        const page = await call('GET', next)
        seen.push(...idsOf(page.body))
        next = /^<(.*)>; rel="next"$/.exec(page.headers.link ?? '')?.[1]
        clock.advance(1)
        await make()
      }
      t.strictSame(seen, there, `${limit} a page`)
    }
  })

  await t.test('a cursor belongs to its list, filters, actor and platform', async (t) => {
    const { body } = await call('GET', '/v1/probes?limit=2&status=open')
    const cursor: string = body.next_cursor
    const refused = { status: 400, body: { code: 'invalid_cursor', errors: [{ pointer: '?cursor' }] } }
    t.equal((await call('GET', `/v1/probes?limit=5&status=open&cursor=${cursor}`)).status, 200, 'the limit may change')
    t.match(await call('GET', `/v1/probes?limit=2&cursor=${cursor}`), refused, 'without the filter')
    t.match(await call('GET', `/v1/probes?limit=2&status=closed&cursor=${cursor}`), refused, 'with another filter')
    t.match(await call('GET', `/v1/probes?status=open&cursor=${cursor}`, { as: 'buyer:B-1' }), refused, 'by somebody else')
    t.match(
      await call('GET', `/v1/probes?status=open&cursor=${cursor}`, { key: (await one.platform('live')).key }),
      refused,
      'on another platform',
    )
    t.match(await call('GET', `/v1/api-keys?cursor=${cursor}`), refused, 'in another list')
    t.match(await call('GET', '/v1/probes?cursor='), refused)
    t.match(await call('GET', '/v1/probes?cursor=bnVsbA'), refused)
  })

  await t.test('no changed character gets through', async (t) => {
    const cursor: string = (await call('GET', '/v1/probes?limit=2')).body.next_cursor
    const statuses = await Promise.all(
      [...cursor].map((c, i) =>
        call('GET', `/v1/probes?cursor=${cursor.slice(0, i)}${c === 'A' ? 'B' : 'A'}${cursor.slice(i + 1)}`),
      ),
    )
    t.strictSame(new Set(statuses.map((s) => s.status)), new Set([400]))
  })
})
