/** pgbouncer in transaction mode before the tests' Postgres, where it is installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { giveTo, identityFor } from '../../src/foundation/embedded-postgres/identity.ts'
import { freePort } from '../../src/foundation/free-port.ts'
import { onServer } from '../support/postgres.ts'

/** Debian puts it where only the administrator looks. */
const PLACES = `${process.env.PATH}:/usr/sbin`

/** What `pgbouncer --version` says first, else `undefined`. */
export const pgbouncerVersion = (): string | undefined => {
  try {
    return execFileSync('pgbouncer', ['--version'], { env: { PATH: PLACES }, encoding: 'utf8' }).split('\n')[0]
  } catch {
    return undefined
  }
}

/**
 * Starts it for one database, with few server connections. It ends with the test.
 * @returns the URL to connect to in place of the database's own
 */
export const startPgbouncer = async (t: Test, database: string, serverConnections: number): Promise<string> => {
  const { hostname, port, username, password, pathname } = new URL(database)
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-pgbouncer-'))
  const listen = await freePort()
  const ini = path.join(folder, 'pgbouncer.ini')
  const name = pathname.slice(1)
  writeFileSync(
    ini,
    `[databases]
${name} = host=${hostname} port=${port || 5432} user=${decodeURIComponent(username)}${password && ` password=${decodeURIComponent(password)}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${serverConnections}
ignore_startup_parameters = options
`,
  )
  // it refuses to run as root, as Postgres does
  const identity = identityFor(folder)
  chmodSync(folder, 0o755)
  giveTo(identity, ini)
  const bouncer = spawn('pgbouncer', ['-q', ini], { ...identity, env: { PATH: PLACES }, stdio: 'ignore' })
  const ended = once(bouncer, 'exit')
  t.teardown(async () => {
    bouncer.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `postgres://any@127.0.0.1:${listen}/${name}`
  for (let tries = 1; ; tries++) {
    try {
      await onServer(url, (client) => client.query('select 1'))
      return url
    } catch (error) {
      if (tries === 100 || bouncer.exitCode !== null) throw error
      await delay(50)
    }
  }
}
