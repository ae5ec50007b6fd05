/** Who knows of a debt: its debtor and the people of the platform; the payment system reports on it, and is told nothing of it. Pure. */
import type { Actor } from '../../platform/access/caller.ts'
import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import { sideOfDebtor } from './lifecycle.ts'
import type { ReceivableRow } from './table.ts'

export const seesReceivable = ({ complaint }: CaseFile, { debtor_role }: ReceivableRow, actor: Actor): boolean => {
  const reader = readerOf(complaint, actor)
  return actor.role === 'payments' || reader === 'all' || reader === sideOfDebtor[debtor_role]
}
