import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Numbers for Prometheus. Labels are route templates and fixed words, so that no request can add a series. */
export interface Metrics {
  registry: Registry
  requestDuration: Histogram<'method' | 'route' | 'status'>
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
  }
}

/** The metrics of a room, made once for each registry; a room asks for them when it adds its routes, so that they are there from the start. */
export const roomMetrics = <Own>(make: (registry: Registry) => Own): ((metrics: Pick<Metrics, 'registry'>) => Own) => {
  const made = new WeakMap<Registry, Own>()
  return ({ registry }) => {
    const own = made.get(registry) ?? make(registry)
    made.set(registry, own)
    return own
  }
}
