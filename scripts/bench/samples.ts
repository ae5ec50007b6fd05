/** Makes sample cases over the service's API, and reads the rows of each before and after the action that is measured. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type ColumnTypes, newRows, readCaseRows, readOtherRows, type Sample, type TextRow } from './case-rows.ts'

export interface Caller {
  url: string
  key: string
  adminKey: string
}

export const agent = 'agent:bench'
// not the person who writes the plans
export const supervisor = 'supervisor:bench-lead'
export const buyer = 'buyer:B-sample'
export const merchant = 'merchant:M-sample'

/** A complaint about a tablet, in words of usual length. */
export const filing = (orderId: string) => ({
  channel: 'portal',
  complainant: { role: 'buyer', id: 'B-sample', name: '王小明', contact: { phone: '+8613800000000' } },
  respondent: { role: 'merchant', id: 'M-sample' },
  order: {
    id: orderId,
    currency: 'CNY',
    paid_amount: 25_900,
    received_at: '2026-11-04T08:30:00Z',
    lines: [{ line_id: '1', sku: 'PAD-64', name: '平板电脑', spec: '64G 灰', quantity: 1, unit_amount: 25_900 }],
  },
  category: 'wrong_or_missing_item',
  description: '少发了保护膜，屏幕还有划痕，联系卖家三天没有回复，要求退货退款。',
  wanted: { remedy: 'return_and_refund', amount: 25_900 },
})

export const response = { position: 'dispute', statement: '出库视频显示配件齐全。' }

const BOUNDARY = 'redress-bench-boundary'
export const uploadType = `multipart/form-data; boundary=${BOUNDARY}`

/** A form with a PNG of 1 MB. */
export const uploadForm = (): Buffer => {
  const photo = Buffer.alloc(1_000_000, 7)
  Buffer.from('89504e470d0a1a0a0000000d49484452000004000000040008020000', 'hex').copy(photo)
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="type"\r\n\r\nphoto\r\n`),
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    photo,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])
}

interface Answered {
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the bench reads an id here and there
  body: any
}

/** @throws Error with the answer's text when it is not a success */
export const post = async (
  { url, key, adminKey }: Caller,
  as: string | undefined,
  path: string,
  body: object | Buffer,
  idempotencyKey: string = randomUUID(),
): Promise<Answered> => {
  const form = Buffer.isBuffer(body)
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${as === undefined ? adminKey : key}`,
      ...(as === undefined ? {} : { 'redress-actor': as }),
      'content-type': form ? uploadType : 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: form ? new Uint8Array(body) : JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`)
  return { text, body: JSON.parse(text) }
}

export const sampleNames = ['create', 'accept', 'respond', 'accept plan', 'message', 'upload', 'sweep'] as const
export type Samples = Record<(typeof sampleNames)[number], Sample>

/** Makes every sample. The service must be alone on its database. */
export const tellSamples = async (caller: Caller, db: pg.Pool, types: ColumnTypes): Promise<Samples> => {
  const file = (key?: string) => post(caller, buyer, '/v1/complaints', filing(`SO-${randomUUID()}`), key)
  const rowsOf = (id: string) => readCaseRows(db, types, id)
  const around = async (id: string | undefined, action: (key: string) => Promise<Answered>): Promise<Sample> => {
    const key = randomUUID()
    const before = id === undefined ? undefined : await rowsOf(id)
    const othersBefore = await readOtherRows(db, types)
    const { text, body } = await action(key)
    const beside = newRows(othersBefore, await readOtherRows(db, types))
    return { before, after: await rowsOf(id ?? body.id), beside, key, answer: text }
  }
  const accepted = async (): Promise<string> => {
    const { id } = (await file()).body
    await post(caller, agent, `/v1/complaints/${id}/accept`, {})
    return id
  }

  const create = await around(undefined, file)

  const toAccept = (await file()).body.id
  const accept = await around(toAccept, (key) => post(caller, agent, `/v1/complaints/${toAccept}/accept`, {}, key))

  const toRespond = await accepted()
  const respond = await around(toRespond, (key) => post(caller, merchant, `/v1/complaints/${toRespond}/respond`, response, key))

  /** A case in the middle of its life, with the draft of a plan. */
  const investigated = async (): Promise<{ id: string; plan: string }> => {
    const id = await accepted()
    await post(caller, agent, `/v1/complaints/${id}/escalate`, { reason_code: 'no_agreement' })
    await post(caller, agent, `/v1/complaints/${id}/determine-liability`, {
      shares: [{ party: 'merchant', percent: 100 }],
      reason_code: 'missing_item',
      root_cause: '仓库漏发',
      explanation: '装箱单缺少配件',
    })
    const offer = { remedies: [{ type: 'refund', amount: 5_000 }], explanation: '部分退款' }
    const plan = (await post(caller, agent, `/v1/complaints/${id}/refund-plans`, offer)).body.id
    return { id, plan }
  }

  const { id: agreed, plan } = await investigated()
  // only a party has spoken about the order
  await post(caller, agent, `/v1/refund-plans/${plan}/submit`, {})
  await post(caller, supervisor, `/v1/refund-plans/${plan}/approve`, {})
  await post(caller, agent, `/v1/refund-plans/${plan}/propose`, {})
  await post(caller, buyer, `/v1/refund-plans/${plan}/accept`, {})
  const acceptPlan = await around(agreed, (key) => post(caller, merchant, `/v1/refund-plans/${plan}/accept`, {}, key))

  const spoken = (await investigated()).id
  const message = await around(spoken, (key) =>
    post(caller, buyer, `/v1/complaints/${spoken}/messages`, { text: '请问什么时候处理？', visibility: 'parties' }, key),
  )

  const toProve = (await file()).body.id
  const upload = await around(toProve, (key) => post(caller, buyer, `/v1/complaints/${toProve}/evidence`, uploadForm(), key))

  const silent = (await file()).body.id
  await db.query(
    `update deadlines set due_at = now() - interval '1 minute', wakes_at = now() - interval '1 minute', warn_before_ms = null where complaint_id = $1 and kind = 'first_response'`,
    [silent],
  )
  const sweep = await around(silent, () => post(caller, undefined, '/v1/sweeps', {}))
  return { create, accept, respond, 'accept plan': acceptPlan, message, upload, sweep }
}

/** The rows that stand in the books before the action. */
export const startOf = (sample: Sample) => sample.before ?? sample.after

export const complaintOf = (sample: Sample): TextRow => sample.after.complaints[0] as TextRow
