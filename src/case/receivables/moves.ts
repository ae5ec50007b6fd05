/** The actions on debts. */
import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Viewer } from '../decisions/available.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { decideReceivable } from './decide.ts'
import { receivableLifecycle } from './lifecycle.ts'
import type { ReceivableBodies } from './schema.ts'
import type { ReceivableRow } from './table.ts'
import { seesReceivable } from './visible.ts'

/** @throws Problem `not_found` for one that is not there or not visible */
export const visibleReceivable = (file: CaseFile, id: string | undefined, { actor }: Pick<Viewer, 'actor'>): ReceivableRow => {
  const debt = file.receivables.find((x) => x.id === id)
  if (!debt || !seesReceivable(file, debt, actor)) throw notFound()
  return debt
}

export const receivableMoves: Moves<keyof ReceivableBodies, Target & { receivable: ReceivableRow }> = {
  rules: receivableLifecycle.actions,
  find: (file, { id }, viewer) => {
    const receivable = visibleReceivable(file, id, viewer)
    return { state: receivable.status, version: receivable.version, subject: { receivable }, receivable }
  },
  decide: (action, d, { receivable }, body) =>
    (decideReceivable[action] as (d: Decision, debt: ReceivableRow, body: object) => void)(d, receivable, body),
}
