import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Report } from './report.ts'

/** More than processors: some files mostly wait. */
const AT_ONCE = 3
/** Seconds that a process may take: enough for one that is only slow. Its tests tell then where they hang, and it is ended. */
const LASTS = 1_200
const ENDED_AFTER = 1_230

const home = path.join(import.meta.dirname, '../..')
const together = path.join(import.meta.dirname, 'together.ts')

/**
 * Runs the files of each group in a process of their own, three at a time, and prints the report. The processes are plain ones of Node: the
 * hooks of tap's own runner, which only coverage needs, made them and all that they start twice as slow to begin.
 * @param options.slow how many of the slowest files are listed
 * @param options.signal ends the processes that run; no further one begins
 * @returns the exit code
 */
export const runProcesses = async (
  groups: readonly (readonly string[])[],
  { env, slow, signal }: { env: NodeJS.ProcessEnv; slow: number; signal: AbortSignal },
): Promise<number> => {
  const report = new Report((text) => process.stdout.write(text))
  const waiting = [...groups]
  const work = async (): Promise<void> => {
    for (let files = waiting.shift(); files && !signal.aborted; files = waiting.shift())
      await runGroup(files, env, report, signal)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  if (!signal.aborted) report.end(slow)
  return report.failed > 0 ? 1 : 0
}

const runGroup = async (files: readonly string[], env: NodeJS.ProcessEnv, report: Report, signal: AbortSignal): Promise<void> => {
  // In a process group of its own, so that what it has started can be ended with it.
  const child = spawn(process.execPath, [together, ...files], {
    cwd: home,
    stdio: ['inherit', 'pipe', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...env, TAP: '1', TAP_TIMEOUT: String(LASTS) },
  })
  const interrupt = () => {
    endAll(child, signal.reason)
    setTimeout(() => endAll(child, 'SIGKILL'), 5000).unref()
  }
  signal.addEventListener('abort', interrupt)
  const hung = setTimeout(() => endAll(child, 'SIGKILL'), ENDED_AFTER * 1000)
  const reader = report.reader()
  child.stdout.pipe(reader)
  const [[code, killedBy]] = await Promise.all([
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    once(reader, 'complete'),
  ])
  clearTimeout(hung)
  signal.removeEventListener('abort', interrupt)
  if (!signal.aborted) report.ended(files, reader, String(killedBy ?? code))
}

const endAll = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // all of its processes have ended already
  }
}
