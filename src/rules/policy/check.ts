/** What a schema cannot say about a policy: whether it can work. Pure. */

import { isAmong, splitName } from '../../platform/access/people.ts'
import { countedKinds, ladderOf } from '../../words/deadlines.ts'
import { type FieldError, problem } from '../../words/problems.ts'
import { type KnownCalendar, type KnownCalendars, timeFaults } from './check-times.ts'
import type { ClockRule } from './clock-rule-schema.ts'
import { fault, type Placed, placedRules } from './placed-rules.ts'
import type { Policy } from './schema.ts'
import { isBusiness } from './which-rule.ts'

const fitsAll = ({ when }: { when?: object | undefined }): boolean => when === undefined || Object.keys(when).length === 0

/** The first rule that fits counts, so each must have its chance, and every case one that fits. */
const listFaults = ({ clocks }: Policy): FieldError[] =>
  countedKinds.flatMap((kind) => {
    const forAll = clocks[kind].findIndex(fitsAll)
    if (forAll === -1)
      return [fault(`/clocks/${kind}`, 'missing_rule', 'must end with a rule without `when`, for every other case')]
    const last = clocks[kind][forAll]
    return [
      ...(['allow', 'on_silence'] as const).flatMap((field) =>
        last?.[field] === undefined
          ? [fault(`/clocks/${kind}/${forAll}/${field}`, 'missing', 'must be said by the rule for every other case')]
          : [],
      ),
      ...clocks[kind]
        .slice(forAll + 1)
        .map((_, i) => fault(`/clocks/${kind}/${forAll + 1 + i}`, 'never_reached', 'comes after a rule that fits every case')),
    ]
  })

const isOnly = (values: readonly string[] | undefined, value: string): boolean => values?.length === 1 && values[0] === value

const words = (list: readonly string[]): string => (list.length === 0 ? 'nothing' : list.join(' or '))

const ladderFaults = ({ at, kind, rule }: Placed): FieldError[] =>
  (rule.on_silence ?? []).flatMap((word, i, ladder) => {
    const pointer = `${at}/on_silence/${i}`
    const { last, before } = ladderOf(kind)
    if (i < ladder.length - 1) {
      return before.includes(word)
        ? []
        : [fault(pointer, 'silence_not_possible', `${words(before)} is possible here before the last word`)]
    }
    if (word === 'remind')
      return [fault(pointer, 'never_ends', 'must not be the last word: the wait would never end, and nobody be called in')]
    if (!last.includes(word)) return [fault(pointer, 'silence_not_possible', `${words(last)} is possible here as the last word`)]
    if (word === 'deem_accepted' && !(isOnly(rule.when?.party, 'respondent') && isOnly(rule.when?.plan_of, 'platform')))
      return [
        fault(
          pointer,
          'silence_not_possible',
          'needs a rule of the respondent alone, about plans of the platform alone (`when`)',
        ),
      ]
    return []
  })

const conditionFaults = ({ at, kind, rule: { when } }: Placed): FieldError[] => {
  const faults: FieldError[] = []
  if (when?.plan_of && kind !== 'confirmation')
    faults.push(fault(`${at}/when/plan_of`, 'not_possible_here', 'is for `confirmation` only: no other clock is about a plan'))
  const { from = 0, below = Number.POSITIVE_INFINITY } = when?.amount ?? {}
  if (from >= below) faults.push(fault(`${at}/when/amount/below`, 'empty_band', 'must be above `from`, or no amount fits'))
  return faults
}

/** What is said of a time that another rule names could come to mean something else there. */
const timeKindFaults = ({ at, rule, next }: Placed): FieldError[] => {
  const { allow, calendar, warn } = rule
  const faults: FieldError[] = []
  const countsBusiness = (one: ClockRule) => (one.allow && isBusiness(one.allow)) || one.while_overdue?.some(isBusiness)
  if (calendar !== undefined && ![rule, ...(allow === undefined ? next : [])].some(countsBusiness))
    faults.push(
      fault(`${at}/calendar`, 'not_possible_here', 'is for business time, and nothing in this rule is counted in business units'),
    )
  if (allow === undefined && warn && 'before' in warn)
    faults.push(fault(`${at}/warn/before`, 'needs_allow', 'needs `allow` in the same rule, of which it is a part'))
  return faults
}

/** The last piece of time is of the kind that its clock counts in. */
const noticeFaults = ({ least_notice: { natural, business } }: Policy): FieldError[] => [
  ...(isBusiness(natural) ? [fault('/least_notice/natural', 'other_kind_of_time', 'must be counted in natural units')] : []),
  ...(isBusiness(business) ? [] : [fault('/least_notice/business', 'other_kind_of_time', 'must be counted in business units')]),
]

