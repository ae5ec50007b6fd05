import { Counter } from 'prom-client'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { Decision } from '../case-file/decision.ts'
import { wasRead } from '../case-file/parts.ts'

export const holdMetrics = roomMetrics((registry) => ({
  holds: new Counter({
    name: 'redress_settlement_holds_total',
    help: 'Held settlements, by the state that they came to',
    labelNames: ['state'],
    registers: [registry],
  }),
}))

/** Counts, once a decision is written, where it has brought held settlements. */
export const countHolds = (metrics: Metrics, { before, file }: Decision): void => {
  if (!wasRead(file, 'holds')) return
  const { holds } = holdMetrics(metrics)
  for (const [index, { status }] of file.holds.entries()) if (before.holds[index]?.status !== status) holds.inc({ state: status })
}
