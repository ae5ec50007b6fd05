/** The one clock that runs for a step. */

import type { CountedKind, Side } from '../../words/deadlines.ts'
import type { Decision } from '../case-file/decision.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { isOpen } from '../deadlines/due.ts'
import { startWaiting } from '../deadlines/waiting.ts'
import { stepClocks } from './steps.ts'
import type { Step } from './table.ts'

/** Ends every other clock of a step and lets this one run, unless it does already. @param kind null: none */
export const startStepClock = (d: Decision, step: Step, kind: CountedKind | null, party: Side = 'platform'): void => {
  const others = stepClocks.filter((one) => one !== kind)
  endClocks(d, step.status === 'skipped' || step.status === 'cancelling' ? 'cancelled' : 'met', {
    kinds: others,
    subjectId: step.id,
  })
  if (kind === null || d.file.deadlines.some((x) => isOpen(x) && x.kind === kind && x.subject_id === step.id)) return
  step.due_at = startWaiting(d, kind, party, step.id).due_at
}
