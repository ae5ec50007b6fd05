/**
 * The held settlement (暂缓结算): the payment system keeps what an order still brings its merchant while a case runs. It is asked for and
 * answered like a payment; the fund takes from it first, and what nobody claims any more goes to the merchant.
 */
import { type Condition, type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { type HoldState, holdingStates, holdStateNames, isHolding } from '../../words/holds.ts'
import type { Subject, Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase } from '../complaints/deciders.ts'
import { apartFromWhatIsPaid } from '../complaints/reporters.ts'
import { isIdle } from './claims.ts'
import type { HoldRow } from './table.ts'

export type HoldAction = 'hold' | 'report_held' | 'report_refused' | 'release' | 'report_released'

/** What the payment system has ever kept of a hold. */
export const everHeld = ({ held_amount, taken_amount, released_amount }: HoldRow): number =>
  held_amount + taken_amount + released_amount

/** Whether money is held, or the payment system may still say that it is. */
export const isWaitedFor = (hold: Pick<HoldRow, 'status'>): boolean => hold.status === 'asked' || isHolding(hold)

const reporters = ['agent', 'supervisor', 'payments'] as const

const runs: Condition<Subject> = {
  says: 'the case was taken up and is not closed',
  holds: ({ file }) => file.complaint.status !== 'submitted' && file.complaint.status !== 'closed',
}
const aboutASale: Condition<Subject> = {
  says: 'a buyer complains about a merchant, with an order',
  holds: ({ file: { order, complaint } }) =>
    order !== null && complaint.complainant_role === 'buyer' && complaint.respondent_role === 'merchant',
}
const nothingOwed: Condition<Subject> = {
  says: 'no refund, advance, debt or appeal claims it',
  holds: ({ file }) => isIdle(file),
}

const notAllKept: Condition<Subject> = {
  says: 'the payment system has not kept all of it',
  holds: ({ hold }) => hold === undefined || everHeld(hold) < hold.amount,
}

export const holdLifecycle = {
  resource: 'hold',
  states: holdStateNames,
  initial: 'asked',
  final: ['refused', 'released', 'taken'],
  actions: {
    hold: {
      summary:
        'Have the payment system keep what the order still brings its merchant. Over all cases of the order no more is asked for than was paid for the merchant’s lines.',
      allow: [{ by: ['agent', 'supervisor'], from: [], to: ['asked'] }],
      apart: [notAnotherAgentsCase],
      when: [runs, aboutASale],
    },
    report_held: {
      summary:
        'Report what the payment system keeps now, in all. It may be less than was asked for; what is kept of a hold that is being let go goes to the merchant.',
      allow: [
        { by: reporters, from: ['asked', 'refused', ...holdingStates], to: holdingStates },
        { by: reporters, from: ['releasing', 'released'] },
      ],
      meets: ['hold_answer'],
      apart: [apartFromWhatIsPaid],
      when: [notAllKept],
    },
    report_refused: {
      summary: 'Report that the payment system keeps nothing: all of it was settled.',
      allow: [{ by: reporters, from: ['asked'], to: ['refused'] }],
      meets: ['hold_answer'],
      apart: [apartFromWhatIsPaid],
    },
    release: {
      summary:
        'Let go to the merchant what is held, although the case runs. Without that it is let go when nothing claims it any more.',
      allow: [{ by: ['supervisor'], from: ['asked', ...holdingStates], to: ['releasing'] }],
      when: [nothingOwed],
    },
    report_released: {
      summary: 'Report that the payment system has let go what was held.',
      allow: [{ by: reporters, from: ['releasing', ...holdingStates], to: ['released'] }],
      meets: ['hold_answer'],
      apart: [apartFromWhatIsPaid],
    },
  },
  cascades: {
    let_go: {
      summary: 'Nothing claims it any more, or its time is up: the payment system is asked to let it go.',
      from: ['asked', ...holdingStates],
      to: ['releasing'],
    },
    take: { summary: 'The fund takes all that is left of it for an advance or a debt.', from: holdingStates, to: ['taken'] },
    give_back: {
      summary: 'What was taken for an advance is given back, since its decision was overturned.',
      from: ['taken'],
      to: holdingStates,
    },
  },
} as const satisfies Lifecycle<HoldState, HoldAction, Who, Subject>

export const setHoldStatus = statusSetter<HoldState>(holdLifecycle)
