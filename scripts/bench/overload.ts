/** Overload: how much the service still does, how it refuses the rest, and how soon it is back to normal. */
import { setTimeout as delay } from 'node:timers/promises'
import { load } from './load.ts'
import { type Kind, kinds, type Mix, weights } from './mix.ts'
import { type Offering, type Outcome, offer } from './open-loop.ts'
import { memoryMib, type Server } from './processes.ts'
import { type OverloadKind, type OverloadReport, percentile } from './report.ts'

/** How many times the capacity is offered. */
const TIMES = 10
const CONNECTIONS = 64
/** The most single requests of each kind that measure what is normal; fewer before a short overload. */
const CALM = 100
/** How many rounds in a row have to be as quick as before for the service to be normal again. */
const NORMAL_ROUNDS = 5
const NORMAL_WITHIN_MS = 30_000

export interface Overloading {
  server: Server
  mix: Mix
  /** How long the overload lasts; each closed loop before it takes less. */
  seconds: number
  signal: AbortSignal
  say: (text: string) => void
}

/** @param share of the requests that use up a fresh case */
type ClosedLoop = (share: number, pick: () => Kind, connections: number) => Promise<{ rps: number }>

export const measureOverload = async (overloading: Overloading): Promise<OverloadReport> => {
  const { server, mix, seconds, signal, say } = overloading
  const short = Math.min(5, seconds / 2)
  // most of the fresh cases are kept for the overload
  const closedLoop: ClosedLoop = (share, pick, connections) =>
    load(server.url, {
      connections,
      seconds: short,
      atMost: share === 0 ? 0 : Math.floor(mix.left() / 8 / share),
      signal,
      next: () => mix.next(pick())?.request ?? mix.one('read'),
    })

  say('overload: calm')
  const calm = await calmP99(overloading)
  say('overload: capacity')
  const capacity = await closedLoop(weights.action, mix.pick, CONNECTIONS)
  const actions = await closedLoop(1, () => 'action', CONNECTIONS)
  const beside = await besideExports(overloading, closedLoop, short)

  say(`overload: ${TIMES} × ${capacity.rps.toFixed(0)} requests a second for ${seconds} s`)
  const watch = watchServer(server)
  const { next, pick } = mix
  const offered = await offer(server.url, { perSecond: TIMES * capacity.rps, seconds, pick, next, signal })
  const watched = await watch.stop()
  const recovered = await secondsUntilNormal(overloading, calm, offered.endedAt)
  return {
    capacity_rps: capacity.rps,
    action_capacity_rps: actions.rps,
    offered_rps: kinds.reduce((sum, kind) => sum + offered.outcomes[kind].offered, 0) / offered.seconds,
    seconds: offered.seconds,
    kinds: kinds.map((kind) => figuresOf(kind, offered.outcomes[kind], offered.seconds, capacity.rps)),
    ...watched,
    recovered_s: recovered,
    beside_exports: beside,
  }
}

const figuresOf = (kind: Kind, outcome: Outcome, seconds: number, capacity: number): OverloadKind => {
  const good = outcome.good.toSorted((a, b) => a - b)
  const refused = outcome.refused.toSorted((a, b) => a - b)
  return {
    kind,
    offered: outcome.offered,
    good_rps: outcome.inTime / seconds,
    capacity_rps: capacity * weights[kind],
    refused_share: refused.length / Math.max(1, outcome.offered - outcome.unsent),
    p50_ms: percentile(good, 0.5),
    p99_ms: percentile(good, 0.99),
    refused_p50_ms: percentile(refused, 0.5),
    refused_p99_ms: percentile(refused, 0.99),
    refused_without_retry_after: outcome.refusedWithoutRetryAfter,
    timeouts: outcome.timeouts,
    errors: outcome.errors,
    others: outcome.others,
    unsent: outcome.unsent,
  }
}

/** @returns how long one request took, in milliseconds; infinity when it failed */
const single = async ({ server, mix, signal }: Overloading, kind: Kind): Promise<number> => {
  const { method, path, headers, body } = mix.one(kind)
  const started = performance.now()
  const within = AbortSignal.any([signal, AbortSignal.timeout(5_000)])
  try {
    const answer = await fetch(server.url + path, { method, headers, body: body?.toString() ?? null, signal: within })
    await answer.arrayBuffer()
    return answer.ok ? performance.now() - started : Number.POSITIVE_INFINITY
  } catch {
    signal.throwIfAborted()
    return Number.POSITIVE_INFINITY
  }
}

