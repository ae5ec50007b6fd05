import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Kind } from '../../scripts/bench/mix.ts'
import { offer } from '../../scripts/bench/open-loop.ts'

const serve = async (t: Test, answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** 40 requests, of each kind in turn, that only tell what they are. */
const offerForty = async (url: string, kinds: readonly Kind[]) => {
  const given: Kind[] = []
  let turn = 0
  const { outcomes } = await offer(url, {
    perSecond: 200,
    seconds: 0.2,
    pick: () => kinds[turn++ % kinds.length] as Kind,
    next: (kind) => ({
      request: { method: 'POST', path: `/${kind}`, headers: {}, body: '{}' },
      giveBack: () => given.push(kind),
    }),
    signal: new AbortController().signal,
  })
  return { outcomes, given }
}

t.test('arrivals do not wait for answers, and each is accounted for', async (t) => {
  const url = await serve(t, (request, response) => {
    request.resume()
    if (request.url === '/action') response.end('done')
    else if (request.url === '/list') response.writeHead(503, { 'retry-after': '2' }).end()
    else if (request.url === '/export') response.writeHead(503).end()
    else if (request.url === '/read') response.writeHead(409).end()
    else request.destroy()
  })
  const { outcomes, given } = await offerForty(url, ['action', 'list', 'export', 'read', 'create'])
  const { action, list, export: exported, read, create } = outcomes
  t.ok(action.offered > 0)
  t.match(action, { refused: [], others: {}, timeouts: 0, errors: 0, unsent: 0 })
  t.equal(action.good.length, action.offered)
  t.equal(list.refused.length, list.offered)
  t.equal(list.refusedWithoutRetryAfter, 0)
  t.equal(exported.refusedWithoutRetryAfter, exported.offered)
  t.strictSame(read.others, { 409: read.offered })
  t.equal(create.errors, create.offered)
  t.equal(given.length, list.offered + exported.offered, 'what was refused is given back')
})
