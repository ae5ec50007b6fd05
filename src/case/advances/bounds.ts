/** What is bounded over all cases: how many advances a buyer has open, and how much is out for a buyer, a merchant and a day. Pure. */

import type { Policy } from '../../rules/policy/schema.ts'
import { isOpenAdvance } from '../../words/advances.ts'
import type { AdvanceBoundRow, AdvanceRow } from './table.ts'

/** Above every amount: a supervisor has set the check aside. */
const ANY = Number.MAX_SAFE_INTEGER

type Numbers = Policy['advances']
type About = Pick<AdvanceRow, 'platform_id' | 'currency' | 'buyer_id' | 'merchant_id' | 'overrides'>

/** The names of the bounds that an advance counts against. @param day on which it is put aside, as `2026-11-30` */
export const boundsOf = (
  { platform_id, currency, buyer_id, merchant_id, overrides }: About,
  numbers: Numbers,
  day: string,
): Record<AdvanceBoundRow['kind'], Omit<AdvanceBoundRow, 'in_force'>> => {
  const bound = (kind: AdvanceBoundRow['kind'], key: string, most: number) => ({
    ...{ platform_id, kind, key },
    bound: overrides.includes(kind) ? ANY : most,
  })
  return {
    open_of_buyer: bound('open_of_buyer', buyer_id, numbers.open_per_buyer),
    buyer_and_day: bound('buyer_and_day', `${day} ${currency} ${buyer_id}`, numbers.per_buyer_and_day[currency] ?? 0),
    open_of_merchant: bound('open_of_merchant', `${currency} ${merchant_id}`, numbers.open_per_merchant[currency] ?? 0),
    platform_and_day: bound('platform_and_day', `${day} ${currency}`, numbers.per_day[currency] ?? 0),
  }
}

/** What an advance takes of each bound as it stands; a day keeps what it was put aside on. */
const takenBy = (row: AdvanceRow | undefined): Record<AdvanceBoundRow['kind'], number> => {
  const isOpen = row !== undefined && isOpenAdvance(row)
  const amount = isOpen ? row.amount : 0
  const ofDay = row !== undefined && row.status !== 'requested' && row.status !== 'refused' ? row.amount : 0
  return { open_of_buyer: isOpen ? 1 : 0, buyer_and_day: ofDay, open_of_merchant: amount, platform_and_day: ofDay }
}

/** By how much a decision changes the bounds of an advance. What was granted before a number fell stays; only more is refused. */
export const differenceOf = (
  before: AdvanceRow | undefined,
  after: AdvanceRow,
  numbers: Numbers,
  day: string,
): AdvanceBoundRow[] => {
  const [was, is] = [takenBy(before), takenBy(after)]
  // what was paid, by an earlier decision or in parts, is counted, and no bound refuses it
  const isGranted = before?.status !== 'requested' && after.paid_amount > 0
  return Object.values(boundsOf(after, numbers, day)).flatMap((one) => {
    const in_force = is[one.kind] - was[one.kind]
    // a day that is over gives nothing back
    if (in_force === 0 || (one.kind.endsWith('day') && (in_force < 0 || isGranted))) return []
    return [{ ...one, in_force, ...(isGranted && { bound: ANY }) }]
  })
}
