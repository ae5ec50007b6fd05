import t from 'tap'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { type ExampleMoment, exampleTable, pauseExample, shorteningExample } from '../../../src/case/deadlines/explained.ts'
import { recount } from '../../../src/clockwork/recomputations/decide.ts'
import { systemActor } from '../../../src/platform/access/caller.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { clockReasons } from '../../../src/words/clock-reasons.ts'
import { finished } from '../../support/events.ts'
import { guidePage } from '../../support/guide.ts'
import { agent, buyer, once, type Story, withPolicy } from '../../support/rules.ts'

const page = guidePage('clocks')

/** Plays the moves of an example, the first of which has been made, and tells as it does. */
const played = (moments: readonly ExampleMoment[], story: Story, ...moves: ((story: Story) => unknown)[]): ExampleMoment[] =>
  moments.map((moment, n) => {
    if (n > 0) moves[n - 1]?.(story.at(moment.at))
    return { ...moment, clocks: story.open }
  })

t.test('silence before a pause, as the page tells it', async (t) => {
  const told = played(
    pauseExample,
    once.accepted(),
    (story) => story.by(agent, 'request_information', { items: ['照片'] }),
    (story) => story.by(buyer, 'provide_information', { statement: '已上传' }),
  )
  t.strictSame(
    told,
    pauseExample.map((moment) => ({ ...moment, clocks: [...moment.clocks] })),
  )
  t.ok(page.includes(exampleTable(told)))
})

t.test('a side’s time that is shortened, as the page tells it', async (t) => {
  let version = 1
  const allow = (count: number, unit: 'days' | 'hours') => (story: Story) => {
    version += 1
    const clocks = {
      ...defaultPolicy.clocks,
      confirmation: defaultPolicy.clocks.confirmation.map((rule) => ({ ...rule, allow: { count, unit } })),
    }
    story.under({ ...withPolicy({ clocks }), policyVersion: version })
    const d = new Decision(story.file, systemActor, story.now, story.rules)
    recount(d, { applies: 'policy_and_calendars' })
    story.file = finished(d).file
    story.sweep()
  }
  const story = once.proposed().onPlan(buyer, 'accept')
  const told = played(shorteningExample, story, allow(1, 'days'), allow(1, 'hours'), (x) => x.sweep())
  t.strictSame(
    told,
    shorteningExample.map((moment) => ({ ...moment, clocks: [...moment.clocks] })),
  )
  t.ok(page.includes(exampleTable(told)))
})

t.test('the page lists every reason, in both languages', async (t) => {
  for (const [code, { en, zh }] of Object.entries(clockReasons)) t.ok(page.includes(`| \`${code}\` | ${en} | ${zh} |`), code)
})
