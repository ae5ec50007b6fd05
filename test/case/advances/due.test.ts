/** An advance that law or the platform's own word owes: the clock climbs, or asks for it by itself. */
import t from 'tap'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import type { WholeRule } from '../../../src/rules/policy/clock-rule-schema.ts'
import { imposed, payIn, refundIn } from '../../support/advances.ts'
import { type Json, testApp } from '../../support/app.ts'
import { balancesOf, checkBalanced } from '../../support/ledger.ts'
import { decree } from '../../support/policy.ts'
import { alice, refundOf, tellToInvestigation, zhao } from '../../support/story.ts'

const tenDays = (...on_silence: WholeRule['on_silence']) => [
  { allow: { count: 10, unit: 'days' }, on_silence, while_overdue: [{ count: 1, unit: 'days' }], warn: null },
]

await t.test('an advance that is owed', async (t) => {
  const app = await testApp(t)
  const { call } = app
  await payIn(app.db, app.platformId, [{ kind: 'fund_topped_up', amount: 12_000 }])
  const later = async (ms: number) => {
    app.clock.advance(ms)
    await call('POST', '/v1/sweeps', { body: {} })
  }
  const clocksOf = async (story: { seenBy: (as: string) => Promise<Json> }) =>
    (await story.seenBy(alice)).deadlines.filter(({ kind }: Json) => kind === 'advance_due')

  await t.test('no policy that says nothing of it owes one', async (t) => {
    t.strictSame(await clocksOf(await imposed(app, refundOf(1_000))), [])
  })

  await decree(app, (document) => {
    document.advance_due_from = 'filing'
    document.clocks.advance_due = tenDays('ask_advance')
  })

  await t.test('nobody asks, and the gate passes: the service asks by itself', async (t) => {
    const story = await imposed(app, refundOf(5_000))
    t.match(await clocksOf(story), [{ status: 'running', party: 'platform', on_silence: 'ask_advance' }])
    const filed = Date.parse((await story.seenBy(alice)).created_at)
    const [clock] = await clocksOf(story)
    t.equal(Date.parse(clock.due_at) - filed, 10 * DAY, 'from the filing on')
    await later(10 * DAY + HOUR)
    const { data } = await story.read(alice, `/v1/complaints/${story.id}/advances`)
    t.match(data, [{ status: 'frozen', amount: 5_000, asked_by: 'system:redress', mode: 'at_once' }])
    t.match(await clocksOf(story), [{ status: 'missed' }])
    await story.onPlan(alice, `steps/${refundIn(story.plan).id}/fail`, { explanation: '余额不足' })
    await story.onPlan(alice, `steps/${refundIn(story.plan).id}/complete`, { payment_reference: 'F-1' })
    t.match(await story.read(alice, `/v1/advances/${data[0].id}`), { status: 'paid' })
  })

  await t.test('nobody has decided: the case climbs, and what is in the way is named', async (t) => {
    const story = await tellToInvestigation(app, { category: 'counterfeit' })
    await later(10 * DAY + HOUR)
    const { data } = await story.read(zhao, `/v1/complaints/${story.id}/events?sort=-sequence&limit=50`)
    const [blocked] = data.filter(({ type }: Json) => type === 'advance_blocked')
    t.match(blocked, { reason_code: 'advance_not_open' })
    t.ok(blocked.data.checks.includes('refund_owed') && blocked.data.checks.includes('liability_fixed'), blocked.data.checks)
    t.notOk((await story.eventsSeenBy(story.buyer)).includes('advance_blocked'))
    t.ok(
      (await clocksOf(story)).some(({ status }: Json) => status === 'running'),
      'it stays owed',
    )
    await story.by(zhao, 'close', { reason_code: 'settled_elsewhere' })
    t.notOk(
      (await clocksOf(story)).some(({ status }: Json) => status === 'running'),
      'until the case has an outcome',
    )
  })

  await t.test('a fund that has not enough is told, and the case climbs', async (t) => {
    const story = await imposed(app, refundOf(9_000))
    await later(10 * DAY + HOUR)
    const { data } = await story.read(zhao, `/v1/complaints/${story.id}/events?sort=-sequence&limit=50`)
    t.match(
      data.find(({ type }: Json) => type === 'advance_blocked'),
      { reason_code: 'fund_short', data: { checks: [] } },
    )
    t.ok((await clocksOf(story)).some(({ status }: Json) => status === 'running'))
  })

  await t.test('staff ask before: the clock is met', async (t) => {
    const story = await imposed(app, refundOf(1_000))
    await story.try(alice, `/v1/complaints/${story.id}/advances`, { explanation: '先付' })
    t.match(await clocksOf(story), [{ status: 'met' }])
  })

  await t.test('a merchant who complains is owed none', async (t) => {
    const story = await tellToInvestigation(app, {
      complainant: { role: 'merchant', id: 'M-1' },
      respondent: { role: 'platform', id: 'redress' },
      order: undefined,
      category: 'platform_policy',
    }).catch(() => undefined)
    t.strictSame(story ? await clocksOf(story) : [], [])
  })

  await checkBalanced(t, app.db, app.platformId)
  const { body } = await call('GET', '/v1/reconciliation?limit=100')
  t.strictSame(
    body.data.filter(({ is_open, kind }: Json) => !is_open && kind !== 'transfer_without_movement'),
    [],
  )
  t.ok((await balancesOf(app.db, app.platformId))['fund CNY'] !== undefined)
})
