/** What stands between a client and the service: servers that answer as they are told, and a line that breaks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Timing } from '../../openapi/client/src/timing.ts'

export interface Heard {
  method: string
  url: string
  headers: Record<string, string | undefined>
}

export interface Answering {
  status: number
  headers?: Record<string, string>
  body?: string | object
}

/** `dead`: breaks off unheard. `done`: lets the service do the work and loses its answer. `half`: loses the second half of it. */
export type Fault = 'dead' | 'done' | 'half' | Answering

export interface Server {
  url: string
  heard: Heard[]
}

const listen = async (
  t: Test,
  handle: (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>,
): Promise<Server> => {
  const heard: Heard[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers as Heard['headers'] })
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    await handle(request, Buffer.concat(parts), response)
  }
  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
}

const answer = (response: ServerResponse, { status, headers = {}, body = '' }: Answering): void => {
  const isText = typeof body === 'string'
  response.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

/** A server that answers as listed, one after the other, and the last for ever; `silent` never does. */
export const answering = (t: Test, ...answers: (Answering | 'silent')[]): Promise<Server> => {
  const left = [...answers]
  return listen(t, async (_request, _body, response) => {
    const next = left.length > 1 ? left.shift() : left[0]
    if (next !== undefined && next !== 'silent') answer(response, next)
  })
}

/** A line to the service with as many faults as listed, one for each request, and none afterwards. */
export const lineTo = (t: Test, service: string, ...faults: Fault[]): Promise<Server> =>
  listen(t, async ({ method = 'GET', url = '', headers, socket }, body, response) => {
    const fault = faults.shift()
    if (fault === 'dead') return void socket.destroy()
    if (typeof fault === 'object') return answer(response, fault)
    const { host: _host, connection: _connection, 'content-length': _length, 'transfer-encoding': _coding, ...passed } = headers
    const answered = await fetch(service + url, {
      method,
      headers: passed as Record<string, string>,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    })
    const text = Buffer.from(await answered.arrayBuffer())
    if (fault === 'done') return void socket.destroy()
    response.writeHead(answered.status, { ...Object.fromEntries(answered.headers), 'content-length': text.length })
    if (fault === undefined) return void response.end(text)
    response.write(text.subarray(0, text.length / 2), () => socket.destroy())
  })

/** A time in which waiting takes none, and which says how long it would have been. */
export const heldTime = (): Timing & { waits: number[] } => {
  let now = 0
  const waits: number[] = []
  return {
    waits,
    now: () => now,
    wait: async (ms) => {
      waits.push(ms)
      now += ms
    },
    random: () => 0,
  }
}
