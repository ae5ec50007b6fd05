/**
 * What every part of a run needs: a database with the service's schema and the samples, and both servers, to be started on copies of it.
 */
import { mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import { newApiKey } from '../../src/platform/access/keys.ts'
import type { Settings } from './arguments.ts'
import { type ColumnTypes, readColumnTypes } from './case-rows.ts'
import { type Database, type DatabaseServer, openServer } from './database.ts'
import type { SenderWork } from './limit-sender.ts'
import type { LimitWork } from './limit-server.ts'
import { type Limit, limitOf } from './limit-work.ts'
import { type Server, startScript } from './processes.ts'
import { type Caller, post, type Samples, startOf, tellSamples } from './samples.ts'
import { type Books, fillBooks, idOf, lengthenTimeline, type Share } from './seed.ts'

const at = (script: string): string => path.join(import.meta.dirname, script)

export interface Stage {
  settings: Settings
  signal: AbortSignal
  folder: string
  databases: DatabaseServer
  caller: Caller
  types: ColumnTypes
  samples: Samples
  limit: Limit
  say: (text: string) => void
  /** A fresh copy of the database as it was after the samples. */
  openBooks: () => Promise<Database>
  /** The service as its users run it. Without a URL it runs the Postgres that it brings. */
  startService: (url: string | undefined, dataDir?: string, env?: Record<string, string>) => Promise<Server>
  startLimit: (url: string) => Promise<Server>
  /** The limit of deliveries. */
  startSender: (work: SenderWork) => Promise<Server>
  /** Where events are sent. */
  startSink: () => Promise<Server>
  /** One address before several servers. */
  startBalancer: (servers: readonly Server[]) => Promise<Server>
  /** Registers what must be undone at the end; the last one is undone first. */
  atEnd: (stop: () => Promise<unknown>) => void
}

export const setStage = async (
  settings: Settings,
  folder: string,
  signal: AbortSignal,
  atEnd: Stage['atEnd'],
): Promise<Stage> => {
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const databases = await openServer(folder)
  atEnd(databases.stop)
  const adminKey = newApiKey('test')

  const starting = async (script: string, env: Record<string, string>, readyPath: string): Promise<Server> => {
    signal.throwIfAborted()
    const output = openSync(path.join(folder, `${path.basename(script)}.log`), 'a')
    const server = await startScript(at(script), { env, output, readyPath })
    atEnd(server.stop)
    return server
  }
  const startService: Stage['startService'] = (url, dataDir = 'service', env = {}) =>
    starting(
      '../../src/main.ts',
      {
        ...(url === undefined ? {} : { DATABASE_URL: url }),
        DATA_DIR: path.join(folder, dataDir),
        REDRESS_ADMIN_KEY: adminKey,
        PLATFORM_MODE: 'live',
        LOG_LEVEL: 'info',
        // the bench sweeps by request
        SWEEP_CRON: '0 0 29 2 *',
        ...env,
      },
      '/readyz',
    )

  say('telling the samples')
  const base = await databases.create()
  // it migrates; the others get copies of its database
  const teller = await startService(base.url, undefined, { DATABASE_OWNER_URL: base.ownerUrl })
  const caller: Caller = { url: teller.url, key: '', adminKey }
  const roles = ['buyer', 'merchant', 'agent', 'supervisor']
  caller.key = (await post(caller, undefined, '/v1/api-keys', { name: 'bench', roles })).body.key
  const types = await readColumnTypes(base.pool)
  const samples = await tellSamples(caller, base.pool, types)
  await teller.stop()
  const limit = await limitOf(base.pool, types, samples)

  const uploads = path.join(folder, 'limit')
  mkdirSync(uploads)
  const startLimit = (url: string) => {
    const work: LimitWork = { url, platformId: limit.platformId, folder: uploads, writes: limit.writes }
    return starting('limit-server.ts', { BENCH_LIMIT: JSON.stringify(work) }, '/ready')
  }
  const startSender = (work: SenderWork) => starting('limit-sender.ts', { BENCH_SENDER: JSON.stringify(work) }, '/ready')
  const startSink = () => starting('sink.ts', {}, '/counts')
  const startBalancer = (servers: readonly Server[]) =>
    starting('balancer.ts', { BENCH_PORTS: servers.map(({ url }) => new URL(url).port).join(',') }, '/livez')
  const openBooks = () => databases.copy(base)
  return {
    settings,
    signal,
    folder,
    databases,
    caller,
    types,
    samples,
    limit,
    say,
    openBooks,
    startService,
    startLimit,
    startSender,
    startSink,
    startBalancer,
    atEnd,
  }
}

/** How many cases are due in one sweep: the same number over books of every size. */
export const dueCases = ({ cases }: Settings): number => Math.min(10_000, Math.floor(cases / 10))

/** Fills the books with fresh cases for the operations that are asked for; all other cases have just been filed. */
export const fillFor = async ({ settings, samples, types, signal, say }: Stage, { pool }: Database): Promise<Books> => {
  const { cases, only } = settings
  const wanted = (name: Settings['only'][number], share: number) => (only.includes(name) ? Math.floor(cases * share) : 0)
  const shares: Share[] = [
    { name: 'accept', sample: startOf(samples.accept), copies: wanted('action', 0.2) },
    { name: 'respond', sample: startOf(samples.respond), copies: wanted('action', 0.2) },
    { name: 'accept plan', sample: startOf(samples['accept plan']), copies: wanted('action', 0.15) },
    { name: 'message', sample: startOf(samples.message), copies: wanted('action', 0.05) },
    { name: 'upload', sample: startOf(samples.upload), copies: Math.min(10_000, wanted('upload', 0.05)) },
    { name: 'overload', sample: startOf(samples.accept), copies: wanted('overload', 0.2) },
    { name: 'sweep', sample: startOf(samples.sweep), copies: only.includes('sweep') ? dueCases(settings) : 0 },
  ]
  const taken = shares.reduce((sum, { copies }) => sum + copies, 0)
  shares.push({ name: 'create', sample: startOf(samples.create), copies: cases - taken })
  const began = performance.now()
  const books = await fillBooks(pool, types, shares, (done) => {
    signal.throwIfAborted()
    process.stderr.write(`\r${done} of ${cases} cases`)
  })
  await lengthenTimeline(pool, idOf(books.baseMs, books.ranges.get('create')?.from ?? 0))
  say(` in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  return books
}
