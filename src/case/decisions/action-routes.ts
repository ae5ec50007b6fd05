/** One route for each action of a lifecycle table: `POST …/{id}/{action}`, answered with the resource as it is afterwards. */
import Type, { type TSchema } from 'typebox'
import type { App } from '../../foundation/http/server.ts'
import { describeRule, kebab } from '../../foundation/lifecycle.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, ok, type ResponseDescription } from '../../platform/wire/responses.ts'
import type { ProblemCode } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { ActionOperation } from '../case-file/operations.ts'
import type { Deps } from '../deps.ts'
import type { Ids, Moves, Target } from './decide.ts'
import type { CaseName } from './load.ts'
import { take } from './take.ts'

export interface ActionRoutes<Action extends string, Found extends Target, Facts> {
  moves: Moves<Action, Found, Facts>
  tags: readonly string[]
  /** The path of the resource, as `/v1/appeals/:id`. */
  base: string
  /** The table whose row the `id` of the path names. */
  table: CaseName['table']
  params: TSchema
  /** The last part of the path, where it is not the action itself. */
  segment?: (action: Action) => string
  operations: Readonly<Record<Action, ActionOperation>>
  shows: TSchema
  /** What an answer shows, where it is not the resource that was addressed. */
  described?: Partial<Record<Action, string>>
  /** What the rules of an action may refuse, besides what every action may. */
  refuses?: Partial<Record<Action, readonly ProblemCode[]>>
  /** Actions that the payment system may take: it is told that they were recorded, and nothing of the case. */
  reported?: readonly NoInfer<Action>[]
  /** Actions that may put money in force. */
  reserves?: readonly NoInfer<Action>[]
  /** Looks up what the rules must know beyond the case. */
  facts: (db: Db, body: object, caller: Caller, file: CaseFile, action: Action) => Facts | Promise<Facts>
  answer: (d: Decision, found: Found, action: Action, facts: Facts) => Answer
}

/** The answer to a report of the payment system. */
const RECORDED: Answer = { status: 202, body: { recorded: true } }

const recorded: ResponseDescription = {
  description: 'Recorded: the answer to a key of the role `payments`, which reads nothing of a case.',
  content: {
    'application/json': {
      schema: Type.Object({ recorded: Type.Literal(true, { description: 'The report is kept.' }) }),
      example: { recorded: true },
    },
  },
}

/** Adds the routes of all actions that have an operation. */
export const actionRoutes = <Action extends string, Found extends Target, Facts>(
  app: App,
  deps: Deps,
  room: ActionRoutes<Action, Found, Facts>,
): void => {
  for (const action of Object.keys(room.operations) as Action[]) {
    const rule = room.moves.rules[action]
    const operation = room.operations[action]
    const isReported = room.reported?.includes(action) ?? false
    app.post(
      `${room.base}/${room.segment?.(action) ?? kebab(action)}`,
      {
        config: isReported ? { opensTo: ['payments'] } : {},
        schema: {
          operationId: operation.id,
          tags: room.tags,
          ...describeRule(rule),
          params: room.params,
          body: operation.body.ref,
          response: {
            200: ok(room.shows, room.described?.[action]),
            ...(isReported && { 202: recorded }),
            ...changeProblems(
              'not_found',
              'forbidden',
              'separation_of_duties',
              'version_stale',
              'action_not_available',
              'case_stuck',
              ...(room.refuses?.[action] ?? []),
            ),
          },
        },
      },
      async (request, reply) => {
        const ids = request.params as Ids & { id: string }
        const answer = await take(deps, request, {
          name: { table: room.table, id: ids.id },
          of: room.moves,
          action,
          ids,
          lockOrder: room.reserves?.includes(action) ?? false,
          facts: (db, body, file) => room.facts(db, body, request.caller, file, action),
          answer: (d, found, facts) =>
            isReported && request.caller.actor.role === 'payments' ? RECORDED : room.answer(d, found, action, facts),
        })
        return send(reply, answer)
      },
    )
  }
}
