/** A receiver of webhooks, as a shop would run one; it behaves as the test says. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { createCourier } from '../../../src/outward/delivery/courier.ts'
import { deliverAll } from '../../../src/outward/delivery/engine.ts'
import { type Json, type TestApp, type TestAppOptions, testApp } from '../../support/app.ts'
import { settled } from '../feed/room.ts'

export interface Received {
  headers: Record<string, string>
  /** As it came. */
  text: string
  body: Json
  /** How many others were being answered when it came. */
  beside: number
}

export type Behaviour = (response: ServerResponse, received: Received) => void

export const accepts: Behaviour = (response) => void response.writeHead(204).end()
export const answers =
  (status: number, headers: Record<string, string> = {}, text = ''): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(text)

export interface Receiver {
  url: string
  received: Received[]
  behave: Behaviour
}

export const startReceiver = async (t: Test, behave: Behaviour = accepts): Promise<Receiver> => {
  let answering = 0
  const server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = []
    const beside = answering
    answering += 1
    response.once('close', () => {
      answering -= 1
    })
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const received = { headers: request.headers as Record<string, string>, text, body: JSON.parse(text), beside }
      receiver.received.push(received)
      receiver.behave(response, received)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const receiver: Receiver = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received: [], behave }
  return receiver
}

/** A service that may call this machine. */
export const openApp = (t: Test, options: TestAppOptions = {}): Promise<TestApp> =>
  testApp(t, { ...options, config: { webhooks: { allowPrivate: 'always', ports: [443] }, ...options.config } })

export const endpointTo = async ({ call }: Pick<TestApp, 'call'>, url: string, more: Json = {}): Promise<Json> => {
  const { status, body, text } = await call('POST', '/v1/webhook-endpoints', { body: { url, ...more } })
  if (status !== 201) throw new Error(text)
  return body
}

/** Delivers all that is due now. */
export const deliver = async (one: TestApp): Promise<void> => {
  await settled(one)
  if (one.deps.secrets === undefined) throw new Error('no key')
  await deliverAll(createCourier(one.deps, one.deps.secrets, one.deps.connections), () => false)
}

export const logOf = async ({ call }: Pick<TestApp, 'call'>, { id }: Json, query = ''): Promise<Json[]> =>
  (await call('GET', `/v1/webhook-endpoints/${id}/deliveries?limit=100${query}`, { as: 'integration:erp' })).body.data
