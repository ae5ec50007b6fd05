import fc from 'fast-check'
import t from 'tap'
import { DAY, HOUR, toTime } from '../../../src/foundation/clock.ts'
import { agent, buyer, rules, Story } from '../../support/rules.ts'

const { between } = rules.calendarNow('china').time

const moments = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') }).map(toTime)

t.test('a pause keeps exactly the unused rest, whenever it begins and however long it is', async (t) => {
  const resolution = (story: Story) => story.file.deadlines.find((x) => x.kind === 'resolution')
  const waits = fc.integer({ min: 0, max: 6 * DAY })
  fc.assert(
    fc.property(moments, waits, fc.integer({ min: 0, max: 60 * DAY }), (start, work, pause) => {
      const story = new Story(undefined, undefined, start).by(agent, 'accept')
      const rest = 63 * HOUR - between(start, story.after(work).now)
      story.by(agent, 'request_information', { items: ['照片'] })
      const paused = resolution(story)
      story.after(pause).by(buyer, 'provide_information', { statement: '已上传' })
      const resumed = resolution(story)
      return (
        paused?.status === 'paused' &&
        paused.remaining_ms === rest &&
        resumed?.status === 'running' &&
        between(story.now, resumed.due_at) === rest
      )
    }),
    { numRuns: 200 },
  )
  t.pass('63 hours of work stay 63 hours of work')
})
