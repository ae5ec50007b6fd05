/** What the simulated platform goes by: all that a policy can say about silence occurs, and in July it changes. */
import { defaultPolicy } from '../../src/policy/default-policy.ts'
import type { Policy } from '../../src/policy/schema.ts'

/** Reminders before the last word, and nothing is told at night, on weekends and holidays. */
export const withServiceHours: Policy = {
  ...defaultPolicy,
  while_overdue: [
    { count: 1, unit: 'business_days' },
    { count: 5, unit: 'business_days' },
  ],
  clocks: {
    ...defaultPolicy.clocks,
    information: [{ allow: { count: 3, unit: 'days' }, on_silence: ['remind', 'close_no_response'] }],
    return_shipment: [{ allow: { count: 7, unit: 'days' }, on_silence: ['remind', 'close_return_not_shipped'] }],
  },
  service_hours: { calendar: 'china', holds_back: ['warnings', 'notices'] },
}

/** Who wants it quicker: cases opened from now on have less time, and are told of it at any hour. */
export const quicker: Policy = {
  ...withServiceHours,
  clocks: {
    ...withServiceHours.clocks,
    resolution: [{ allow: { count: 5, unit: 'business_days' }, on_silence: ['escalate'] }],
    respondent_response: [{ allow: { count: 8, unit: 'business_hours' }, on_silence: ['remind', 'escalate'] }],
    refund: [{ allow: { count: 12, unit: 'hours' }, on_silence: ['escalate'] }],
  },
  service_hours: null,
}
