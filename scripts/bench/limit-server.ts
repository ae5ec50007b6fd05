/**
 * The limit: a bare Fastify server that reads and writes the same rows by prepared statements and does nothing else. It has no accounts and
 * no rules, and reads nothing before a write except for the lock. The bench starts it, with its work in BENCH_LIMIT.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import multipart from '@fastify/multipart'
import fastify from 'fastify'
import pg from 'pg'
import { v7 } from 'uuid'

export interface LimitWork {
  url: string
  platformId: string
  /** Where uploads go. */
  folder: string
  /**
   * The writes by name, with their answers. The parameters of a create: `$1` id, `$2` order, `$3` description, `$4` order's details, `$5`
   * wish, `$6` idempotency key, `$7` answer. The parameters of an action: `$1` id, `$2` idempotency key, `$3` answer.
   */
  writes: Record<string, { sql: string; answer: Record<string, unknown> }>
}

const { url, platformId, folder, writes } = JSON.parse(process.env.BENCH_LIMIT ?? '') as LimitWork
const pool = new pg.Pool({ connectionString: url, max: 10, pipeline: true } as pg.PoolConfig)
const app = fastify()
app.setErrorHandler((error, _request, reply) => {
  console.error(error)
  return reply.code(500).send()
})
await app.register(multipart)

const rowColumns = `id, case_number, reference, status, level, channel, complainant_role, complainant_id, complainant_name, complainant_contact,
  respondent_role, respondent_id, respondent_name, respondent_contact, order_details, category, category_source, description, wanted, tags,
  related_to, duplicate_of, risk, owner, liability, rejection, information_request, suspension, dismissal, current_plan_id, outcome,
  close_reason, next_due_at::text, version, created_at::text, updated_at::text, closed_at::text`

/** The schema of an answer, from which Fastify compiles its serialiser. */
const shapeOf = (columns: string, more: Record<string, object> = {}) => ({
  type: 'object',
  properties: {
    ...Object.fromEntries(
      columns.split(',').map((column) => {
        const name = column.trim().split('::')[0] as string
        const json = ['complainant_contact', 'respondent_contact', 'order_details', 'wanted', 'tags', 'risk', 'data']
        if (json.includes(name)) return [name, {}]
        return [name, { type: ['level', 'version', 'sequence'].includes(name) ? 'integer' : 'string', nullable: true }]
      }),
    ),
    ...more,
  },
})
const pageOf = (shape: object) => ({ 200: { type: 'object', properties: { data: { type: 'array', items: shape } } } })

app.get('/ready', async () => {
  await pool.query('select 1')
  return 'ready'
})

interface Named {
  Params: { id: string }
  Headers: { 'idempotency-key': string }
}

const readShape = shapeOf(rowColumns, { deadlines: {} })
app.get<Named>('/v1/complaints/:id', { schema: { response: { 200: readShape } } }, async (request) => {
  const { rows } = await pool.query({
    name: 'read',
    text: `select ${rowColumns}, (select json_agg(d) from deadlines d where d.platform_id = c.platform_id and d.complaint_id = c.id) as deadlines
      from complaints c where platform_id = $1 and id = $2`,
    values: [platformId, request.params.id],
  })
  return rows[0]
})

const listSchema = { response: pageOf(shapeOf(rowColumns)) }
app.get<{ Querystring: { status: string; sort?: string } }>('/v1/complaints', { schema: listSchema }, async (request) => {
  const { status, sort } = request.query
  const order = sort === 'due_at' ? 'c.next_due_at, c.id' : 'c.created_at desc, c.id desc'
  const { rows } = await pool.query({
    name: `list by ${order}`,
    text: `select ${rowColumns} from complaints c where platform_id = $1 and status = $2 order by ${order} limit 20`,
    values: [platformId, status],
  })
  return { data: rows }
})

const eventColumns =
  'id, sequence, type, at::text, actor_role, actor_id, resource, resource_id, from_status, to_status, reason_code, note, data'
app.get<Named>('/v1/complaints/:id/events', { schema: { response: pageOf(shapeOf(eventColumns)) } }, async (request) => {
  const { rows } = await pool.query({
    name: 'timeline',
    text: `select ${eventColumns} from case_events where platform_id = $1 and complaint_id = $2 order by sequence limit 100`,
    values: [platformId, request.params.id],
  })
  return { data: rows }
})

/** The answer, as it is sent and as it is kept under its idempotency key. */
const answerOf = (name: string, id: string): string => JSON.stringify({ ...writes[name]?.answer, id })

const text = (type: string) => ({ type })
const newComplaint = {
  type: 'object',
  required: ['channel', 'complainant', 'respondent', 'description', 'order', 'wanted'],
  properties: {
    channel: text('string'),
    complainant: text('object'),
    respondent: text('object'),
    category: text('string'),
    description: { type: 'string', maxLength: 10_000 },
    order: { type: 'object', required: ['id', 'currency', 'paid_amount'], properties: { paid_amount: text('integer') } },
    wanted: text('object'),
  },
}
interface Filing {
  description: string
  order: { id: string }
  wanted: object
}
app.post<{ Headers: Named['Headers']; Body: Filing }>(
  '/v1/complaints',
  { schema: { body: newComplaint } },
  async (request, reply) => {
    const { description, order, wanted } = request.body
    const id = v7()
    const answer = answerOf('create', id)
    await pool.query({
      name: 'create',
      text: writes.create?.sql ?? '',
      values: [id, order.id, description, order, wanted, request.headers['idempotency-key'], answer],
    })
    return reply.code(201).type('application/json').send(answer)
  },
)

/** A transaction in one round trip: begin, the lock of the case, what is written under it, and the commit are sent without waiting. */
const act = async (name: string, id: string, request: { headers: Named['Headers'] }): Promise<string> => {
  const answer = answerOf(name, id)
  const client = await pool.connect()
  try {
    await Promise.all([
      client.query('begin'),
      client.query({
        name: 'lock',
        text: 'select 1 from complaints where platform_id = $1 and id = $2 for update',
        values: [platformId, id],
      }),
      client.query({ name, text: writes[name]?.sql ?? '', values: [id, request.headers['idempotency-key'], answer] }),
      client.query('commit'),
    ])
  } finally {
    client.release()
  }
  return answer
}

for (const name of ['accept', 'respond', 'accept plan', 'message']) {
  const route = `/v1/complaints/:id/${name.replace(' ', '-')}`
  app.post<Named>(route, { schema: { body: text('object') } }, async (request, reply) =>
    reply.type('application/json').send(await act(name, request.params.id, request)),
  )
}

app.post<Named>('/v1/complaints/:id/evidence', async (request, reply) => {
  const file = await request.file()
  if (!file) throw new Error('no file')
  await pipeline(file.file, createWriteStream(path.join(folder, randomUUID()), { flush: true }))
  return reply
    .code(201)
    .type('application/json')
    .send(await act('upload', request.params.id, request))
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.on('SIGTERM', () => void app.close().then(() => pool.end()))
