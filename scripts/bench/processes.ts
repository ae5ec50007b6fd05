/** Processes under measurement: started, asked for their processor time and memory, ended. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../src/foundation/process/free-port.ts'

export interface Server {
  url: string
  pid: number
  /** From its start to its first good answer. */
  startSeconds: number
  stop: () => Promise<void>
}

const READY_WITHIN_MS = 60_000

/**
 * Starts a script and waits until `readyPath` answers 200.
 * @param output the file descriptor that it prints to
 */
export const startScript = async (
  script: string,
  { env, output, readyPath }: { env: Record<string, string>; output: number; readyPath: string },
): Promise<Server> => {
  const port = await freePort()
  const started = performance.now()
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', output, output],
  })
  const stop = () => end(child)
  const url = `http://127.0.0.1:${port}`
  while (!(await answers(url + readyPath))) {
    const late = performance.now() - started > READY_WITHIN_MS
    if (!late && child.exitCode === null && child.signalCode === null) await delay(5)
    else {
      await stop()
      throw new Error(`${script} ${late ? 'is not ready' : 'ended'}; what it printed is in the run's folder`)
    }
  }
  return { url, pid: child.pid as number, startSeconds: (performance.now() - started) / 1000, stop }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url)
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(late)
}

/** Linux reports processor time to user programs in hundredths of a second, whatever its kernel counts in. */
const TICK_MS = 10

/** proc(5): user and system time of the process are fields 14 and 15, of its ended children 16 and 17; field 3 follows the command's name. */
const ticks = (pid: number): { own: number; ended: number } => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? []
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return { own: user + system, ended: endedUser + endedSystem }
}

/** Processor time that a process has used, in milliseconds; null where the system does not tell. */
export const cpuMs = (pid: number | undefined): number | null => {
  try {
    return pid === undefined ? null : ticks(pid).own * TICK_MS
  } catch {
    return null
  }
}

/** The same for a process and its children, as Postgres has one for every connection. */
export const familyCpuMs = (pid: number | undefined): number | null => {
  try {
    if (pid === undefined) return null
    const { own, ended } = ticks(pid)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return (own + ended) * TICK_MS + children.reduce((sum, child) => sum + (cpuMs(Number(child)) ?? 0), 0)
  } catch {
    return null
  }
}

/** The parent of a process, if the process has that name; undefined otherwise, or where the system does not tell. */
export const parentOf = (pid: number, name: string): number | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1]
    return new RegExp(`^Name:\\s+${name}$`, 'm').test(status) && parent !== undefined ? Number(parent) : undefined
  } catch {
    return undefined
  }
}

/** Memory that a process holds, in MiB; null where the system does not tell. */
export const memoryMib = (pid: number): number | null => {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? null : Number(kib) / 1024
  } catch {
    return null
  }
}
