import { Counter } from 'prom-client'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { Decision } from '../case-file/decision.ts'

const riskMetrics = roomMetrics((registry) => ({
  signals: new Counter({
    name: 'redress_risk_signals_total',
    help: 'Signals of risk that were found, by signal and whether they weighed anything',
    labelNames: ['signal', 'weighed'],
    registers: [registry],
  }),
  levels: new Counter({
    name: 'redress_risk_levels_total',
    help: 'Cases that came to a level of risk, by level and whose word it was',
    labelNames: ['level', 'standing'],
    registers: [registry],
  }),
}))

/** Counts, once a decision is written, what it found and to which level it brought the case. */
export const countRisk = (metrics: Metrics, { before, file }: Pick<Decision, 'before' | 'file'>): void => {
  const was = before.complaint.risk
  const { risk } = file.complaint
  if (risk === null || risk === was) return
  const { signals, levels } = riskMetrics(metrics)
  for (const { signal, weight } of risk.findings.slice(was?.findings.length ?? 0))
    signals.inc({ signal, weighed: weight > 0 ? 'yes' : 'no' })
  if (risk.level !== was?.level || risk.standing !== was.standing) levels.inc({ level: risk.level, standing: risk.standing })
}
