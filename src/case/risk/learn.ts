/** What the service learns of a case from others: a decision of the system, as every other. Pure. */
import type { Time } from '../../foundation/clock.ts'
import { systemActor } from '../../platform/access/caller.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { FactSignal } from '../../words/risk.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { finish } from '../decisions/finish.ts'
import { raiseByFacts } from './settle.ts'

/** What was learnt of a case. */
export interface Learnt {
  facts: readonly FactSignal[]
  /** The mass case that it belongs to. */
  massCaseId?: string
}

/** @returns the decision; `undefined` where nothing of it is news */
export const decideLearnt = (before: CaseFile, { facts, massCaseId }: Learnt, { now, rules }: { now: Time; rules: Rules }) => {
  const known = new Set(before.complaint.risk?.findings.map(({ signal }) => signal))
  const joins = massCaseId !== undefined && before.complaint.mass_case_id === null
  const isUnjudged = before.complaint.risk === null
  if (!joins && !isUnjudged && facts.every((signal) => known.has(signal))) return undefined
  const d = new Decision(before, systemActor, now, rules)
  if (joins) {
    d.file.complaint.mass_case_id = massCaseId
    d.tell({ type: 'mass_case_joined', data: { mass_case_id: massCaseId } })
  }
  raiseByFacts(d, facts)
  // what only adds to the explanation tells no event
  if (d.events.length === 0) d.countQuietly()
  return finish(d)
}
