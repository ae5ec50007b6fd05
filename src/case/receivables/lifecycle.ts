/**
 * The receivable: what a buyer or a merchant owes the guarantee fund. It is paid, set off against a deposit, waived by a supervisor, or
 * written off when nobody waits for it any more.
 */
import { type Lifecycle, statusSetter } from '../../foundation/lifecycle.ts'
import { type DebtorRole, type ReceivableState, receivableStateNames } from '../../words/advances.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import { notAnotherAgentsCase } from '../complaints/deciders.ts'
import { apartFromWhatIsPaid } from '../complaints/reporters.ts'
import type { ReceivableRow } from './table.ts'

export type ReceivableAction = 'pay' | 'waive' | 'write_off'

/** States in which it is still owed. */
export const owedStates = ['open', 'partly_paid'] as const satisfies readonly ReceivableState[]
export const isOwed = ({ status }: { status: ReceivableState }): boolean => owedStates.some((one) => one === status)

/** What somebody owes, or owed, because of an advance. */
export const debtsOf = ({ receivables }: Pick<CaseFile, 'receivables'>, advanceId: string, role: DebtorRole): ReceivableRow[] =>
  receivables.filter(({ advance_id, debtor_role }) => advance_id === advanceId && debtor_role === role)

/** On which side of the case a debtor is. */
export const sideOfDebtor: Readonly<Record<DebtorRole, PartySide>> = { buyer: 'complainant', merchant: 'respondent' }

export const receivableLifecycle = {
  resource: 'receivable',
  states: receivableStateNames,
  initial: 'open',
  final: ['paid', 'set_off', 'waived', 'written_off', 'reversed'],
  actions: {
    pay: {
      summary: 'Report that the debtor has paid, in whole or in part.',
      allow: [{ by: ['agent', 'supervisor', 'payments'], from: owedStates, to: ['partly_paid', 'paid'] }],
      meets: ['debt'],
      apart: [apartFromWhatIsPaid],
    },
    waive: {
      summary: 'Forgo a debt as a supervisor, with a reason.',
      allow: [{ by: ['supervisor'], from: owedStates, to: ['waived'] }],
      meets: ['debt'],
      apart: [notAnotherAgentsCase],
    },
    write_off: {
      summary: 'Write a debt off that nobody will pay: the platform bears it. Silence does so after half a year.',
      allow: [{ by: ['supervisor', 'system'], from: owedStates, to: ['written_off'] }],
      meets: ['debt'],
    },
  },
  cascades: {
    set_off: {
      summary: 'The deposit has the money again, and pays the oldest debts first.',
      from: owedStates,
      to: ['partly_paid', 'set_off'],
    },
    reverse: { summary: 'What it came of was overturned.', from: owedStates, to: ['reversed'] },
  },
} as const satisfies Lifecycle<ReceivableState, ReceivableAction, Who, Subject>

export const setReceivableStatus = statusSetter<ReceivableState>(receivableLifecycle)
