/** Which items a filing is about, and how many people stand behind some filings. Pure. */
import { HOUR, type Time, toMs } from '../../foundation/clock.ts'
import type { Contact, OrderDetails } from '../complaints/table.ts'

const MOST_ITEMS = 20

/** The items of a filing: the SKU of each line in dispute, else its name. */
export const itemsOf = (order: OrderDetails | null): string[] => {
  const items = (order?.lines ?? []).map(({ sku, name }) => (sku ? `sku:${sku}` : `name:${name.trim().toLowerCase()}`))
  return [...new Set(items)].slice(0, MOST_ITEMS)
}

/** What a filing tells of its complainant. */
export interface Complaining {
  complainant_role: string
  complainant_id: string
  complainant_contact: Contact | null
  /** When the account was made, where the platform said so. */
  complainant_registered_at: Time | null
  filed_at: Time
}

/**
 * What makes a filing one with others: the same account, telephone or e-mail address; and all accounts that were new when they complained
 * count as one, for a crowd of accounts is quickly made. An account of which nobody said since when it exists counts for itself.
 */
const marksOf = (one: Complaining, newAccountHours: number): string[] => {
  const { phone, email } = one.complainant_contact ?? {}
  const registered = one.complainant_registered_at
  return [
    `id ${one.complainant_role}:${one.complainant_id.toLowerCase()}`,
    // the last eleven digits: with or without the code of the country
    ...(phone ? [`phone ${phone.replaceAll(/\D/g, '').slice(-11)}`] : []),
    ...(email ? [`email ${email.trim().toLowerCase()}`] : []),
    ...(registered !== null && toMs(one.filed_at) - toMs(registered) <= newAccountHours * HOUR ? ['new account'] : []),
  ]
}

/** How many different complainants there are among some filings. */
export const countComplainants = (filings: readonly Complaining[], newAccountHours: number): number => {
  const parents = new Map<string, string>()
  const rootOf = (mark: string): string => {
    let root = mark
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root)) root = next
    parents.set(mark, root)
    return root
  }
  for (const filing of filings) {
    const [first = '', ...others] = marksOf(filing, newAccountHours)
    if (!parents.has(first)) parents.set(first, first)
    for (const other of others) {
      if (!parents.has(other)) parents.set(other, other)
      parents.set(rootOf(other), rootOf(first))
    }
  }
  return new Set([...parents.keys()].map(rootOf)).size
}
