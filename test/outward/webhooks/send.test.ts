/** One attempt at a receiver that misbehaves, and no attempt at an address that may not be called. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTls } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import t, { type Test } from 'tap'
import { isPublicAddress, urlFault } from '../../../src/outward/delivery/addresses.ts'
import { type LookUp, openConnections } from '../../../src/outward/delivery/connections.ts'
import { ATTEMPT_MS, type Attempt, attempt } from '../../../src/outward/delivery/send.ts'
import { answers, type Behaviour, startReceiver } from './receiver.ts'

/** For those that would not end by themselves; the others have their time. */
const BRIEFLY_MS = 400
const HANGS = ['that hangs', 'that drips']

const connectionsOf = (t: Test, lookUp?: LookUp) => {
  const connections = openConnections([443], lookUp)
  t.teardown(() => connections.close())
  return connections
}

const sendTo = (
  t: Test,
  url: string,
  more: { isPrivateAllowed?: boolean; lookUp?: LookUp; mostMs?: number } = {},
): Promise<Attempt> =>
  attempt(
    connectionsOf(t, more.lookUp),
    { url, isPrivateAllowed: more.isPrivateAllowed ?? true, headers: { 'webhook-id': 'x' }, body: '{}' },
    0,
    more.mostMs,
  )

t.test('receivers that misbehave', async (t) => {
  const behaviours: Record<string, [Behaviour, Partial<Attempt>]> = {
    'that fails': [answers(500, {}, 'oh'), { status: 500, error: 'status', response: 'oh' }],
    'that redirects': [answers(302, { location: 'http://127.0.0.1:1/' }), { status: 302, error: 'redirect' }],
    'that is gone': [answers(410), { status: 410, error: 'status' }],
    'that asks for a rest': [answers(429, { 'retry-after': '120' }), { status: 429, error: 'status', retryAfter: '120' }],
    'that hangs': [() => undefined, { status: null, error: 'timeout' }],
    'that drips': [
      (response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('.'), 50)
        response.once('close', () => clearInterval(drip))
      },
      { status: 200, error: 'timeout' },
    ],
    'that closes early': [(response) => void response.destroy(), { status: null, error: 'connection' }],
    'that closes in the middle of its answer': [
      (response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => response.destroy())
      },
      { status: 200, error: 'connection' },
    ],
    'that says too much': [answers(200, {}, '\0'.repeat(10) + 'x'.repeat(10_000_000)), { status: 200, error: null }],
  }
  for (const [name, [behave, expected]] of Object.entries(behaviours)) {
    await t.test(`one ${name}`, async (t) => {
      const receiver = await startReceiver(t, behave)
      const made = await sendTo(t, receiver.url, HANGS.includes(name) ? { mostMs: BRIEFLY_MS } : {})
      t.match(made, expected)
      t.ok(made.durationMs < ATTEMPT_MS, `${made.durationMs} ms`)
      t.ok((made.response ?? '').length <= 1024)
      t.equal(receiver.received.length, 1, 'it was asked once')
    })
  }
  await t.test('one that is not there', async (t) => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    t.match(await sendTo(t, `http://127.0.0.1:${port}/`), { status: null, error: 'connection' })
  })
  await t.test('one whose name leads nowhere', async (t) => {
    const lookUp: LookUp = (_name, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])
    t.match(await sendTo(t, 'https://shop.example/', { lookUp }), { status: null, error: 'dns' })
  })
})

/** A receiver with a certificate that nobody has signed. */
const startTls = async (t: Test): Promise<number> => {
  const file = (name: string) => readFileSync(path.join(import.meta.dirname, '../../fixtures/tls', name))
  const server = createTls({ cert: file('cert.pem'), key: file('key.pem') }, (_request, response) => response.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

t.test('a bad certificate is no success', async (t) => {
  const port = await startTls(t)
  t.match(await sendTo(t, `https://127.0.0.1:${port}/`), { status: null, error: 'tls' })
})

const forbidden = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '127.0.0.1.',
  '①②⑦.0.0.1',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[::127.0.0.1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00::1]',
  '[ff02::1]',
  '[2001:db8::1]',
]

t.test('an address of a network within is refused in whatever spelling, and gets no connection', async (t) => {
  t.ok(forbidden.length > 20)
  let looked = 0
  const lookUp: LookUp = (_name, done) => {
    looked += 1
    done(null, [{ address: '127.0.0.1', family: 4 }])
  }
  for (const host of forbidden) {
    const url = `https://${host}/`
    t.ok(urlFault(url, { isPrivateAllowed: false, ports: [443] }), `${host} is refused when it is written`)
    t.match(await sendTo(t, url, { isPrivateAllowed: false, lookUp }), { status: null, error: 'address_forbidden' }, host)
  }
  t.equal(looked, 0)
})

t.test('public addresses may be called', async (t) => {
  for (const address of ['8.8.8.8', '1.1.1.1', '203.0.112.1', '2606:4700::1111', '2400:3200::1'])
    t.ok(isPublicAddress(address), address)
  t.equal(isPublicAddress('shop.example'), false)
})

t.test('a name that leads within is refused when the connection is made, also if one of its addresses is public', async (t) => {
  const port = await startTls(t)
  const addresses = [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '93.184.215.14', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [],
  ]
  const connections = openConnections([443, port], (_name, done) => done(null, addresses.shift() ?? []))
  t.teardown(() => connections.close())
  for (let n = 0; n < 4; n++) {
    const letter = { url: `https://shop.example:${port}/`, isPrivateAllowed: false, headers: {}, body: '{}' }
    t.match(await attempt(connections, letter, 0), { status: null, error: 'address_forbidden' }, `way ${n}`)
  }
})

t.test('a name that has moved since it was looked at gains nothing: what was judged is what is called', async (t) => {
  const port = await startTls(t)
  let asked = 0
  // public at first, then this machine
  const moving: LookUp = (_name, done) => {
    asked += 1
    done(null, [{ address: asked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }])
  }
  const connections = openConnections([443, port], moving)
  t.teardown(() => connections.close())
  const letter = { url: `https://shop.example:${port}/`, isPrivateAllowed: false, headers: {}, body: '{}' }
  for (let n = 0; n < 3; n++) t.match(await attempt(connections, letter, 0), { error: 'address_forbidden' })
  t.equal(asked, 3, 'each connection is judged by itself')
})
