import path from 'node:path'
import { Ajv } from 'ajv'
import { validate as isCron } from 'node-cron'
import { type Static, Type } from 'typebox'
import { readKeys } from './foundation/key-ring.ts'
import { type PlanCacheMode, planCacheModes } from './foundation/sql/session.ts'
import type { LoadLimits, WebhookConfig } from './outward/deps.ts'
import { KEY_PATTERN } from './platform/access/keys.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof levels)[number]

const whole = (minimum: number, maximum: number, rest: { default: number; description: string }) =>
  Type.Integer({ minimum, maximum, form: `a whole number from ${minimum} to ${maximum}`, ...rest })

const oneOf = <const T extends readonly string[]>(
  values: T,
  rest: { default?: T[number]; otherwise?: string; description: string },
) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], form: values.join(', ').replace(/, (?=[^,]*$)/, ' or '), ...rest })

/**
 * The environment, and nothing else, configures the service. Every variable is optional; one that is set but empty counts as not set.
 * `form` completes the sentence "NAME must be …"; `otherwise` tells the default where it is not a plain value.
 */
const variables = Type.Object({
  PORT: whole(0, 65_535, { default: 3000, description: 'The port to listen on; 0 takes any free one.' }),
  HOST: Type.String({
    default: '127.0.0.1',
    pattern: '^[A-Za-z0-9._:-]+$',
    form: 'a host name or an IP address',
    description: 'The address to listen on; `0.0.0.0` for every IPv4 interface.',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      format: 'postgres-url',
      form: 'a URL like postgres://user:password@host:5432/database',
      otherwise: 'an embedded Postgres under `DATA_DIR`',
      description:
        'The Postgres database, version 15 or newer, as the role that serves. It needs no rights of its own where `DATABASE_OWNER_URL` is set.',
    }),
  ),
  DATABASE_OWNER_URL: Type.Optional(
    Type.String({
      format: 'postgres-url',
      form: 'a URL like postgres://user:password@host:5432/database',
      otherwise: 'that of `DATABASE_URL`, whose role then owns the tables',
      description:
        'The same database as the role that owns the tables: migrations run as it, and it lets the role of `DATABASE_URL` at what they make.',
    }),
  ),
  DATABASE_READ_URL: Type.Optional(
    Type.String({
      format: 'postgres-url',
      form: 'a URL like postgres://user:password@host:5432/database',
      otherwise: 'everything is read from `DATABASE_URL`',
      description: 'A streaming replica of that database. Lists are read from it as long as it keeps up.',
    }),
  ),
  DATA_DIR: Type.String({
    default: './data',
    form: 'a folder',
    description: 'The folder for what the service keeps by itself: the embedded database, evidence files, compiled code.',
  }),
  EVIDENCE_DIR: Type.Optional(
    Type.String({
      form: 'a folder',
      otherwise: '`<DATA_DIR>/evidence`',
      description: 'The folder for evidence files; instances of one database share it.',
    }),
  ),
  EVIDENCE_MAX_BYTES: whole(1, 1024 ** 3, { default: 10 * 1024 ** 2, description: 'The largest evidence file, in bytes.' }),
  REDRESS_ADMIN_KEY: Type.Optional(
    Type.String({
      pattern: `^${KEY_PATTERN}$`,
      form: 'rdk_ followed by 32 to 200 letters, digits, _ or -',
      otherwise: 'generated and printed once, at the first start',
      description:
        'Made an admin key of the first platform, at each start, unless it is known already; a revoked one stays revoked.',
    }),
  ),
  PLATFORM_MODE: Type.Optional(
    oneOf(['live', 'test'], {
      otherwise: '`test` on the embedded database, else `live`',
      description: 'The mode of the first platform; counts only when it is created.',
    }),
  ),
  SWEEP_CRON: Type.String({
    default: '*/15 * * * * *',
    format: 'cron',
    form: 'a cron pattern of five or six fields',
    description: 'When overdue cases are acted on; the first of six fields is the second.',
  }),
  SWEEP_BATCH: whole(1, 5000, { default: 500, description: 'How many due cases of a platform one batch of a sweep takes.' }),
  SWEEP_MAX_PER_TICK: whole(1, 10_000_000, {
    default: 100_000,
    description:
      'The most deadlines, over all platforms, that one instance acts on or warns of in one sweep. The next sweep goes on with the others.',
  }),
  SWEEP_MAX_PER_PLATFORM: whole(1, 10_000_000, {
    default: 20_000,
    description: 'The most of them that are one platform’s; also of `POST /v1/sweeps`.',
  }),
  DATABASE_POOL_MAX: whole(2, 1000, {
    default: 10,
    description: 'The most connections to the database that one instance opens for requests.',
  }),
  DATABASE_SWEEP_POOL_MAX: whole(2, 1000, {
    default: 3,
    description:
      'The most connections that it opens besides for what runs by the clock: one for all other jobs, the rest for sweeps. Requests cannot take them.',
  }),
  DATABASE_WAIT_MS: whole(100, 60_000, {
    default: 5000,
    description:
      'How long a request waits for a connection to the database before it is refused, in milliseconds. Nobody waits for a job, which gives it ten seconds.',
  }),
  DATABASE_PREPARED_STATEMENTS: Type.Boolean({
    default: true,
    form: 'true or false',
    description: 'Whether statements are prepared under a name. `false` behind a transaction pooler that does not track them.',
  }),
  DATABASE_PLAN_CACHE_MODE: oneOf(planCacheModes, {
    default: 'force_generic_plan',
    description:
      'Postgres’s `plan_cache_mode` of every session: plans are made once for all values. A Postgres that is distributed by Citus needs `auto`.',
  }),
  REQUESTS_MAX: whole(8, 100_000, {
    default: 128,
    description: 'How many requests one instance works on at once. Those on existing cases go first, then filings, reads, lists.',
  }),
  LISTS_MAX: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      form: 'a whole number from 1 to 1000',
      otherwise: 'half of `DATABASE_POOL_MAX`',
      description: 'How many of them may be lists and timelines, which hold a database connection for longest.',
    }),
  ),
  REQUESTS_WAITING_MAX: whole(0, 100_000, {
    default: 256,
    description: 'How many more requests of each of these kinds may wait; the next is answered 503 at once.',
  }),
  REQUEST_WAIT_MS: whole(1, 60_000, {
    default: 1_000,
    description:
      'How long a request may wait before it is answered 503, in milliseconds; three times as long while its queue has only begun.',
  }),
  CONNECTIONS_MAX: whole(1, 1_000_000, {
    default: 10_000,
    description: 'How many connections from clients are kept open; further ones are closed at once.',
  }),
  ORDERS_KEPT_DAYS: whole(400, 36_500, {
    default: 1_095,
    description:
      'How many days an order is kept after it was last stated, where nobody has complained about it; and after all its cases were closed, its records and earlier statements.',
  }),
  EVENTS_KEPT_DAYS: whole(1, 3650, {
    default: 30,
    description: 'How many days events stay in the feed, and deliveries in their log.',
  }),
  SECRETS_KEY: Type.Optional(
    Type.String({
      format: 'secret-keys',
      form: '32 random bytes in base64, or several such with commas between',
      otherwise: 'on the embedded database one is made in `DATA_DIR`; else there can be no webhooks',
      description:
        'Seals the secrets of webhooks in the database: the first seals, all of them open. To replace it, add the new one behind, then put it first, then take the old one away an hour later.',
    }),
  ),
  WEBHOOKS_ALLOW_PRIVATE: Type.Optional(
    Type.Boolean({
      form: 'true or false',
      otherwise: '`true` for test platforms on the embedded database, else `false`',
      description: 'Whether webhooks may go to http, to private addresses and to any port. Only for trying things out.',
    }),
  ),
  WEBHOOKS_PORTS: Type.String({
    default: '443',
    format: 'ports',
    form: 'port numbers with commas between',
    description: 'The ports that webhooks may go to.',
  }),
  SHUTDOWN_GRACE_MS: whole(0, 600_000, {
    default: 20_000,
    description: 'How long running requests and sweeps may finish after SIGTERM, in milliseconds.',
  }),
  TRUST_PROXY: Type.Boolean({
    default: false,
    form: 'true or false',
    description: 'Whether a proxy in front sets the `X-Forwarded-*` headers; only then are they believed.',
  }),
  LOG_LEVEL: oneOf(levels, { default: 'info', description: 'The least serious level that is logged.' }),
})

