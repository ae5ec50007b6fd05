/** One route for each action of a lifecycle table: `POST …/{id}/{action}`, answered with the resource as it is afterwards. */
import type { TSchema } from 'typebox'
import type { Named } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { type ActionRule, camel, describeRule, kebab } from '../../foundation/lifecycle.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { type Answer, send } from '../../platform/idempotency/idempotency.ts'
import { changeProblems, ok } from '../../platform/wire/responses.ts'
import type { ProblemCode } from '../../words/problems.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Deps } from '../deps.ts'
import type { CaseName } from './load.ts'
import { act, type Target } from './take.ts'

interface Ids {
  id: string
  step_id?: string
  deadline_id?: string
}

export interface ActionRoutes<Action extends string, Found extends Target> {
  tags: readonly string[]
  /** Where the resource stands, `/v1/appeals/:id`; also what `id` names. */
  base: string
  table: CaseName['table']
  params: TSchema
  /** Names of operations: `accept` of a `Complaint` is `acceptComplaint`. */
  noun: string
  /** The last part of the path, where it is not the action itself. */
  segment?: (action: Action) => string
  rules: Readonly<Record<Action, ActionRule<string, Who, Subject>>>
  bodies: Readonly<Record<Action, Named>>
  shows: TSchema
  /** What an answer shows, where it is not the resource that was addressed. */
  described?: Partial<Record<Action, string>>
  /** What the rules of an action may refuse, besides what every action may. */
  refuses?: Partial<Record<Action, readonly ProblemCode[]>>
  /** Actions that may put money in force. */
  reserves?: readonly Action[]
  /** Finds the resource in the case, or throws `notFound()`. */
  find: (file: CaseFile, ids: Ids, caller: Caller, db: Db) => Found | Promise<Found>
  /** Checks what a body refers to outside of the case. */
  facts?: (db: Db, body: object, caller: Caller) => Promise<void>
  decide: (action: Action, d: Decision, found: Found, body: object) => void
  answer: (d: Decision, found: Found, action: Action) => Answer
}

/** Adds the routes of all actions that have a body. */
export const actionRoutes = <Action extends string, Found extends Target>(
  app: App,
  deps: Deps,
  room: ActionRoutes<Action, Found>,
): void => {
  for (const action of Object.keys(room.bodies) as Action[]) {
    const rule = room.rules[action]
    app.post(
      `${room.base}/${room.segment?.(action) ?? kebab(action)}`,
      {
        schema: {
          operationId: `${camel(action)}${room.noun}`,
          tags: room.tags,
          ...describeRule(rule),
          params: room.params,
          body: room.bodies[action].ref,
          response: {
            200: ok(room.shows, room.described?.[action]),
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
        const ids = request.params as Ids
        const { caller } = request
        const answer = await act<object, Found, void>(deps, request, {
          name: { table: room.table, id: ids.id },
          action,
          rule,
          lockOrder: room.reserves?.includes(action) ?? false,
          find: (file, db) => room.find(file, ids, caller, db),
          facts: async (db, body) => room.facts?.(db, body, caller),
          decide: (d, found, body) => room.decide(action, d, found, body),
          answer: (d, found) => room.answer(d, found, action),
        })
        return send(reply, answer)
      },
    )
  }
}
