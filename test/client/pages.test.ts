import t from 'tap'
import { connect, fileComplaint, listComplaints, listEvents, pages } from '../../openapi/client/redress.ts'
import { testApp } from '../support/app.ts'

await t.test('a walk through a list', async (t) => {
  const { app, everyRole: key } = await testApp(t)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  let requests = 0
  const counted = (request: Parameters<typeof fetch>[0]) => {
    requests++
    return fetch(request)
  }
  const client = connect({ baseUrl, key, actor: 'agent:li', fetch: counted })
  const numbers: string[] = []
  for (const n of [1, 2, 3, 4, 5]) {
    const { data } = await fileComplaint({
      client,
      body: {
        reference: `R-${n}`,
        channel: 'portal',
        category: 'other',
        complainant: { role: 'buyer', id: 'B-1' },
        respondent: { role: 'merchant', id: 'M-1' },
        description: '屏幕有划痕',
      },
    })
    numbers.push(data.case_number)
  }
  requests = 0

  await t.test('gives every item once, page after page', async (t) => {
    const seen: string[] = []
    for await (const { case_number } of pages(listComplaints, { client, query: { limit: 2, sort: 'created_at' } })) {
      seen.push(case_number satisfies string)
    }
    t.strictSame(seen, numbers)
    t.equal(requests, 3)
  })

  await t.test('asks for no more than is used', async (t) => {
    requests = 0
    for await (const { reference } of pages(listComplaints, { client, query: { limit: 2 } })) {
      if (reference === 'R-4') break
    }
    t.equal(requests, 1)
  })

  await t.test('begins where it is told to, and takes filters along', async (t) => {
    const query = { limit: 2, buyer: ['B-1'], sort: 'created_at' } as const
    const { data } = await listComplaints({ client, query: { ...query, buyer: ['B-1'] } })
    const rest: string[] = []
    const from = { ...query, buyer: ['B-1'], cursor: data.next_cursor ?? '' }
    for await (const { case_number } of pages(listComplaints, { client, query: from })) rest.push(case_number)
    t.strictSame(rest, numbers.slice(2))
  })

  await t.test('of what belongs to a case', async (t) => {
    const { data } = await listComplaints({ client })
    const path = { id: data.data[0]?.id ?? '' }
    const types: string[] = []
    for await (const event of pages(listEvents, { client, path })) types.push(event.type)
    t.ok(types.includes('complaint_submitted'))
  })

  await t.test('fails as a call does', async (t) => {
    const walk = pages(listComplaints, { client, query: { cursor: 'nonsense' } })
    await t.rejects(walk.next(), { name: 'RedressError', code: 'invalid_cursor' })
  })
})
