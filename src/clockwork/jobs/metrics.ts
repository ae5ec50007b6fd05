import { Counter, Gauge, Histogram } from 'prom-client'
import { roomMetrics } from '../../foundation/process/metrics.ts'

export const jobMetrics = roomMetrics((registry) => ({
  lastSuccess: new Gauge({
    name: 'redress_job_last_success_timestamp_seconds',
    help: 'When a job last came to its end without a failure',
    labelNames: ['job'],
    registers: [registry],
  }),
  /** Of every run, whether it failed or not: their number is that of the runs. */
  duration: new Histogram({
    name: 'redress_job_duration_seconds',
    help: 'How long one run of a job took',
    labelNames: ['job'],
    buckets: [0.01, 0.1, 1, 10, 60, 600, 3600],
    registers: [registry],
  }),
  failures: new Counter({
    name: 'redress_job_failures_total',
    help: 'Runs of a job that failed',
    labelNames: ['job'],
    registers: [registry],
  }),
}))
