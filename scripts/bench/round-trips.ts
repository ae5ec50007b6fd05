/** Counts round trips to Postgres by a proxy. Everything that the client sends before Postgres answers is one trip. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Operation } from './operations.ts'
import { median } from './report.ts'
import { COUNTED } from './rounds.ts'

export interface Counter {
  /** The URL of the database through the proxy. */
  url: string
  /** Trips so far. */
  count: () => number
  stop: () => Promise<void>
}

export const countRoundTrips = async (databaseUrl: string): Promise<Counter> => {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let trips = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    let answered = true
    client.on('data', () => {
      if (answered) trips += 1
      answered = false
    })
    upstream.on('data', () => {
      answered = true
    })
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port) }).href
  return {
    url,
    count: () => trips,
    stop: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** The median of single requests, since the first may open connections, and now and then the API key is looked up again. */
export const tripsOf = async (operation: Operation, url: string, count: () => number): Promise<number> => {
  const trips: number[] = []
  for (let i = 0; i < COUNTED; i++) {
    const { path: target, body, ...rest } = operation.request('service')
    const before = count()
    const answer = await fetch(url + target, {
      ...rest,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${target}: ${answer.status}`)
    trips.push(count() - before)
  }
  return median(trips)
}
