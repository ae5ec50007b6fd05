import path from 'node:path'
import t from 'tap'
import { ConfigError, configTable, loadConfig } from '../../src/config.ts'

await t.test('nothing needs to be set', async (t) => {
  t.same(loadConfig({ HOME: '/home/somebody' }), {
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: undefined,
    databaseOwnerUrl: undefined,
    databaseReadUrl: undefined,
    databasePoolMax: 10,
    databaseSweepPoolMax: 3,
    databaseWaitMs: 5000,
    databasePreparedStatements: true,
    databasePlanCacheMode: 'force_generic_plan',
    dataDir: path.resolve('data'),
    evidenceDir: path.resolve('data/evidence'),
    evidenceMaxBytes: 10_485_760,
    adminKey: undefined,
    platformMode: 'test',
    sweepCron: '*/15 * * * * *',
    sweepBatch: 500,
    sweepMaxPerTick: 100_000,
    sweepMaxPerPlatform: 20_000,
    load: { requests: 128, lists: 5, waiting: 256, waitMs: 1_000, connections: 10_000 },
    ordersKeptDays: 1_095,
    eventsKeptDays: 30,
    secretKeys: undefined,
    webhooks: { allowPrivate: 'on test platforms', ports: [443] },
    shutdownGraceMs: 20_000,
    trustProxy: false,
    logLevel: 'info',
  })
})

await t.test('everything can be set, and an empty variable counts as not set', async (t) => {
  const secret = Buffer.alloc(32, 7)
  const adminKey = `rdk_${'aB3-_'.repeat(7)}`
  t.same(
    loadConfig({
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'postgresql://redress:p%40ss@db.internal:5432/redress?sslmode=require',
      DATABASE_OWNER_URL: 'postgres://owner@db.internal:5432/redress',
      DATABASE_READ_URL: 'postgres://replica/redress',
      DATABASE_POOL_MAX: '4',
      DATABASE_SWEEP_POOL_MAX: '2',
      DATABASE_WAIT_MS: '250',
      DATABASE_PREPARED_STATEMENTS: 'false',
      DATABASE_PLAN_CACHE_MODE: 'auto',
      DATA_DIR: '/srv/redress',
      EVIDENCE_DIR: '',
      EVIDENCE_MAX_BYTES: '1024',
      REDRESS_ADMIN_KEY: adminKey,
      PLATFORM_MODE: '',
      SWEEP_CRON: '*/5 * * * *',
      SWEEP_BATCH: '5000',
      SWEEP_MAX_PER_TICK: '1',
      SWEEP_MAX_PER_PLATFORM: '10000000',
      REQUESTS_MAX: '64',
      LISTS_MAX: '3',
      REQUESTS_WAITING_MAX: '0',
      REQUEST_WAIT_MS: '50',
      CONNECTIONS_MAX: '500',
      ORDERS_KEPT_DAYS: '400',
      EVENTS_KEPT_DAYS: '7',
      SECRETS_KEY: `${secret.toString('base64')},${secret.toString('base64')}`,
      WEBHOOKS_ALLOW_PRIVATE: '',
      WEBHOOKS_PORTS: '443,8443',
      SHUTDOWN_GRACE_MS: '0',
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'silent',
    }),
    {
      port: 0,
      host: '::1',
      databaseUrl: 'postgresql://redress:p%40ss@db.internal:5432/redress?sslmode=require',
      databaseOwnerUrl: 'postgres://owner@db.internal:5432/redress',
      databaseReadUrl: 'postgres://replica/redress',
      databasePoolMax: 4,
      databaseSweepPoolMax: 2,
      databaseWaitMs: 250,
      databasePreparedStatements: false,
      databasePlanCacheMode: 'auto',
      dataDir: path.resolve('/srv/redress'),
      evidenceDir: path.resolve('/srv/redress/evidence'),
      evidenceMaxBytes: 1024,
      adminKey,
      platformMode: 'live',
      sweepCron: '*/5 * * * *',
      sweepBatch: 5000,
      sweepMaxPerTick: 1,
      sweepMaxPerPlatform: 10_000_000,
      load: { requests: 64, lists: 3, waiting: 0, waitMs: 50, connections: 500 },
      ordersKeptDays: 400,
      eventsKeptDays: 7,
      secretKeys: [secret, secret],
      webhooks: { allowPrivate: 'never', ports: [443, 8443] },
      shutdownGraceMs: 0,
      trustProxy: true,
      logLevel: 'silent',
    },
  )
  t.equal(loadConfig({ PLATFORM_MODE: 'live' }).platformMode, 'live')
  t.equal(loadConfig({ DATABASE_POOL_MAX: '4' }).load.lists, 2)
})

