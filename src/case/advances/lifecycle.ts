/**
 * The advance: the guarantee fund pays one refund of an executing plan first, and has it back from the merchant (先行垫付). Staff ask for it, a
 * supervisor approves a large one, the fund puts the money aside or refuses, and the payment system's report on the step pays it. This table
 * rules it; what moves in the ledger stands in `freezing.ts`, `paying.ts`, `recovery.ts` and `reversal.ts`.
 */
import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { namesPerson } from '../../platform/access/people.ts'
import { type AdvanceState, advanceStateNames } from '../../words/advances.ts'
import type { Subject, Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase } from '../complaints/deciders.ts'
import { apartFromWhatIsPaid } from '../complaints/reporters.ts'
import { canAdvance } from './gate.ts'

export type AdvanceAction = 'ask' | 'approve' | 'send_back' | 'cancel' | 'not_returned' | 'wait_on' | 'return' | 'recover'

const staff = ['agent', 'supervisor'] as const

const executing: Condition<Subject> = {
  says: 'a plan of the case is executing',
  holds: ({ file }) => file.complaint.status === 'executing',
}
const somethingToAdvance: Condition<Subject> = {
  says: 'a merchant was found liable, and a refund to the buyer is still owed for which nothing is advanced',
  holds: ({ file }) => canAdvance(file),
}
const notTheAsker: Condition<Subject> = {
  says: 'somebody other than who asked for the advance',
  holds: ({ advance, actor }) => advance === undefined || !namesPerson(advance.asked_by, actor.id),
}
const goodsComeBack: Condition<Subject> = {
  says: 'it is paid after the return of the goods',
  holds: ({ advance }) => advance === undefined || advance.mode === 'after_return',
}
const outsideAppeal: Condition<Subject> = {
  says: 'no appeal is open',
  holds: ({ file }) => file.complaint.status !== 'under_appeal',
}

export const advanceLifecycle = {
  resource: 'advance',
  states: advanceStateNames,
  initial: 'requested',
  final: ['refused', 'cancelled', 'returned_to_fund', 'reversed', 'closed'],
  actions: {
    ask: {
      summary:
        'Have the guarantee fund pay a refund first. What the gate finds in the way is refused with all its reasons; money that the fund does not have makes the advance `refused`.',
      allow: [{ by: [...staff, 'system'], from: [], to: ['requested', 'frozen', 'refused'] }],
      meets: ['advance_due'],
      apart: [notAnotherAgentsCase],
      when: [executing, somethingToAdvance],
    },
    approve: {
      summary: 'Approve an advance as a supervisor who did not ask for it: its money is put aside, or the fund has not enough.',
      allow: [{ by: ['supervisor'], from: ['requested'], to: ['frozen', 'refused'] }],
      meets: ['advance_approval'],
      apart: [notTheAsker],
      when: [executing],
    },
    send_back: {
      summary: 'Refuse an advance as a supervisor who did not ask for it.',
      allow: [{ by: ['supervisor'], from: ['requested'], to: ['cancelled'] }],
      meets: ['advance_approval'],
      apart: [notTheAsker],
    },
    cancel: {
      summary: 'Give an advance up that is not being paid yet: its money is the fund’s again.',
      allow: [
        { by: ['asker', 'supervisor', 'system'], from: ['requested', 'frozen', 'asking_buyer'], to: ['cancelled'] },
        { by: ['system'], from: ['paying'], to: ['cancelled'] },
      ],
      meets: ['advance_approval', 'buyer_answer'],
      when: [outsideAppeal],
    },
    not_returned: {
      summary: 'Say that the goods did not come back: the buyer is asked, and silence gives the money back to the fund.',
      allow: [{ by: ['owner', 'supervisor', 'system'], from: ['frozen'], to: ['asking_buyer'] }],
      when: [goodsComeBack, outsideAppeal],
    },
    wait_on: {
      summary: 'Let the money stay put aside: what the buyer says of the return is enough to wait for the goods.',
      allow: [{ by: ['owner', 'supervisor', 'system'], from: ['asking_buyer'], to: ['frozen'] }],
      meets: ['buyer_answer'],
      when: [outsideAppeal],
    },
    return: {
      summary: 'Give the money back to the fund: nothing shows that the goods came back.',
      allow: [{ by: ['owner', 'supervisor', 'system'], from: ['asking_buyer'], to: ['returned_to_fund'] }],
      meets: ['buyer_answer'],
      when: [outsideAppeal],
    },
    recover: {
      summary:
        'Report that the merchant has paid the fund. What is paid beyond what is due goes to its deposit; a report is recorded in every later state.',
      allow: [
        { by: [...staff, 'payments'], from: ['paid'], to: ['paid', 'recovered'] },
        { by: [...staff, 'payments'], from: ['recovered', 'reversed', 'closed'] },
      ],
      meets: ['merchant_pays'],
      apart: [apartFromWhatIsPaid],
    },
  },
  cascades: {
    pay: {
      summary: 'The turn of its refund has come: the payment system is asked.',
      from: ['frozen', 'asking_buyer'],
      to: ['paying'],
    },
    report_paid: {
      summary: 'The payment system reports it paid; where the merchant bears nothing of it, there is nothing to recover.',
      from: ['paying'],
      to: ['paid', 'recovered'],
    },
    report_rest: {
      summary: 'The rest of what arrived in parts is paid: it is recovered, too.',
      from: ['recovered'],
      to: ['paid'],
    },
    bounce: {
      summary: 'What was paid came back unpaid, and is put aside to be paid again.',
      from: ['closed'],
      to: ['recovered'],
    },
    claw_back: {
      summary: 'The merchant did not pay in time: the deposit does, and what it lacks is owed.',
      from: ['paid'],
      to: ['recovered'],
    },
    give_up: {
      summary: 'What came back unpaid is not paid again, and the merchant does not bear it.',
      from: ['paid'],
      to: ['recovered'],
    },
    take_over: {
      summary: 'A decision after a won appeal grants what was paid before: it is recovered by that decision.',
      from: ['requested'],
      to: ['paid', 'recovered'],
    },
    reverse: {
      summary: 'The decision that it carried out was overturned: what the merchant bore is given back.',
      from: ['paid', 'recovered', 'closed'],
      to: ['reversed'],
    },
    close: { summary: 'Its case is closed and nothing is owed any more.', from: ['recovered'], to: ['closed'] },
  },
} as const satisfies Lifecycle<AdvanceState, AdvanceAction, Who, Subject>

export const setAdvanceStatus = statusSetter<AdvanceState>(advanceLifecycle)
