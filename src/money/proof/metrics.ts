import { Gauge } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'

export const proofMetrics = roomMetrics((registry) => ({
  difference: new Gauge({
    name: 'redress_ledger_difference',
    help: 'By how much, in minor units, balances differ from their transfers, over all platforms and currencies; 0 while everything adds up',
    registers: [registry],
  }),
}))
