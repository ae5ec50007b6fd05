import type { RiskWire } from './schema.ts'
import type { Risk } from './table.ts'

/** The risk of a case, for staff. */
export const riskView = (risk: Risk | null): RiskWire | null =>
  risk && {
    level: risk.level,
    standing: risk.standing,
    signals: risk.findings.map(({ signal }) => signal),
    score: risk.score,
    findings: risk.findings.map(({ signal, weight, words, at, spent }) => ({ signal, weight, words, at, spent })),
    public_opinion: risk.public_opinion,
    critical_since: risk.critical_since,
    set: risk.set,
    priority: risk.priority,
  }
