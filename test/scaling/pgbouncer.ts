/** pgbouncer in transaction mode before the tests' Postgres, where it is installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { giveTo, identityFor } from '../../src/foundation/embedded-postgres/identity.ts'
import { freePort } from '../../src/foundation/process/free-port.ts'
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
 * Starts it before every database of a server, with few server connections for each role.
 * @param urls a database that is there, as each of the roles
 * @returns the same URLs through the pooler
 */
export const startPgbouncer = async <const Urls extends readonly [string, ...string[]]>(
  urls: Urls,
  { sessions }: { sessions: number },
): Promise<{ urls: { [Key in keyof Urls]: string }; stop: () => Promise<void> }> => {
  const { hostname, port } = new URL(urls[0])
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-pgbouncer-'))
  const listen = await freePort()
  const ini = path.join(folder, 'pgbouncer.ini')
  // whom it lets in, and with what password it then logs in as them
  const users = path.join(folder, 'users')
  const quoted = (text: string) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`
  const roles = urls.map((url) => new URL(url))
  writeFileSync(users, roles.map(({ username, password }) => `${quoted(username)} ${quoted(password)}\n`).join(''), {
    mode: 0o600,
  })
  writeFileSync(
    ini,
    `[databases]
* = host=${hostname} port=${port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
max_client_conn = 1000
default_pool_size = ${sessions}
; the next transaction is of the session that has rested longest, so that nothing may count on staying with one
server_round_robin = 1
; a database that was dropped is not asked for again, but one whose sessions were ended is
server_login_retry = 1
ignore_startup_parameters = options
`,
  )
  // it refuses to run as root, as Postgres does
  const identity = identityFor(folder)
  chmodSync(folder, 0o755)
  giveTo(identity, ini)
  giveTo(identity, users)
  const bouncer = spawn('pgbouncer', ['-q', ini], { ...identity, env: { PATH: PLACES }, stdio: 'ignore' })
  const ended = once(bouncer, 'exit')
  const stop = async (): Promise<void> => {
    // at once; SIGINT would wait for whoever is in a transaction
    bouncer.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const through = urls.map((url) => Object.assign(new URL(url), { host: `127.0.0.1:${listen}` }).href)
  for (let tries = 1; ; tries++) {
    try {
      await onServer(through[0] ?? '', (client) => client.query('select 1'))
      return { urls: through as { [Key in keyof Urls]: string }, stop }
    } catch (error) {
      if (tries === 100 || bouncer.exitCode !== null) {
        await stop()
        throw error
      }
      await delay(50)
    }
  }
}
