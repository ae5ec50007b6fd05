/**
 * Two instances deliver at once, and one is killed in the middle of it: the other goes on when the leases of the dead one have ended. Nothing is
 * lost, what is sent again has the same id, and no event of a case overtakes the one before it.
 */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { faultsIn } from '../outward/feed/room.ts'
import { endpointTo, type Received, type Receiver, startReceiver } from '../outward/webhooks/receiver.ts'
import { eventually, type Service, startService, until } from '../process/child.ts'
import { secretsKey, type TestApp, testApp } from '../support/app.ts'
import { openDb } from '../support/database.ts'
import { file } from './cases.ts'
import { assign, told } from './feed-run.ts'

const CASES = 8
const EACH = 6

/** A service of its own process that may call this machine. */
const start = (t: Test, one: TestApp): Service =>
  startService(t, {
    DATABASE_URL: one.url,
    SWEEP_CRON: '0 0 29 2 *',
    SECRETS_KEY: secretsKey.toString('base64'),
    WEBHOOKS_ALLOW_PRIVATE: 'true',
  })

const openShop = async (t: Test): Promise<{ one: TestApp; receiver: Receiver }> => {
  const one = await testApp(t, { config: { webhooks: { allowPrivate: 'always', ports: [443] } } })
  const receiver = await startReceiver(t)
  await endpointTo(one, receiver.url)
  return { one, receiver }
}

/** Cases with some events each. */
const write = async (one: TestApp): Promise<void> => {
  const ids = await Promise.all(Array.from({ length: CASES }, async () => (await file(one)).id as string))
  for (let n = 1; n < EACH; n++) await Promise.all(ids.map((id) => assign(one, id, n)))
}

/** As if so much time had passed for what is leased. */
const endLeases = ({ db }: TestApp) =>
  sql`update webhook_deliveries set leased_until = now() - interval '1 second' where leased_until is not null`.execute(db)

const countDelivered = async ({ db }: TestApp): Promise<number> => {
  const { rows } = await sql<{
    n: number
  }>`select count(*)::integer as n from webhook_deliveries where state = 'delivered'`.execute(db)
  return rows[0]?.n ?? 0
}

const allDelivered = (one: TestApp) =>
  eventually(async () => ((await countDelivered(one)) === CASES * EACH ? true : undefined), 'all is delivered')

/** Each event as it came first. */
const firsts = ({ received }: Receiver): Received['body'][] =>
  [...new Map(received.toReversed().map(({ headers, body }) => [headers['webhook-id'], body])).values()].toReversed()

await t.test('two instances deliver at once, each event once and in order', async (t) => {
  const { one, receiver } = await openShop(t)
  await Promise.all([start(t, one), start(t, one)].map(({ url }) => url))
  await write(one)
  await allDelivered(one)
  const sent = receiver.received.map(({ body }) => body)
  t.equal(sent.length, CASES * EACH)
  t.strictSame(faultsIn(sent), [])
})

await t.test('killed while its requests are under way', async (t) => {
  const { one, receiver } = await openShop(t)
  // whoever is asked first hears nothing
  receiver.behave = () => undefined
  const first = start(t, one)
  await first.url
  await write(one)
  await until(() => receiver.received.length >= CASES, 'it sends the first of each case')
  t.strictSame(new Set(receiver.received.map(({ body }) => body.sequence)), new Set([1]), 'and no more')
  first.child.kill('SIGKILL')
  await first.ended
  receiver.behave = (response) => void response.writeHead(204).end()
  await start(t, one).url
  await endLeases(one)
  await allDelivered(one)
  t.strictSame(faultsIn(firsts(receiver)), [])
  t.equal(firsts(receiver).length, CASES * EACH)
  t.equal(receiver.received.length, CASES * EACH + CASES, 'only what was under way came twice, under the same id')
  t.strictSame(
    [...(await told(one)).values()],
    Array.from({ length: CASES }, () => EACH),
  )
})

await t.test('killed when it had the answers and before they were written', async (t) => {
  const { one, receiver } = await openShop(t)
  const answers: (() => void)[] = []
  receiver.behave = (response) => void answers.push(() => response.writeHead(204).end())
  const [first, second] = [start(t, one), start(t, one)]
  await Promise.all([first.url, second.url])
  await write(one)
  await until(() => receiver.received.length >= CASES, 'the first of each case is under way')
  // whoever writes what came of a delivery writes the endpoint, and waits here
  const holder = openDb(one.url, 1)
  const trx = await holder.startTransaction().execute()
  await sql`select from webhook_endpoints for update`.execute(trx)
  receiver.behave = (response) => void response.writeHead(204).end()
  for (const answer of answers) answer()
  await eventually(async () => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::integer as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query like '%webhook_attempts%'`.execute(one.db)
    return (rows[0]?.n ?? 0) > 0 ? true : undefined
  }, 'a result waits to be written')
  for (const { child, ended } of [first, second]) {
    child.kill('SIGKILL')
    await ended
  }
  // the server finds out by itself that nobody waits for this any more
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like '%webhook_attempts%'`.execute(one.db)
  await trx.rollback().execute()
  await holder.destroy()
  t.equal(await countDelivered(one), 0)
  await start(t, one).url
  await endLeases(one)
  await allDelivered(one)
  t.strictSame(faultsIn(firsts(receiver)), [])
  t.equal(receiver.received.length, CASES * EACH + CASES)
})
