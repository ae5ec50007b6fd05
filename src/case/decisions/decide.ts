/**
 * Makes a decision of a person's action on a case: judges whether it may be taken, lets the rules of its room decide, and finishes it.
 * Pure: the case, the actor, the time and the rules come in, and a finished decision goes out. HTTP, tests and simulations all call this.
 * What the service does because time passes is decided in `silence/decide.ts`.
 */

import type { Time } from '../../foundation/clock.ts'
import type { ActionRule, Verdict } from '../../foundation/lifecycle.ts'
import type { Actor } from '../../platform/access/caller.ts'
import type { Rules } from '../../rules/rule-book/rules.ts'
import { problem } from '../../words/problems.ts'
import type { CaseFile, Subject, Who } from '../case-file/case-file.ts'
import { Decision } from '../case-file/decision.ts'
import { missCompletionBeforeWait } from '../silence/before-wait.ts'
import { mayTake, type Viewer } from './available.ts'
import { finish } from './finish.ts'

/** Which part of a case an action is taken on, as its address says; all `undefined` for the case itself. */
export interface Ids {
  id?: string
  step_id?: string
  deadline_id?: string
}

/** The resource on which an action is taken, as it was found in the case. */
export interface Target {
  /** The resource's own state; `undefined` where the action makes a new one. */
  state: string | undefined
  /** The version that `If-Match` is compared with. */
  version: number
  subject?: Pick<Subject, 'plan' | 'step' | 'appeal' | 'evidence' | 'deadline' | 'advance' | 'receivable' | 'hold'>
}

/** The actions of a room on one kind of target: its lifecycle table, how the target is found in a case, and the rules. */
export interface Moves<Action extends string, Found extends Target = Target, Facts = void> {
  rules: Readonly<Record<Action, ActionRule<string, Who, Subject>>>
  /** @throws Problem `not_found` for what is not there or not visible to this viewer */
  find: (file: CaseFile, ids: Ids, viewer: Viewer) => Found
  /** @throws Problem where a rule of the room says no */
  decide: (action: Action, d: Decision, found: Found, body: object, facts: Facts) => void
}

/** One action, with what was sent along. */
export interface Move<Action extends string, Found extends Target = Target, Facts = void> {
  of: Moves<Action, Found, Facts>
  action: Action
  ids?: Ids
  body: object
  /** What the rules must know beyond the case. */
  facts: Facts
}

/** What is known of an action before it is decided. */
export interface Judged<Found extends Target> {
  found: Found
  verdict: Verdict
}

/** Whether this viewer may take an action now. @throws Problem `not_found` */
export const judge = <Action extends string, Found extends Target, Facts>(
  file: CaseFile,
  { of, action, ids = {} }: Pick<Move<Action, Found, Facts>, 'of' | 'action' | 'ids'>,
  viewer: Viewer,
): Judged<Found> => {
  const found = of.find(file, ids, viewer)
  return { found, verdict: mayTake(action, of.rules[action], found.state, { file, ...viewer, ...found.subject }) }
}

/** As whom, when and by which rules it is decided. */
export interface By {
  actor: Actor
  now: Time
  rules: Rules
  /** Whether the complainant's words weigh anything in the risk of the case; left out: they do. */
  wordsWeigh?: boolean
}

/**
 * Decides one action. The caller has validated the body against its schema; `note` in it is kept with the actor's first event.
 * @throws Problem `not_found`, `forbidden`, `separation_of_duties` (403), `action_not_available` (409), and what the rules of the room refuse
 */
export const decide = <Action extends string, Found extends Target, Facts>(
  before: CaseFile,
  move: Move<Action, Found, Facts>,
  { actor, now, rules, wordsWeigh }: By,
): { decision: Decision; found: Found } => {
  const { of, action, body, facts } = move
  const d = new Decision(before, actor, now, rules, noteOf(body), wordsWeigh)
  const { found, verdict } = judge(d.file, move, d)
  if (!verdict.may) throw problem(verdict.because, verdict.detail)
  of.decide(action, d, found, body, facts)
  missCompletionBeforeWait(d)
  return { decision: finish(d), found }
}

const noteOf = (body: object): string | null => ('note' in body && typeof body.note === 'string' ? body.note : null)
