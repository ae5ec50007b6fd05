import t from 'tap'
import { peopleExample, withoutLastResort } from '../../../src/case/appeals/people-explained.ts'
import { challengeStatusNames, standDownReasonNames } from '../../../src/words/complaints.ts'
import { guidePage } from '../../support/guide.ts'
import { merchant, once } from '../../support/rules.ts'

const page = guidePage('people')

t.test('the worked example of the guide is what happens', async (t) => {
  const story = once.imposed().by(merchant, 'file', { reason_code: 'wrong_facts', statement: '请复核' })
  const told = [{ at: '2026-11-23 10:00', clocks: story.open }]
  for (const day of ['11-30', '12-01', '12-02', '12-03', '12-04', '12-07', '12-08', '12-09', '12-10']) {
    const at = `2026-${day} 10:00`
    story.at(at).sweep()
    told.push({ at, clocks: story.open })
  }
  const moments = withoutLastResort.map(({ at }) => at)
  t.strictSame(
    told.filter(({ at }) => moments.includes(at)),
    withoutLastResort.map(({ at, clocks }) => ({ at, clocks: [...clocks] })),
  )
  t.match(story.appeal, { status: 'undecided' })
  t.ok(page.includes(peopleExample()), 'and stands in the guide')
})

t.test('the guide has every code with its names', (t) => {
  for (const [code, { zh, en }] of Object.entries({ ...standDownReasonNames, ...challengeStatusNames })) {
    t.ok(page.includes(`| \`${code}\` | ${zh} | ${en} |`), code)
  }
  t.end()
})
