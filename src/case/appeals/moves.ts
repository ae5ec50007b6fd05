/** The actions on appeals. */

import { notFound } from '../../words/problems.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import type { Decision } from '../case-file/decision.ts'
import type { Moves, Target } from '../decisions/decide.ts'
import { decideAppeal, decideNewAppeal, type NamedEvidence } from './decide.ts'
import { appealLifecycle } from './lifecycle.ts'
import type { AppealBodies, NewAppeal } from './schema.ts'
import type { AppealRow } from './table.ts'

/** @throws Problem `not_found` */
export const appealIn = (file: CaseFile, id: string | undefined): AppealRow => {
  const appeal = file.appeals.find((x) => x.id === id)
  if (!appeal) throw notFound()
  return appeal
}

/** Its facts are this case's evidence among what the appeal names. */
export const newAppealMoves: Moves<'file', Target, readonly NamedEvidence[]> = {
  rules: appealLifecycle.actions,
  find: ({ complaint }) => ({ state: undefined, version: complaint.version }),
  decide: (_action, d, _found, body, named) => void decideNewAppeal(d, body as NewAppeal, named),
}

export const appealMoves: Moves<keyof AppealBodies, Target & { appeal: AppealRow }> = {
  rules: appealLifecycle.actions,
  find: (file, { id }) => {
    const appeal = appealIn(file, id)
    return { state: appeal.status, version: appeal.version, subject: { appeal }, appeal }
  },
  decide: (action, d, { appeal }, body) =>
    (decideAppeal[action] as (d: Decision, appeal: AppealRow, body: object) => void)(d, appeal, body),
}
