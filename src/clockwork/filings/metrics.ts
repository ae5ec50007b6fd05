import { Counter } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'

export const filingMetrics = roomMetrics((registry) => ({
  events: new Counter({
    name: 'redress_filings_watched_total',
    help: 'What was done after filings: looked at, raised by what is known beside them, mass cases begun, joined and ended',
    labelNames: ['what'],
    registers: [registry],
  }),
}))
