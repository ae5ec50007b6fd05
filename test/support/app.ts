import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { HTTPMethods } from 'fastify'
import type { InjectOptions } from 'light-my-request'
import type { Test } from 'tap'
import { buildApp, type Room } from '../../src/app.ts'
import { openCases } from '../../src/case/decisions/store.ts'
import { createLearning } from '../../src/case/understanding/learning.ts'
import { jobs as clockworkJobs } from '../../src/clockwork/jobs/jobs.ts'
import { createJobs, type Jobs } from '../../src/clockwork/jobs/lanes.ts'
import { loadConfig } from '../../src/config.ts'
import { diskStore } from '../../src/files/disk.ts'
import type { FileStore } from '../../src/files/store.ts'
import { type Clock, DAY, toTime } from '../../src/foundation/clock.ts'
import { problemOf } from '../../src/foundation/http/problem-handler.ts'
import type { App } from '../../src/foundation/http/server.ts'
import { newId } from '../../src/foundation/ids.ts'
import { keyRing } from '../../src/foundation/key-ring.ts'
import { createLogger } from '../../src/foundation/process/logger.ts'
import { createMetrics } from '../../src/foundation/process/metrics.ts'
import { createTraffic } from '../../src/foundation/process/traffic.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { readFromPrimary } from '../../src/foundation/sql/replica.ts'
import { type LookUp, openConnections } from '../../src/outward/delivery/connections.ts'
import type { AppConfig, Deps } from '../../src/outward/deps.ts'
import { outwardJobs } from '../../src/outward/jobs.ts'
import type { KeyRole } from '../../src/platform/access/caller.ts'
import { keyRoles } from '../../src/platform/access/caller.ts'
import { digestOf, newApiKey } from '../../src/platform/access/keys.ts'
import { insertPlatform } from '../../src/rules/new-platforms/create.ts'
import { createRuleBook } from '../../src/rules/rule-book/rule-book.ts'
import { watchAnswers } from './answers.ts'
import { testDatabase } from './database.ts'
import { undeclaredIn } from './events.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely; their shape is held against the OpenAPI document
export type Json = any

/** The same for all instances of a database. */
export const secretsKey = randomBytes(32)

/** A clock that stands still until it is moved. */
export interface MovableClock extends Clock {
  advance(ms: number): void
}

export const movableClock = (start = '2026-11-21T19:16:00.000Z'): MovableClock => {
  let now = Date.parse(start)
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms
    },
  }
}

export interface CallOptions {
  /** `role:id`, sent as `Redress-Actor`; `admin:root` when left out, nothing when null. */
  as?: string | null
  /** The API key; one with every role when left out, nothing when null. */
  key?: string | null
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  payload?: string | Buffer
  headers?: Record<string, string>
}

export interface Called {
  status: number
  body: Json
  text: string
  headers: Record<string, string | undefined>
}

export interface TestApp {
  app: App
  /** What the service reads and writes with, as a role that owns nothing. */
  db: Db
  /** For a test that changes tables, or rows that are only added to. */
  owner: Db
  deps: Deps
  /** Not started: a job runs only when a request wakes it, until the test starts them. */
  jobs: Jobs
  /** The database as the service's role. */
  url: string
  ownerUrl: string
  /** Where its store keeps the files. */
  folder: string
  clock: MovableClock
  /** A test platform and a key of it with every role. */
  platformId: string
  everyRole: string
  /** Every line that was logged. */
  logs: string[]
  call: (method: HTTPMethods, url: string, options?: CallOptions) => Promise<Called>
  /** Makes a further key. */
  key: (roles: readonly KeyRole[], options?: { platformId?: string; expiresAt?: string }) => Promise<string>
  /** Makes a further platform, with a key of it that has every role. */
  platform: (mode: 'live' | 'test') => Promise<{ platformId: string; key: string }>
}

export interface TestAppOptions {
  config?: Partial<AppConfig>
  clock?: MovableClock
  /** What stands in for the folder's store. */
  files?: (disk: FileStore) => FileStore
  /** Routes for this test alone. */
  routes?: Room
  /** Internal errors are part of the test and need not be printed. */
  provokesErrors?: boolean
  /** The test writes rows of the trail by itself: they are not checked against the catalogue. */
  foreignEvents?: boolean
  /** Told when an answer differs from the OpenAPI document, in place of failing the test. */
  onDifference?: (difference: string) => void
  /** How the service reaches its database, where other sessions than the usual are wanted. */
  connect?: (url: string) => Db
  /** How the names of webhook endpoints become addresses. */
  lookUp?: LookUp
  /** Share another app's database: a second instance of the service. */
  beside?: TestApp
}

