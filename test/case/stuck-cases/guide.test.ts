/** What docs/guide/stuck-cases.md tells is what happens. */
import { sql } from 'kysely'
import t from 'tap'
import { sweepAll } from '../../../src/clockwork/sweeps/sweep.ts'
import { errorClassNames } from '../../../src/words/stuck-cases.ts'
import { agent, done, file, supervisor } from '../../races/cases.ts'
import { movableClock, testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'

const page = guidePage('stuck-cases')
const rowsBelow = (heading: string): string[][] => rowsInChapter(page, heading)

const timeOf = (text: string): string => `2026-11-23T${text.length === 5 ? `${text}:00` : text}.000Z`

t.test('every class of error is explained', async (t) => {
  t.strictSame(
    rowsBelow('What you see').map(([name, chinese]) => [name?.replaceAll('`', ''), chinese]),
    Object.entries(errorClassNames).map(([name, { zh }]) => [name, zh]),
  )
})

t.test('the example', async (t) => {
  const one = await testApp(t, { clock: movableClock(timeOf('10:00')) })
  const { id } = await file(one)
  await sql`update complaints set policy_version = 99`.execute(one.db)
  const told = rowsBelow('An example')
  t.equal(told.length, 6)
  for (const [at = '', happens = '', tries, next, level] of told) {
    one.clock.advance(Date.parse(timeOf(at)) - one.clock.nowMs())
    if (happens.includes('restored')) {
      await sql`update complaints set policy_version = 1`.execute(one.db)
      await done(one, supervisor, `/v1/stuck-cases/${id}/retry`)
    } else await sweepAll(one.deps, () => false)
    const { body } = await one.call('GET', `/v1/complaints/${id}`, { as: agent })
    t.strictSame(
      [String(body.stuck?.tries ?? '–'), body.stuck?.next_try_at ?? '–', String(body.level)],
      [tries, next === '–' ? next : timeOf(next ?? ''), level],
      at,
    )
    const events = (await one.call('GET', `/v1/complaints/${id}/events?limit=100`, { as: agent })).body.data
    for (const [, type = ''] of happens.matchAll(/`(case_\w+)`/g))
      t.ok(
        events.some((event: { type: string }) => event.type === type),
        type,
      )
  }
})
