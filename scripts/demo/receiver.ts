/** A receiver of webhooks for as long as the demo plays: it verifies and prints what arrives. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookDeliveries,
  verifyWebhook,
  type WebhookEvent,
} from '../../openapi/client/redress.ts'
import { expectData, type Service } from './service.ts'

/** How long the last events may take to arrive. */
const PATIENCE_MS = 30_000

const lineOf = ({ type, sequence, complaint, data }: WebhookEvent): string => {
  const status = complaint === null ? '' : `  ${complaint.case_number} ${complaint.status}`
  return `   ⇠ webhook ${sequence} ${type}${status}  ${JSON.stringify(data.actor ?? {})}`
}

/** Plays with an endpoint to this machine. @returns whether the play went well, all arrived, and all of it was genuine */
export const playWithReceiver = async (service: Service, play: (service: Service) => Promise<boolean>): Promise<boolean> => {
  let secret = ''
  let [arrived, refused] = [0, 0]
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      let body = ''
      for await (const part of request.setEncoding('utf8')) body += part
      const event = await verifyWebhook(secret, request.headers, body)
      arrived += 1
      console.log(lineOf(event))
      response.writeHead(204).end()
    } catch (error) {
      refused += 1
      console.error((error as Error).message)
      response.writeHead(401).end()
    }
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const client = service.admin
  try {
    const endpoint = expectData(await createWebhookEndpoint({ client, throwOnError: false, body: { url, description: 'demo' } }))
    secret = endpoint.secret ?? ''
    console.log(`A receiver listens on ${url}; what arrives is shown as ⇠.`)
    try {
      const isClosed = await play(service)
      const isDelivered = await untilDelivered(service, endpoint.id, () => arrived)
      console.log(`${arrived} events arrived, each with a signature that holds.`)
      return isClosed && isDelivered && refused === 0
    } finally {
      await deleteWebhookEndpoint({ client, path: { id: endpoint.id }, throwOnError: false })
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Waits until something has arrived, nothing is to be sent any more, and nothing has come for a second. */
const untilDelivered = async ({ admin: client }: Service, id: string, arrived: () => number): Promise<boolean> => {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    const before = arrived()
    await pause(1000)
    const query = { state: ['pending' as const] }
    const pending = expectData(await listWebhookDeliveries({ client, path: { id }, query, throwOnError: false })).data
    if (before > 0 && arrived() === before && pending.length === 0) return true
  }
  return false
}
