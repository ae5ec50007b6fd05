/** What the service decides by itself in a case because time has passed. Pure; a person's action comes through `decisions/decide.ts`. */

import type { Time } from '../../foundation/clock.ts'
import { systemActor } from '../../platform/access/caller.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { finish } from '../decisions/finish.ts'
import { tellUnstuck, wake } from '../stuck-cases/rules.ts'
import { type Acts, actOnSilence, type BeyondCase } from './silence.ts'

/** @param atMost how many deadlines it may act on or warn of; the others stay due @param beyond what must be known beyond the case */
export const decideSilence = (
  before: CaseFile,
  { now, rules }: { now: Time; rules: Rules },
  atMost?: number,
  beyond?: BeyondCase,
): { decision: Decision; done: Acts } => {
  const d = new Decision(before, systemActor, now, rules)
  if (before.stuck) wake(d)
  const done = actOnSilence(d, atMost, beyond)
  if (before.stuck) tellUnstuck(d, before.stuck)
  return { decision: finish(d), done }
}
