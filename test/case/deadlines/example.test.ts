import t from 'tap'
import { clocksExplained, example } from '../../../src/case/deadlines/explained.ts'
import { HOUR, MINUTE } from '../../../src/foundation/clock.ts'
import { agent, buyer, inShanghai, liability, offer, Story } from '../../support/rules.ts'

const endedWith = (story: Story, kind: string) => story.file.deadlines.findLast((x) => x.kind === kind && x.ended_at !== null)

t.test('the worked example of the docs is what happens', async (t) => {
  const story = new Story(undefined, undefined, inShanghai('2026-09-29 16:30'))
  const told = [{ at: '2026-09-29 16:30', clocks: story.open }]
  const after = (local: string, moves: () => Story): void => {
    story.at(local)
    moves()
    told.push({ at: local, clocks: story.open })
  }

  after('2026-09-29 17:00', () => story.by(agent, 'accept'))
  t.match(endedWith(story, 'first_response'), { status: 'met', margin_ms: 30 * MINUTE })

  t.strictSame(story.at('2026-10-08 13:24').sweep().events, ['deadline_due_soon'], 'four fifths of the merchant’s 18 hours')
  after('2026-10-08 17:00', () => story.sweep())
  t.match(endedWith(story, 'respondent_response'), {
    status: 'missed',
    escalation: { level: 2, tells: ['owner', 'supervisors'] },
  })

  after('2026-10-09 10:00', () => story.by(agent, 'request_information', { items: ['照片'] }))
  after('2026-10-11 20:00', () => story.by(buyer, 'provide_information', { statement: '已上传' }))
  after('2026-10-12 11:30', () =>
    story
      .by(agent, 'determine_liability', liability)
      .by(agent, 'create', offer(5_000))
      .onPlan(agent, 'propose')
      .onPlan(buyer, 'accept'),
  )
  t.match(endedWith(story, 'intervention'), { status: 'met', margin_ms: 13.5 * HOUR })

  after('2026-10-15 11:30', () => story.sweep())
  t.match(endedWith(story, 'resolution'), { status: 'met', margin_ms: 13.5 * HOUR })
  t.match(story.file.complaint.sla, {
    first_response: { result: 'met', margin_ms: 30 * MINUTE },
    resolution: { result: 'met', margin_ms: 13.5 * HOUR },
  })

  t.strictSame(
    told,
    example.map(({ at, clocks }) => ({ at, clocks: [...clocks] })),
  )
  for (const { at } of example) t.match(clocksExplained(), at)
})
