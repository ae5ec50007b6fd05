/** What the actions on a complaint ask for, beyond the schemas of their bodies. */
import { actorName } from '../../platform/access/caller.ts'
import { deviationReasonCodes } from '../../words/complaints.ts'
import type { CaseFile, Subject } from '../case-file/case-file.ts'
import { type Asks, type AsksOf, operationsOf } from '../case-file/operations.ts'
import { unansweredSides } from '../deadlines/heard.ts'
import type { Remedy } from '../refund-plans/table.ts'
import { shortageOf } from '../refund-plans/takings.ts'
import { wishOf } from '../refund-plans/wish.ts'
import { isCategoryGiven } from '../understanding/choice.ts'
import { actionBodies } from './action-schema.ts'
import { dismissalContradicts } from './deviations.ts'
import { challengesFor } from './recusals.ts'

export const complaintOperations = operationsOf('Complaint', actionBodies)

/**
 * What a decision asks for that deviates, or may deviate, from the liability.
 * @param contradicts whether it cannot be made without naming a deviation
 */
export const asksDeviation = ({ actor }: Subject, contradicts: boolean): Asks => ({
  ...(contradicts && { required: ['deviation'] }),
  ...(actor.role !== 'supervisor' && {
    limits: {
      properties: {
        deviation: { properties: { reason_code: { enum: deviationReasonCodes.filter((code) => code !== 'other') } } },
      },
    },
  }),
})

/**
 * A limit on a field that names somebody of staff: nobody of these.
 * @param ids of people of this case, the only ones of whom it is known here that they cannot be named
 */
export const nobodyOf = (ids: readonly string[], roles: readonly string[] = ['agent', 'supervisor']): object =>
  ids.length === 0 ? {} : { not: { enum: ids.flatMap((id) => roles.map((role) => `${role}:${id}`)) } }

/** Who can own nothing in this case: its parties, and who stood down or was replaced. */
export const whoCannotOwn = ({ complaint }: CaseFile): string[] => [
  complaint.complainant_id,
  complaint.respondent_id,
  ...complaint.recused,
]

const ownerOf = ({ file }: Subject): Asks => ({ limits: { properties: { owner: nobodyOf(whoCannotOwn(file)) } } })

const disputed = { position: { const: 'dispute' } } as const

export const complaintAsks: AsksOf = {
  // what is wanted can only be agreed to where it makes a plan that the order still holds
  respond: ({ file }) => {
    const wish = wishOf(file.complaint)
    return typeof wish === 'string' || shortageOf(file, wish.remedies as Remedy[])
      ? { required: ['statement'], limits: { properties: disputed } }
      : {
          limits: {
            anyOf: [{ properties: { position: { const: 'agree' } } }, { properties: disputed, required: ['statement'] }],
          },
        }
  },
  // a category that is only suggested, or that nobody gave, takes no case up
  accept: (subject) => ({
    ...ownerOf(subject),
    ...(!isCategoryGiven(subject.file.complaint) && { required: ['category'] }),
  }),
  assign: (subject) =>
    subject.actor.role === 'agent'
      ? { limits: { properties: { owner: { const: actorName(subject.actor) } } } }
      : ownerOf(subject),
  dismiss: (subject) => asksDeviation(subject, dismissalContradicts(subject.file.complaint)),
  suspend: ({ now }) => ({ limits: { properties: { resume_at: { formatExclusiveMinimum: now } } } }),
  no_answer_needed: ({ file }) => ({ limits: { properties: { side: { enum: unansweredSides(file) } } } }),
  set_risk: ({ file, actor }) =>
    actor.role !== 'supervisor' && file.complaint.risk?.level === 'critical'
      ? { limits: { properties: { level: { const: 'critical' } } } }
      : {},
  judge_challenge: ({ file, actor }) => ({
    limits: { properties: { challenge_id: { enum: challengesFor(file, actor).map(({ id }) => id) } } },
  }),
}
