/** The actions on advances. */

import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Viewer } from '../decisions/available.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { decideAdvance, decideNewAdvance } from './decide.ts'
import type { GateFacts } from './gate.ts'
import { advanceLifecycle } from './lifecycle.ts'
import type { AdvanceBodies, NewAdvance } from './schema.ts'
import type { AdvanceRow } from './table.ts'
import { seesAdvance } from './visible.ts'

/** @throws Problem `not_found` for one that is not there or not visible */
export const visibleAdvance = (file: CaseFile, id: string | undefined, { actor }: Pick<Viewer, 'actor'>): AdvanceRow => {
  const advance = file.advances.find((x) => x.id === id)
  if (!advance || !seesAdvance(file, advance, actor)) throw notFound()
  return advance
}

/** Its facts are what the gate looks at beyond the case. */
export const newAdvanceMoves: Moves<'ask', Target, GateFacts> = {
  rules: advanceLifecycle.actions,
  find: ({ complaint }) => ({ state: undefined, version: complaint.version }),
  decide: (_action, d, _found, body, facts) => void decideNewAdvance(d, body as NewAdvance, facts),
}

/** The facts are known where money is put aside, else not. */
export const advanceMoves: Moves<keyof AdvanceBodies, Target & { advance: AdvanceRow }, GateFacts | undefined> = {
  rules: advanceLifecycle.actions,
  find: (file, { id }, viewer) => {
    const advance = visibleAdvance(file, id, viewer)
    return { state: advance.status, version: advance.version, subject: { advance }, advance }
  },
  decide: (action, d, { advance }, body, facts) =>
    (decideAdvance[action] as (d: Decision, advance: AdvanceRow, body: object, facts: GateFacts | undefined) => void)(
      d,
      advance,
      body,
      facts,
    ),
}
