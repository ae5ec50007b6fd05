/**
 * Who of staff may report what became of money. Where the payment system reports by a key of its own, a person does so only as an exception: a
 * supervisor who has decided nothing of what is paid, with words that say why. Pure.
 */
import type { Condition } from '../../foundation/lifecycle.ts'
import { isStaff } from '../../platform/access/caller.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { invalidField } from '../../words/problems.ts'
import type { Subject } from '../case-file/case-file.ts'
import { wasRead } from '../case-file/parts.ts'
import { movesMoney } from '../refund-plans/steps.ts'

type Reporting = Pick<Subject, 'actor' | 'step'>

/** Whether a person of staff reports in place of a payment system that reports by itself. Steps of goods are nobody's but the parties'. */
export const reportsInPlace = ({ actor, step }: Reporting): boolean =>
  actor.besidePayments === true &&
  isStaff(actor.role) &&
  (step === undefined || movesMoney(step.kind) || step.kind === 'difference')

/** `role:id` of those who wrote, approved or imposed what is paid, or asked for its advance or approved that. */
const peopleBehind = ({ file, plan, step, advance, receivable, hold }: Subject): (string | null | undefined)[] => {
  const advances = wasRead(file, 'advances')
    ? file.advances.filter(({ id, step_id }) => id === advance?.id || id === receivable?.advance_id || step_id === step?.id)
    : []
  return [
    ...(plan ? [`${plan.author_role}:${plan.author_id}`, plan.approved_by, plan.imposition?.by] : []),
    ...advances.flatMap(({ asked_by, approved_by }) => [asked_by, approved_by]),
    hold?.asked_by,
  ]
}

export const apartFromWhatIsPaid: Condition<Subject> = {
  says: 'the payment system where it has a key of its own, or a supervisor who has neither written nor approved the plan, nor asked for the advance or the hold, or approved it, with an explanation',
  holds: (subject) =>
    !reportsInPlace(subject) ||
    (subject.actor.role === 'supervisor' && !peopleBehind(subject).some((name) => namesPerson(name, subject.actor.id))),
}

/** @throws Problem `validation_failed` where it must be said why a person reports */
export const checkExplained = (reporting: Reporting, { explanation }: { explanation?: string | undefined }): void => {
  if (explanation === undefined && reportsInPlace(reporting))
    throw invalidField(
      '/explanation',
      'required',
      'the payment system has a key of its own: say why it does not report this itself',
    )
}

/** What a report asks for besides, as `available_actions` say it. */
export const explained = (reporting: Reporting): readonly string[] => (reportsInPlace(reporting) ? ['explanation'] : [])
