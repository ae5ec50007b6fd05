/** Whether the remedies of a plan are about lines that its case can give back. Pure. */

import { type Problem, problem } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { bookOfCase, linesOf } from '../orders/book.ts'
import type { Remedy } from './table.ts'
import { exceeded } from './takings.ts'

/**
 * Why the lines of some remedies cannot be given back by this case: the order has no such line (any more), somebody else sold it, or it has
 * not so many pieces.
 */
export const linesContradict = (file: CaseFile, remedies: readonly Remedy[]): Problem | undefined => {
  const book = bookOfCase(file)
  const known = new Map(book?.facts.lines.map((line) => [line.line_id, line]))
  const own = new Set(book && linesOf(book).map(({ line_id }) => line_id))
  for (const [index, { line_ids = [], quantity }] of remedies.entries()) {
    for (const [place, id] of line_ids.entries()) {
      if (own.has(id)) continue
      const pointer = `/remedies/${index}/line_ids/${place}`
      if (known.has(id))
        return problem(
          'line_of_another_merchant',
          `${pointer}: line ${id} was sold by somebody whom this complaint is not about.`,
        )
      return problem('unknown_order_line', `${pointer}: the order has no line ${id}.`, {
        errors: [{ pointer, code: 'unknown', detail: 'no such line in the order' }],
      })
    }
    const pieces = known.get(line_ids[0] ?? '')?.quantity
    if (quantity !== undefined && pieces !== undefined && quantity > pieces)
      return exceeded({ kind: 'quantity', key: line_ids[0] ?? '', asked: quantity, left: pieces }, null)
  }
  return undefined
}
