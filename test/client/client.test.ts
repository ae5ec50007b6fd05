import t from 'tap'
import {
  acceptComplaint,
  addEvidence,
  connect,
  fileComplaint,
  getComplaint,
  type KnownCaseEvent,
  listComplaints,
  listEvents,
  type NewComplaint,
  updateComplaint,
} from '../../openapi/client/redress.ts'
import { testApp } from '../support/app.ts'

const body: NewComplaint = {
  reference: 'MP-1',
  channel: 'portal',
  category: 'other',
  complainant: { role: 'buyer', id: 'B-1', name: '王小明', contact: { phone: '+8613800000000' } },
  respondent: { role: 'merchant', id: 'M-1' },
  description: '屏幕有划痕',
}

await t.test('the generated client speaks with the service', async (t) => {
  const { app, everyRole: key } = await testApp(t)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const as = (actor: string) => connect({ baseUrl: `${baseUrl}/`, key, actor })
  const buyer = as('buyer:B-1')
  const agent = as('agent:li')

  const filed = await fileComplaint({ client: buyer, body, headers: { 'Idempotency-Key': 'once' } })
  const path = { id: filed.data.id }

  await t.test('each client acts as its person', async (t) => {
    const { data } = await getComplaint({ client: agent, path })
    t.match(data, { status: 'submitted', complainant: { id: 'B-1', name: '王小明' } })
    t.ok(data.available_actions.some(({ action, mandatory }) => action === 'accept' && mandatory))
    t.notOk(filed.data.available_actions.some(({ action }) => action === 'accept'))
  })

  await t.test('headers arrive', async (t) => {
    const again = await fileComplaint({ client: buyer, body, headers: { 'Idempotency-Key': 'once' } })
    t.equal(again.data.id, filed.data.id)
    t.equal(again.response.headers.get('idempotent-replayed'), 'true')
    t.not(again.response.headers.get('x-request-id'), null)
    const stale = updateComplaint({ client: agent, path, headers: { 'If-Match': '"99"' }, body: { category: 'logistics' } })
    await t.rejects(stale, { code: 'version_stale', status: 412 })
  })

  await t.test('a person is named in any script, and a value may have a comma in it', async (t) => {
    const id = '王小明, 50% 🙂'
    const filedBy = await fileComplaint({
      client: as(`buyer:${id}`),
      body: { ...body, reference: 'MP,3', complainant: { role: 'buyer', id } },
    })
    t.equal(filedBy.data.complainant.id, id)
    const read = await getComplaint({ client: as(`buyer:${id}`), path: { id: filedBy.data.id } })
    t.equal(read.data.complainant.id, id)
    const found = await listComplaints({
      client: as('agent:客服:一号'),
      query: { reference: ['MP,3', 'none'], buyer: [id] },
    })
    t.strictSame(
      found.data.data.map((row) => row.id),
      [filedBy.data.id],
    )
  })

  await t.test('a list in a filter means any of them', async (t) => {
    await fileComplaint({
      client: as('buyer:B-2'),
      body: { ...body, reference: 'MP-2', complainant: { role: 'buyer', id: 'B-2' } },
    })
    const found = async (buyers: string[]) =>
      (await listComplaints({ client: agent, query: { buyer: buyers, sort: '-created_at' } })).data.data.length
    t.equal(await found(['B-1', 'B-2']), 2)
    t.equal(await found(['B-2']), 1)
    t.equal(await found(['B-3', 'B-4']), 0)
  })

  await t.test('actions and evidence', async (t) => {
    const accepted = await acceptComplaint({ client: agent, path, body: { owner: 'agent:chen' } })
    t.match(accepted.data, { status: 'negotiating', owner: 'agent:chen' })
    const added = await addEvidence({
      client: buyer,
      path,
      body: { type: 'statement', text: '开箱就有划痕' },
    })
    t.match(added.data, { type: 'statement', submitter: { role: 'buyer', id: 'B-1' } })
  })

  await t.test('an event of a known type has typed data', async (t) => {
    const { data } = await listEvents({ client: agent, path, query: { sort: 'sequence' } })
    const owners = (data.data as KnownCaseEvent[]).flatMap((event) =>
      event.type === 'complaint_accepted' ? [event.data.owner satisfies string] : [],
    )
    t.strictSame(owners, ['agent:chen'])
  })
})
