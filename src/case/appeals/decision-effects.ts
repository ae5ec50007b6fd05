/**
 * What a decision of a case brings, and how a won appeal takes it back: one entry each, in the order in which they are taken back. What is paid
 * or bound by a decision, counts for somebody's standing or is published because of it belongs here. Pure.
 */
import { makeProvisionalAgain, reverseAll } from '../advances/reversal.ts'
import type { Decision } from '../case-file/decision.ts'
import { cancelLivePlans } from '../refund-plans/effects.ts'
import { setDecisionsAside } from './windows.ts'

interface DecisionEffect {
  /** What the decision brought. */
  brings: string
  /** What becomes of it. */
  afterwards: string
  reverse: (d: Decision) => void
}

export const decisionEffects = {
  plans: {
    brings: 'a plan with its steps, and the money that they hold of the order',
    afterwards:
      'the plan ends, what is undone is not done, and money that was asked for is asked back; what was paid is provisional',
    reverse: (d) => cancelLivePlans(d, 'appeal_upheld'),
  },
  advances: {
    brings: 'what the fund has paid first, taken from the merchant, or made the merchant owe',
    afterwards: 'the merchant has back what it bore, and owes nothing of it; what the buyer was paid is provisional',
    reverse: reverseAll,
  },
  debts: {
    brings: 'what the buyer came to owe when the case ended without a decision that granted it',
    afterwards: 'what is still owed of it is provisional again, until the next decision grants it or the case ends',
    reverse: makeProvisionalAgain,
  },
  windows: {
    brings: 'decisions that can be contested, each with its windows',
    afterwards: 'none of them stands',
    reverse: setDecisionsAside,
  },
  findings: {
    brings: 'liability, an outcome, and why the case was rejected, dismissed or closed',
    afterwards: 'nobody is found liable, and the case has no outcome',
    reverse: ({ file: { complaint } }) => {
      complaint.liability = null
      complaint.liability_disclosed = false
      complaint.outcome = null
      complaint.close_reason = null
      complaint.closed_at = null
      complaint.rejection = null
      complaint.dismissal = null
      complaint.silent_expiries = 0
    },
  },
} as const satisfies Readonly<Record<string, DecisionEffect>>

/** Takes back all that the decisions of a case have brought. */
export const reverseDecision = (d: Decision): void => {
  for (const { reverse } of Object.values<DecisionEffect>(decisionEffects)) reverse(d)
}
