/** A primary and its streaming replica, for one test. */

import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { giveTo, type Identity, identityFor } from '../../src/foundation/embedded-postgres/identity.ts'
import { openPrograms, type Programs } from '../../src/foundation/embedded-postgres/programs.ts'
import { SERVICE_ROLE } from '../../src/foundation/embedded-postgres/service-role.ts'
import { freePort } from '../../src/foundation/process/free-port.ts'
import { eventually } from '../process/child.ts'
import { onServer } from '../support/postgres.ts'

export interface Pair {
  /** Both as the role that serves. */
  primary: string
  replica: string
  /** Both as a superuser. */
  primaryOwner: string
  replicaOwner: string
  /** Ends the replica at once. */
  killReplica: () => Promise<void>
}

export const startPair = async (t: Test): Promise<Pair> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-replica-'))
  const identity = identityFor(folder)
  giveTo(identity, folder)
  const programs = openPrograms(folder, path.join(folder, 'log'), identity)
  t.teardown(() => {
    programs.close()
    rmSync(folder, { recursive: true, force: true })
  })
  if (
    !(await programs.run('initdb', ['-D', programs.reach('primary'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']))
  )
    throw new Error(programs.lastWords())
  // never started, so a copy is a whole backup
  cpSync(path.join(folder, 'primary'), path.join(folder, 'replica'), { recursive: true })
  writeFileSync(path.join(folder, 'replica', 'standby.signal'), '')
  chmodSync(path.join(folder, 'replica'), 0o700)
  giveAll(identity, path.join(folder, 'replica'))

  const primary = await start(t, programs, 'primary', [])
  const replica = await start(t, programs, 'replica', [
    '-c',
    `primary_conninfo=host=127.0.0.1 port=${primary.port} user=postgres`,
  ])
  await onServer(primary.url, (client) => client.query(`create role ${SERVICE_ROLE} login`))
  const served = (url: string): string => Object.assign(new URL(url), { username: SERVICE_ROLE }).href
  // the role comes to the replica with the log
  await eventually(() => onServer(served(replica.url), async () => true), 'the replica knows the role')
  return {
    primary: served(primary.url),
    replica: served(replica.url),
    primaryOwner: primary.url,
    replicaOwner: replica.url,
    killReplica: replica.kill,
  }
}

const start = async (t: Test, programs: Programs, name: string, settings: readonly string[]) => {
  const port = await freePort()
  const fixed = [
    '-D',
    programs.reach(name),
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
  ]
  const server = programs.start('postgres', [...fixed, ...settings])
  const ended = once(server, 'exit')
  const kill = async (): Promise<void> => {
    server.kill('SIGQUIT')
    await ended
  }
  t.teardown(kill)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  for (let tries = 1; ; tries++) {
    try {
      await onServer(url, (client) => client.query('select 1'))
      return { url, port, kill }
    } catch (error) {
      if (tries === 200 || server.exitCode !== null) throw new Error(programs.lastWords(), { cause: error })
      await delay(50)
    }
  }
}

const giveAll = (identity: Identity, folder: string): void => {
  giveTo(identity, folder)
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) giveTo(identity, path.join(folder, entry))
}
