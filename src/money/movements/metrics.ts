import { Counter } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'

export const movementMetrics = roomMetrics((registry) => ({
  moved: new Counter({
    name: 'redress_fund_movements_total',
    help: 'What went into and out of the fund and deposits, by kind and by what became of it',
    labelNames: ['kind', 'status'],
    registers: [registry],
  }),
}))