await t.test('an owner is of a database that is named', async (t) => {
  t.throws(() => loadConfig({ DATABASE_OWNER_URL: 'postgres://owner:hunter2@db/redress' }), {
    name: 'ConfigError',
    message: /^DATABASE_OWNER_URL needs DATABASE_URL: [^\n]+$/,
  })
})

await t.test('the configuration cannot be changed afterwards', async (t) => {
  t.equal(Object.isFrozen(loadConfig({})), true)
})

const malformed: readonly (readonly [name: string, ...values: string[]])[] = [
  ['PORT', '65536', '-1', '0x10', '3e3', '80.5', ' 80', 'http'],
  ['HOST', 'two hosts', 'http://secret-host/'],
  [
    'DATABASE_URL',
    'mysql://redress:hunter2@db/redress',
    'db.internal:5432',
    'postgres://%zz:hunter2@db/redress',
    'postgres://db:port/x',
  ],
  ['DATABASE_OWNER_URL', 'mysql://redress:hunter2@db/redress'],
  ['EVIDENCE_MAX_BYTES', '0', '10MB', '1073741825'],
  [
    'REDRESS_ADMIN_KEY',
    'rdk_tooshort',
    `key_${'x'.repeat(40)}`,
    `rdk_${'x'.repeat(31)}`,
    `rdk_${'x'.repeat(40)}!`,
    `rdk_${'x'.repeat(40)}\n`,
  ],
  ['DATABASE_PLAN_CACHE_MODE', 'generic', 'AUTO'],
  ['PLATFORM_MODE', 'production', 'TEST'],
  ['SWEEP_CRON', 'every minute', '61 * * * *', '* * *'],
  ['SWEEP_BATCH', '0', '5001'],
  ['SWEEP_MAX_PER_TICK', '0', '10000001', '1e5'],
  ['SWEEP_MAX_PER_PLATFORM', '0', '10000001', 'all'],
  ['DATABASE_POOL_MAX', '1', 'many'],
  ['DATABASE_SWEEP_POOL_MAX', '1', '0x3', 'all'],
  ['REQUESTS_MAX', '7', 'all'],
  ['LISTS_MAX', '0', '1001'],
  ['REQUESTS_WAITING_MAX', '-1', '1e3'],
  ['REQUEST_WAIT_MS', '0', '1s'],
  ['CONNECTIONS_MAX', '0', 'unlimited'],
  ['ORDERS_KEPT_DAYS', '399', 'forever'],
  ['EVENTS_KEPT_DAYS', '0', '30d'],
  ['SECRETS_KEY', 'abc', `${Buffer.alloc(32).toString('base64')},`],
  ['WEBHOOKS_ALLOW_PRIVATE', 'yes', '1'],
  ['WEBHOOKS_PORTS', '0', '443;8443', '65536'],
  ['SHUTDOWN_GRACE_MS', '-5', '20s'],
  ['TRUST_PROXY', 'maybe', '2'],
  ['LOG_LEVEL', 'verbose', 'INFO'],
]

for (const [name, ...values] of malformed) {
  await t.test(`a malformed ${name} is named in one line without its value`, async (t) => {
    for (const value of values) {
      const error = t.throws(() => loadConfig({ [name]: value }), ConfigError, JSON.stringify(value)) as unknown as Error
      t.match(error.message, new RegExp(`^${name} must be [^\\n]+$`))
      t.notOk(error.message.split(' ').includes(value) || error.message.includes('hunter2'), 'the value is not told')
    }
  })
}

await t.test('several faults are told at once', async (t) => {
  t.throws(() => loadConfig({ LOG_LEVEL: 'loud', TRUST_PROXY: 'maybe' }), {
    message: /^(?=.*TRUST_PROXY must be)(?=.*LOG_LEVEL must be)/,
  })
})

await t.test('the table for the documentation knows every variable, its default and its meaning', async (t) => {
  t.equal(configTable.length, 32)
  t.same(
    configTable.filter(({ default: value, meaning }) => value === '' || meaning === ''),
    [],
  )
  t.same(configTable[0], { name: 'PORT', default: '`3000`', meaning: 'The port to listen on; 0 takes any free one.' })
})
