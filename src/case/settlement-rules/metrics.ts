import { Counter } from 'prom-client'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { Decision } from '../case-file/decision.ts'

export const settlementRuleMetrics = roomMetrics((registry) => ({
  applied: new Counter({
    name: 'redress_settlement_rules_total',
    help: 'Settlement rules of merchants that fitted a complaint, by what became of it: agreed, offered or skipped',
    labelNames: ['result'],
    registers: [registry],
  }),
}))

/** Counts, once a decision is written, what settlement rules did in it. */
export const countSettlementRules = (metrics: Metrics, { events }: Decision): void => {
  const { applied } = settlementRuleMetrics(metrics)
  const isAutomatic = (type: string) => events.some((event) => event.type === type && 'automatic' in event.data)
  for (const { type } of events) if (type === 'settlement_rule_skipped') applied.inc({ result: 'skipped' })
  if (isAutomatic('plan_proposed')) applied.inc({ result: isAutomatic('respondent_answered') ? 'agreed' : 'offered' })
}
