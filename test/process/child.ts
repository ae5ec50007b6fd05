/** The service as a process of its own, started, watched and killed by tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { pooledEnv } from '../support/pooler.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')

/** The first answer other than `undefined` and an error, within 30 s. */
export const eventually = async <T>(attempt: () => Promise<T | undefined>, what: string): Promise<T> => {
  let last: unknown
  for (const until = performance.now() + 30_000; performance.now() < until; await delay(20)) {
    try {
      const found = await attempt()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
  }
  throw new Error(`${what}: not within 30 s`, { cause: last })
}

/** Waits until something holds, for 30 s at most. */
export const until = (holds: () => boolean, what: string): Promise<true> =>
  eventually(async () => (holds() ? true : undefined), what)

export interface Service {
  child: ChildProcess
  /** All that it has printed so far. */
  out: () => string
  err: () => string
  /** Where it listens; rejects when it ended instead. */
  url: Promise<string>
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
  /** The generated admin key, where one was printed. */
  printedKeys: () => string[]
}

/** What processes get of this one's environment: where programs are, and what is compiled already. */
export const inherited = (): Record<string, string> => {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { ...(PATH && { PATH }), ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }) }
}

/** Starts the service with nothing in its environment but that and what is given. It ends with the test at the latest. */
export const startService = (t: Test, env: Record<string, string>): Service => {
  const child = spawn(process.execPath, [main], {
    // a machine that runs many tests at once may take its time to connect
    env: {
      ...inherited(),
      PORT: '0',
      LOG_LEVEL: 'warn',
      DATABASE_WAIT_MS: '20000',
      ...pooledEnv(env.DATABASE_URL),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  child.stderr.on('data', (part) => {
    err += part
  })
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  t.teardown(async () => {
    // politely first: a killed service leaves its embedded database running
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(late)
  })
  const listening = eventually(async () => {
    const url = out.match(/^Redress listens on (\S+)$[\s\S]*First call:\n.*\n/m)?.[1]
    if (url === undefined && child.exitCode !== null) return Promise.resolve(new Error(`it ended: ${err}`))
    return url
  }, 'the service listens').then((found) => (found instanceof Error ? Promise.reject(found) : found))
  // whoever does not wait for it need not handle it
  listening.catch(() => undefined)
  return {
    child,
    out: () => out,
    err: () => err,
    url: listening,
    ended,
    printedKeys: () => [...out.matchAll(/^Admin key, shown this once: (\S+)$/gm)].map(([, key = '']) => key),
  }
}

export interface Reply {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
  body: any
  headers: Headers
}

/** Calls the service; rejects when nothing answers. */
export const ask = async (
  url: string,
  {
    method,
    key,
    as,
    body,
    headers,
  }: { method?: string; key?: string; as?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<Reply> => {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(as === undefined ? {} : { 'redress-actor': as }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}
