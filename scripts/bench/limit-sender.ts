/**
 * The limit of deliveries: reads the rows of the outbox, signs and sends them over as many connections as the service uses, and does nothing else. It
 * keeps no order, remembers nothing and tries nothing again. The bench starts it, with its work in BENCH_SENDER, and asks it to begin.
 */
import { createHmac, createSecretKey } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'
import { Agent, request } from 'undici'

export interface SenderWork {
  url: string
  /** Where the events go. */
  to: string
  /** Only events that stand beyond. */
  beyond: number
  /** Requests at the same time. */
  atOnce: number
}

const { url, to, beyond, atOnce } = JSON.parse(process.env.BENCH_SENDER ?? '') as SenderWork
const pool = new pg.Pool({ connectionString: url, max: 1 })
const dispatcher = new Agent({ connections: atOnce, pipelining: 1 })
const key = createSecretKey(Buffer.alloc(32, 7))

interface Row {
  feed_position: string
  subject_id: string
  id: string
  payload: string
}

const send = async ({ id, payload }: Row): Promise<void> => {
  const time = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', key).update(`${id}.${time}.${payload}`).digest('base64')
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${signature}`,
  }
  const { statusCode, body } = await request(to, { method: 'POST', headers, body: payload, dispatcher })
  await body.dump()
  if (statusCode !== 204) throw new Error(`the sink answered ${statusCode}`)
}

const PAGE = 500
const pageBehind = async (place: readonly [string, string]): Promise<Row[]> => {
  const page = await pool.query<Row>({
    name: 'page',
    text: `select feed_position::text, subject_id, id, payload from event_outbox
      where platform_id = (select id from platforms limit 1) and (feed_position, subject_type, subject_id) > ($1::bigint, 'complaint', $2::text)
      order by feed_position, subject_type, subject_id limit ${PAGE}`,
    values: [...place],
  })
  return page.rows
}

const sendAll = async (): Promise<number> => {
  let sent = 0
  const page = {
    rows: [] as Row[],
    place: [String(beyond), ''] as [string, string],
    next: undefined as Promise<void> | undefined,
  }
  const read = async (): Promise<void> => {
    page.rows = await pageBehind(page.place)
    const last = page.rows.at(-1)
    if (last !== undefined) page.place = [last.feed_position, last.subject_id]
    page.next = undefined
  }
  const lane = async (): Promise<void> => {
    for (;;) {
      const row = page.rows.shift()
      if (row === undefined) {
        page.next ??= read()
        await page.next
        if (page.rows.length === 0) return
        continue
      }
      await send(row)
      sent += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return sent
}

const server = createServer((asked, response) => {
  if (asked.method === 'GET') return void response.writeHead(200).end()
  sendAll().then(
    (sent) => response.writeHead(200).end(String(sent)),
    (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit())
