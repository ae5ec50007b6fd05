/**
 * kill −9 of the service in the middle of the statement that puts money aside, pays a buyer or takes a deposit, at a write that is chosen at
 * random. Afterwards all of the decision is there or nothing, and who asks again under the same key gets one effect.
 * `KILL_ROUNDS` makes it longer, `KILL_SEED` plays the same again.
 */
import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { type Random, seeded } from '../../scripts/demo/random.ts'
import { newId } from '../../src/foundation/ids.ts'
import type { TransferKind } from '../../src/words/ledger.ts'
import { ask as call, eventually, startService } from '../process/child.ts'
import { ask, imposed, paidFirst, payIn, refundIn } from '../support/advances.ts'
import { type Json, movableClock, type TestApp, testApp } from '../support/app.ts'
import { faultsInFund } from '../support/fund-books.ts'
import { alice, type CaseStory, refundOf } from '../support/story.ts'
import { faultsInBooks } from './cases.ts'
import { asked, copyOf, heldKey, hold, waiting } from './kill.ts'

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 6)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 2 ** 31)
const admin = 'admin:root'

/** What is asked for, what it moves, and what can be held to stop at one of its writes. */
interface Scene {
  url: string
  as: string
  body: Json
  moves: TransferKind
  stops: Record<string, RawBuilder<unknown>>
}

const rowOf = (table: string, where: RawBuilder<unknown>) => sql`select 1 from ${sql.table(table)} where ${where} for update`
const account = (id: string) => rowOf('ledger_accounts', sql`id = ${id}`)

/** The row that comes next in the trail of a case, and in what goes out. */
const next = async ({ db }: TestApp, id: string): Promise<Scene['stops']> => {
  const { event_count: last } = await db
    .selectFrom('complaints')
    .where('id', '=', id)
    .select('event_count')
    .executeTakeFirstOrThrow()
  return {
    'the trail': copyOf('case_events', { sequence: last + 1 }, sql`x.complaint_id = ${id} and x.sequence = ${last}`),
    'what goes out': copyOf(
      'event_outbox',
      { sequence: last + 1, id: newId() },
      sql`x.subject_id = ${id} and x.sequence = ${last}`,
    ),
  }
}

const made = (one: TestApp, n: number): Promise<CaseStory> =>
  imposed(one, refundOf(5_000), { complainant: { role: 'buyer', id: `B-${n}` }, respondent: { role: 'merchant', id: `M-${n}` } })

const scenes: Record<string, (one: TestApp, n: number) => Promise<Scene>> = {
  'an ask': async (one, n) => {
    const story = await made(one, n)
    return {
      url: `/v1/complaints/${story.id}/advances`,
      as: alice,
      body: { explanation: '商家余额不足' },
      moves: 'advance_frozen',
      stops: {
        'the key': heldKey(alice, `asked-${n}`),
        'the case': rowOf('complaints', sql`id = ${story.id}`),
        'the plan': rowOf('refund_plans', sql`id = ${story.plan.id}`),
        'a new bound': rowOf('platforms', sql`id = ${one.platformId}`),
        'the fund': account('fund:CNY'),
        ...(await next(one, story.id)),
      },
    }
  },
  'a payout': async (one, n) => {
    const story = await made(one, n)
    const { id } = await ask(story)
    await story.onStep(alice, 'fail', { explanation: '商户余额不足' })
    return {
      url: `/v1/refund-plans/${story.plan.id}/steps/${refundIn(story.plan).id}/complete`,
      as: alice,
      body: { payment_reference: `F-${n}` },
      moves: 'advance_paid',
      stops: {
        'the key': heldKey(alice, `asked-${n}`),
        'the case': rowOf('complaints', sql`id = ${story.id}`),
        'the plan': rowOf('refund_plans', sql`id = ${story.plan.id}`),
        'the advance': rowOf('advances', sql`id = ${id}`),
        'a clock': rowOf('deadlines', sql`complaint_id = ${story.id} and ended_at is null`),
        'what is put aside': account('frozen:CNY'),
        ...(await next(one, story.id)),
      },
    }
  },
  'a claw-back': async (one, n) => {
    await payIn(one.db, one.platformId, [{ kind: 'deposit_received', amount: 3_000, owner: `M-${n}` }])
    const story = await made(one, n)
    const { id } = await paidFirst(story)
    const { status, text } = await one.call('POST', '/v1/test-clock/advance', { as: admin, body: { by: 'P6D' } })
    if (status !== 200) throw new Error(text)
    return {
      url: '/v1/sweeps',
      as: admin,
      body: {},
      moves: 'deposit_taken',
      stops: {
        'the advance': rowOf('advances', sql`id = ${id}`),
        'a clock': rowOf('deadlines', sql`complaint_id = ${story.id} and ended_at is null`),
        'what is bounded': rowOf('advance_bounds', sql`kind = 'open_of_buyer' and key = ${`B-${n}`}`),
        'the deposit': account(`deposit:CNY:M-${n}`),
        'the fund': account('fund:CNY'),
        ...(await next(one, story.id)),
      },
    }
  },
}

