/** How a complaint gets into the books: a number, the order's money, the first decision, in one transaction. */
import type { Caller } from '../access/caller.ts'
import { findVisibleComplaint, rulesOf } from '../case-file/act.ts'
import type { Decision } from '../case-file/decision.ts'
import { record } from '../case-file/record.ts'
import type { Trx } from '../database.ts'
import type { Time } from '../foundation/clock.ts'
import { newId } from '../foundation/ids.ts'
import { brokenConstraint } from '../foundation/pg-errors.ts'
import { problem } from '../foundation/problems.ts'
import { knownOrder } from '../orders/find.ts'
import { checkFiling, checkSameOrder, decideFiling, orderOf } from './decide-filing.ts'
import type { NewComplaintBody } from './schema.ts'

/** Crockford's base 32: no letter that can be mistaken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `RD-20261121-7K3M9Q2X`: the day, and forty of the id's random bits. Readable, unique per platform, with no counter to queue for. */
export const caseNumberOf = (id: string, now: Time): string => {
  let bits = BigInt(`0x${id.slice(-10)}`)
  let code = ''
  for (let i = 0; i < 8; i++) {
    code = ALPHABET[Number(bits & 31n)] + code
    bits >>= 5n
  }
  return `RD-${now.slice(0, 10).replaceAll('-', '')}-${code}`
}

/** Refuses the id of a complaint that is not there or not open to this caller. */
export const requireKnown = async (trx: Trx, caller: Caller, pointer: string, id: string | undefined): Promise<void> => {
  if (id !== undefined && !(await findVisibleComplaint(trx, caller, id))) {
    throw problem('related_complaint_unknown', `${pointer}: there is no complaint ${id}.`)
  }
}

/**
 * Files a complaint for its caller.
 * @throws Problem `not_your_complaint`, `separation_of_duties`, `unsupported_parties`, `order_mismatch`, `reference_taken`, `related_complaint_unknown`
 */
export const fileComplaint = async (trx: Trx, caller: Caller, body: NewComplaintBody, now: Time): Promise<Decision> => {
  const platformId = caller.platform.id
  const rules = rulesOf(platformId)
  checkFiling(caller.actor, body)
  await requireKnown(trx, caller, '/related_to', body.related_to)
  const stated = orderOf(platformId, body, now, rules)
  const order = stated && (await knownOrder(trx, stated))
  if (order && stated) checkSameOrder(order, stated)
  const id = newId()
  const decision = decideFiling({
    platformId,
    id,
    caseNumber: caseNumberOf(id, now),
    body,
    order,
    actor: caller.actor,
    now,
    rules,
  })
  try {
    await record(trx, [decision])
  } catch (error) {
    if (brokenConstraint(error) === 'complaints_reference') {
      throw problem('reference_taken', `/reference: ${body.reference} is the reference of another complaint.`)
    }
    throw error
  }
  return decision
}
