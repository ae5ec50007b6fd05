/** What is old is removed in bounded batches, all of it in one run, as long as nobody says stop. */
import t from 'tap'
import { forgetAll, ROWS_AT_ONCE } from '../../../src/clockwork/jobs/forget.ts'
import { nothingDone } from '../../../src/clockwork/sweeps/counts.ts'
import { endRun, forgetOldRuns } from '../../../src/clockwork/sweeps/record.ts'
import { DAY, HOUR, toTime } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { testApp } from '../../support/app.ts'

/** So many old rows, and the batches in which they are removed. */
const oldRows = (count: number) => {
  const batches: number[] = []
  const forget = async (most: number): Promise<number> => {
    const gone = Math.min(most, count)
    count -= gone
    batches.push(gone)
    return gone
  }
  return { batches, forget }
}

await t.test('batch after batch, until one is not full', async (t) => {
  const { batches, forget } = oldRows(2 * ROWS_AT_ONCE + 1)
  t.strictSame(await forgetAll(forget, () => false), { removed: 2 * ROWS_AT_ONCE + 1 })
  t.strictSame(batches, [ROWS_AT_ONCE, ROWS_AT_ONCE, 1])
})

await t.test('told to stop, it ends between two batches', async (t) => {
  const { batches, forget } = oldRows(10 * ROWS_AT_ONCE)
  t.strictSame(await forgetAll(forget, () => batches.length === 2), { removed: 2 * ROWS_AT_ONCE })
  t.equal(batches.length, 2)
})

await t.test('runs of sweeps are forgotten after thirty days', async (t) => {
  const { db, clock, platformId, call } = await testApp(t)
  const now = clock.nowMs()
  const ages = [29 * DAY, 30 * DAY + HOUR, 31 * DAY, 32 * DAY]
  for (const age of ages) {
    const startedAt = toTime(now - age)
    const name = { platform_id: platformId, id: newId(), trigger: 'cron' as const, started_at: startedAt }
    await endRun(db, name, 'done', { durationMs: 1, seenAt: startedAt }, { ...nothingDone(), due: 1 })
  }
  const left = async () => {
    const { data } = (await call('GET', '/v1/sweeps')).body
    return data.map(({ started_at }: { started_at: string }) => now - Date.parse(started_at))
  }
  t.equal(await forgetOldRuns(db, now), 3)
  t.strictSame(await left(), ages.slice(0, 1))
  t.equal(await forgetOldRuns(db, now), 0)
})
