/** The fields of a remedy that only some types of remedies have: what refuses a plan, and what `available_actions` says beforehand. */

import type { FieldError } from '../../words/problems.ts'
import { type RemedyType, remedyTypes } from '../../words/refund-plans.ts'
import { movesGoods, refundRemedies } from './steps.ts'
import type { Remedy } from './table.ts'

interface OfSomeTypes {
  of: readonly RemedyType[]
  /** Why another type has none. */
  refusal: (type: RemedyType) => string
  /** What else is wrong with the field, or that it is missing. */
  fault?: (remedy: Remedy) => Pick<FieldError, 'code' | 'detail'> | undefined
}

const partOfRefund: OfSomeTypes = { of: refundRemedies, refusal: (type) => `is a part of a refund; ${type} is none` }
const ofExchange: OfSomeTypes = { of: ['exchange'], refusal: (type) => `is of an exchange; ${type} is none` }

const fields = {
  rule: {
    of: ['statutory_damages'],
    refusal: (type) => `${type} needs no law`,
    fault: ({ type, rule }) =>
      type === 'statutory_damages' && rule === undefined
        ? { code: 'required', detail: 'name the law that grants them' }
        : undefined,
  },
  quantity: {
    of: remedyTypes.filter((type) => refundRemedies.includes(type) || movesGoods(type)),
    refusal: (type) => `${type} is of no pieces`,
    fault: ({ quantity, line_ids }) =>
      quantity !== undefined && line_ids?.length !== 1
        ? { code: 'needs_line', detail: 'pieces are of the one line that `line_ids` names' }
        : undefined,
  },
  replacement: ofExchange,
  difference_amount: {
    ...ofExchange,
    fault: ({ difference_amount, replacement }) =>
      difference_amount !== undefined && replacement === undefined
        ? { code: 'needs_replacement', detail: 'name in `replacement` what costs more' }
        : undefined,
  },
  repair_payer: { of: ['repair'], refusal: (type) => `is of a repair; ${type} is none` },
  freight_amount: partOfRefund,
  tax_amount: partOfRefund,
} as const satisfies Partial<Record<keyof Remedy, OfSomeTypes>>

const rows = Object.entries(fields) as [keyof typeof fields, OfSomeTypes][]

/** What is wrong with these fields of a remedy. @param at pointer to the remedy */
export const fieldFaults = (remedy: Remedy, at: string): FieldError[] =>
  rows.flatMap(([field, { of, refusal, fault }]) => {
    const own = fault?.(remedy)
    const isOfAnother = remedy[field] !== undefined && !of.includes(remedy.type)
    return [
      ...(own ? [{ pointer: `${at}/${field}`, ...own }] : []),
      ...(isOfAnother ? [{ pointer: `${at}/${field}`, code: 'not_allowed', detail: refusal(remedy.type) }] : []),
    ]
  })

/** The fields that a type does not have, as a schema says it. */
export const withoutOthers = (type: RemedyType): Readonly<Record<string, false>> =>
  Object.fromEntries(rows.flatMap(([field, { of }]) => (of.includes(type) ? [] : [[field, false as const]])))