/** Rules of who decides: the first that fits counts, so each must have its chance, and every case one that fits. */
const apartFaults = ({ liability_apart: rules }: Policy): FieldError[] => {
  const at = '/liability_apart'
  const forAll = rules.findIndex(fitsAll)
  return [
    ...(forAll === -1 ? [fault(at, 'missing_rule', 'must end with a rule without `when`, for every other case')] : []),
    ...rules.flatMap(({ when }, i) => {
      const { from = 0, below = Number.POSITIVE_INFINITY } = when?.amount ?? {}
      if (forAll !== -1 && i > forAll) return [fault(`${at}/${i}`, 'never_reached', 'comes after a rule that fits every case')]
      return from < below ? [] : [fault(`${at}/${i}/when/amount/below`, 'empty_band', 'must be above `from`, or no amount fits')]
    }),
  ]
}

/** A level above has the higher sum. */
const riskFaults = ({ risk: { levels } }: Policy): FieldError[] =>
  levels.normal < levels.high ? [] : [fault('/risk/levels/high', 'not_above', 'must be above `normal`')]

/** Each person stands once: who is named twice would make a panel look larger than it is. The last resort may be one of them. */
const peopleFaults = ({ people: { level_3, deputies } }: Policy): FieldError[] => {
  const named = [...level_3, ...deputies].map((name) => splitName(name).id)
  return named.flatMap((id, i) => {
    if (!isAmong(named.slice(0, i), id)) return []
    const at = i < level_3.length ? `/people/level_3/${i}` : `/people/deputies/${i - level_3.length}`
    return [fault(at, 'duplicate', 'names somebody who is named before')]
  })
}

const unknownCalendars = (policy: Policy, calendars: KnownCalendars): FieldError[] =>
  [
    { pointer: '/calendar', name: policy.calendar },
    ...placedRules(policy).map(({ at, rule }) => ({ pointer: `${at}/calendar`, name: rule.calendar })),
    { pointer: '/service_hours/calendar', name: policy.service_hours?.calendar },
  ].flatMap(({ pointer, name }) =>
    name === undefined || calendars.has(name)
      ? []
      : [fault(pointer, 'unknown_calendar', 'is no calendar of this platform; make it first with `PUT /v1/calendars/{name}`')],
  )

/** Who waits for service hours needs some. */
const levelFaults = ({ levels, service_hours }: Policy): FieldError[] =>
  Object.entries(levels).flatMap(([level, { notices }]) =>
    notices === 'service_hours' && service_hours === null
      ? [fault(`/levels/${level}/notices`, 'needs_service_hours', 'needs `service_hours`, and this policy has none')]
      : [],
  )

/** The policy's own warning is at fault once, for the first clock that it does not suit. */
const eachOnce = (faults: readonly FieldError[]): FieldError[] => {
  const told = new Set<string>()
  return faults.filter(({ pointer, code }) => !told.has(`${pointer} ${code}`) && told.add(`${pointer} ${code}`))
}

/** Everything that keeps a document that fits its schema from working. */
export const faultsOf = (policy: Policy, calendars: KnownCalendars): FieldError[] => {
  const placed = placedRules(policy)
  return eachOnce([
    ...unknownCalendars(policy, calendars),
    ...listFaults(policy),
    ...placed.flatMap(conditionFaults),
    ...placed.flatMap(timeKindFaults),
    ...noticeFaults(policy),
    ...apartFaults(policy),
    ...levelFaults(policy),
    ...peopleFaults(policy),
    ...riskFaults(policy),
    ...placed.flatMap(ladderFaults),
    ...timeFaults(policy, calendars),
  ])
}

const MOST_ERRORS = 50

/** @throws Problem `policy_cannot_work` (422) with a pointer to each fault, into the document as it was sent under `document` */
export const checkPolicy = (policy: Policy, calendars: KnownCalendars): void => {
  const faults = faultsOf(policy, calendars)
  if (faults.length === 0) return
  const errors = faults.slice(0, MOST_ERRORS).map((found) => ({ ...found, pointer: `/document${found.pointer}` }))
  const [first] = errors
  const detail =
    faults.length === 1 ? `${first?.pointer} ${first?.detail}.` : `${faults.length} things keep this policy from working.`
  throw problem('policy_cannot_work', detail, { errors })
}

/**
 * Whether a policy can work once one of its calendars is another.
 * @throws Problem `calendar_does_not_fit` (422) with an error for each fault, which says where in the policy it lies
 */
export const checkCalendarFits = (policy: Policy, name: string, calendar: KnownCalendar): void => {
  const faults = eachOnce(timeFaults(policy, new Map([[name, calendar]])))
  if (faults.length === 0) return
  const errors = faults
    .slice(0, MOST_ERRORS)
    .map(({ pointer, code, detail }) => ({ pointer: '', code, detail: `${pointer} of the policy ${detail}` }))
  throw problem('calendar_does_not_fit', `With this calendar the policy could not work: ${errors[0]?.detail}.`, { errors })
}
