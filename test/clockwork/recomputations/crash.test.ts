/** A recomputation that is killed between any two statements, or shared by several instances: each case is dealt with once. */
import t from 'tap'
import { findAllRunning } from '../../../src/clockwork/across-platforms.ts'
import { createJobs } from '../../../src/clockwork/jobs/lanes.ts'
import { insertRecomputation } from '../../../src/clockwork/recomputations/record.ts'
import { continueRecomputations } from '../../../src/clockwork/recomputations/work.ts'
import type { Deps } from '../../../src/outward/deps.ts'
import { createRuleBook } from '../../../src/rules/rule-book/rule-book.ts'
import { eventually } from '../../process/child.ts'
import { copyCase, faultsInBooks, happened } from '../../races/cases.ts'
import { changePolicy, hours } from '../../rules/policy/policies.ts'
import { type Death, mortalDb } from '../../simulation/mortal.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { openDb } from '../../support/database.ts'
import { tell } from '../../support/story.ts'

/** Asks for a recomputation without a word to whoever would be at it. */
const ask = ({ db }: TestApp, platformId: string, policyVersion: number) =>
  db.transaction().execute((trx) =>
    insertRecomputation(trx, {
      platformId,
      applies: 'policy_and_calendars',
      explanation: null,
      by: { role: 'admin', id: 'root' },
      policyVersion,
      now: '2026-11-21T19:16:00.000Z',
    }),
  )

/** Cases under the first policy, and a job that shall move them to the second; nobody is at it yet. */
const begun = async (one: TestApp, cases: number): Promise<void> => {
  const { id } = await tell(one)
  await copyCase(one.db, id, cases - 1)
  const { version } = await changePolicy(one, ({ clocks }) => Object.assign(clocks.first_response.at(-1), { allow: hours(5) }))
  await ask(one, one.platformId, version)
}

const jobOf = ({ db }: TestApp) => db.selectFrom('recomputations').selectAll().executeTakeFirstOrThrow()
const told = async ({ db }: TestApp): Promise<number> =>
  [...(await happened(db, 'clocks_recomputed')).values()].reduce((sum, times) => sum + times, 0)

/** What a further process has for itself. */
const process = ({ deps }: TestApp, db: Deps['db'], sweepBatch: number) => ({
  ...deps,
  db,
  rules: createRuleBook(db),
  config: { ...deps.config, sweepBatch },
})

