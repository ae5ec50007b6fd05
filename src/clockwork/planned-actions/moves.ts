/** What a supervisor changes about a planned action. */
import type { Decision } from '../../case/case-file/decision.ts'
import type { DeadlineRow } from '../../case/deadlines/table.ts'
import type { Moves, Target } from '../../case/decisions/decide.ts'
import { notFound } from '../../words/problems.ts'
import { decidePlanned } from './decide.ts'
import { type PlannedAct, plannedRules, plannedStateOf } from './lifecycle.ts'

/** The boolean of these moves, their facts, tells whether the platform has stopped automatic closing and deeming. */
export const plannedMoves: Moves<PlannedAct, Target & { deadline: DeadlineRow }, boolean> = {
  rules: plannedRules,
  find: ({ complaint, deadlines }, { deadline_id }, { now }) => {
    const deadline = deadlines.find((x) => x.id === deadline_id)
    if (!deadline) throw notFound()
    return { state: plannedStateOf(deadline, now), version: complaint.version, deadline, subject: { deadline } }
  },
  decide: (act, d, { deadline }, body) =>
    (decidePlanned[act] as (d: Decision, deadline: DeadlineRow, body: object) => void)(d, deadline, body),
}
