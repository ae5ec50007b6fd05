import type { Moves } from '../decisions/decide.ts'
import { decideMessage } from './decide.ts'
import { postRule } from './lifecycle.ts'
import type { NewMessage } from './schema.ts'

export const messageMoves: Moves<'post'> = {
  rules: { post: postRule },
  find: ({ complaint }) => ({ state: complaint.status, version: complaint.version }),
  decide: (_action, d, _found, body) => void decideMessage(d, body as NewMessage),
}