export interface Config {
  readonly port: number
  readonly host: string
  /** Without it the embedded Postgres is used. */
  readonly databaseUrl: string | undefined
  /** The same database as the role that migrates. */
  readonly databaseOwnerUrl: string | undefined
  /** A replica for lists, if there is one. */
  readonly databaseReadUrl: string | undefined
  readonly databasePoolMax: number
  readonly databaseSweepPoolMax: number
  readonly databaseWaitMs: number
  readonly databasePreparedStatements: boolean
  readonly databasePlanCacheMode: PlanCacheMode
  /** Absolute. */
  readonly dataDir: string
  /** Absolute. */
  readonly evidenceDir: string
  readonly evidenceMaxBytes: number
  /** A secret. */
  readonly adminKey: string | undefined
  /** Of the first platform, when it is created. */
  readonly platformMode: 'live' | 'test'
  readonly sweepCron: string
  readonly sweepBatch: number
  readonly sweepMaxPerTick: number
  readonly sweepMaxPerPlatform: number
  readonly load: LoadLimits
  /** How many days orders are kept that nobody needs. */
  readonly ordersKeptDays: number
  readonly eventsKeptDays: number
  /** The keys that seal what is secret, the first for new secrets. Secrets themselves. */
  readonly secretKeys: readonly Buffer[] | undefined
  readonly webhooks: WebhookConfig
  readonly shutdownGraceMs: number
  readonly trustProxy: boolean
  readonly logLevel: LogLevel
}

