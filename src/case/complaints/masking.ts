/** How the other side sees a person: enough to recognise whom one deals with, too little to reach or name them. */
import type { Contact } from './table.ts'

/** First character and `*`. */
export const maskName = (name: string | null): string | null => (name === null ? null : `${[...name][0]}*`)

/** The last four digits of a phone; the first letter and the domain of an email. */
export const maskContact = (contact: Contact | null): Contact | null => {
  if (contact === null) return null
  const masked: Contact = {}
  if (contact.phone !== undefined) masked.phone = `****${contact.phone.replaceAll(/\D/g, '').slice(-4)}`
  if (contact.email !== undefined)
    masked.email = `${[...contact.email][0]}*${contact.email.slice(contact.email.lastIndexOf('@'))}`
  return masked
}
