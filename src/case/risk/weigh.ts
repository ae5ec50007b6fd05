/** From signals to a level, and from a case to its priority. Pure. */
import type { Policy } from '../../rules/policy/schema.ts'
import { type RiskLevel, type RiskSignal, rankOf, type WordSignal, wordSignals } from '../../words/risk.ts'
import type { CaseFile } from '../case-file/case-file.ts'
import { againstPlatform } from '../case-file/case-file.ts'
import { wasRead } from '../case-file/parts.ts'
import type { Finding } from './scan.ts'
import type { RiskFinding, RiskPriority } from './table.ts'

/** Whether all signals of one of these groups are there. */
export const isTogether = (signals: ReadonlySet<RiskSignal>, groups: readonly (readonly RiskSignal[])[]): boolean =>
  groups.some((group) => group.every((signal) => signals.has(signal)))

const isOfWords = (signal: RiskSignal): signal is WordSignal => (wordSignals as readonly RiskSignal[]).includes(signal)

const sum = (findings: readonly Pick<RiskFinding, 'weight'>[]): number =>
  findings.reduce((total, { weight }) => total + weight, 0)

/**
 * The level that a machine gives to some findings. Only words that stand together make a case critical, and then it is a suspicion; facts
 * and single words reach `high` at most.
 */
export const levelOf = (
  { levels, critical_together }: Policy['risk'],
  findings: readonly Pick<RiskFinding, 'signal' | 'weight'>[],
): RiskLevel => {
  const words = new Set(findings.filter(({ signal, weight }) => weight > 0 && isOfWords(signal)).map(({ signal }) => signal))
  if (isTogether(words, critical_together)) return 'critical'
  const score = sum(findings)
  return score >= levels.high ? 'high' : score >= levels.normal ? 'normal' : 'low'
}

export const scoreOf = (findings: readonly RiskFinding[]): number => sum(findings.filter(({ spent }) => !spent))

/**
 * Whether words make a case stand out, so that it matters whether their author's words weigh anything.
 * @param known what speaks for the level already
 */
export const standsOut = (policy: Policy, found: readonly Finding[], known: readonly RiskFinding[]): boolean => {
  const live = known.filter(({ spent }) => !spent)
  const added = found.filter(({ signal }) => !known.some((one) => one.signal === signal))
  if (added.length === 0) return false
  const weighed = added.map(({ signal }) => ({ signal, weight: policy.risk.weights[signal] ?? 0 }))
  return rankOf(levelOf(policy.risk, [...live, ...weighed])) >= rankOf('high')
}

/** What harms a person, or may at any moment. */
const urgent: readonly RiskSignal[] = ['injury', 'hazard', 'threat']
const soon: readonly RiskSignal[] = ['regulator', 'press', 'lawsuit', 'food', 'mass_case', 'missed_clocks']

/**
 * Severity × complexity × immediacy (ISO 10002, 8.4): how bad it is (1–4, by the level), how much there is to find out (1–3), how little
 * waiting it bears (1–3). `because` names what spoke for each, as `factor:code`.
 */
export const priorityOf = (file: CaseFile, level: RiskLevel, findings: readonly RiskFinding[]): RiskPriority => {
  const { complaint } = file
  const live = findings.filter(({ spent, weight }) => !spent && weight > 0).map(({ signal }) => signal)
  const hard = [
    ...(live.includes('mass_case') ? ['mass_case'] : []),
    ...((complaint.order_details?.lines.length ?? 0) > 1 ? ['several_lines'] : []),
    ...(complaint.level > 1 ? ['escalated'] : []),
    ...(complaint.order_statement_differs.length > 0 ? ['order_doubted'] : []),
    ...(againstPlatform(complaint) ? ['against_platform'] : []),
    ...(wasRead(file, 'appeals') && file.appeals.length > 0 ? ['appealed'] : []),
  ]
  const now = live.filter((signal) => urgent.includes(signal))
  const early = live.filter((signal) => soon.includes(signal))
  const severity = rankOf(level) + 1
  const complexity = hard.length === 0 ? 1 : hard.length < 3 ? 2 : 3
  const immediacy = now.length > 0 || level === 'critical' ? 3 : early.length > 0 ? 2 : 1
  const because = [
    `severity:${level}`,
    ...hard.map((code) => `complexity:${code}`),
    ...(immediacy === 3 ? now : immediacy === 2 ? early : []).map((code) => `immediacy:${code}`),
  ]
  return { score: severity * complexity * immediacy, severity, complexity, immediacy, because }
}
