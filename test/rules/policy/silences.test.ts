/** What a policy may say of silences that decide, and of levels that sleep; and what one says that is older than these words. */
import t from 'tap'
import { faultsOf } from '../../../src/rules/policy/check.ts'
import { defaultPolicy } from '../../../src/rules/policy/default-policy.ts'
import { readPolicy } from '../../../src/rules/policy/reading.ts'
import type { Policy, PolicyDocument } from '../../../src/rules/policy/schema.ts'

const calendars = new Map([['china', { dayMs: 32_400_000, yearMs: 32_400_000 * 250 }]])
const faults = (change: Partial<Policy>) =>
  faultsOf({ ...defaultPolicy, ...change }, calendars).map(({ pointer, code }) => `${pointer} ${code}`)
const agreeing = { allow: { count: 2, unit: 'days' as const }, on_silence: ['deem_agreed' as const] }
const sleeping = { ...defaultPolicy.levels, '2': { ...defaultPolicy.levels['2'], notices: 'service_hours' as const } }

t.test('silence agrees to a complaint, and to nothing else', async (t) => {
  t.strictSame(faults({ clocks: { ...defaultPolicy.clocks, respondent_response: [agreeing] } }), [])
  for (const kind of ['confirmation', 'information', 'resolution', 'completion'] as const)
    t.strictSame(faults({ clocks: { ...defaultPolicy.clocks, [kind]: [agreeing] } }), [
      `/clocks/${kind}/0/on_silence/0 silence_not_possible`,
    ])
})

t.test('a level that waits for service hours needs some', async (t) => {
  t.strictSame(faults({ levels: sleeping }), ['/levels/2/notices needs_service_hours'])
  t.strictSame(faults({ levels: sleeping, service_hours: { calendar: 'china', holds_back: [] } }), [])
})

t.test('a document from before these words is read with what they mean by default', async (t) => {
  const { platform_silence: _, deem_agreed_up_to: __, clocks, ...older } = defaultPolicy
  const { completion: ___, ...olderClocks } = clocks
  const read = readPolicy({ ...older, clocks: olderClocks } as PolicyDocument)
  t.strictSame(read.platform_silence, { resolution: 'none', appeal_decision: 'none' })
  t.strictSame(read.deem_agreed_up_to, {})
  t.strictSame(read.clocks.completion, [
    {
      allow: { count: 7, unit: 'business_days' },
      on_silence: ['escalate'],
      warn: { at_percent: 80 },
      while_overdue: [{ count: 1, unit: 'business_days' }],
    },
  ])
  t.strictSame(readPolicy({ ...defaultPolicy, platform_silence: {} } as PolicyDocument).platform_silence, {
    resolution: 'none',
    appeal_decision: 'none',
  })
})
