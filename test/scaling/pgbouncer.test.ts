/** The service behind a transaction pooler: every transaction may be of another session, and a session serves many. */
import { sql } from 'kysely'
import t from 'tap'
import { prepareDatabase } from '../../src/database.ts'
import { connect, type Db } from '../../src/foundation/sql/database.ts'
import { lostSettings, sessionSettings } from '../../src/foundation/sql/session.ts'
import { faultsIn, readerOf, settled } from '../outward/feed/room.ts'
import { deliver, endpointTo, startReceiver } from '../outward/webhooks/receiver.ts'
import { buyer, faultsInBooks, file, filing, tally } from '../races/cases.ts'
import { assign, followWhileOthersWrite } from '../races/feed-run.ts'
import { testApp } from '../support/app.ts'
import { testDatabase } from '../support/database.ts'
import { pgbouncerVersion, startPgbouncer } from './pgbouncer.ts'
import { tour } from './tour.ts'

const CLIENTS = 12
const SESSIONS = 3
const skip = pgbouncerVersion() === undefined && 'pgbouncer is not installed'

await t.test('behind pgbouncer in transaction mode', { skip }, async (t) => {
  const direct = await testApp(t)
  for (const [name, value] of Object.entries(sessionSettings())) {
    const database = sql.id(new URL(direct.url).pathname.slice(1))
    await sql`alter database ${database} set ${sql.ref(name)} = ${sql.lit(value)}`.execute(direct.owner)
  }
  const {
    urls: [url],
    stop,
  } = await startPgbouncer([direct.url], { sessions: SESSIONS })
  t.teardown(stop)
  const pooled = connect({ connectionString: url, max: CLIENTS, prepare: false, onError: () => undefined })
  t.teardown(() => pooled.destroy())
  const one = await testApp(t, { beside: { ...direct, db: pooled }, config: { webhooks: { allowPrivate: 'always', ports: [] } } })

  await t.test('the settings of the database stand in for those that the pooler drops', async (t) =>
    t.strictSame(await lostSettings(pooled), []),
  )

  await t.test('every operation works', async () => tour(one))

  await t.test('and many at once, with each key answered once', async (t) => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        one.call('POST', '/v1/complaints', {
          as: buyer,
          body: filing({ reference: `P-${n % 20}` }),
          headers: { 'idempotency-key': `key-${n % 20}` },
        }),
      ),
    )
    t.strictSame(tally(answers.filter(({ status }) => status !== 409)), {
      201: answers.filter(({ status }) => status === 201).length,
    })
    t.equal(new Set(answers.flatMap(({ status, body }) => (status === 201 ? [body.id] : []))).size, 20)
    t.strictSame(await faultsInBooks(direct.db), [])
  })

  await t.test('a reader of the feed misses nothing and has all in order', (t) => followWhileOthersWrite(t, one, one))

  await t.test('deliveries arrive, each once and in order', async (t) => {
    await settled(one)
    const receiver = await startReceiver(t)
    await endpointTo(one, receiver.url)
    const reader = readerOf(one, '', (await one.call('GET', '/v1/events?after=now', { as: 'integration:erp' })).body.next_cursor)
    const cases = await Promise.all([1, 2, 3].map(async () => (await file(one)).id as string))
    const delivering = deliver(one)
    for (let n = 0; n < 5; n++) await Promise.all(cases.map((id) => assign(one, id, n)))
    await delivering
    await deliver(one)
    const sent = receiver.received.map(({ body }) => body)
    t.equal(sent.length, 18)
    t.strictSame(faultsIn(sent), [])
    t.strictSame(new Set(sent.map(({ id }) => id)), new Set((await reader.read()).map(({ id }) => id)))
  })

  await t.test('while few sessions serve them all', async (t) => {
    const asked = await Promise.all(
      Array.from({ length: CLIENTS }, () =>
        sql<{ pid: number }>`select pg_backend_pid() as pid from pg_sleep(0.05)`.execute(pooled),
      ),
    )
    const pids = new Set(asked.flatMap(({ rows }) => rows.map(({ pid }) => pid)))
    t.ok(pids.size <= SESSIONS, `${pids.size} sessions for ${CLIENTS} connections`)
  })
})

await t.test('several processes migrate through pgbouncer at once, and leave no lock behind', { skip }, async (t) => {
  const { url: direct, ownerUrl: directOwner, db, owner } = await testDatabase(t)
  await sql`drop schema public cascade`.execute(owner)
  await sql`create schema public`.execute(owner)
  const {
    urls: [ownerUrl, url],
    stop,
  } = await startPgbouncer([directOwner, direct], { sessions: SESSIONS })
  t.teardown(stop)
  const open = (connectionString: string): Db => {
    const opened = connect({ connectionString, max: 2, prepare: false, onError: () => undefined })
    t.teardown(() => opened.destroy())
    return opened
  }
  const processes = Array.from({ length: 4 }, () => ({ db: open(url), owner: open(ownerUrl) }))
  const done: string[] = []
  await Promise.all(processes.map((process) => prepareDatabase(process.db, process.owner, (message) => done.push(message))))
  t.ok(done.length > 0)
  t.equal(new Set(done).size, done.length, 'each migration once')
  t.ok(
    (await lostSettings(processes[0]?.db ?? db)).includes('lock_timeout'),
    'nobody has set the settings here, and the service can tell',
  )
  const { rows } =
    await sql`select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`.execute(
      db,
    )
  t.equal(rows.length, 0)
})
