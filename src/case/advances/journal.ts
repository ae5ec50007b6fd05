/** The journals of advances and debts, written with the decision that causes them, and what an account has within it. Pure. */

import { accountIdOf, journal, type Posting } from '../../money/ledger/post.ts'
import type { TransferRow } from '../../money/ledger/table.ts'
import type { AccountKind } from '../../words/ledger.ts'
import type { Decision } from '../case-file/decision.ts'
import type { AdvanceRow } from './table.ts'

/** What a journal of a case is about. */
type About = Pick<AdvanceRow, 'platform_id' | 'complaint_id' | 'currency'> & {
  plan_id?: string
  step_id?: string | null
  advance_id?: string | null
  receivable_id?: string
}

/** Writes a journal with the decision. Lines of nothing are left out. @returns its transfers */
export const post = (d: Decision, about: About, postings: readonly Posting[]): TransferRow[] => {
  const { platform_id, complaint_id, currency, plan_id = null, step_id = null, advance_id = null, receivable_id = null } = about
  const rows = journal(
    {
      ...{ platform_id, complaint_id, currency, plan_id, step_id, advance_id, receivable_id },
      now: d.now,
      policy_version: d.policyVersion,
    },
    postings.filter(({ amount }) => amount > 0),
  )
  d.file.transfers.push(...rows)
  return rows
}

/** The same for what an advance itself moves. */
export const postFor = (d: Decision, advance: AdvanceRow, postings: readonly Posting[]): TransferRow[] =>
  post(d, { ...advance, advance_id: advance.id }, postings)

/** What an account has, as it was read and with what this decision moves. The statement that writes it is guarded. */
export const balanceOf = ({ file }: Pick<Decision, 'file'>, kind: AccountKind, currency: string, owner?: string): number => {
  const id = accountIdOf(kind, currency, owner)
  const read = file.accounts.find((account) => account.id === id)?.balance ?? 0
  return file.transfers.reduce(
    (sum, { debit, credit, amount }) => sum + (credit === id ? amount : 0) - (debit === id ? amount : 0),
    read,
  )
}

/** What of a deposit nothing else may take, as it was read and with what this decision moves. */
export const availableIn = (d: Pick<Decision, 'file'>, currency: string, owner: string): number => {
  const id = accountIdOf('deposit', currency, owner)
  const reserved = d.file.accounts.find((account) => account.id === id)?.reserved ?? 0
  return Math.max(0, balanceOf(d, 'deposit', currency, owner) - reserved)
}
