/** The rules of the actions on advances. Pure: a decision in, a changed case file and its events out, or a Problem. */

import { actorName } from '../../platform/access/caller.ts'
import { type AdvanceCheck, advanceCheckNames } from '../../words/advances.ts'
import { invalidField, problem } from '../../words/problems.ts'
import type { Decision } from '../case-file/decision.ts'
import { checkExplained } from '../complaints/reporters.ts'
import { endClocks } from '../deadlines/clocks.ts'
import { beginAdvance, type Passed, putAsideAndPay } from './asking.ts'
import { endUnpaid } from './freezing.ts'
import { type CheckResult, type GateFacts, gateOf } from './gate.ts'
import { setAdvanceStatus } from './lifecycle.ts'
import { askBuyer } from './paying.ts'
import { closeRecovered, recover } from './recovery.ts'
import type { AdvanceBodies, NewAdvance } from './schema.ts'
import type { AdvanceRow } from './table.ts'
import { tellAdvance } from './tell.ts'

const inWords = ({ check, limit, value }: CheckResult): string =>
  `${advanceCheckNames[check].en.toLowerCase()}${limit === null ? '' : ` (${value}, at most ${limit})`}`

/** The refusal of the gate, with everything that is in the way. */
const refuse = (failed: readonly CheckResult[], more: string): never => {
  throw problem(
    'advance_not_open',
    `The fund does not pay this refund first. Not so: ${failed.map(inWords).join('; ')}. ${more}`,
    {
      errors: failed.map((one) => ({ pointer: '', code: one.check, detail: inWords(one) })),
    },
  )
}

/** @throws Problem `advance_not_open` with every check that fails and is not set aside */
const passGate = (d: Decision, body: NewAdvance, facts: GateFacts): Passed => {
  const setAside: readonly AdvanceCheck[] = body.set_aside ?? []
  if (setAside.length > 0 && d.actor.role !== 'supervisor') throw problem('forbidden', 'Only a supervisor sets a check aside.')
  const gate = gateOf(d.file, d.policy, body, facts)
  const failed = gate.checks.filter(({ passed }) => !passed)
  const inTheWay = failed.filter((one) => !(setAside.includes(one.check) && one.can_be_set_aside))
  const more = inTheWay.some(({ can_be_set_aside }) => can_be_set_aside) ? 'A supervisor may set some of it aside.' : ''
  if (gate.found === undefined || inTheWay.length > 0) return refuse(inTheWay, more)
  const failing = new Set(failed.map(({ check }) => check))
  const unneeded = setAside.findIndex((check) => !failing.has(check))
  if (unneeded !== -1) throw invalidField(`/set_aside/${unneeded}`, 'not_needed', 'this check passes: leave it out')
  return { ...gate, found: gate.found, overrides: [...setAside] }
}

/** @param facts what is known beyond the case, just read */
export const decideNewAdvance = (d: Decision, body: NewAdvance, facts: GateFacts): AdvanceRow =>
  beginAdvance(d, passGate(d, body, facts), body.explanation, facts)

/** One rule for each action on an advance; the lifecycle table has already said that this actor may take it now. */
export const decideAdvance: {
  [Action in keyof AdvanceBodies]: (
    d: Decision,
    advance: AdvanceRow,
    body: AdvanceBodies[Action],
    facts: GateFacts | undefined,
  ) => void
} = {
  approve: (d, advance, _body, facts) => {
    endClocks(d, 'met', { kinds: ['advance_approval'], subjectId: advance.id })
    advance.approved_by = actorName(d.actor)
    putAsideAndPay(d, advance, facts?.fund ?? 0)
    d.tookPart()
  },
  send_back: (d, advance, { explanation }) => endUnpaid(d, advance, 'cancelled', 'sent_back', explanation),
  cancel: (d, advance, { explanation }) => endUnpaid(d, advance, 'cancelled', 'cancelled', explanation),
  not_returned: (d, advance, { explanation }) => askBuyer(d, advance, explanation),
  wait_on: (d, advance, { explanation }) => {
    setAdvanceStatus(advance, 'frozen')
    endClocks(d, 'met', { kinds: ['buyer_answer'], subjectId: advance.id })
    tellAdvance(d, advance, 'asking_buyer', {
      type: 'advance_continued',
      data: { amount: advance.frozen_amount, currency: advance.currency, explanation },
    })
  },
  return: (d, advance, { explanation }) => endUnpaid(d, advance, 'returned_to_fund', 'not_returned', explanation),
  recover: (d, advance, body) => {
    checkExplained(d, body)
    recover(d, advance, body.amount, body.explanation)
    closeRecovered(d)
  },
}
