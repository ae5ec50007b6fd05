/** Random complaints: who complains about whom, and about what order. */
import type { NewComplaint } from '../../openapi/client/redress.ts'
import type { Random } from './random.ts'
import type { TextRow } from './texts.ts'

export const complaintCategories = [
  'product_quality',
  'not_as_described',
  'wrong_or_missing_item',
  'not_received',
  'logistics',
  'after_sales',
] as const
const channels = ['portal', 'chat', 'hotline', 'email', 'social', 'api'] as const

export interface Filing {
  body: NewComplaint
  /** `role:id` of who files. */
  complainant: string
  /** Both sides who can act for themselves; the platform acts through its staff. */
  parties: string[]
}

/** Mostly a buyer against a merchant; now and then the platform is the other side. */
const pairs = [
  { role: 'buyer', against: 'merchant', weight: 8 },
  { role: 'buyer', against: 'platform', weight: 1 },
  { role: 'merchant', against: 'platform', weight: 1 },
] as const

/** @param tag unique among all runs: it becomes part of the reference and of the order's id */
export const newComplaint = (random: Random, row: TextRow, tag: string): Filing => {
  const { role, against } = random.weighted(pairs, (pair) => pair.weight)
  const complainant = { role, id: `${role === 'buyer' ? 'B' : 'M'}-${random.between(1, 500)}` }
  const respondent = { role: against, id: against === 'platform' ? 'platform' : `S-${random.between(1, 50)}` }
  const paid = random.between(100, 900_000)
  const line = { line_id: '1', name: row.product_group || '商品', quantity: 1, unit_amount: paid }
  const order = random.chance(0.85) ? ({ id: `O-${tag}`, currency: 'CNY', paid_amount: paid, lines: [line] } as const) : null
  const me = `${role}:${complainant.id}`
  return {
    body: {
      reference: `demo-${tag}`,
      channel: random.pick(channels),
      complainant,
      respondent,
      order: order && { ...order, lines: [...order.lines] },
      ...(random.chance(0.7) ? { category: random.pick(complaintCategories) } : {}),
      description: row.text.slice(0, 5000),
      wanted: order && random.chance(0.7) ? { remedy: 'refund', amount: random.between(1, paid) } : null,
      tags: row.product_group === '' ? [] : [row.product_group.slice(0, 64)],
    },
    complainant: me,
    parties: against === 'platform' ? [me] : [me, `merchant:${respondent.id}`],
  }
}
