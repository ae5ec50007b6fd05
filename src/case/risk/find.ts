/** What risk asks the database, each by an index. */
import { sql } from 'kysely'
import { addMs, DAY, type Time } from '../../foundation/clock.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Policy } from '../../rules/policy/schema.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { signalsIn } from './scan.ts'
import type { RiskFinding } from './table.ts'
import { standsOut } from './weigh.ts'

/** Words that somebody is about to say. */
export interface Speaking {
  platformId: string
  complainant: { role: string; id: string }
  texts: readonly string[]
  /** What speaks for the risk of the case already. */
  known?: readonly RiskFinding[]
  now: Time
  policy: Policy
}

/**
 * Whether a complainant's words weigh anything: not after staff had to lower too often what they had made critical. Asked only where the
 * words would make a case stand out, which few do.
 */
export const doWordsWeigh = async (
  db: Db,
  { platformId, complainant, texts, known = [], now, policy }: Speaking,
): Promise<boolean> => {
  if (complainant.role !== 'buyer') return true
  if (
    texts.length === 0 ||
    !standsOut(
      policy,
      texts.flatMap((text) => signalsIn(text)),
      known,
    )
  )
    return true
  const { lowerings_before_ignored: most, lowerings_within_days: days } = policy.risk
  const found = await db
    .selectFrom('complaints')
    .select('id')
    .where('platform_id', '=', platformId)
    .where('complainant_id', '=', complainant.id)
    .where('complainant_role', '=', 'buyer')
    .where('risk_lowered_at', '>', sql<Time>`${addMs(now, -days * DAY)}`)
    .limit(most)
    .execute()
  return found.length < most
}

/** What a body says in words. */
const textsIn = (body: object): string[] =>
  ['text', 'statement', 'explanation', 'description'].flatMap((field) => {
    const value = (body as Record<string, unknown>)[field]
    return typeof value === 'string' ? [value] : []
  })

/** What the complainant of a case says in the body of an action. */
export const speakingIn = (complaint: ComplaintRow, body: object, now: Time, policy: Policy): Speaking => ({
  platformId: complaint.platform_id,
  complainant: { role: complaint.complainant_role, id: complaint.complainant_id },
  // a case that nobody has judged yet is judged by its first words, too
  texts: [...(complaint.risk === null ? [complaint.description] : []), ...textsIn(body)],
  known: complaint.risk?.findings ?? [],
  now,
  policy,
})