await t.test('killed at any statement, it goes on where it was: nothing is repeated, nothing left out', async (t) => {
  const one = await testApp(t)
  const CASES = 300
  await begun(one, CASES)
  const mortal = mortalDb(one.url)
  t.teardown(() => mortal.end())
  /** Whether this life met its death. Without one it ends by itself, after some batches. */
  const live = async (death: Death | undefined, batches: number): Promise<boolean> => {
    mortal.live(death)
    await continueRecomputations(process(one, mortal.db, 3), () => batches-- <= 0).catch(() => undefined)
    const died = mortal.died()
    mortal.live(undefined)
    const job = await jobOf(one)
    const when = death ? `${death.when} ${death.statement}, the ${death.spared + 1}. time` : 'untroubled'
    t.equal(await told(one), job.clocks_moved, `${when}: what was done is what was noted`)
    t.equal(job.cases_seen, job.cases_changed)
    return died
  }
  // the first life is one batch, and shows which statements there are
  await live(undefined, 1)
  const deaths = [...mortal.seen.keys()].flatMap((statement) =>
    [0, 1].flatMap((spared): Death[] => [
      { statement, spared, when: 'before', takes: 'process' },
      { statement, spared, when: 'after', takes: 'process' },
      { statement, spared, when: 'after', takes: 'connection' },
    ]),
  )
  t.ok(mortal.seen.has('commit') && mortal.seen.has('with') && mortal.seen.size >= 8, [...mortal.seen.keys()].join('; '))
  let met = 0
  for (const death of deaths) met += (await live(death, 2)) ? 1 : 0
  // what a life does only once does not come a second time
  t.ok(met > deaths.length / 2, `${met} of ${deaths.length} deaths`)
  t.equal((await jobOf(one)).status, 'running')
  // what the last death left behind may hold a case for a moment
  for (let ticks = 0; ticks < 20 && (await jobOf(one)).status === 'running'; ticks++) await live(undefined, CASES)
  t.match(await jobOf(one), { status: 'done', cases_seen: CASES, cases_changed: CASES, clocks_moved: CASES, failed: 0 })
  t.strictSame(new Set((await happened(one.db, 'clocks_recomputed')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('several instances share it', async (t) => {
  const one = await testApp(t)
  await begun(one, 200)
  const dbs = [openDb(one.url, 2), openDb(one.url, 2), openDb(one.url, 2)]
  t.teardown(() => Promise.all(dbs.map((db) => db.destroy())))
  const instances = dbs.map((db) => process(one, db, 5))
  // each comes back at its next tick until nothing is left
  await Promise.all(
    instances.map(async (instance) => {
      while ((await findAllRunning(instance.db)).length > 0) await continueRecomputations(instance, () => false)
    }),
  )
  t.match(await jobOf(one), { status: 'done', cases_seen: 200, cases_changed: 200, failed: 0 })
  t.strictSame(new Set((await happened(one.db, 'clocks_recomputed')).values()), new Set([1]))
  t.strictSame(await faultsInBooks(one.db), [])
})

await t.test('who is told to stop stops after the batch at hand, and another goes on', async (t) => {
  const one = await testApp(t)
  await begun(one, 20)
  let asked = 0
  await continueRecomputations(process(one, one.db, 5), () => ++asked > 2)
  t.match(await jobOf(one), { status: 'running', cases_seen: 10, cases_changed: 10 })
  await continueRecomputations(process(one, one.db, 5), () => false)
  t.match(await jobOf(one), { status: 'done', cases_seen: 20, cases_changed: 20 })
})

await t.test('platforms have their turns side by side, each by its own clock and rules', async (t) => {
  const one = await testApp(t)
  await begun(one, 4)
  const { key } = await one.platform('test')
  const away = {
    call: (method: 'GET' | 'POST' | 'PUT', url: string, options: object = {}) => one.call(method, url, { ...options, key }),
  } as Pick<TestApp, 'call'>
  const story = await tell({ ...away, apiKey: key })
  await one.call('POST', '/v1/test-clock/advance', { key, body: { by: 'PT30M' } })
  await changePolicy(away, ({ clocks }) => Object.assign(clocks.first_response.at(-1), { allow: { count: 1, unit: 'minutes' } }))
  t.equal((await away.call('POST', '/v1/policy/recompute')).status, 202)
  while ((await findAllRunning(one.db)).length > 0) await continueRecomputations(one.deps, () => false)
  const { deadlines } = await story.seenBy('agent:alice')
  t.equal(deadlines[0].due_at, '2026-11-21T19:46:00.000Z', 'late by the new rule: due now, by that platform’s clock')
  t.strictSame(new Set((await happened(one.db, 'clocks_recomputed')).values()), new Set([1]))
})

await t.test('a case that cannot be decided stops nobody else', async (t) => {
  const one = await testApp(t, { provokesErrors: true })
  await begun(one, 12)
  const broken = await one.db.selectFrom('complaints').select('id').orderBy('id').offset(5).limit(1).executeTakeFirstOrThrow()
  const clock = { calendar: 'china', calendar_version: 99, counted_in: 'business' as const }
  await one.db.updateTable('deadlines').set(clock).where('complaint_id', '=', broken.id).execute()
  await continueRecomputations(process(one, one.db, 5), () => false)
  t.match(await jobOf(one), { status: 'done', cases_seen: 12, cases_changed: 11, failed: 1 })
  t.equal((await happened(one.db, 'clocks_recomputed')).get(broken.id), 0)
  const told = one.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error')
  t.match(told, [{ complaint: broken.id, msg: 'a case could not be recomputed' }])
})

await t.test('a case that somebody holds for long is not left out: the walk waits for it', async (t) => {
  const one = await testApp(t)
  await begun(one, 6)
  const held = await one.db.selectFrom('complaints').select('id').orderBy('id').offset(2).limit(1).executeTakeFirstOrThrow()
  await one.db.transaction().execute(async (trx) => {
    await trx.selectFrom('complaints').select('id').where('id', '=', held.id).forUpdate().execute()
    await continueRecomputations(process(one, one.db, 3), () => false)
    t.match(await jobOf(one), { status: 'running', cases_seen: 2, failed: 0 })
  })
  await continueRecomputations(process(one, one.db, 3), () => false)
  t.match(await jobOf(one), { status: 'done', cases_seen: 6, cases_changed: 6, failed: 0 })
})

await t.test('a case that was filed under a later policy meanwhile keeps it', async (t) => {
  const one = await testApp(t)
  await begun(one, 2)
  await changePolicy(one, ({ clocks }) => Object.assign(clocks.first_response.at(-1), { allow: hours(9) }))
  const later = await tell(one)
  await continueRecomputations(one.deps, () => false)
  const cases = await one.db.selectFrom('complaints').select(['id', 'policy_version']).execute()
  t.strictSame(
    cases.map(({ policy_version }) => policy_version).sort(),
    [2, 2, 3],
    'the job goes by the policy of when it was asked for',
  )
  t.equal((await happened(one.db, 'clocks_recomputed')).get(later.id), 0)
})

await t.test('as a job it goes on until it is told to stop, and looks again when it is woken at work', async (t) => {
  const one = await testApp(t)
  await begun(one, 200)
  const jobsOf = () => createJobs(process(one, one.db, 5), { deadlines: one.db, webhooks: one.db, others: one.db })
  const first = jobsOf()
  first.wake('recomputations')
  first.wake('recomputations')
  await eventually(async () => ((await jobOf(one)).cases_seen > 0 ? true : undefined), 'it has begun')
  await first.stop()
  first.wake('recomputations')
  const { cases_seen } = await jobOf(one)
  t.ok(cases_seen < 200 && cases_seen % 5 === 0, `the batch at hand was the last, after ${cases_seen} cases`)
  const next = jobsOf()
  next.wake('recomputations')
  await eventually(async () => ((await jobOf(one)).status === 'done' ? true : undefined), 'another instance comes to the end')
  await next.stop()
  t.match(await jobOf(one), { cases_seen: 200, cases_changed: 200 })
})

await t.test('one that is begun meanwhile has its turns beside those at work', async (t) => {
  const one = await testApp(t)
  await begun(one, 200)
  const { platformId } = await one.platform('live')
  let asked = 0
  let begunAt = Number.POSITIVE_INFINITY
  const { done } = await continueRecomputations(process(one, one.db, 5), () => {
    asked += 1
    if (asked === 2) void ask(one, platformId, 1).then(() => (begunAt = asked))
    return asked > begunAt + 4
  })
  t.equal(done, 1)
  const rows = await one.db.selectFrom('recomputations').select(['platform_id', 'status']).orderBy('status').execute()
  t.strictSame(rows, [
    { platform_id: platformId, status: 'done' },
    { platform_id: one.platformId, status: 'running' },
  ])
})
