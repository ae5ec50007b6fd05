/** However much is due, one sweep acts on so many deadlines and no more; it says so, and the next goes on. */
import { sql } from 'kysely'
import t from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { DAY, HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { eventually } from '../../process/child.ts'
import { copyCase, done, faultsInBooks, file, filing, happened, instance, negotiating, proposed } from '../../races/cases.ts'
import { type TestApp, testApp } from '../../support/app.ts'

const sweep = (app: TestApp) => done(app, 'admin:root', '/v1/sweeps')

/** So many cases whose first response is due in an hour. */
const fileMany = async (app: TestApp, count: number, options: { key?: string } = {}) => {
  const { id } = await file(app, filing(), options)
  await copyCase(app.db, id, count - 1)
}

const escalations = async ({ db }: TestApp): Promise<number[]> => [...(await happened(db, 'complaint_escalated')).values()]
const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

await t.test('a platform’s limit holds to the last deadline, whatever the batches are, until all is done', async (t) => {
  for (const [sweepBatch, sweepMaxPerPlatform] of [
    [5, 7],
    [50, 7],
    [1, 3],
    [4, 4],
  ] as const) {
    await t.test(`batches of ${sweepBatch}, a limit of ${sweepMaxPerPlatform}`, async (t) => {
      const one = await testApp(t, { config: { sweepBatch, sweepMaxPerPlatform } })
      await fileMany(one, 20)
      one.clock.advance(HOUR)
      const due: number[] = []
      for (let left = 20; left > 0; left -= sweepMaxPerPlatform) {
        const run = await sweep(one)
        due.push(run.due)
        t.match(run, { due: Math.min(left, sweepMaxPerPlatform), left_over: left > sweepMaxPerPlatform, failed: 0 })
      }
      t.equal(total(due), 20)
      t.match(await sweep(one), { due: 0, left_over: false })
      t.strictSame(new Set(await escalations(one)), new Set([1]), 'each once')
      const { data } = (await one.call('GET', '/v1/sweeps')).body
      t.equal(data.filter((run: { left_over: boolean }) => run.left_over).length, Math.ceil(20 / sweepMaxPerPlatform) - 1)
      t.match(
        (await one.call('GET', '/metrics', { key: null })).text,
        `redress_sweep_left_over_total ${Math.ceil(20 / sweepMaxPerPlatform) - 1}`,
      )
      t.strictSame(await faultsInBooks(one.db), [])
    })
  }
})

await t.test('a case with more due than the limit is acted on as far as that goes', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerPlatform: 1 } })
  const { id } = await negotiating(one)
  one.clock.advance(30 * DAY)
  t.match(await sweep(one), { due: 1, escalated: 1, left_over: true })
  const seen = (await one.call('GET', `/v1/complaints/${id}`)).body
  t.match(seen, { status: 'investigating', level: 2 }, 'the answer was due first')
  t.match(await sweep(one), { due: 1, escalated: 1, left_over: false }, 'the resolution comes next')
  t.match(await sweep(one), { due: 0, left_over: false })
  t.strictSame([...(await happened(one.db, 'deadline_missed')).values()], [2])
})

await t.test('cases with more due than a batch looks for are acted on in one go, as long as no limit is reached', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 2 } })
  for (let n = 0; n < 6; n++) await negotiating(one)
  one.clock.advance(30 * DAY)
  t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { due: 12, escalated: 12, left_over: false })
  t.equal((await sweepAll(one.deps, () => false)).size, 0)
})

await t.test('and never beyond a limit that is reached on the way', async (t) => {
  const one = await testApp(t, { config: { sweepBatch: 2, sweepMaxPerPlatform: 7 } })
  for (let n = 0; n < 6; n++) await negotiating(one)
  one.clock.advance(30 * DAY)
  let done = 0
  for (let leftOver = true; leftOver; ) {
    const run = (await sweepAll(one.deps, () => false)).get(one.platformId)
    t.ok(run && run.due >= 1 && run.due <= 7, `${run?.due} at once`)
    done += run?.due ?? 0
    leftOver = run?.left_over ?? false
    t.equal(leftOver, done < 12)
  }
  t.strictSame([...(await happened(one.db, 'deadline_missed')).values()], [2, 2, 2, 2, 2, 2])
})

