import { Counter } from 'prom-client'
import { type Metrics, roomMetrics } from '../../foundation/process/metrics.ts'
import type { Decision } from '../case-file/decision.ts'
import { wasRead } from '../case-file/parts.ts'

export const advanceMetrics = roomMetrics((registry) => ({
  advances: new Counter({
    name: 'redress_advances_total',
    help: 'Advances of the guarantee fund, by the state that they came to',
    labelNames: ['state'],
    registers: [registry],
  }),
  debts: new Counter({
    name: 'redress_debts_total',
    help: 'Debts to the guarantee fund, by the state that they came to',
    labelNames: ['state'],
    registers: [registry],
  }),
}))

/** Counts, once a decision is written, where it has brought advances and debts. */
export const countAdvances = (metrics: Metrics, { before, file }: Decision): void => {
  if (!wasRead(file, 'advances')) return
  const { advances, debts } = advanceMetrics(metrics)
  for (const [index, { status }] of file.advances.entries())
    if (before.advances[index]?.status !== status) advances.inc({ state: status })
  for (const [index, { status }] of file.receivables.entries())
    if (before.receivables[index]?.status !== status) debts.inc({ state: status })
}
