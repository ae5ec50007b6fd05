/** Walks over the comparisons of one platform, a bounded number of rows at a time, from where the page before ended. */
import type { Db } from '../../foundation/sql/database.ts'
import type { Difference } from '../../money/proof/compare.ts'
import { type ComparisonKind, comparisonKinds } from '../../words/reconciliation.ts'
import { comparisons } from './comparisons.ts'

/** Rows that one statement looks at, and how many of those statements one request may send. */
const ROWS_AT_ONCE = 200
const MOST_LOOKS = 20

/** A row that has been looked at, and how many of its differences were told. */
export interface Place {
  kind: ComparisonKind
  key: string
  told: number
}

/** A difference, and where it stands in the walk. */
export type Placed = Difference & { place: Place }

interface Walked {
  found: Placed[]
  /** Where to go on; null at the end. */
  next: Place | null
}

/** All of it: what one row was found to differ in may have been told in part. */
const ALL = 1_000_000

/**
 * @param kinds which comparisons
 * @param after where the page before ended
 * @param limit the most differences of a page
 */
export const walk = async (
  db: Db,
  platformId: string,
  kinds: readonly ComparisonKind[],
  after: Place | null,
  limit: number,
): Promise<Walked> => {
  const chosen = comparisonKinds.filter((kind) => kinds.includes(kind))
  const found: Placed[] = []
  let looks = 0
  let at = after
  for (const kind of chosen.slice(after === null ? 0 : Math.max(0, chosen.indexOf(after.kind)))) {
    if (at?.kind !== kind) at = { kind, key: '', told: 0 }
    for (let goesOn = true; goesOn; ) {
      if (looks++ === MOST_LOOKS) return { found, next: at }
      const from: string | null = at.key === '' ? null : at.key
      const rows = await comparisons[kind](db, platformId, from, ROWS_AT_ONCE)
      for (const { key, differences } of rows) {
        const told = key === at.key ? at.told : 0
        for (const [n, difference] of differences.entries()) {
          if (n < told) continue
          if (found.length === limit) return { found, next: found.at(-1)?.place ?? null }
          found.push({ ...difference, place: { kind, key, told: n + 1 } })
        }
      }
      const last: string | undefined = rows.at(-1)?.key
      goesOn = rows.length >= ROWS_AT_ONCE && last !== undefined && last !== at.key
      if (last !== undefined) at = { kind, key: last, told: ALL }
    }
  }
  return { found, next: null }
}
