/** How a complaint comes to be: a number, the order's money, the first decision. */

import type { Time } from '../../foundation/clock.ts'
import { newId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { brokenConstraint } from '../../foundation/sql/errors.ts'
import type { Caller } from '../../platform/access/caller.ts'
import type { KnownLexicon } from '../../rules/category-lexicon/known.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { findVisibleComplaint } from '../decisions/visible.ts'
import { findOrder } from '../orders/find.ts'
import type { OrderRow } from '../orders/table.ts'
import { doWordsWeigh } from '../risk/find.ts'
import { checkCategories } from '../understanding/subcategory.ts'
import { type Learnt, understand } from '../understanding/understand.ts'
import { checkFiling, decideFiling, orderOf } from './decide-filing.ts'
import type { NewComplaintBody } from './filing-schema.ts'

/** Crockford's base 32: no letter that can be mistaken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `RD-20261121-7K3M9Q2X`: the day, and forty of the id's random bits. Readable, unique per platform, with no counter to queue for. */
const caseNumberOf = (id: string, now: Time): string => {
  let bits = BigInt(`0x${id.slice(-10)}`)
  let code = ''
  for (let i = 0; i < 8; i++) {
    code = ALPHABET[Number(bits & 31n)] + code
    bits >>= 5n
  }
  return `RD-${now.slice(0, 10).replaceAll('-', '')}-${code}`
}

/** Refuses the id of a complaint that is not there or not open to this caller. */
export const requireKnown = async (db: Db, caller: Caller, pointer: string, id: string | undefined): Promise<void> => {
  if (id !== undefined && !(await findVisibleComplaint(db, caller, id))) {
    throw problem('related_complaint_unknown', `${pointer}: there is no complaint ${id}.`)
  }
}

/**
 * Decides a filing for its caller; nothing is written yet.
 * @param lookAtOrder whether to look whether the order is known. Otherwise it is taken for new or known with the same facts, and the
 *   recording writes nothing where it is known with others
 * @param words by which its text is understood
 * @throws Problem `not_your_complaint`, `separation_of_duties`, `unsupported_parties`, `related_complaint_unknown`
 */
export const fileComplaint = async (
  db: Db,
  caller: Caller,
  body: NewComplaintBody,
  now: Time,
  rules: Rules,
  { lookAtOrder, words }: { lookAtOrder: boolean; words?: { lexicon: KnownLexicon; learnt?: Learnt | undefined } },
): Promise<Decision> => {
  const platformId = caller.platform.id
  checkFiling(caller.actor, body)
  await requireKnown(db, caller, '/related_to', body.related_to)
  if (words) checkCategories(words.lexicon, body)
  const order = orderOf(platformId, body, caller.actor, now, rules)
  const known = order && (lookAtOrder || orderIsLikelyKnown.has(platformId)) ? await lookFor(db, order) : undefined
  const id = newId()
  const caseNumber = caseNumberOf(id, now)
  const { complainant, description } = body
  const wordsWeigh = await doWordsWeigh(db, { platformId, complainant, texts: [description], now, policy: rules.policy })
  const text = { id, text: body.description, isGiven: body.category !== undefined }
  const understood = words && understand(words.lexicon, words.learnt, text)
  return decideFiling({ platformId, id, caseNumber, body, order, known, actor: caller.actor, now, rules, wordsWeigh, understood })
}

/**
 * Platforms whose last order was known before its complaint: those that state their orders themselves. Theirs are looked up at once, since
 * a filing that takes a known order for new has to be tried again.
 */
const orderIsLikelyKnown = new Set<string>()
const MOST_PLATFORMS = 10_000

const lookFor = async (db: Db, { platform_id, id }: OrderRow): Promise<OrderRow | undefined> => {
  const known = await findOrder(db, platform_id, id)
  if (known === undefined) orderIsLikelyKnown.delete(platform_id)
  else if (orderIsLikelyKnown.size < MOST_PLATFORMS) orderIsLikelyKnown.add(platform_id)
  return known
}

/** The problem for a reference that is taken, which only the database can tell; any other error as it is. */
export const filingRefusal = (error: unknown, { reference }: NewComplaintBody): unknown =>
  brokenConstraint(error) === 'complaints_reference'
    ? problem('reference_taken', `/reference: ${reference} is the reference of another complaint.`)
    : error
