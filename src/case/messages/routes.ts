/** Messages: what people of a case write to each other, and what staff write for themselves. They follow no lifecycle. */

import { readPage, sendPage } from '../../foundation/http/pagination.ts'
import { listQuery } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, created, listOf, problems } from '../../platform/wire/responses.ts'
import { CaseParams } from '../complaints/routes.ts'
import { take } from '../decisions/take.ts'
import { readVisibleParties } from '../decisions/visible.ts'
import type { Deps } from '../deps.ts'
import { messageOperations } from './asks.ts'
import { forbiddenInMessage } from './decide.ts'
import { findMessages } from './find.ts'
import { postRule } from './lifecycle.ts'
import { messageMoves } from './moves.ts'
import { MessageOut, type MessageWire, NewMessageIn } from './schema.ts'
import type { MessageRow } from './table.ts'

const tags = ['Messages']

const messageView = (row: MessageRow): MessageWire => ({
  id: row.id,
  complaint_id: row.complaint_id,
  author: { role: row.author_role, id: row.author_id },
  visibility: row.visibility === 'internal' ? 'internal' : 'parties',
  to: row.visibility === 'internal' ? 'platform' : row.addressed_to,
  automated: row.automated,
  text: row.text,
  version: 1,
  created_at: row.created_at,
})

export const messageRoutes = (app: App, deps: Deps): void => {
  const { db } = deps

  app.post(
    '/v1/complaints/:id/messages',
    {
      schema: {
        operationId: messageOperations.post.id,
        tags,
        summary: postRule.summary,
        description:
          'What a party says to the platform holds what its silence would lead to until a person of staff answers, and staff owe that answer (`next_reply`). A closed case takes none while no money of it is on its way, except for internal ones of staff.',
        params: CaseParams,
        body: NewMessageIn.ref,
        response: {
          201: created(MessageOut.ref),
          ...changeProblems('not_found', 'forbidden', 'separation_of_duties', 'version_stale', 'case_closed'),
        },
      },
    },
    async (request, reply) => {
      const answer = await take(deps, request, {
        name: { table: 'complaints', id: request.params.id },
        of: messageMoves,
        action: 'post',
        extent: 'words',
        needsNoRules: true,
        forbids: forbiddenInMessage,
        facts: () => undefined,
        answer: (d) => {
          const row = d.file.messages[0] as MessageRow
          // a message never changes
          return { status: 201, body: messageView(row), location: `/v1/complaints/${row.complaint_id}/messages`, version: 1 }
        },
      })
      return send(reply, answer)
    },
  )

  app.get(
    '/v1/complaints/:id/messages',
    {
      schema: {
        operationId: 'listMessages',
        tags,
        summary: 'List the messages of a complaint, newest first',
        description:
          'Those that this caller may read: a party sees none of the internal ones, and none between staff and the other side.',
        params: CaseParams,
        querystring: listQuery({}),
        response: { 200: listOf(MessageOut.ref), ...problems('not_found', 'invalid_cursor') },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const complaint = await readVisibleParties(db, caller, request.params.id)
      checkInput(request)
      const page = readPage(request, ['time', 'id'])
      const rows = await findMessages(db, caller, complaint, page)
      return sendPage(request, reply, page, rows, (row) => [row.created_at, row.id], messageView)
    },
  )
}
