/** The risk of a case as it is kept on its complaint. */
import type { Time } from '../../foundation/clock.ts'
import type { RiskLevel, RiskReasonCode, RiskSignal, RiskStanding } from '../../words/risk.ts'

/** A signal as it was first found. It counts once, whatever is found of it later. */
export interface RiskFinding {
  signal: RiskSignal
  /** What it weighed then; 0 where the complainant's words weigh nothing. */
  weight: number
  /** Which words spoke for it; empty for a fact. */
  words: string[]
  at: Time
  /** A person has set a level since: it speaks for no rise any more. */
  spent: boolean
}

/** A level that a person set. */
export interface RiskSetting {
  level: RiskLevel
  reason_code: RiskReasonCode
  explanation: string
  /** `role:id`. */
  by: string
  at: Time
}

/** What is dealt with first: each factor, and what speaks for it as codes. */
export interface RiskPriority {
  /** The product of the three factors: 1 to 36. */
  score: number
  severity: number
  complexity: number
  immediacy: number
  because: string[]
}

export interface Risk {
  level: RiskLevel
  standing: RiskStanding
  findings: RiskFinding[]
  /** The sum of the weights. */
  score: number
  /** The press or social networks are in it. */
  public_opinion: boolean
  /** Since when it has been critical without a break; null while it is not. */
  critical_since: Time | null
  set: RiskSetting | null
  priority: RiskPriority
}