await t.test('warnings count as well', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerPlatform: 3 } })
  await fileMany(one, 5)
  one.clock.advance(48 * MINUTE)
  t.match(await sweep(one), { warned: 3, due: 0, left_over: true })
  t.match(await sweep(one), { warned: 2, due: 0, left_over: false })
  t.strictSame(new Set((await happened(one.db, 'deadline_due_soon')).values()), new Set([1]))
})

await t.test('what cannot be decided does not use the limit up', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerPlatform: 2, sweepBatch: 2 } })
  for (let n = 0; n < 5; n++) await proposed(one, [{ type: 'apology' }])
  await sql`update refund_plans set confirmations = '{}'`.execute(one.db)
  one.clock.advance(1)
  const last = await proposed(one, [{ type: 'apology' }])
  one.clock.advance(3 * DAY)
  t.match((await sweepAll(one.deps, () => false)).get(one.platformId), { failed: 5, expired: 1 })
  t.equal((await happened(one.db, 'plan_expired')).get(last.caseId), 1)
})

await t.test('platforms share what one tick may do', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerTick: 10, sweepBatch: 50 } })
  const small = await one.platform('live')
  const other = await one.platform('live')
  await fileMany(one, 50)
  for (const { key } of [small, other]) await fileMany(one, 2, { key })
  one.clock.advance(HOUR)
  const first = await sweepAll(one.deps, () => false)
  t.match(first.get(small.platformId), { due: 2, left_over: false }, 'the large one leaves the small ones their share')
  t.match(first.get(other.platformId), { due: 2, left_over: false })
  t.match(first.get(one.platformId), { due: 6, left_over: true }, 'and takes what they do not need')
  for (const left of [44, 34, 24, 14, 4]) {
    const tick = await sweepAll(one.deps, () => false)
    t.strictSame([...tick.keys()], [one.platformId])
    t.match(tick.get(one.platformId), { due: Math.min(left, 10), left_over: left > 10 })
  }
  t.equal((await sweepAll(one.deps, () => false)).size, 0)
  t.strictSame(new Set(await escalations(one)), new Set([1]))
})

await t.test('a tick that cannot serve every platform says so of each, and none is always left out', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerTick: 1 } })
  const other = await one.platform('live')
  await fileMany(one, 30)
  await fileMany(one, 30, { key: other.key })
  one.clock.advance(HOUR)
  const served = new Set<string>()
  for (let tick = 0; tick < 30; tick++) {
    const results = await sweepAll(one.deps, () => false)
    t.equal(total([...results.values()].map(({ due }) => due)), 1)
    t.strictSame(
      [...results.values()].map(({ left_over }) => left_over),
      [true, true],
    )
    for (const [platformId, { due }] of results) if (due > 0) served.add(platformId)
  }
  t.equal(served.size, 2)
})

await t.test('by the clock, tick after tick goes on with what the one before left, and the log tells of it', async (t) => {
  const one = await testApp(t, { config: { sweepMaxPerPlatform: 4 } })
  await fileMany(one, 10)
  one.clock.advance(HOUR)
  one.jobs.start('* * * * * *')
  await eventually(async () => (total(await escalations(one)) === 10 ? true : undefined), 'all are escalated')
  await one.jobs.stop()
  const { data } = (await one.call('GET', '/v1/sweeps')).body
  t.strictSame(data.map(({ due, left_over }: { due: number; left_over: boolean }) => [due, left_over]).sort(), [
    [2, false],
    [4, true],
    [4, true],
  ])
  const warnings = one.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('the sweep reached a limit'))
  t.match(warnings, [
    { level: 'warn', platform: one.platformId, acted: 4, perPlatform: 4 },
    { level: 'warn', platform: one.platformId },
  ])
  t.equal(warnings.length, 2)
})

await t.test('two instances with limits of their own still act on each case once', async (t) => {
  const config = { sweepBatch: 3, sweepMaxPerPlatform: 7 }
  const one = await testApp(t, { config })
  const two = await instance(t, one, { config })
  await fileMany(one, 60)
  one.clock.advance(HOUR)
  for (let round = 0; round < 10; round++) {
    for (const { due } of await Promise.all([sweep(one), sweep(two)])) t.ok(due <= 7, `${due} at once`)
  }
  t.strictSame(new Set(await escalations(one)), new Set([1]))
  t.equal(total(await escalations(one)), 60)
  t.strictSame(await faultsInBooks(one.db), [])
})
