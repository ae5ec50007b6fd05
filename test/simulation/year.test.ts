/**
 * A year of one platform: thousands of cases, people who act and people who are silent, and a service that dies again and again in the
 * middle of its sweeps. What must hold is read from the database afterwards. `REDRESS_SEED` tells another year.
 */
import t from 'tap'
import { seeded } from '../../scripts/demo/random.ts'
import { DAY, HOUR, MINUTE, toMs } from '../../src/foundation/clock.ts'
import { silences } from '../../src/words/deadlines.ts'
import { recompute } from '../clockwork/recomputations/jobs.ts'
import { faultsInBooks } from '../races/cases.ts'
import { movableClock, testApp } from '../support/app.ts'
import { decree } from '../support/policy.ts'
import { faultsOfYear, silencesKept, toldOutOfHours } from './books.ts'
import { addHoliday, quicker, withServiceHours } from './policies.ts'
import { COMMON, World } from './world.ts'

const SEED = Number(process.env.REDRESS_SEED ?? 20_260_101)
const CASES = 2000
/**
 * Nobody is challenged this year, no staff leave words unanswered for ten business days, no payment fails three times, and who has inspected
 * goods sends them back in time: `judges.test.ts`, `heard.test.ts` and `steps.test.ts` tell of that.
 */
const playedElsewhere: readonly string[] = [
  ...['replace', 'end_hold', 'leave_unclaimed', 'refund_due', 'finding_stands'],
  ...['return_to_fund', 'claw_back', 'write_off', 'ask_advance', 'release_hold', 'risk_stands'],
]
const BEGIN = '2026-01-01T00:00:00.000Z'
const JULY = '2026-07-01T00:00:00.000Z'
const NOVEMBER = '2026-11-01T00:00:00.000Z'
const END = '2027-01-01T00:00:00.000Z'
/** Less than a sweep finds after a night or an outage, so that it takes several batches. */
const BATCH = 40
/** So many faults of a kind are printed. */
const MOST = 5

// on a machine that does much else it takes longer
t.setTimeout(1_000_000)

await t.test(`a year of one platform, seed ${SEED}`, async (t) => {
  const began = performance.now()
  const random = seeded(SEED)
  const one = await testApp(t, { clock: movableClock(BEGIN), config: { sweepBatch: BATCH } })
  const world = new World(t, one, random)

  /** How long until the next sweep: minutes, hours, or now and then days in which no instance is up. */
  const pause = (): number => {
    if (random.chance(0.004)) return random.between(1, 4) * DAY
    return random.chance(0.2) ? random.between(1, 40) * MINUTE : random.between(4 * HOUR, 20 * HOUR)
  }
  /** How many have complained by now. */
  const filedByNow = (): number => Math.floor((CASES * (toMs(world.now) - toMs(BEGIN))) / (toMs(END) - toMs(BEGIN)))

  const liveUntil = async (end: string): Promise<void> => {
    for (let month = ''; world.now < end; ) {
      const untilSweep = pause()
      const untilPeople = Math.floor(random.next() * untilSweep)
      await world.wait(untilPeople)
      await world.file(filedByNow() - world.counts.cases)
      await world.act()
      if (!world.now.startsWith(month) || month === '') await world.keepHouse()
      month = world.now.slice(0, 7)
      await world.wait(untilSweep - untilPeople)
      await world.sweep()
    }
  }
  await decree(one, withServiceHours)
  await liveUntil(JULY)
  await decree(one, quicker)
  await recompute(one)
  await liveUntil(NOVEMBER)
  await addHoliday(one, '2026-11-03')
  await recompute(one, { applies: 'calendars' })
  await liveUntil(END)
  await world.sweep({ safe: true })

  const kept = await silencesKept(one.db)
  const deadly = world.sweeps.filter(({ survived }) => !survived).length
  t.comment(`${((performance.now() - began) / 1000).toFixed(1)} s, ${world.sweeps.length} sweeps, ${deadly} of them deadly`)
  t.comment(world.counts, Object.fromEntries(world.deaths), kept)

  t.equal(world.counts.failed, 0, 'every due case could be decided')
  for (const [name, faults] of await faultsOfYear(one.db, world.sweeps)) t.strictSame(faults.slice(0, MOST), [], name)
  t.strictSame((await faultsInBooks(one.db)).slice(0, MOST), [], 'the books are in order')
  t.strictSame(
    (await toldOutOfHours(one.db, JULY)).slice(0, MOST),
    [],
    'nobody is told anything at night, on weekends and holidays',
  )
  t.strictSame(
    silences.filter((word) => !(word in kept) && !playedElsewhere.includes(word)),
    [],
    'every silence had its consequence',
  )
  const common = [...world.statements].filter(([, times]) => times >= 20 * COMMON).map(([statement]) => statement)
  t.strictSame(
    common.flatMap((statement) => [`${statement}, before`, `${statement}, after`]).filter((death) => !world.deaths.has(death)),
    [],
    'an instance died before and after every statement of a sweep',
  )
  t.ok(world.counts.cases >= CASES - 20, `${world.counts.cases} cases`)
})
