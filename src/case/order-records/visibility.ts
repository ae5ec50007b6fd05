/** Who may read a record of an order in a case about it. Pure. */
import type { Actor } from '../../platform/access/caller.ts'
import { seesAll } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { Visibility } from '../case-events/table.ts'
import { partySide } from '../case-file/case-file.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import type { OrderFacts } from '../orders/table.ts'
import type { OrderRecordRow } from './table.ts'

type Shown = Pick<OrderRecordRow, 'line_ids' | 'visible_to'>

/** The sides that may read it: a merchant what is about its lines, or about the order as a whole. */
const sidesOf = (complaint: ComplaintRow, facts: Pick<OrderFacts, 'lines'>, { line_ids, visible_to }: Shown): PartySide[] => {
  if (visible_to !== 'parties') return []
  const sellers = facts.lines.filter(({ line_id }) => line_ids.includes(line_id)).map(({ merchant_id }) => merchant_id)
  const isFor = (role: string, id: string) =>
    role !== 'merchant' || sellers.length === 0 || sellers.some((seller) => seller === undefined || seller === id)
  return [
    ...(isFor(complaint.complainant_role, complaint.complainant_id) ? (['complainant'] as const) : []),
    ...(isFor(complaint.respondent_role, complaint.respondent_id) ? (['respondent'] as const) : []),
  ]
}

/** Parties read nothing before staff have taken the case up: whoever files names an order, and nobody has looked yet whether it is theirs. */
export const seesOrderRecord = (
  complaint: ComplaintRow,
  facts: Pick<OrderFacts, 'lines'>,
  record: Shown,
  actor: Actor,
): boolean => {
  if (seesAll(actor.role)) return true
  const side = partySide(complaint, actor)
  return side !== null && complaint.owner !== null && sidesOf(complaint, facts, record).includes(side)
}

/** For whom an event about it is. */
export const eventVisibility = (complaint: ComplaintRow, facts: Pick<OrderFacts, 'lines'>, record: Shown): Visibility => {
  const sides = complaint.owner === null ? [] : sidesOf(complaint, facts, record)
  return sides.length === 2 ? 'parties' : (sides[0] ?? 'staff')
}
