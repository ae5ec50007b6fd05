/** The actions on a complaint as such. */
import type { ActionRule } from '../../foundation/lifecycle.ts'
import type { Subject, Who } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import type { ActionBodies } from './action-schema.ts'
import { decideComplaint, decidePatch } from './decide.ts'
import type { ComplaintPatch } from './filing-schema.ts'
import { complaintLifecycle, complaintStates } from './lifecycle.ts'

const find: Moves<string>['find'] = ({ complaint }): Target => ({ state: complaint.status, version: complaint.version })

export const complaintMoves: Moves<keyof ActionBodies> = {
  rules: complaintLifecycle.actions,
  find,
  decide: (action, d, _found, body) => (decideComplaint[action] as (d: Decision, body: object) => void)(d, body),
}

const updateRule: ActionRule<string, Who, Subject> = {
  summary: 'Correct category, tags or contact',
  allow: [{ by: ['complainant', 'agent', 'supervisor'], from: complaintStates.filter((state) => state !== 'closed') }],
}

/** PATCH. */
export const updateMoves: Moves<'update'> = {
  rules: { update: updateRule },
  find,
  decide: (_action, d, _found, patch) => decidePatch(d, patch as ComplaintPatch),
}
