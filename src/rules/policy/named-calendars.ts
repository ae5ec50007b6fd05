import type { Policy } from './schema.ts'

const found = new WeakMap<Policy, ReadonlySet<string>>()

/** The names of a policy's calendars: its own, and those of its service hours and clocks. A policy never changes, so this is done once. */
export const namedCalendars = (policy: Policy): ReadonlySet<string> => {
  const known = found.get(policy)
  if (known !== undefined) return known
  const names = new Set([policy.calendar])
  if (policy.service_hours) names.add(policy.service_hours.calendar)
  for (const rules of Object.values(policy.clocks)) for (const { calendar } of rules) if (calendar) names.add(calendar)
  found.set(policy, names)
  return names
}