/** One line that names every variable at fault, and no value: values can be secrets. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join('; '))
    this.name = 'ConfigError'
  }
}

/** @throws ConfigError when a variable is malformed. */
export const loadConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const given = Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => Object.hasOwn(variables.properties, pair[0]) && Boolean(pair[1]),
    ),
  )
  const read = validated(given)
  if (read.DATABASE_OWNER_URL !== undefined && read.DATABASE_URL === undefined)
    throw new ConfigError(['DATABASE_OWNER_URL needs DATABASE_URL: the embedded database knows its owner'])
  const dataDir = path.resolve(read.DATA_DIR)
  return Object.freeze({
    port: read.PORT,
    host: read.HOST,
    databaseUrl: read.DATABASE_URL,
    databaseOwnerUrl: read.DATABASE_OWNER_URL,
    databaseReadUrl: read.DATABASE_READ_URL,
    databasePoolMax: read.DATABASE_POOL_MAX,
    databaseSweepPoolMax: read.DATABASE_SWEEP_POOL_MAX,
    databaseWaitMs: read.DATABASE_WAIT_MS,
    databasePreparedStatements: read.DATABASE_PREPARED_STATEMENTS,
    databasePlanCacheMode: read.DATABASE_PLAN_CACHE_MODE,
    dataDir,
    evidenceDir: path.resolve(read.EVIDENCE_DIR ?? path.join(dataDir, 'evidence')),
    evidenceMaxBytes: read.EVIDENCE_MAX_BYTES,
    adminKey: read.REDRESS_ADMIN_KEY,
    platformMode: read.PLATFORM_MODE ?? (read.DATABASE_URL === undefined ? 'test' : 'live'),
    sweepCron: read.SWEEP_CRON,
    sweepBatch: read.SWEEP_BATCH,
    sweepMaxPerTick: read.SWEEP_MAX_PER_TICK,
    sweepMaxPerPlatform: read.SWEEP_MAX_PER_PLATFORM,
    load: Object.freeze({
      requests: read.REQUESTS_MAX,
      lists: read.LISTS_MAX ?? Math.floor(read.DATABASE_POOL_MAX / 2),
      waiting: read.REQUESTS_WAITING_MAX,
      waitMs: read.REQUEST_WAIT_MS,
      connections: read.CONNECTIONS_MAX,
    }),
    ordersKeptDays: read.ORDERS_KEPT_DAYS,
    eventsKeptDays: read.EVENTS_KEPT_DAYS,
    secretKeys: read.SECRETS_KEY === undefined ? undefined : readKeys(read.SECRETS_KEY),
    webhooks: Object.freeze({
      allowPrivate: allowPrivate(read),
      ports: read.WEBHOOKS_PORTS.split(',').map(Number),
    }),
    shutdownGraceMs: read.SHUTDOWN_GRACE_MS,
    trustProxy: read.TRUST_PROXY,
    logLevel: read.LOG_LEVEL,
  })
}

const allowPrivate = ({
  WEBHOOKS_ALLOW_PRIVATE: given,
  DATABASE_URL: own,
}: Static<typeof variables>): WebhookConfig['allowPrivate'] => {
  if (given !== undefined) return given ? 'always' : 'never'
  return own === undefined ? 'on test platforms' : 'never'
}

/** Name, default and meaning of every variable, for the documentation. */
export const configTable: readonly { name: string; default: string; meaning: string }[] = Object.entries(
  variables.properties,
).map(([name, schema]) => {
  const { default: value, otherwise, description = '' } = schema as Annotated
  return { name, default: value === undefined ? (otherwise ?? '') : `\`${value}\``, meaning: description }
})

interface Annotated {
  form?: string
  otherwise?: string
  default?: string | number | boolean
  description?: string
}

const validated = (given: Record<string, string>): Static<typeof variables> => {
  // Coercion would also read 0x10, 1e3 and blanks as numbers.
  const odd = Object.entries(variables.properties).filter(
    ([name, schema]) => 'minimum' in schema && !/^\d*$/.test(given[name] ?? ''),
  )
  if (odd.length > 0) throw new ConfigError(odd.map(([name]) => faultOf(name)))
  const ajv = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true, meta: false, validateSchema: false })
    .addVocabulary(['form', 'otherwise'])
    .addFormat('postgres-url', isPostgresUrl)
    .addFormat('cron', isCron)
    .addFormat('secret-keys', (text) => readKeys(text) !== undefined)
    .addFormat('ports', (text) => text.split(',').every((port) => /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535))
  const read: Record<string, unknown> = { ...given }
  if (ajv.validate<Static<typeof variables>>(variables, read)) return read
  throw new ConfigError([...new Set(ajv.errors?.map((e) => e.instancePath.slice(1)))].map(faultOf))
}

const faultOf = (name: string): string => `${name} must be ${(variables.properties as Record<string, Annotated>)[name]?.form}`

const isPostgresUrl = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return /^postgres(ql)?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}
