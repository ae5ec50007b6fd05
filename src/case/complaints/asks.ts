/** What the actions on a complaint ask for, beyond the schemas of their bodies. */
import { actorName } from '../../platform/access/caller.ts'
import { samePerson, splitName } from '../../platform/access/people.ts'
import { deviationReasonCodes } from '../../words/complaints.ts'
import type { Subject } from '../case-file/case-file.ts'
import { type Asks, type AsksOf, operationsOf } from '../case-file/operations.ts'
import { unansweredSides } from '../deadlines/heard.ts'
import { wishOf } from '../refund-plans/wish.ts'
import { actionBodies } from './action-schema.ts'
import { dismissalContradicts } from './deviations.ts'

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

const disputed = { position: { const: 'dispute' } } as const

export const complaintAsks: AsksOf = {
  // what is wanted can only be agreed to where it makes a plan
  respond: ({ file }) =>
    typeof wishOf(file.complaint) === 'string'
      ? { required: ['statement'], limits: { properties: disputed } }
      : {
          limits: {
            anyOf: [{ properties: { position: { const: 'agree' } } }, { properties: disputed, required: ['statement'] }],
          },
        },
  assign: ({ actor }) => (actor.role === 'agent' ? { limits: { properties: { owner: { const: actorName(actor) } } } } : {}),
  dismiss: (subject) => asksDeviation(subject, dismissalContradicts(subject.file.complaint)),
  suspend: ({ now }) => ({ limits: { properties: { resume_at: { formatExclusiveMinimum: now } } } }),
  no_answer_needed: ({ file }) => ({ limits: { properties: { side: { enum: unansweredSides(file) } } } }),
  judge_challenge: ({ file, actor }) => {
    const open = file.complaint.challenges.filter(
      ({ status, person }) => status === 'open' && !samePerson(splitName(person).id, actor.id),
    )
    return { limits: { properties: { challenge_id: { enum: open.map(({ id }) => id) } } } }
  },
}
