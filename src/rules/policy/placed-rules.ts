import { countedKinds } from '../../words/deadlines.ts'
import type { FieldError } from '../../words/problems.ts'
import type { ClockRule } from './clock-rule-schema.ts'
import type { Policy } from './schema.ts'

/** A rule, and where it stands. */
export interface Placed {
  at: string
  kind: keyof Policy['clocks']
  rule: ClockRule
  /** What fills in what it does not say. */
  next: readonly ClockRule[]
}

export const fault = (pointer: string, code: string, detail: string): FieldError => ({ pointer, code, detail })

export const placedRules = ({ clocks }: Policy): Placed[] =>
  countedKinds.flatMap((kind) =>
    clocks[kind].map((rule, i, list) => ({ at: `/clocks/${kind}/${i}`, kind, rule, next: list.slice(i + 1) })),
  )
