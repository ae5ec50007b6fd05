/** The rules of messages. Pure: a decision in, a row and events out, or a Problem. */

import { newId } from '../../foundation/ids.ts'
import { isStaff } from '../../platform/access/caller.ts'
import type { PartySide } from '../../words/deadlines.ts'
import { type Addressee, addresseesOfParties, addresseesOfStaff } from '../../words/messages.ts'
import { invalidField, type Problem, problem } from '../../words/problems.ts'
import type { Visibility } from '../case-events/table.ts'
import { againstPlatform, type CaseFile, partySide } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import { startResolution } from '../complaints/effects.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { answer, hear, isPersonOfStaff } from '../deadlines/heard.ts'
import { actionsFor, type Viewer } from '../decisions/available.ts'
import { takesWords } from './lifecycle.ts'
import type { NewMessage } from './schema.ts'
import type { MessageRow } from './table.ts'

/** Why this caller may not write this message: it asks for what only staff may. `undefined` where it may. */
export const forbiddenInMessage = (_file: CaseFile, { actor }: Pick<Viewer, 'actor'>, body: object): string | undefined => {
  if (isStaff(actor.role)) return undefined
  const { visibility, automated } = body as Partial<NewMessage>
  if (visibility === 'internal') return '/visibility: internal messages are written by staff only.'
  if (automated === true) return '/automated: marks what a machine of the platform writes; it is for staff only.'
  return undefined
}

/** Whom a message is addressed to: parties name the platform or the other side, staff name a side. */
const addresseeOf = (d: Decision, { to, visibility }: NewMessage): Addressee => {
  const { complaint } = d.file
  if (partySide(complaint, d.actor) !== null) {
    if (to !== undefined && !(addresseesOfParties as readonly string[]).includes(to))
      throw invalidField('/to', 'enum', `a party writes to ${addresseesOfParties.join(', ')}`)
    return to ?? (complaint.status === 'negotiating' ? 'both' : 'platform')
  }
  if (visibility === 'internal') {
    if (to !== undefined && to !== 'platform')
      throw invalidField('/to', 'not_with_internal', 'what is internal is for the platform itself')
    return 'platform'
  }
  if (to !== undefined && !(addresseesOfStaff as readonly string[]).includes(to))
    throw invalidField(
      '/to',
      'enum',
      `staff write to ${addresseesOfStaff.join(', ')}; what is for staff alone is visibility internal`,
    )
  if (to === 'respondent' && againstPlatform(complaint))
    throw invalidField('/to', 'is_the_platform', 'the respondent is the platform itself')
  return to ?? 'both'
}

/** Who reads a message besides staff: what is written to the platform alone is for its author's side, an answer to one side for that side. */
const readersOf = (d: Decision, to: Addressee, { visibility }: NewMessage): MessageRow['visibility'] => {
  if (visibility === 'internal') return 'internal'
  if (to === 'complainant' || to === 'respondent') return to
  return to === 'platform' ? (partySide(d.file.complaint, d.actor) ?? 'internal') : 'parties'
}

/** @returns why a closed case takes no message, with the ways that are open to this actor. */
const caseClosed = (d: Decision): Problem => {
  const { id } = d.file.complaint
  const actions = actionsFor(d.file, d)
  const hrefOf = (resource: string, action: string) => actions.find((x) => x.resource === resource && x.action === action)?.href
  const reopen = hrefOf('complaint', 'reopen')
  const appeal = hrefOf('appeal', 'file')
  const ways = [
    ...(reopen === undefined ? [] : [`reopen it (POST ${reopen})`]),
    ...(appeal === undefined ? [] : [`appeal the decision (POST ${appeal})`]),
    `file a new complaint with related_to ${id} (POST /v1/complaints)`,
  ]
  return problem('case_closed', `Nobody would read it: the case is closed. You can ${ways.join(', or ')}.`, {
    available_actions: actions,
  })
}

/** The first message of staff to the complainant meets `first_response`. From then on the case has to be resolved. */
const firstAnswer = (d: Decision): void => {
  if (d.file.complaint.status !== 'submitted') return
  endClocks(d, 'met', { kinds: ['first_response'] })
  if (!d.file.deadlines.some((x) => x.kind === 'resolution' && isOpen(x))) startResolution(d)
}

const sidesOf = (to: Addressee): PartySide[] =>
  to === 'complainant' || to === 'respondent' ? [to] : to === 'both' ? ['complainant', 'respondent'] : []

const eventVisibility = (row: MessageRow): Visibility => (row.visibility === 'internal' ? 'staff' : row.visibility)

/** @throws Problem `case_closed` (409), `validation_failed` (400) */
export const decideMessage = (d: Decision, body: NewMessage): MessageRow => {
  const { complaint } = d.file
  const to = addresseeOf(d, body)
  if (body.visibility !== 'internal' && !takesWords(d.file)) throw caseClosed(d)
  const row: MessageRow = {
    platform_id: complaint.platform_id,
    id: newId(),
    complaint_id: complaint.id,
    author_role: d.actor.role,
    author_id: d.actor.id,
    visibility: readersOf(d, to, body),
    addressed_to: to,
    automated: body.automated ?? false,
    text: body.text,
    created_at: d.now,
  }
  d.file.messages.push(row)
  d.tell({
    type: 'message_posted',
    resourceId: row.id,
    visibility: eventVisibility(row),
    data: { to, ...(row.automated && { automated: true }) },
  })
  // without rules no clock can be counted: the words are kept, and staff see the case among the stuck ones
  if (!d.hasRules) return row
  if (partySide(complaint, d.actor) !== null) {
    // while the sides negotiate, only a message to the platform alone asks for its answer
    const asksPlatform =
      complaint.status === 'negotiating' ? to === 'platform' : to !== 'other_side' || againstPlatform(complaint)
    if (asksPlatform) hear(d, { resource: 'message', resource_id: row.id })
  } else if (isPersonOfStaff(d.actor) && !row.automated) {
    const sides = sidesOf(to)
    if (sides.includes('complainant')) firstAnswer(d)
    answer(d, sides, 'answered')
  }
  return row
}