const movedBy = async ({ db, platformId }: TestApp, kind: TransferKind): Promise<number> => {
  const { times } = await db
    .selectFrom('ledger_transfers')
    .where('platform_id', '=', platformId)
    .where('kind', '=', kind)
    .select(({ fn }) => fn.countAll<number>().as('times'))
    .executeTakeFirstOrThrow()
  return Number(times)
}

const faultsIn = async ({ db, platformId }: TestApp): Promise<string[]> => [
  ...(await faultsInFund(db, platformId)),
  ...(await faultsInBooks(db)),
]

t.setTimeout(0)

await t.test(`${ROUNDS} kills from seed ${SEED}`, async (t) => {
  const random: Random = seeded(SEED)
  // the service that is killed has the time of the machine
  const one = await testApp(t, { clock: movableClock(new Date().toISOString()) })
  await payIn(one.db, one.platformId, [{ kind: 'fund_topped_up', amount: 100_000_000 }])
  const seen = new Map<string, number>()
  for (let n = 0; n < ROUNDS; n++) {
    const name = random.pick(Object.keys(scenes))
    const { url, as, body, moves, stops } = await (scenes[name] as (one: TestApp, n: number) => Promise<Scene>)(one, n)
    const stop = random.pick(Object.keys(stops))
    const told = `${name}, killed as it comes to ${stop}`
    seen.set(told, (seen.get(told) ?? 0) + 1)
    const headers = { 'idempotency-key': `asked-${n}` }
    const before = await movedBy(one, moves)
    const service = startService(t, { DATABASE_URL: one.url, SWEEP_CRON: '0 0 29 2 *' })
    const address = (await service.url) + url
    const release = await hold(t, one, stops[stop] as RawBuilder<unknown>)
    const gone = t.rejects(
      asked(() => call(address, { key: one.everyRole, as, body, headers })),
      'it never gets an answer',
    )
    await eventually(async () => ((await waiting(one.db)) > 0 ? true : undefined), told)
    t.equal(await movedBy(one, moves), before, 'nobody sees half of it')
    service.child.kill('SIGKILL')
    t.equal(await service.ended, 'SIGKILL')
    await gone
    await release()
    await eventually(async () => ((await waiting(one.db)) === 0 ? true : undefined), 'the session that was left ends')
    t.strictSame(await faultsIn(one), [], `${told}: all of it or nothing`)
    const again = await one.call('POST', url, { as, body, headers })
    t.ok(again.status < 300, again.text)
    t.equal(await movedBy(one, moves), before + 1, `${told}: one effect`)
    t.strictSame(await faultsIn(one), [], told)
  }
  t.comment([...seen].map(([what, times]) => `${what}: ${times}`).join(' | '))
})
