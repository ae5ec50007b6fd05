/** What the remedies of a plan take of the order: of what was paid, of each line and means, and in goods. Pure. */

import { type Problem, problem } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { type Book, isSamePot, linesOf } from '../orders/book.ts'
import { type Amounts, type DisputedLine, Exceeded, goodsWorth, type Shortage, type Taking, takeAll } from '../orders/money.ts'
import { reclaimsPromotions } from '../orders/promotions.ts'
import type { Pot } from '../orders/table.ts'
import { countedOf } from './holding.ts'
import { bookForPlans } from './provisional.ts'
import { refundRemedies, sendsGoods, takesGoodsBack } from './steps.ts'
import type { Remedy, ReplacementLine } from './table.ts'

/** The lines of the order that the complaint names; `undefined` where it names none that the order has. */
const disputedLines = ({ complaint }: Pick<CaseFile, 'complaint'>, book: Book): string[] | undefined => {
  const named = (complaint.order_details?.lines ?? []).flatMap(({ line_id }) => (book.lines.has(line_id) ? [line_id] : []))
  return named.length === 0 ? undefined : named
}

/** The value of the goods that a remedy is about: of the lines it names, else of those in dispute, else of all. 0 without an order. */
export const goodsOf = (
  file: CaseFile,
  book: Book | null,
  { line_ids, quantity }: Pick<Remedy, 'line_ids' | 'quantity'>,
): number => (book === null ? 0 : goodsWorth(book, line_ids ?? disputedLines(file, book), line_ids && quantity))

/** What a replacement costs. */
export const replacementWorth = (replacement: readonly ReplacementLine[]): number =>
  replacement.reduce((sum, { quantity, unit_amount }) => sum + quantity * unit_amount, 0)

/** The value of the goods that a remedy sends, less what the complainant pays for them. */
export const sentWorth = (file: CaseFile, book: Book | null, remedy: Remedy): number => {
  if (!sendsGoods(remedy.type)) return 0
  return remedy.replacement === undefined
    ? goodsOf(file, book, remedy)
    : replacementWorth(remedy.replacement) - (remedy.difference_amount ?? 0)
}

/** The lines that come back whole; told only where a promotion depends on what comes back. */
const returnedLines = (file: CaseFile, book: Book | null, { type, line_ids, quantity }: Remedy): readonly string[] | undefined =>
  book !== null && quantity === undefined && takesGoodsBack(type) && reclaimsPromotions(book.facts)
    ? (line_ids ?? disputedLines(file, book) ?? linesOf(book).map(({ line_id }) => line_id))
    : undefined

/** What of the statutory damages in force of a line is of other cases. */
const damagesElsewhere = ({ limits, plans }: CaseFile, line_id: string): number => {
  const pot = { kind: 'statutory_damages', key: line_id } as const
  const amountIn = (pots: readonly Pot[]) => pots.find((one) => isSamePot(one, pot))?.amount ?? 0
  const ofCase = plans.flatMap(({ steps }) => steps).reduce((sum, step) => sum + amountIn(countedOf(step)), 0)
  return (limits.find((row) => isSamePot(row, pot))?.in_force ?? 0) - ofCase
}

/**
 * The lines that bear statutory damages: of those in dispute the ones that the remedy names, else all; all lines of the case where it has
 * none in dispute.
 */
export const damagedLines = (file: CaseFile, book: Book, line_ids?: readonly string[]): DisputedLine[] => {
  const said = new Map(file.complaint.order_details?.lines.map((line) => [line.line_id, line.disputed_quantity]))
  const disputed = disputedLines(file, book)
  return linesOf(book)
    .filter(({ line_id }) => disputed?.includes(line_id) ?? true)
    .filter(({ line_id }) => line_ids?.includes(line_id) ?? true)
    .map(({ line_id }) => ({ line_id, quantity: said.get(line_id), elsewhere: damagesElsewhere(file, line_id) }))
}

const takingOf = (file: CaseFile, book: Book | null, remedy: Remedy): Taking => {
  const { type, amount = 0, line_ids, quantity, freight_amount: freight, method } = remedy
  const isRefund = refundRemedies.includes(type)
  return {
    refund: isRefund ? amount : 0,
    compensation: type === 'compensation' ? amount : 0,
    goods: sentWorth(file, book, remedy),
    ...(type === 'statutory_damages' && book !== null && { damages: { amount, lines: damagedLines(file, book, line_ids) } }),
    ...(isRefund && { line_ids, quantity, freight, method, returned: returnedLines(file, book, remedy) }),
  }
}

/**
 * What each remedy takes, beside what is in force for the order now. A case without an order has no bounds.
 * @throws Exceeded where the order does not hold it
 */
export const amountsOf = (file: CaseFile, remedies: readonly Remedy[], book: Book | null = bookForPlans(file)): Amounts[] => {
  const takings = remedies.map((remedy) => takingOf(file, book, remedy))
  return book === null ? takings.map((taking) => ({ ...taking, pots: [] })) : takeAll(book, takings)
}

/** What the order does not hold of a plan; `undefined` where it fits. */
export const shortageOf = (file: CaseFile, remedies: readonly Remedy[], book?: Book | null): Shortage | undefined => {
  try {
    amountsOf(file, remedies, book)
    return undefined
  } catch (error) {
    if (error instanceof Exceeded) return error.shortage
    throw error
  }
}

const nameOf: Readonly<Record<Shortage['kind'], (key: string) => string>> = {
  order: () => 'the order',
  compensation: () => 'what compensations for the order may come to',
  promotion: (key) => `what comes back, less what ${key} gave for the goods that are kept`,
  line: (key) => (key === '' ? 'the lines of the order' : `line ${key}`),
  quantity: (key) => `the pieces of line ${key}`,
  merchant: (key) => `the lines of merchant ${key}`,
  means: (key) => `what was paid by ${key}`,
  shipping: () => 'the shipping',
  settlement: () => 'what is to be settled',
  statutory_damages: () => 'what the goods in dispute bear in statutory damages',
}

/** The same for a plan that is to be made. @throws Problem `order_total_exceeded` */
export const amountsWithin = (file: CaseFile, remedies: readonly Remedy[], currency: string | null): Amounts[] => {
  try {
    return amountsOf(file, remedies)
  } catch (error) {
    throw error instanceof Exceeded ? exceeded(error.shortage, currency) : error
  }
}

/** The refusal that names what is left. */
export const exceeded = ({ kind, key, asked, left }: Shortage, currency: string | null): Problem => {
  const unit = kind === 'quantity' ? '' : ` (${currency}, minor units)`
  const says = `${asked} is asked of ${nameOf[kind](key)}, and ${left} is left of it${unit}.`
  return problem('order_total_exceeded', says, {
    errors: [{ pointer: '/remedies', code: `exceeds_${kind}`, detail: `at most ${left} is left` }],
  })
}
