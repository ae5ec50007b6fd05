/** The longest time that each step of a complaint takes by a policy, in numbers and in words. Pure. */

import { DAY } from '../../foundation/clock.ts'
import { type CountedKind, clockOf, countedKinds, isForStaff } from '../../words/deadlines.ts'
import type { Duration } from '../policy/clock-rule-schema.ts'
import type { Policy } from '../policy/schema.ts'
import { msOf } from '../policy/which-rule.ts'
import type { TimeLimitsWire } from './schema.ts'

type FilingLimit = TimeLimitsWire['filing'][number]
type TimeLimit = TimeLimitsWire['steps'][number]
/** A text in both languages. */
type InWords = TimeLimit['words']

const units: Readonly<Record<Duration['unit'], { zh: string; en: string }>> = {
  minutes: { zh: '分钟', en: 'minute' },
  hours: { zh: '小时', en: 'hour' },
  days: { zh: '天', en: 'day' },
  business_minutes: { zh: '工作分钟', en: 'business minute' },
  business_hours: { zh: '工作小时', en: 'business hour' },
  business_days: { zh: '个工作日', en: 'business day' },
}

/** `2 个工作日`, `2 business days`. */
export const durationInWords = ({ count, unit }: Duration): InWords => {
  const { zh, en } = units[unit]
  return { zh: `${count} ${zh}`, en: `${count} ${en}${count === 1 ? '' : 's'}` }
}

/** A business day is compared as the day that it is part of: which of two is longer must not depend on the month. */
const lengthOf = (duration: Duration): number => msOf(duration, { dayMs: DAY })

/** The longest that any rule of a clock allows; conditions of the rules are not looked at, since no case is known yet. */
const longestOf = (policy: Policy, kind: CountedKind): Duration | undefined =>
  policy.clocks[kind]
    .flatMap(({ allow }) => allow ?? [])
    .reduce<Duration | undefined>((one, other) => (one && lengthOf(one) >= lengthOf(other) ? one : other), undefined)

/** What parties can be told: clocks that only staff know of are left out. */
export const timeLimitsOf = (policy: Policy): TimeLimit[] =>
  countedKinds
    .filter((kind) => !isForStaff(kind))
    .flatMap((kind) => {
      const longest = longestOf(policy, kind)
      if (longest === undefined) return []
      const { name, sides } = clockOf[kind]
      const { zh, en } = durationInWords(longest)
      return [
        { kind, name, sides: [...sides], longest, words: { zh: `${name.zh}：最长 ${zh}`, en: `${name.en}: at most ${en}` } },
      ]
    })

const sinceNames: Readonly<Record<FilingLimit['since'], InWords>> = {
  paid_at: { zh: '付款', en: 'the payment' },
  shipped_at: { zh: '发货', en: 'the shipping' },
  received_at: { zh: '收货', en: 'the receipt' },
}

/** How long after an order a complaint is in time, in the order in which the rules are looked at: the first that fits counts. */
export const filingLimitsOf = ({ filing_windows }: Policy): FilingLimit[] =>
  filing_windows.map(({ when, since, allow }) => {
    const { zh, en } = durationInWords(allow)
    const from = sinceNames[since]
    return {
      since,
      allow,
      categories: when?.category ?? null,
      channels: when?.channel ?? null,
      words: { zh: `${from.zh}后 ${zh}内`, en: `within ${en} of ${from.en}` },
    }
  })
