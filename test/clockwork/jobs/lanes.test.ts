/** Jobs have their turns side by side: none waits for another lane, none runs beside itself, and a failure is one turn's. No database is asked. */
import t, { type Test } from 'tap'
import type { Job, JobDeps } from '../../../src/clockwork/jobs/job.ts'
import { jobs as table } from '../../../src/clockwork/jobs/jobs.ts'
import { createJobs } from '../../../src/clockwork/jobs/lanes.ts'
import { loadConfig } from '../../../src/config.ts'
import { diskStore } from '../../../src/files/disk.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/foundation/clock.ts'
import { createLogger } from '../../../src/foundation/process/logger.ts'
import { createMetrics } from '../../../src/foundation/process/metrics.ts'
import type { Db } from '../../../src/foundation/sql/database.ts'
import { machine, NOON } from '../machine.ts'

/** Databases that are only told apart. */
const [requests, deadlines, others] = ['requests', 'deadlines', 'others'].map((name) => ({ name })) as unknown as [Db, Db, Db]

const job = (change: Partial<Job>): Job => ({
  name: 'forget_answers',
  what: '',
  turns: MINUTE,
  lane: 'records',
  atOnce: '',
  twice: 'harmless twice',
  run: async () => ({}),
  ...change,
})

/** A process with jobs of the test's own, its clocks at noon, its sweeps every fifteen seconds. */
const running = (t: Test, lines: readonly Job[]) => {
  const m = machine([15 * SECOND])
  const logged: Record<string, unknown>[] = []
  const deps: JobDeps = {
    db: requests,
    files: diskStore('/nowhere'),
    clock: { nowMs: () => NOON + m.sinceNoon() },
    log: createLogger({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    rules: { present: () => t.fail(), of: () => t.fail(), under: () => t.fail() } as unknown as JobDeps['rules'],
    learning: {} as JobDeps['learning'],
    metrics: createMetrics({ process: false }),
    config: loadConfig({}),
  }
  const jobs = createJobs(deps, { deadlines, webhooks: others, others }, lines)
  t.teardown(() => jobs.stop())
  /** A number of `/metrics`, `undefined` where it is not told. */
  const metric = async (name: string): Promise<number | undefined> => {
    const line = (await deps.metrics.registry.metrics()).split('\n').find((text) => text.startsWith(`${name} `))
    return line === undefined ? undefined : Number(line.split(' ')[1])
  }
  return { ...m, jobs, logged, metric, start: () => jobs.start('*/15 * * * * *', m.made) }
}

/** Work that goes on until the test lets it end. */
const longWork = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { over: promise, end: () => resolve() }
}

/** Lets what is promised come true. */
const settled = () => new Promise(setImmediate)

t.test(
  'each job has a turn at the start and then by its period; a sweep by its pattern, whatever is done to the clock',
  async (t) => {
    const turns: [string, number][] = []
    const noting = (name: Job['name'], change: Partial<Job>) =>
      job({
        name,
        run: async () => {
          turns.push([name, sinceStart()])
          return {}
        },
        ...change,
      })
    const { start, pass, setClock, sinceStart } = running(t, [
      noting('sweep', { turns: 'SWEEP_CRON', lane: 'deadlines' }),
      noting('forget_answers', { turns: 20 * SECOND }),
      noting('collect_orphans', { turns: HOUR, lane: 'files' }),
    ])
    start()
    await settled()
    await pass(25 * SECOND)
    setClock(-30 * DAY)
    await pass(20 * SECOND)
    const of = (name: string) => turns.filter(([each]) => each === name).map(([, at]) => at / SECOND)
    t.strictSame(of('sweep'), [15, 30, 45])
    t.strictSame(of('forget_answers'), [0, 20, 40])
    t.strictSame(of('collect_orphans'), [0])
  },
)

t.test('work that goes on for hours keeps nobody in another lane waiting; who is in its own lane comes after it', async (t) => {
  const cleaning = longWork()
  const done: string[] = []
  const noting = (name: Job['name'], change: Partial<Job>, first?: Promise<void>) =>
    job({
      name,
      run: async () => {
        await first
        done.push(name)
        return {}
      },
      ...change,
    })
  const { start, pass } = running(t, [
    noting('forget_answers', {}, cleaning.over),
    noting('forget_sweep_runs', {}),
    noting('sweep', { turns: 'SWEEP_CRON', lane: 'deadlines' }),
    noting('collect_orphans', { lane: 'files', turns: DAY }),
  ])
  start()
  await pass(30 * SECOND)
  t.strictSame(done, ['collect_orphans', 'sweep', 'sweep'])
  cleaning.end()
  await settled()
  t.strictSame(done.slice(3), ['forget_answers', 'forget_sweep_runs'])
})

t.test('a job that is still at work when its next turn comes is left out of it, and has the one after', async (t) => {
  const work = longWork()
  let begun = 0
  const { start, pass, metric } = running(t, [
    job({
      run: async () => {
        begun += 1
        await work.over
        return {}
      },
    }),
  ])
  start()
  await pass(5 * MINUTE)
  t.equal(begun, 1)
  t.equal(await metric('redress_job_last_success_timestamp_seconds{job="forget_answers"}'), undefined, 'not before it is through')
  work.end()
  await settled()
  t.equal(begun, 1, 'turns that were left out are not made up for')
  await pass(MINUTE)
  t.equal(begun, 2)
})

t.test('a job that fails is told without a word of the data, and tried again at its next turn', async (t) => {
  let fails = true
  const { start, pass, logged, metric, sinceNoon } = running(t, [
    job({
      run: async () => {
        if (fails) throw new Error('duplicate key (王小明)')
        return { removed: 3 }
      },
    }),
    job({ name: 'collect_orphans', lane: 'files' }),
  ])
  start()
  await pass(MINUTE)
  t.match(logged, [
    { level: 'error', job: 'forget_answers', type: 'Error', msg: /failed; its next turn tries again/ },
    { level: 'error', job: 'forget_answers' },
  ])
  t.notMatch(JSON.stringify(logged), '王小明')
  t.equal(await metric('redress_job_failures_total{job="forget_answers"}'), 2)
  t.equal(await metric('redress_job_last_success_timestamp_seconds{job="forget_answers"}'), undefined)
  t.equal(await metric('redress_job_failures_total{job="collect_orphans"}'), 0, 'told before anything fails')
  fails = false
  await pass(MINUTE)
  t.match(logged[2], { level: 'info', job: 'forget_answers', removed: 3 })
  t.equal(await metric('redress_job_failures_total{job="forget_answers"}'), 2)
  t.equal(await metric('redress_job_last_success_timestamp_seconds{job="forget_answers"}'), (NOON + sinceNoon()) / SECOND)
  t.equal(await metric('redress_job_duration_seconds_count{job="forget_answers"}'), 3)
})

t.test('a run that found nothing to do has no line in the log, and one that did something has one', async (t) => {
  let removed = 0
  const { start, pass, logged } = running(t, [job({ run: async () => ({ removed, kept: 0 }) })])
  start()
  await pass(3 * MINUTE)
  t.strictSame(logged, [])
  removed = 7
  await pass(MINUTE)
  t.match(logged, [{ level: 'info', job: 'forget_answers', removed: 7, duration_ms: Number }])
})

t.test('woken, a job has a turn at once; woken at work, one more when it is through, however often', async (t) => {
  let work = longWork()
  let begun = 0
  const { jobs } = running(t, [
    job({
      name: 'recomputations',
      lane: 'recomputations',
      run: async () => {
        begun += 1
        await work.over
        return {}
      },
    }),
  ])
  jobs.wake('recomputations')
  await settled()
  t.equal(begun, 1, 'also where nothing was started')
  jobs.wake('recomputations')
  jobs.wake('recomputations')
  const first = work
  work = longWork()
  first.end()
  await settled()
  t.equal(begun, 2)
  work.end()
  await settled()
  t.equal(begun, 2)
})

t.test('a stop asks long work to end between two batches, waits for it, and lets nothing begin', async (t) => {
  const batch = longWork()
  let batches = 0
  const begun: string[] = []
  const { start, pass, jobs, armed } = running(t, [
    job({
      run: async (_deps, shouldStop) => {
        while (!shouldStop()) {
          batches += 1
          await batch.over
        }
        return {}
      },
    }),
    job({
      name: 'forget_sweep_runs',
      run: async () => {
        begun.push('forget_sweep_runs')
        return {}
      },
    }),
  ])
  start()
  await settled()
  let stopped = false
  const stopping = jobs.stop().then(() => {
    stopped = true
  })
  await pass(DAY)
  t.equal(stopped, false, 'the batch is at work')
  batch.end()
  await stopping
  t.equal(batches, 1)
  await pass(DAY)
  jobs.wake('recomputations')
  await settled()
  t.strictSame(begun, [], 'what had waited behind it, or would come later, does not begin')
  t.equal(armed(), 0, 'and no timer keeps the process alive')
})

t.test('a job that does not end is left at work once patience is over, and is told', async (t) => {
  const work = longWork()
  const { start, jobs, logged } = running(t, [
    job({
      name: 'collect_orphans',
      run: async () => {
        await work.over
        return {}
      },
    }),
  ])
  start()
  await settled()
  await jobs.stop(1)
  t.match(logged, [{ level: 'warn', jobs: ['collect_orphans'], msg: /left at work/ }])
  work.end()
})

t.test('a sweep that shows itself batch after batch is not late; one of which nothing is seen is a fault', async (t) => {
  const work = longWork()
  let look = (): boolean => false
  const { start, pass, jobs } = running(t, [
    job({
      name: 'sweep',
      turns: 'SWEEP_CRON',
      lane: 'deadlines',
      run: async (_deps, shouldStop) => {
        look = shouldStop
        await work.over
        return {}
      },
    }),
  ])
  t.equal(jobs.fault(), undefined, 'before it is started')
  start()
  for (let n = 0; n < 10; n++) {
    await pass(20 * SECOND)
    look()
  }
  t.equal(jobs.fault(), undefined)
  await pass(2 * MINUTE)
  t.match(jobs.fault(), /timetable stands still/)
  work.end()
  await pass(15 * SECOND)
  t.equal(jobs.fault(), undefined)
})

t.test(
  'the lane of the deadlines has connections of its own; the others have some together, and none has those of the requests',
  async (t) => {
    const given = new Map<string, Db>()
    const seeing = ({ name, lane, turns }: Job) =>
      job({
        name,
        lane,
        turns,
        run: async ({ db }) => {
          given.set(name, db)
          return {}
        },
      })
    const { start, pass } = running(t, table.map(seeing))
    start()
    await pass(15 * SECOND)
    t.strictSame(new Set(given.keys()), new Set(table.map(({ name }) => name)), 'every job of the table has had a turn')
    t.strictSame(
      [...given].filter(([, db]) => db === deadlines).map(([name]) => name),
      ['sweep'],
    )
    t.strictSame(
      [...given.values()].filter((db) => db === requests),
      [],
    )
  },
)

t.test('in the table each job stands once, and the sweep shares its lane with nobody', async (t) => {
  t.equal(new Set(table.map(({ name }) => name)).size, table.length)
  t.strictSame(
    table.filter(({ lane }) => lane === 'deadlines').map(({ name, turns }) => [name, turns]),
    [['sweep', 'SWEEP_CRON']],
  )
})
