/** What docs/guide/silences.md tells is what happens. */
import t from 'tap'
import type { NewComplaintBody } from '../../../src/case/complaints/filing-schema.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { guidePage, rowsUnder } from '../../support/guide.ts'
import { agent, filing, inShanghai, merchant, Story, withPolicy } from '../../support/rules.ts'

const rowsOf = (head: string): string[][] => rowsUnder(guidePage('silences'), head)

const by = withPolicy({
  clocks: {
    ...defaultPolicy.clocks,
    respondent_response: [{ allow: { count: 2, unit: 'business_days' }, on_silence: ['deem_agreed'] }],
  },
  deem_agreed_up_to: { CNY: 10_000 },
})

const told = (wanted: NewComplaintBody['wanted'] | null): Story => {
  const { wanted: _, ...body } = filing()
  return new Story(wanted === null ? body : { ...body, wanted }, undefined, inShanghai('2026-11-23 10:00'), by).by(
    agent,
    'accept',
  )
}

t.test('the merchant who never answers', async (t) => {
  const story = told({ remedy: 'refund', amount: 5_000 })
  const acts: (() => unknown)[] = [
    () => story,
    () => story.sweep(),
    () => story.sweep(),
    () => story.onStep(agent, 'complete_step', { payment_reference: 'PAY-1' }),
    () => story.by(merchant, 'file', { reason_code: 'wrong_facts', statement: '请复核' }),
  ]
  const rows = rowsOf('When')
  t.equal(rows.length, acts.length)
  for (const [i, [at = '', happens = '', status]] of rows.entries()) {
    story.at(at)
    acts[i]?.()
    t.equal(story.status, status, at)
    t.strictSame(
      story.events,
      [...happens.matchAll(/`(\w+)`/g)].map(([, type]) => type),
      at,
    )
  }
})

t.test('what silence makes of a wish', async (t) => {
  const rows = rowsOf('Wanted')
  t.equal(rows.length, 7)
  for (const [remedy = '', amount = '', becomes] of rows) {
    const wanted = { remedy, ...(amount !== '' && { amount: Number(amount) }) } as NewComplaintBody['wanted']
    const story = told(remedy === '' ? null : wanted)
      .at('2026-11-25 10:00')
      .sweep()
    const { obstacle } = story.last?.events.find(({ type }) => type === 'complaint_escalated')?.data ?? {}
    t.equal(obstacle ?? story.plan.remedies[0]?.type, becomes, `${remedy} ${amount}`)
  }
})
