/** The actions on held settlements. */
import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Viewer } from '../decisions/available.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { decideHold, decideNewHold } from './decide.ts'
import { holdLifecycle } from './lifecycle.ts'
import type { HoldBodies, NewHold } from './schema.ts'
import type { HoldRow } from './table.ts'
import { seesHold } from './visible.ts'

/** @throws Problem `not_found` for one that is not there or not visible */
export const visibleHold = (file: CaseFile, id: string | undefined, { actor }: Pick<Viewer, 'actor'>): HoldRow => {
  const hold = file.holds.find((x) => x.id === id)
  if (!hold || !(actor.role === 'payments' || seesHold(file, hold, actor))) throw notFound()
  return hold
}

export const newHoldMoves: Moves<'hold'> = {
  rules: holdLifecycle.actions,
  find: ({ complaint }) => ({ state: undefined, version: complaint.version }),
  decide: (_action, d, _found, body) => void decideNewHold(d, body as NewHold),
}

export const holdMoves: Moves<keyof HoldBodies, Target & { hold: HoldRow }> = {
  rules: holdLifecycle.actions,
  find: (file, { id }, viewer) => {
    const hold = visibleHold(file, id, viewer)
    return { state: hold.status, version: hold.version, subject: { hold }, hold }
  },
  decide: (action, d, { hold }, body) =>
    (decideHold[action] as (d: Decision, hold: HoldRow, body: object) => void)(d, hold, body),
}
