/** Requests that arrive at a fixed rate and do not wait for earlier answers, as from people who know nothing of each other. */
import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type Asking, type Kind, kinds } from './mix.ts'

/** What became of the requests of one kind. */
export interface Outcome {
  offered: number
  /** Times of the good answers, in milliseconds. */
  good: number[]
  /** Good answers that came before the last arrival. */
  inTime: number
  /** Times of the 503s. */
  refused: number[]
  /** 503s without a `Retry-After` in whole seconds, at least one. */
  refusedWithoutRetryAfter: number
  /** Other answers, by status. */
  others: Record<string, number>
  /** Requests that the client gave up. */
  timeouts: number
  /** Connections that broke or were refused. */
  errors: number
  /** Requests that were not sent: too many were on their way, or no fresh case was left. */
  unsent: number
}

export type Outcomes = Record<Kind, Outcome>

export interface Offering {
  perSecond: number
  seconds: number
  pick: () => Kind
  next: (kind: Kind) => Asking | undefined
  signal: AbortSignal
}

/** How long a client waits before it gives up. */
const PATIENCE_MS = 5_000
const MOST_CONNECTIONS = 2_000
const TICK_MS = 5

const nothing = (): Outcome => ({
  offered: 0,
  good: [],
  inTime: 0,
  refused: [],
  refusedWithoutRetryAfter: 0,
  others: {},
  timeouts: 0,
  errors: 0,
  unsent: 0,
})

/** Sends one request and notes what becomes of it. */
const ask = (url: string, agent: http.Agent, { request, giveBack }: Asking, outcome: Outcome, until: number): Promise<void> =>
  new Promise((resolve) => {
    const started = performance.now()
    const { method, path, headers, body } = request
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    let late = false
    const patience = setTimeout(() => {
      late = true
      sent.destroy()
    }, PATIENCE_MS)
    const end = (note: () => void) => {
      clearTimeout(patience)
      note()
      resolve()
    }
    const fail = () =>
      end(() => {
        if (late) outcome.timeouts += 1
        else outcome.errors += 1
      })
    const sent = http.request(url + path, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const { statusCode: status = 0 } = response
      response.on('end', () =>
        end(() => {
          const now = performance.now()
          const ms = now - started
          if (status >= 200 && status < 300) {
            outcome.good.push(ms)
            if (now < until) outcome.inTime += 1
          } else if (status !== 503) outcome.others[status] = (outcome.others[status] ?? 0) + 1
          else {
            outcome.refused.push(ms)
            if (!/^[1-9]\d*$/.test(response.headers['retry-after'] ?? '')) outcome.refusedWithoutRetryAfter += 1
            giveBack()
          }
        }),
      )
      response.on('error', fail)
      response.resume()
    })
    sent.on('error', fail)
    sent.end(body)
  })

/**
 * Opens the connections before the load, like a balancer or clients that keep theirs. Node accepts one new connection in each turn of its
 * event loop, so the first seconds would otherwise measure little else.
 */
const openConnections = async (url: string, agent: http.Agent): Promise<void> => {
  const open = () =>
    new Promise<void>((resolve) => {
      http.get(`${url}/livez`, { agent }, (response) => response.resume().on('end', resolve)).on('error', () => resolve())
    })
  await Promise.all(Array.from({ length: MOST_CONNECTIONS }, open))
}

/**
 * Offers `perSecond` requests a second, and at the end waits for those that are on their way.
 * @returns the outcomes by kind, and for how long requests were really offered
 */
export const offer = async (
  url: string,
  { perSecond, seconds, pick, next, signal }: Offering,
): Promise<{ outcomes: Outcomes; seconds: number; endedAt: number }> => {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: MOST_CONNECTIONS })
  await openConnections(url, agent)
  const outcomes = Object.fromEntries(kinds.map((kind) => [kind, nothing()])) as Outcomes
  const underWay = new Set<Promise<void>>()
  const arrive = () => {
    const kind = pick()
    const outcome = outcomes[kind]
    outcome.offered += 1
    const asking = underWay.size < MOST_CONNECTIONS ? next(kind) : undefined
    if (!asking) outcome.unsent += 1
    else {
      const asked: Promise<void> = ask(url, agent, asking, outcome, until).then(() => void underWay.delete(asked))
      underWay.add(asked)
    }
  }
  const started = performance.now()
  const until = started + seconds * 1000
  let arrived = 0
  for (let now = started; now < until; now = performance.now()) {
    signal.throwIfAborted()
    for (const due = ((now - started) / 1000) * perSecond; arrived < due; arrived += 1) arrive()
    await delay(TICK_MS)
  }
  const endedAt = performance.now()
  await Promise.all(underWay)
  agent.destroy()
  return { outcomes, seconds: (endedAt - started) / 1000, endedAt }
}