const calmP99 = async (overloading: Overloading): Promise<Record<Kind, number>> => {
  const entries: [Kind, number][] = []
  for (const kind of kinds) {
    const times: number[] = []
    for (let i = 0; i < Math.min(CALM, 20 * overloading.seconds); i++) times.push(await single(overloading, kind))
    entries.push([
      kind,
      percentile(
        times.sort((a, b) => a - b),
        0.99,
      ),
    ])
  }
  return Object.fromEntries(entries) as Record<Kind, number>
}

/** Seconds from the last arrival until single requests of each kind take at most twice their calm p99; null when that takes too long. */
const secondsUntilNormal = async (
  overloading: Overloading,
  calm: Record<Kind, number>,
  since: number,
): Promise<number | null> => {
  let normal = 0
  let from = since
  while (normal < NORMAL_ROUNDS) {
    if (normal === 0) from = performance.now()
    if (from - since > NORMAL_WITHIN_MS) return null
    let quick = true
    for (const kind of kinds) quick = (await single(overloading, kind)) <= 2 * calm[kind] && quick
    normal = quick ? normal + 1 : 0
    if (!quick) await delay(100)
  }
  return (from - since) / 1000
}

/** Measures actions over 16 connections: alone, and beside twice as many exports as can be served. */
const besideExports = async (
  { server, mix, signal, say }: Overloading,
  closedLoop: ClosedLoop,
  seconds: number,
): Promise<OverloadReport['beside_exports']> => {
  say('overload: actions beside exports')
  const exports = await closedLoop(0, () => 'export', 16)
  const alone = await closedLoop(1, () => 'action', 16)
  const offering: Offering = { perSecond: 2 * exports.rps, seconds: seconds + 0.5, pick: () => 'export', next: mix.next, signal }
  const background = offer(server.url, offering)
  const together = await Promise.all([closedLoop(1, () => 'action', 16), background])
  const { outcomes, seconds: lasted } = together[1]
  return {
    alone_rps: alone.rps,
    beside_rps: together[0].rps,
    export_capacity_rps: exports.rps,
    export_rps: outcomes.export.inTime / lasted,
  }
}

/** Watches the memory of the service five times a second and, once a second, its event loop lag and the time that /livez takes. */
const watchServer = (server: Server) => {
  const before = memoryMib(server.pid)
  const memory: number[] = []
  const lags: number[] = []
  const lives: number[] = []
  const ended = new AbortController()
  const pause = (ms: number) => delay(ms, undefined, { signal: ended.signal }).catch(() => undefined)
  const ask = async (path: string): Promise<string | undefined> => {
    try {
      const answer = await fetch(server.url + path, { signal: AbortSignal.timeout(5_000) })
      return answer.ok ? await answer.text() : undefined
    } catch {
      return undefined
    }
  }
  const watchMemory = async () => {
    for (; !ended.signal.aborted; await pause(200)) memory.push(memoryMib(server.pid) ?? Number.NaN)
  }
  const watchHealth = async () => {
    for (; !ended.signal.aborted; await pause(1_000)) {
      const started = performance.now()
      lives.push((await ask('/livez')) === undefined ? Number.POSITIVE_INFINITY : performance.now() - started)
      const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec((await ask('/metrics')) ?? '')?.[1]
      if (lag !== undefined) lags.push(Number(lag) * 1000)
    }
  }
  const watching = Promise.all([watchMemory(), watchHealth()])
  return {
    stop: async () => {
      ended.abort()
      await watching
      const largest = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values))
      const half = memory.slice(Math.floor(memory.length / 2))
      return {
        memory_before_mib: before,
        memory_max_mib: largest(memory),
        // a leak would show as a maximum of the whole above that of the first half
        memory_max_first_half_mib: largest(memory.slice(0, memory.length - half.length)),
        event_loop_lag_p99_ms: largest(lags),
        livez_max_ms: largest(lives),
      }
    },
  }
}
