import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { MINUTE, SECOND } from '../clock.ts'
import { freePort } from '../process/free-port.ts'
import { createCluster, endLeftover, serverOf } from './cluster.ts'
import type { Identity } from './identity.ts'
import { openPrograms, type Programs } from './programs.ts'

export interface ServerOptions {
  /** Holds `cluster` and `password`; owned by `identity`, and this process holds its lock. */
  folder: string
  logFile: string
  identity: Identity
  durable: boolean
  log: { info(message: string): void; warn(message: string): void }
}

export interface Server {
  port: number
  stop(): Promise<void>
}

const READY_WITHIN = MINUTE
const FIRST_WAIT = 100
const LONGEST_WAIT = 5 * SECOND
/** Errors that pass by themselves: another program took the free port first; the children of a killed server have not all ended yet. */
const PASSING = /could not bind|pre-existing shared memory/

/** Sets the cluster up where needed, ends what a killed process left running, starts the server, and starts it again should it die. */
export const startServer = async ({ folder, logFile, identity, durable, log }: ServerOptions): Promise<Server> => {
  const programs = openPrograms(folder, logFile, identity)
  try {
    await createCluster(programs, folder, durable)
    await endLeftover(programs, folder)
    const cluster = path.join(folder, 'cluster')
    const { server, port } = await firstStart(programs, cluster, durable)
    log.info(`embedded Postgres listens on 127.0.0.1:${port}`)
    const stop = keepRunning(server, () => launch(programs, port, durable), cluster, programs, log)
    return {
      port,
      async stop() {
        await stop()
        programs.close()
      },
    }
  } catch (error) {
    programs.close()
    throw error
  }
}

const firstStart = async (programs: Programs, cluster: string, durable: boolean) => {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = launch(programs, port, durable)
    try {
      await ready(server, cluster, programs)
      return { server, port }
    } catch (error) {
      if (attempt === 8 || !PASSING.test(String(error))) throw error
      await delay(FIRST_WAIT * attempt)
    }
  }
}

/** Watches the server and replaces it when it ends by itself; returns how to end it for good. */
const keepRunning = (
  first: ChildProcess,
  start: () => ChildProcess,
  cluster: string,
  programs: Programs,
  log: ServerOptions['log'],
) => {
  let server = first
  let stopping = false
  // A process that exits without `stop` (an uncaught error) ends the server here. A killed process cannot; see endLeftover.
  const onExit = () => server.kill('SIGINT')
  process.once('exit', onExit)

  const watch = async () => {
    let wait = FIRST_WAIT
    let since = performance.now()
    while (true) {
      await gone(server)
      if (stopping) return
      if (performance.now() - since > MINUTE) wait = FIRST_WAIT
      log.warn('embedded Postgres ended by itself; starting it again')
      await delay(wait)
      wait = Math.min(wait * 2, LONGEST_WAIT)
      if (stopping) return
      server = start()
      since = performance.now()
      await ready(server, cluster, programs).then(
        () => log.info('embedded Postgres is back'),
        () => log.warn('embedded Postgres did not come back yet'),
      )
    }
  }
  const watching = watch()

  return async () => {
    stopping = true
    process.off('exit', onExit)
    await end(server, programs)
    await watching
  }
}

const launch = (programs: Programs, port: number, durable: boolean): ChildProcess => {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements and rows hold personal data, so only the server's own start, stop and trouble is logged.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return programs.start('postgres', ['-D', programs.reach('cluster'), '-p', String(port), ...args])
}

/** Resolves when this very server answers; rejects with its last words when it ends first, and ends it when it takes too long. */
const ready = async (server: ChildProcess, cluster: string, programs: Programs): Promise<void> => {
  const deadline = performance.now() + READY_WITHIN
  while (!isGone(server)) {
    const state = serverOf(cluster)
    if (state?.pid === server.pid && state?.ready) return
    if (performance.now() > deadline) {
      await end(server, programs)
      throw new Error(`embedded Postgres was not ready within ${READY_WITHIN / SECOND} s: ${programs.lastWords()}`)
    }
    await delay(25)
  }
  throw new Error(`embedded Postgres did not start: ${programs.lastWords()}`)
}

/** Ends the server: politely, then at once, then by force. */
const end = async (server: ChildProcess, programs: Programs): Promise<void> => {
  await programs.run('pg_ctl', ['stop', `--pgdata=${programs.reach('cluster')}`, '--mode=fast', '--timeout=20'])
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    if (await within(5 * SECOND, gone(server))) return
    server.kill(signal)
  }
  await gone(server)
}

const isGone = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null

const gone = async (child: ChildProcess): Promise<void> => {
  if (!isGone(child)) await once(child, 'exit')
}

const within = async (ms: number, done: Promise<void>): Promise<boolean> => {
  const given = new AbortController()
  const late = delay(ms, false, { signal: given.signal }).catch(() => false)
  const inTime = await Promise.race([done.then(() => true), late])
  given.abort()
  return inTime
}
