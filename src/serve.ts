/** The process: configuration → database → app → sweeps, and back in the opposite order. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { openCases } from './case/decisions/store.ts'
import { createLearning } from './case/understanding/learning.ts'
import { jobs as clockworkJobs } from './clockwork/jobs/jobs.ts'
import { createJobs } from './clockwork/jobs/lanes.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { appendOnly, prepareDatabase } from './database.ts'
import { diskStore } from './files/disk.ts'
import { SECOND, systemClock } from './foundation/clock.ts'
import { startEmbeddedPostgres } from './foundation/embedded-postgres/start.ts'
import { type KeyRing, keyRing } from './foundation/key-ring.ts'
import { keyInFile } from './foundation/process/key-file.ts'
import { createLogger, loggedError } from './foundation/process/logger.ts'
import { returnMemoryWhenCalm } from './foundation/process/memory.ts'
import { createMetrics } from './foundation/process/metrics.ts'
import { createTraffic } from './foundation/process/traffic.ts'
import { connect, type Db } from './foundation/sql/database.ts'
import { powersBeyondServing } from './foundation/sql/grants.ts'
import type { PoolOptions } from './foundation/sql/pool.ts'
import { readFromPrimary, readFromReplica, replicaOf } from './foundation/sql/replica.ts'
import { lostSettings } from './foundation/sql/session.ts'
import { countWebhooks } from './outward/across-platforms.ts'
import { openConnections } from './outward/delivery/connections.ts'
import { outwardJobs } from './outward/jobs.ts'
import { continueMovedFeeds } from './platform/across-platforms.ts'
import { ensureFirstPlatform } from './rules/new-platforms/create.ts'
import { createRuleBook } from './rules/rule-book/rule-book.ts'

/** Connections that may wait to be accepted. The system silently drops those beyond it, and their clients try again only seconds later. */
const BACKLOG = 4096

/** How long a job waits for a connection: longer than a request, since nobody waits for the job. */
const JOB_WAIT_MS = 10 * SECOND

/** For deliveries: endpoints take turns of a few milliseconds. */
const WEBHOOK_CONNECTIONS = 2

/** Stops what has been started, to be called from the last to the first. */
const started: (() => Promise<unknown>)[] = []

const stopAll = async (): Promise<void> => {
  for (const stop of started.splice(0).reverse()) await stop()
}

