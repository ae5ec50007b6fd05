import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Numbers for Prometheus. Labels are route templates and fixed words, so that no request can add a series. */
export interface Metrics {
  registry: Registry
  requestDuration: Histogram<'method' | 'route' | 'status'>
  /** What sweeps did: `redress_sweep_results_total{result}`. */
  sweepResults: Counter<'result'>
}

/** @param options.process also report on the process itself (memory, event loop, descriptors); off in tests, which make many */
export const createMetrics = (options: { process: boolean }): Metrics => {
  const registry = new Registry()
  if (options.process) collectDefaultMetrics({ register: registry })
  return {
    registry,
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    sweepResults: new Counter({
      name: 'redress_sweep_results_total',
      help: 'Cases and deadlines that sweeps acted on',
      labelNames: ['result'],
      registers: [registry],
    }),
  }
}
