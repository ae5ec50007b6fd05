/** What an id of a person is, how it travels, and when two ids are one person: the one place that says so. */
import { textFormat } from '../../foundation/http/schema.ts'

const MOST_CHARACTERS = 256

/** The longest `role:id` of somebody of staff, in characters. */
export const MOST_OF_NAME = 'supervisor:'.length + MOST_CHARACTERS

/** Most ids: printable ASCII, not blank at either end. */
const PLAIN = /^[!-~](?:[ -~]{0,254}[!-~])?$/
/**
 * No control, format, private or unassigned characters and no halves of surrogate pairs (`C`), no line breaks, nothing that is invisible: two
 * ids that look alike are to be alike.
 */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+$/u
const BLANK_AT_AN_END = /^\p{Zs}|\p{Zs}$/u

/**
 * 1 to 256 printable characters of any script, not blank at either end, composed (Unicode NFC): the platform's own name for a person.
 * An id that is not composed is refused and not normalised, so ids are stored and found as they were sent.
 */
export const isPersonId = (text: string): boolean =>
  PLAIN.test(text) ||
  (text.length <= 2 * MOST_CHARACTERS &&
    PRINTABLE.test(text) &&
    !BLANK_AT_AN_END.test(text) &&
    [...text].length <= MOST_CHARACTERS &&
    text === text.normalize('NFC'))

/** Removes the differences by which no two people are told apart: case, and the width and form of a character. */
const folded = (id: string): string =>
  PLAIN.test(id) ? id.toLowerCase() : id.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')

/**
 * Whether two ids are one person as far as duties have to be separated. Who somebody is to a case (its buyer, the author of a plan) is compared
 * exactly.
 */
export const samePerson = (one: string, other: string): boolean => one === other || folded(one) === folded(other)

/** Whether one of these people is this one. */
export const isAmong = (ids: readonly string[], id: string): boolean => ids.some((one) => samePerson(one, id))

/** `agent:acct:7` is the agent `acct:7`: a role has no colon, an id may. */
export const splitName = (name: string): { role: string; id: string } => {
  const colon = name.indexOf(':')
  return { role: name.slice(0, Math.max(colon, 0)), id: name.slice(colon + 1) }
}

/** Whether `role:id` names this person, under whatever role. */
export const namesPerson = (name: string | null | undefined, id: string): boolean =>
  name != null && samePerson(splitName(name).id, id)

/** Whether `role:id` names this actor. */
export const isNameOf = (name: string | null | undefined, actor: { role: string; id: string }): boolean => {
  const { role, id } = splitName(name ?? '')
  return role === actor.role && samePerson(id, actor.id)
}

/** Printable ASCII but the comma: two headers that were joined on their way must not read as one person. */
const HEADER = /^[ -+\--~]+$/

const ROLE = /^[a-z]+$/

/** Reads the percent-encoded `role:id` of `Redress-Actor`; `undefined` for a malformed header. */
export const readActorHeader = (header: string): { role: string; id: string } | undefined => {
  const { role, id: written } = splitName(header)
  if (!HEADER.test(header) || !ROLE.test(role)) return undefined
  try {
    const id = decodeURIComponent(written)
    return isPersonId(id) ? { role, id } : undefined
  } catch {
    return undefined
  }
}

const what = 'an id of 1 to 256 printable characters, not blank at either end, in Unicode NFC'

const isNameIn = (roles: readonly string[]) => (text: string) => {
  const { role, id } = splitName(text)
  return roles.includes(role) && isPersonId(id)
}
const isStaffName = isNameIn(['agent', 'supervisor'])

export const personIdFormat = textFormat('person-id', `must be ${what}`, isPersonId)
export const staffNameFormat = textFormat('staff-name', `must be agent:id or supervisor:id, with ${what}`, isStaffName)
export const supervisorNameFormat = textFormat('supervisor-name', `must be supervisor:id, with ${what}`, isNameIn(['supervisor']))

/** The value of a filter by owner that asks for cases without one. */
export const UNASSIGNED = 'unassigned'
export const ownerFormat = textFormat(
  'owner',
  `must be ${UNASSIGNED}, agent:id or supervisor:id, with ${what}`,
  (text) => text === UNASSIGNED || isStaffName(text),
)
