/**
 * A reader that follows the feed has every event once and those of a case in order, whoever takes the number of its transaction first, commits
 * last, is killed, or stops reading for a while.
 */
import { sql } from 'kysely'
import t from 'tap'
import { cursorOf } from '../../src/outward/feed/cursor.ts'
import { continueMovedFeeds } from '../../src/platform/across-platforms.ts'
import { faultsIn, readerOf, settled } from '../outward/feed/room.ts'
import { ask, startService, until } from '../process/child.ts'
import { type Json, testApp } from '../support/app.ts'
import { agent, done, faultsInBooks, file, instance, supervisor } from './cases.ts'
import { assign, assignIn, countsOf, followWhileOthersWrite, numbered, told } from './feed-run.ts'

await t.test('who took its number first and decides second does not turn the events of a case around', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  await settled(one)
  const reader = readerOf(one)
  await reader.read()
  const early = await numbered(one)
  await assign(one, id, 1)
  t.strictSame(await reader.read(), [], 'nobody reads beyond a transaction that is still open')
  await assignIn(early.trx, one, id, 'agent:a2')
  t.strictSame(await reader.read(), [])
  await early.commit()
  await settled(one)
  t.strictSame(
    (await reader.read(1)).map(({ sequence }) => sequence),
    [2, 3],
  )
})

await t.test('a slow transaction on another case holds events back and loses none', async (t) => {
  const one = await testApp(t)
  const [slow, quick] = [await file(one), await file(one)]
  await settled(one)
  const reader = readerOf(one)
  await reader.read()
  const late = await numbered(one)
  await assignIn(late.trx, one, slow.id, 'agent:a1')
  await assign(one, quick.id, 1)
  t.strictSame(await reader.read(), [])
  await late.commit()
  await settled(one)
  t.strictSame(
    countsOf(await reader.read(1)),
    new Map([
      [slow.id, 1],
      [quick.id, 1],
    ]),
  )
})

await t.test('four writers on two instances, slow transactions, and a reader that stops and goes on', async (t) => {
  const one = await testApp(t)
  await followWhileOthersWrite(t, one, await instance(t, one))
})

await t.test('instances that are killed leave no gap, and a reader goes on at another', async (t) => {
  const one = await testApp(t)
  const env = { DATABASE_URL: one.url, SWEEP_CRON: '0 0 29 2 *' }
  const services = [startService(t, env), startService(t, env)]
  const urls = await Promise.all(services.map(({ url }) => url))
  const ids = await Promise.all([1, 2, 3, 4].map(async () => (await file(one)).id as string))
  const seen: Json[] = []
  let cursor: string | undefined
  let isOver = false
  let answered = 0
  const read = async (from: string): Promise<number> => {
    const url = `${from}/v1/events?limit=7${cursor === undefined ? '' : `&after=${cursor}`}`
    const { body } = await ask(url, { key: one.everyRole, as: 'integration:erp' })
    seen.push(...body.data)
    cursor = body.next_cursor
    return body.data.length
  }
  const write = async (from: string, n: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const done = await ask(`${from}/v1/complaints/${ids[i % 4]}/assign`, {
        key: one.everyRole,
        as: supervisor,
        body: { owner: `agent:w${n}-${i}` },
      }).catch(() => undefined)
      if (done === undefined) return
      answered += 1
    }
  }
  const [first, second] = urls as [string, string]
  const writers = [write(first, 1), write(first, 2), write(second, 3), write(second, 4)]
  await until(() => answered > 20, 'they write')
  await read(first)
  services[0]?.child.kill('SIGKILL')
  await services[0]?.ended
  const before = answered
  await until(() => answered > before + 20, 'the other goes on')
  await read(second)
  services[1]?.child.kill('SIGKILL')
  await services[1]?.ended
  isOver = true
  await Promise.all(writers)

  const here = readerOf(one, '', cursor)
  await settled(one)
  await here.read()
  const all = [...seen, ...here.seen]
  t.strictSame(faultsIn(all), [])
  t.strictSame(countsOf(all), await told(one))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('rows that moved to a server with lower numbers go on in the feed where they were', async (t) => {
  const one = await testApp(t)
  const { id } = await file(one)
  // as if all this had been written where transactions have far higher numbers
  const far = 1_000_000_000_000
  await sql`update event_outbox set feed_position = feed_position + ${far}::bigint`.execute(one.db)
  await sql`update complaints set feed_position = feed_position + ${far}::bigint`.execute(one.db)
  const [row] = await one.db.selectFrom('event_outbox').selectAll().execute()
  if (!row) throw new Error('no event')
  const place = { position: row.feed_position, subjectType: row.subject_type, subjectId: row.subject_id, sequence: row.sequence }
  t.equal(await continueMovedFeeds(one.db), 1)
  t.equal(await continueMovedFeeds(one.db), 0, 'once')
  const before = readerOf(one, '', cursorOf(one.platformId, place))
  t.strictSame(await before.read(), [], 'the reader of before has had it')
  await done(one, agent, `/v1/complaints/${id}/accept`)
  await settled(one)
  t.strictSame(
    (await before.read()).map(({ sequence }) => sequence),
    [2],
    'and gets what comes',
  )
  t.equal((await readerOf(one).read()).length, 2)
})
