/** Requests as bytes on a socket, for requests that no HTTP client would send. */
import { type AddressInfo, connect } from 'node:net'
import type { TestApp } from './app.ts'

/** The port that an app listens on. Makes it listen if it does not yet. */
export const portOf = async ({ app }: Pick<TestApp, 'app'>): Promise<number> => {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

/** Sends bytes and reads until the service closes. With `thenEnds` the sending half is closed at once. */
export const exchange = (port: number, bytes: string | Buffer, { thenEnds = false } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.write(bytes)
      if (thenEnds) socket.end()
    })
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (part) => {
      answer += part
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

/** The status and body of an answer that came over a socket. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
export const parsed = (answer: string): { status: number; body: any } => {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), body: body === '' ? undefined : JSON.parse(body) }
}
