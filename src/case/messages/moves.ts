/** Messages follow no lifecycle: writing one is the only action. */
import type { ActionRule } from '../../foundation/lifecycle.ts'
import type { Subject, Who } from '../case-file/case-file.ts'
import { complaintStates } from '../complaints/lifecycle.ts'
import type { Moves } from '../decisions/decide.ts'
import { decideMessage } from './decide.ts'
import type { NewMessage } from './schema.ts'

export const postRule: ActionRule<string, Who, Subject> = {
  summary: 'Write a message',
  allow: [{ by: ['complainant', 'respondent', 'agent', 'supervisor'], from: complaintStates }],
}

export const messageMoves: Moves<'post'> = {
  rules: { post: postRule },
  find: ({ complaint }) => ({ state: complaint.status, version: complaint.version }),
  decide: (_action, d, _found, body) => void decideMessage(d, body as NewMessage),
}
