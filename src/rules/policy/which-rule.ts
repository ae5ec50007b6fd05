/** What a policy says about one case: which rule of a clock fits it, how long a duration is, until when it could be filed. Pure. */

import { addMs, DAY, HOUR, MINUTE, type Time } from '../../foundation/clock.ts'
import type { Category, Channel } from '../../words/complaints.ts'
import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { Calendar } from '../calendars/calendar.ts'
import { RulesMissing } from '../rule-book/missing.ts'
import type { ClockRule, ConditionsIn, Duration, WholeRule } from './clock-rule-schema.ts'
import type { Policy } from './schema.ts'

/** What a rule may ask of the order of a case. Amounts in minor units. */
interface RuledOrder extends Partial<Record<Policy['filing_windows'][number]['since'], Time | null>> {
  currency: string
  paid_amount: number
}

/** What a rule may ask of a complaint. */
interface RuledComplaint {
  channel: Channel
  category: Category
  wanted: { amount?: number; currency?: string } | null
  order_details: RuledOrder | null
}

/** What the conditions of a rule look at. */
export interface ClockFacts {
  complaint: RuledComplaint
  party: Side
  /** Whose plan the clock is about. */
  planOf?: Side | undefined
}

const holds = (when: ConditionsIn, { complaint, party, planOf }: ClockFacts): boolean => {
  const { channel, category, amount } = when
  if (channel && !channel.includes(complaint.channel)) return false
  if (category && !category.includes(complaint.category)) return false
  if (when.party && !when.party.includes(party)) return false
  if (when.plan_of && !(planOf && when.plan_of.includes(planOf === 'platform' ? 'platform' : 'party'))) return false
  return amount === undefined || isInBand(amount, complaint)
}

/** The money that a case is about: the wanted amount, else what was paid. Both are in the order's currency where there is an order. */
const aboutOf = ({
  wanted,
  order_details: order,
}: Pick<RuledComplaint, 'wanted' | 'order_details'>): { value: number; currency: string } | undefined => {
  const value = wanted?.amount ?? order?.paid_amount
  const currency = order?.currency ?? wanted?.currency
  return value === undefined || currency === undefined ? undefined : { value, currency }
}

/** Whether what the case is about lies in the band. */
const isInBand = (
  { currency, from = 0, below = Number.POSITIVE_INFINITY }: NonNullable<ConditionsIn['amount']>,
  complaint: ClockFacts['complaint'],
): boolean => {
  const about = aboutOf(complaint)
  return about !== undefined && about.currency === currency && about.value >= from && about.value < below
}

/** Whether money of this sum needs a supervisor: in a currency without an approval amount, any does. */
export const isAboveApproval = ({ approval_amounts }: Policy, total: number, currency: string | null): boolean =>
  total > 0 && total > (approval_amounts[currency ?? ''] ?? -1)

/**
 * Whether a person who alone fixed the liability of this case may neither dismiss it nor impose a plan. The first rule that fits decides.
 */
export const liabilityIsApart = (policy: Policy, complaint: ClockFacts['complaint']): boolean => {
  const about = aboutOf(complaint)
  const isAbove = about !== undefined && isAboveApproval(policy, about.value, about.currency)
  return (
    policy.liability_apart.find(
      ({ when: { category, amount, above_approval_amount: above } = {} }) =>
        (category === undefined || category.includes(complaint.category)) &&
        (amount === undefined || isInBand(amount, complaint)) &&
        (above === undefined || above === isAbove),
    )?.apart ?? false
  )
}

/** The rule that a clock follows, merged from the rules that fit; an earlier rule wins over a later one. */
export interface FollowedRule extends WholeRule {
  /** The rules that it was merged from, as pointers into the document, in their order. */
  lines: readonly string[]
}

/** The rule that a clock of this case follows. @throws RulesMissing where a policy that was never checked has none */
export const clockRuleFor = (policy: Policy, kind: CountedKind, facts: ClockFacts): FollowedRule => {
  let found: ClockRule = {}
  const lines: string[] = []
  for (const [line, { when, ...rule }] of policy.clocks[kind].entries()) {
    if (when !== undefined && !holds(when, facts)) continue
    if (Object.keys(rule).some((field) => !(field in found))) lines.push(`/clocks/${kind}/${line}`)
    found = { ...rule, ...found }
    const { allow, on_silence } = found
    // with `allow` and `on_silence` the rule is complete; the rules after it are for other cases
    if (allow !== undefined && on_silence !== undefined) return { ...found, allow, on_silence, lines }
  }
  // a sound policy ends each list with a rule for everything else
  throw new RulesMissing('rule', `the policy has no rule of ${kind} for this case`)
}

const UNIT_MS = { minutes: MINUTE, hours: HOUR, days: DAY, business_minutes: MINUTE, business_hours: HOUR } as const

export const isBusiness = ({ unit }: Duration): boolean => unit.startsWith('business_')

/** A duration in milliseconds of the time it counts in; business days are as long as the calendar says. */
export const msOf = ({ count, unit }: Duration, calendar: Pick<Calendar, 'dayMs'>): number =>
  count * (unit === 'business_days' ? calendar.dayMs : UNIT_MS[unit])

/** The moment that lies `duration` after `start`. */
export const after = (start: Time, duration: Duration, calendar: Calendar): Time =>
  isBusiness(duration) ? calendar.add(start, msOf(duration, calendar)) : addMs(start, msOf(duration, calendar))

/** Until when a complaint about this order is filed in time; null where no window fits or its time is unknown. */
export const filingWindowEnd = (
  { filing_windows }: Policy,
  complaint: Pick<RuledComplaint, 'channel' | 'category'>,
  order: RuledOrder | null,
  calendar: Calendar,
): Time | null => {
  for (const { when, since, allow } of filing_windows) {
    const start = order?.[since]
    if (!start) continue
    if (when?.channel && !when.channel.includes(complaint.channel)) continue
    if (when?.category && !when.category.includes(complaint.category)) continue
    return after(start, allow, calendar)
  }
  return null
}