/**
 * The whole service on a database of its own, called without a port. It ends with the test.
 * Any answer that differs from the OpenAPI document fails the test, and so does any event that is not as the catalogue declares it.
 */
export const testApp = async (t: Test, options: TestAppOptions = {}): Promise<TestApp> => {
  const { db: usual, owner, url, ownerUrl } = options.beside ?? (await testDatabase(t))
  const db = options.connect?.(url) ?? usual
  if (options.connect) t.teardown(() => db.destroy())
  const clock = options.clock ?? options.beside?.clock ?? movableClock()
  const folder = options.beside?.folder ?? mkdtempSync(path.join(tmpdir(), 'redress-evidence-'))
  const disk = diskStore(folder)
  const logs: string[] = []
  const own = {
    db,
    readList: readFromPrimary(db),
    cases: openCases(db),
    files: options.files?.(disk) ?? disk,
    rules: createRuleBook(db),
    learning: createLearning(db, keyRing([secretsKey]), clock, () => undefined),
    clock,
    // tests ask hundreds of things at once, and on a busy machine a request may have to wait for longer than production allows
    config: { ...loadConfig({ REQUEST_WAIT_MS: '60000', REQUESTS_WAITING_MAX: '10000' }), ...options.config },
    log: createLogger({ level: 'debug' }, { write: (line: string) => void logs.push(line) }),
    metrics: createMetrics({ process: false }),
    secrets: keyRing([secretsKey]),
    connections: openConnections([443], options.lookUp),
    traffic: createTraffic(),
  }
  t.teardown(() => own.connections.close())
  const jobs = createJobs(own, { deadlines: db, webhooks: db, others: db }, [...clockworkJobs, ...outwardJobs])
  const deps: Deps = { ...own, wake: jobs.wake }
  const app = await buildApp(deps, async (root, given) => {
    watchAnswers(root, { ownRoutes: options.routes !== undefined }, options.onDifference ?? ((difference) => t.fail(difference)))
    // logs do not carry the messages of errors, but the reader of a failed test needs them
    root.addHook('onError', async (request, _reply, error) => {
      if (problemOf(error).code === 'internal_error' && !options.provokesErrors) console.error(request.method, request.url, error)
    })
    await options.routes?.(root, given)
  })
  t.teardown(async () => {
    await Promise.all([app.close(), jobs.stop()])
    if (options.beside) return
    rmSync(folder, { recursive: true, force: true })
    const faults = options.foreignEvents ? [] : await undeclaredIn(db)
    if (faults.length > 0) throw new Error(`not as the catalogue of events says: ${faults.join(' | ')}`)
  })

  const key: TestApp['key'] = async (roles, { platformId = home.platformId, expiresAt } = {}) => {
    const text = newApiKey('test')
    await db
      .insertInto('api_keys')
      .values({
        platform_id: platformId,
        id: newId(),
        name: roles.join(' '),
        digest: digestOf(text),
        roles: [...roles],
        created_at: toTime(clock.nowMs()),
        created_by: 'system:redress',
        expires_at: expiresAt ?? null,
        revoked_at: null,
      })
      .execute()
    return text
  }
  const platform: TestApp['platform'] = async (mode) => {
    const platformId = newId()
    const row = { id: platformId, name: platformId, mode, created_at: toTime(clock.nowMs() - DAY) }
    await db.transaction().execute((trx) => insertPlatform(trx, row))
    return { platformId, key: await key(keyRoles, { platformId }) }
  }
  const home = options.beside ? { platformId: options.beside.platformId, key: options.beside.everyRole } : await platform('test')

  const call: TestApp['call'] = async (
    method,
    target,
    { as = 'admin:root', key: secret = home.key, body, payload, headers = {} } = {},
  ) => {
    const request: InjectOptions = {
      method: method as InjectOptions['method'] & string,
      url: target,
      headers: {
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        ...(as === null || secret === null ? {} : { 'redress-actor': as }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    }
    const sent = body === undefined ? payload : JSON.stringify(body)
    const response = await app.inject(sent === undefined ? request : { ...request, payload: sent })
    const isJson = String(response.headers['content-type'] ?? '').includes('json')
    return {
      status: response.statusCode,
      body: isJson && response.payload !== '' ? JSON.parse(response.payload) : undefined,
      text: response.payload,
      headers: response.headers as Called['headers'],
    }
  }
  await app.ready()
  return {
    app,
    db,
    owner,
    deps,
    jobs,
    url,
    ownerUrl,
    folder,
    clock,
    platformId: home.platformId,
    everyRole: home.key,
    logs,
    call,
    key,
    platform,
  }
}
