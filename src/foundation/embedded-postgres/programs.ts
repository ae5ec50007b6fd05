import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { findBinaries } from './binaries.ts'
import { canEnter, giveTo, type Identity } from './identity.ts'

/** The programs of Postgres (`initdb`, `pg_ctl`, `postgres`), run as `identity`, all writing into one log file. */
export interface Programs {
  /** Runs one to its end; whether it succeeded. */
  run(name: string, args: readonly string[]): Promise<boolean>
  start(name: string, args: readonly string[]): ChildProcess
  /** A file of the folder under the name by which the programs can reach it. */
  reach(file: string): string
  /** What the log says last, as one line for an error message. */
  lastWords(): string
  /** Gives back what the programs needed; none of them may be running any more. */
  close(): void
}

const LOG_BYTES_MAX = 5 * 1024 * 1024
/** The descriptor under which the children inherit the folder. */
const FOLDER_FD = 3

export const openPrograms = (folder: string, logFile: string, identity: Identity): Programs => {
  const binaries = findBinaries(identity, path.join(folder, 'copied-binaries'))
  if (existsSync(logFile) && statSync(logFile).size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`)
  const log = openSync(logFile, 'a', 0o600)
  giveTo(identity, logFile)
  // Root's checkout may lie in a folder that the server's user cannot walk through. An inherited descriptor of our own folder can be
  // walked from all the same, so no permission outside it needs to change. (Only root changes users, and /proc is Linux.)
  const direct = canEnter(folder, identity)
  const opened = direct ? undefined : openSync(folder, 'r')
  const root = direct ? folder : `/proc/self/fd/${FOLDER_FD}`
  const options: SpawnOptions = {
    ...identity,
    // not the service's environment: it holds the service's secrets
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, LC_ALL: 'C', TZ: 'UTC' },
    cwd: direct ? folder : '/',
    stdio: ['ignore', log, log, ...(opened === undefined ? [] : [opened])],
  }
  const start = (name: string, args: readonly string[], extra: SpawnOptions = {}) =>
    spawn(path.join(binaries.bin, name), args, { ...options, ...extra })
  return {
    async run(name, args) {
      const [code] = await once(start(name, args), 'exit')
      return code === 0
    },
    start(name, args) {
      // Its own process group: Ctrl-C in the terminal must reach the service only, which stops the server last.
      const child = start(name, args, { detached: true })
      // Without a listener the error would end the service. A program that could not be run has no process id, which `isGone` sees.
      child.on('error', () => undefined)
      return child
    },
    reach: (file) => path.join(root, file),
    lastWords: () => readFileSync(logFile, 'utf8').slice(-4000).trim().split('\n').slice(-3).join(' | '),
    close() {
      closeSync(log)
      if (opened !== undefined) closeSync(opened)
      binaries.remove()
    },
  }
}
