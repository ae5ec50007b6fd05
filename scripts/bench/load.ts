/** Load by autocannon, for a bounded time. */
import autocannon from 'autocannon'
import { percentile } from './report.ts'

export interface Request {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string | Buffer
}

export interface Loaded {
  /** Good answers. */
  answers: number
  rps: number
  p50: number
  p99: number
  /** Processor time of the load generator for one answer, in milliseconds. */
  generatorCpu: number
}

export interface Loading {
  connections: number
  seconds: number
  /** Makes the next request. */
  next: () => Request
  /** The most requests, even if time is left; 0 for no bound. */
  atMost: number
  signal: AbortSignal
}

/** How much longer than `seconds` it waits for the first answers, in seconds. */
const SILENCE_S = 30

/**
 * Sends requests for `seconds` over `connections`, each with the next request as soon as the last one is answered.
 * @throws Error when any answer is not a success
 */
export const load = async (url: string, { connections, seconds, next, atMost, signal }: Loading): Promise<Loaded> => {
  signal.throwIfAborted()
  const clients = atMost === 0 ? connections : Math.min(connections, atMost)
  const latencies: number[] = []
  const refused = new Map<number, number>()
  let last: Request | undefined
  const usedBefore = process.cpuUsage()
  const started = performance.now()
  let ended = started
  const finished = Promise.withResolvers<autocannon.Result>()
  const options: autocannon.Options = {
    url,
    connections: clients,
    // The timer below stops it in time. By itself it ends only after the last request, or when nothing answers.
    ...(atMost === 0 ? { duration: seconds + SILENCE_S } : { amount: atMost }),
    sampleInt: 20,
    requests: [
      {
        setupRequest: (request) => {
          last = next()
          return { ...request, ...last }
        },
      },
    ],
  }
  const instance = autocannon(options, (error, result) => (error ? finished.reject(error) : finished.resolve(result)))
  const stop = () => (instance as unknown as { stop: () => void }).stop()
  // a rate of a few answers would be chance, so every connection waits for its first answer, however long that takes
  const enough = () => latencies.length >= clients
  let over = false
  const late = setTimeout(() => {
    over = true
    if (enough()) stop()
  }, seconds * 1000)
  signal.addEventListener('abort', stop, { once: true })
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    ended = performance.now()
    if (status >= 200 && status < 300) latencies.push(milliseconds)
    else refused.set(status, (refused.get(status) ?? 0) + 1)
    if (over && enough()) stop()
  })
  const result = await finished.promise
  clearTimeout(late)
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (refused.size > 0 || result.errors > 0 || latencies.length === 0) {
    const statuses = [...refused].map(([status, count]) => `${count} × ${status}`).join(', ')
    throw new Error(`${last?.method} ${last?.path}: ${latencies.length} answers, ${result.errors} errors ${statuses}`)
  }
  const used = process.cpuUsage(usedBefore)
  latencies.sort((a, b) => a - b)
  return {
    answers: latencies.length,
    rps: latencies.length / ((ended - started) / 1000),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    generatorCpu: (used.user + used.system) / 1000 / latencies.length,
  }
}
