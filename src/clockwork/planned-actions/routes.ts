import Type from 'typebox'
import { knows } from '../../case/case-file/case-file.ts'
import { Decision } from '../../case/case-file/decision.ts'
import { CaseParams } from '../../case/complaints/routes.ts'
import { actionRoutes } from '../../case/decisions/action-routes.ts'
import { nowFor, readRules } from '../../case/decisions/take.ts'
import { readVisibleCase } from '../../case/decisions/visible.ts'
import { withoutRules } from '../../case/stuck-cases/rules.ts'
import { listIsStuck } from '../../case/stuck-cases/schema.ts'
import { PathId } from '../../foundation/http/schema.ts'
import type { App } from '../../foundation/http/server.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { listOf, problems } from '../../platform/wire/responses.ts'
import { findSwitch } from '../../rules/automation/find.ts'
import type { ProblemCode } from '../../words/problems.ts'
import type { Deps } from '../deps.ts'
import { plannedOperations } from './asks.ts'
import type { PlannedAct } from './lifecycle.ts'
import { plannedMoves } from './moves.ts'
import { PlannedActionOut } from './schema.ts'
import { MOST_PAST, pastActions, plannedActions, plannedActionView } from './view.ts'

const tags = ['Deadlines']
const PlannedParams = Type.Object({
  id: PathId('The id of the complaint.'),
  deadline_id: PathId('The id of the planned action, which is that of its deadline.'),
})

const refuses: Record<PlannedAct, readonly ProblemCode[]> = {
  hold: ['hold_ends_too_early', 'hold_ends_too_late'],
  release: [],
  cancel: [],
  bring_forward: ['not_brought_forward'],
}

/** Whether the platform has stopped automatic closing and deeming. */
const isSwitchedOff = async (db: Db, platformId: string): Promise<boolean> =>
  (await findSwitch(db, platformId)).stopped_at !== null

/** Planned actions over HTTP: what the service will do by itself in a case, and what a supervisor changes about it. */
export const plannedActionRoutes = (app: App, deps: Deps): void => {
  const { cases, db, clock, rules } = deps

  app.get(
    '/v1/complaints/:id/planned-actions',
    {
      schema: {
        operationId: 'listPlannedActions',
        tags,
        summary: 'List what the service itself will do in a case, when and why, and what it did',
        description: `One for each open deadline, in the order of their times, all of it on one page. Each is told by itself and as the case stands now: whoever acts in time changes it, and so does an earlier one. An answer that comes after the due time counts as long as the service has not acted: late, and heard.\n\nAfter them, newest first, what was \`done\`, what \`failed\` (it could not take effect; \`obstacle\` says why) and what a supervisor \`cancelled\`: the last ${MOST_PAST}, of the last 60 deadlines of the case. Of a case that the system cannot decide it tells what stands on its clocks.`,
        params: CaseParams,
        response: {
          200: listOf(PlannedActionOut.ref, 'All that is planned, then the last of what was.', listIsStuck),
          ...problems('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { caller } = request
      const file = await readVisibleCase(cases, caller, { table: 'complaints', id: request.params.id })
      checkInput(request)
      const ruled = await readRules(rules, caller.platform, file)
      const judgedBy = ruled ?? withoutRules(file.complaint.policy_version)
      const d = new Decision(file, caller.actor, nowFor(request, clock), judgedBy)
      const planned = plannedActions(d, await isSwitchedOff(db, caller.platform.id))
      const isUnsaid = knows(file) && planned.some(({ level_after }) => level_after === null)
      const stuck = Boolean(file.stuck) || ruled === undefined || isUnsaid
      return reply.type('application/json').send({ data: [...planned, ...pastActions(d)], next_cursor: null, stuck })
    },
  )

  actionRoutes(app, deps, {
    moves: plannedMoves,
    tags,
    base: '/v1/complaints/:id/planned-actions/:deadline_id',
    table: 'complaints',
    params: PlannedParams,
    operations: plannedOperations,
    shows: PlannedActionOut.ref,
    described: Object.fromEntries(
      Object.keys(plannedOperations).map((act) => [act, 'The planned action as it is now; the `ETag` is the complaint’s.']),
    ),
    refuses,
    facts: (from, _body, caller) => isSwitchedOff(from, caller.platform.id),
    answer: (d, { deadline }, _action, switchedOff) => ({
      status: 200,
      body: plannedActionView(d, deadline, switchedOff),
      version: d.file.complaint.version,
    }),
  })
}