/** Names the variable in the error when its value cannot be used. */
const naming = async <T>(variable: string, attempt: Promise<T>): Promise<T> => {
  try {
    return await attempt
  } catch (error) {
    throw new ConfigError([`${variable} cannot be used: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** With an own database nothing secret is kept in a file: every instance must have the same key. */
const secretsOf = ({ secretKeys, databaseUrl, dataDir }: Config): KeyRing | undefined => {
  if (secretKeys !== undefined) return keyRing(secretKeys)
  return databaseUrl === undefined ? keyRing([keyInFile(path.join(dataDir, 'secrets-key'))]) : undefined
}

const start = async (): Promise<void> => {
  const config = loadConfig(process.env)
  const log = createLogger({ level: config.logLevel })
  const clock = systemClock

  await naming('DATA_DIR', mkdir(config.dataDir, { recursive: true }))
  await naming('EVIDENCE_DIR', mkdir(config.evidenceDir, { recursive: true, mode: 0o700 }))
  let { databaseUrl: connectionString, databaseOwnerUrl: ownerUrl } = config
  if (connectionString === undefined) {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, durable: true, log })
    started.push(embedded.stop)
    connectionString = embedded.url
    ownerUrl = embedded.ownerUrl
  }
  const open = (url: string, limits: Pick<PoolOptions, 'max' | 'waitMs' | 'keep' | 'name'>): Db => {
    const opened = connect({
      ...limits,
      connectionString: url,
      prepare: config.databasePreparedStatements,
      planCacheMode: config.databasePlanCacheMode,
      onError: (error) => log.warn(loggedError(error), 'an idle database connection broke'),
    })
    started.push(() => opened.destroy())
    return opened
  }
  const forRequests = { max: config.databasePoolMax, waitMs: config.databaseWaitMs }
  const db = open(connectionString, forRequests)
  const lost = await lostSettings(db, config.databasePlanCacheMode)
  if (lost.length > 0)
    log.warn({ settings: lost }, 'a pooler keeps session settings for itself; docs/scaling.md tells how to set them')
  const owner = ownerUrl === undefined ? undefined : open(ownerUrl, { max: 1, waitMs: JOB_WAIT_MS, name: 'redress owner' })
  await prepareDatabase(db, owner, (message) => log.info(message))
  // from here on nobody is the owner
  await owner?.destroy()
  const powers = await powersBeyondServing(db, appendOnly)
  if (powers.length > 0)
    log.warn({ powers }, 'the role of DATABASE_URL may do more than serve; with DATABASE_OWNER_URL another one owns the tables')
  const moved = await continueMovedFeeds(db)
  if (moved > 0) log.warn({ platforms: moved }, 'these rows come from another server; their feeds go on where they were')
  const { printKey } = await ensureFirstPlatform(db, { mode: config.platformMode, adminKey: config.adminKey, clock })
  // the key works from now on, even if this start fails
  if (printKey !== undefined) process.stdout.write(`\nAdmin key, shown this once: ${printKey}\n`)

  const readList =
    config.databaseReadUrl === undefined
      ? readFromPrimary(db)
      : readFromReplica(
          db,
          await naming('DATABASE_READ_URL', replicaOf(db, open(config.databaseReadUrl, forRequests))),
          (error) => log.warn(loggedError(error), 'lists are read from the primary'),
        )

  const secrets = secretsOf(config)
  if (secrets === undefined) {
    const { active } = await countWebhooks(db, clock.nowMs())
    if (active > 0) log.warn({ endpoints: active }, 'without SECRETS_KEY nothing is sent to the webhook endpoints that there are')
  }

  const learning = createLearning(db, secrets, clock, (error) =>
    log.warn(loggedError(error), 'what was learnt could not be read; the next filing tries again'),
  )
  const deps = {
    learning,
    db,
    readList,
    cases: openCases(db),
    files: diskStore(config.evidenceDir),
    rules: createRuleBook(db),
    clock,
    config,
    log,
    metrics: createMetrics({ process: true }),
    secrets,
    connections: openConnections(config.webhooks.ports),
    traffic: createTraffic(),
  }
  started.push(() => deps.connections.close())
  const byTheClock = { waitMs: JOB_WAIT_MS, keep: 1, name: 'redress jobs' }
  const jobs = createJobs(
    deps,
    {
      deadlines: open(connectionString, { ...byTheClock, max: config.databaseSweepPoolMax - 1 }),
      webhooks: open(connectionString, { ...byTheClock, max: WEBHOOK_CONNECTIONS }),
      others: open(connectionString, { ...byTheClock, max: 1 }),
    },
    [...clockworkJobs, ...outwardJobs],
  )
  const app = await buildApp({ ...deps, wake: jobs.wake })
  started.push(() => app.close())
  const url = await naming('HOST and PORT', app.listen({ port: config.port, host: config.host, backlog: BACKLOG }))

  jobs.start(config.sweepCron)
  app.readiness.faultOf = jobs.fault
  started.push(async () => {
    // readiness goes first, so that a balancer looks elsewhere while running work is finished
    app.readiness.draining = true
    await jobs.stop(config.shutdownGraceMs / 2)
  })

  returnMemoryWhenCalm()

  closeWithGrace({ delay: config.shutdownGraceMs, logger: false }, async ({ err, signal }) => {
    if (err) log.fatal(loggedError(err), 'an error nobody caught; stopping')
    else log.info({ signal }, 'stopping')
    await stopAll()
  })
  greet(url, printKey, config.databaseUrl === undefined ? config.dataDir : undefined)
}

/** For the person at the terminal: where it listens, where the docs are, how to make the first call. */
const greet = (url: string, key: string | undefined, dataDir: string | undefined): void => {
  const lines = [
    `Redress listens on ${url}`,
    `Docs: ${url}/docs`,
    ...(dataDir === undefined ? [] : [`Data: ${dataDir} (embedded Postgres, for trying out; set DATABASE_URL for production)`]),
    '',
    'First call:',
    `  curl -H 'Authorization: Bearer ${key ?? '<admin key>'}' ${url}/v1/complaints`,
  ]
  process.stdout.write(`\n${lines.join('\n')}\n\n`)
}

try {
  await start()
} catch (error) {
  await stopAll()
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`redress: ${error instanceof ConfigError ? 'configuration: ' : ''}${message}\n`)
  process.exitCode = 1
}
