import type { OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, Gauge, type Registry } from 'prom-client'
import { PROBLEM_JSON, problemBody } from '../../foundation/http/problem-handler.ts'
import { type App, isApi } from '../../foundation/http/server.ts'
import { createGate } from '../../foundation/process/gate.ts'
import { type LoadKind, loadKinds } from '../../platform/wire/load.ts'
import { type Problem, problem } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'

/**
 * What happens when more is asked than can be done: requests wait for a moment in the order of their importance, and what cannot be done in
 * time is answered 503 at the door, before anything is read, looked up or logged for it.
 */

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's place behind the door; nothing where none is needed. */
    visit: Visit | undefined
  }
}

interface Visit {
  leave: () => void
  /** From here on the place is taken until there is an answer, whether or not the client still waits for it. */
  isAtWork: boolean
}

const ALWAYS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics'])
const CHANGES: ReadonlySet<string> = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])
const ONE_RESOURCE = /\/:\w+$/

const isUpload = ({ headers }: FastifyRequest): boolean => headers['content-type']?.startsWith('multipart/') ?? false

/** As the route says, else by its shape; `undefined` for what is always answered. */
const kindOf = (request: FastifyRequest): LoadKind | undefined => {
  const { method } = request
  const { url, config } = request.routeOptions
  if (config.load !== undefined) return config.load
  if (url === undefined || !isApi(url)) return ALWAYS.has(url ?? '') ? undefined : 'list'
  if (!CHANGES.has(method)) return ONE_RESOURCE.test(url) ? 'read' : 'list'
  if (isUpload(request)) return 'upload'
  return url.includes('/:') ? 'action' : 'filing'
}

/** Retry-After is spread over as many seconds, so that those who were refused together do not come back together. */
const RETRY_WITHIN_SECONDS = 5
const refusals: readonly Problem[] = Array.from({ length: RETRY_WITHIN_SECONDS }, (_, n) =>
  problem('unavailable', 'More is asked than can be answered now; ask again after the seconds in Retry-After.', {
    retryAfter: n + 1,
  }),
)
const TELL_EVERY_MS = 1_000

/** Adds the door to the app. Its hook must come before those that do work. */
export const shedLoad = (
  app: App,
  { config: { load }, log, metrics, traffic }: Pick<Deps, 'config' | 'log' | 'metrics' | 'traffic'>,
): void => {
  const { requests, lists, waiting, waitMs } = load
  app.server.maxConnections = load.connections
  const half = Math.ceil(requests / 2)
  const main = createGate({
    places: requests,
    shares: {
      action: { weight: 16, most: requests },
      filing: { weight: 8, most: requests },
      read: { weight: 4, most: half },
      sweep: { weight: 1, most: 2 },
      // one list after the other, in a quarter of the time: each is a few milliseconds in which nobody else gets a word in
      list: { weight: 1, most: lists, beside: { most: 1, rest: 3 } },
    },
    waiting,
    waitMs,
  })
  const uploads = createGate({ places: half, shares: { upload: { weight: 1, most: half } }, waiting, waitMs })
  const count = (kind: LoadKind) => (kind === 'upload' ? uploads.count(kind) : main.count(kind))
  traffic.count(() =>
    loadKinds.reduce((sum, kind) => {
      const { inside, waiting } = count(kind)
      return sum + inside + waiting
    }, 0),
  )
  const enter = (kind: LoadKind, admitted: (leave: () => void) => void, refused: () => void) =>
    kind === 'upload' ? uploads.enter(kind, admitted, refused) : main.enter(kind, admitted, refused)
  const refused = measure(metrics.registry, count)
  const summary = createSummary((counts) => log.warn({ refused: counts }, 'overloaded: requests were refused'))

  app.decorateRequest('visit', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const kind = kindOf(request)
    if (kind === undefined) return done()
    const visit: Visit = { leave: () => undefined, isAtWork: false }
    request.visit = visit
    let isWaiting = true
    let stopListening = (): void => undefined
    const decided = (): void => {
      isWaiting = false
      stopListening()
    }
    const admitted = (leave: () => void): void => {
      decided()
      visit.leave = leave
      done()
    }
    visit.leave = enter(kind, admitted, () => {
      decided()
      refused.inc({ kind })
      summary.add(kind)
      refuse(request, reply)
    })
    // A client that closes its half may still listen, or be gone. Its change is carried out either way; its read is given up while it waits.
    if (isWaiting && !CHANGES.has(request.method)) stopListening = destroyAtEnd(request.raw.socket)
    reply.raw.once('close', () => {
      if (!visit.isAtWork) visit.leave()
    })
  })
  // here the body has been read; that of an upload comes later, and may never come
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.visit) request.visit.isAtWork = !isUpload(request)
    done()
  })
  // the work is done when there is an answer, however slowly it is fetched
  app.addHook('onSend', (request, _reply, payload, done) => {
    request.visit?.leave()
    done(null, payload)
  })
  app.addHook('onClose', (_app, done) => {
    summary.end()
    done()
  })
}

/** Closes a connection as soon as its client closes its half. @returns what to call when it shall stay open after all */
const destroyAtEnd = (socket: Socket): (() => void) => {
  const destroy = (): void => void socket.destroy()
  socket.once('end', destroy)
  return () => void socket.off('end', destroy)
}

/** What an operator sees of it: numbers, and at most one line a second. */
const measure = (registry: Registry, count: (kind: LoadKind) => { inside: number; waiting: number }): Counter<'kind'> => {
  const gauge = (name: string, help: string, read: (kind: LoadKind) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      collect() {
        for (const kind of loadKinds) this.set({ kind }, read(kind))
      },
    })
  gauge('redress_requests_at_work', 'Requests that are being answered', (kind) => count(kind).inside)
  gauge('redress_requests_waiting', 'Requests that wait for their turn', (kind) => count(kind).waiting)
  const refused = new Counter({
    name: 'redress_requests_refused_total',
    help: 'Requests answered 503 at the door, because more was asked than could be done',
    labelNames: ['kind'],
    registers: [registry],
  })
  for (const kind of loadKinds) refused.inc({ kind }, 0)
  return refused
}

const createSummary = (tell: (counts: Partial<Record<LoadKind, number>>) => void) => {
  let counts: Partial<Record<LoadKind, number>> = {}
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    tell(counts)
    counts = {}
  }
  return {
    add: (kind: LoadKind): void => {
      counts[kind] = (counts[kind] ?? 0) + 1
      timer ??= setTimeout(end, TELL_EVERY_MS)
    },
    end,
  }
}

/** Written past the framework: this has to be cheaper than what is refused. */
const refuse = (request: FastifyRequest, reply: FastifyReply): void => {
  request.isShed = true
  reply.hijack()
  const found = refusals[Math.floor(Math.random() * RETRY_WITHIN_SECONDS)] as Problem
  const body = JSON.stringify(problemBody(found, request.id))
  reply.raw
    .writeHead(found.status, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'Content-Type': PROBLEM_JSON,
      'Content-Length': Buffer.byteLength(body),
      'Retry-After': String(found.extras.retryAfter),
    })
    .end(body)
}
