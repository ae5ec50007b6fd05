import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { giveTo, type Identity, identityFor } from './identity.ts'
import { livingOwner, takeLock } from './owner-lock.ts'
import { startServer } from './server.ts'
import { ensureServiceRole, SERVICE_ROLE } from './service-role.ts'

/**
 * A real Postgres beside the service, for trying it out and for tests: started, watched and stopped by this process.
 * Everything lives in `<dataDir>/postgres/`: the cluster, the passwords of its two roles, its log, the lock of the process that owns the folder,
 * and `connection.json` while it runs.
 */
export interface EmbeddedPostgres extends EmbeddedUrls {
  /** Ends the server; committed work is on disk afterwards. May be called twice. */
  stop: () => Promise<void>
}

/** Both hold a secret. */
export interface EmbeddedUrls {
  /** For the service: `postgres://redress_service:<password>@127.0.0.1:<port>/postgres`. Its role owns nothing. */
  url: string
  /** For migrations and upkeep: the same as `redress`, a superuser. */
  ownerUrl: string
}

export interface EmbeddedLog {
  info(message: string): void
  warn(message: string): void
}

export interface EmbeddedOptions {
  /** The service's DATA_DIR; made when it is missing. */
  dataDir: string
  /** `false` gives up committed work in a crash for speed: for throwaway databases only. */
  durable: boolean
  log: EmbeddedLog
}

/**
 * Starts the server, on a free port of the loopback interface. A server that dies is started again on the same port.
 * @throws FolderInUse when another process runs one here; an Error with the way out when this machine cannot run it.
 */
export const startEmbeddedPostgres = async ({ dataDir, durable, log }: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const at = layout(dataDir)
  const identity = identityFor(at.cluster)
  const keep = (file: string) => giveTo(identity, file)
  mkdirSync(at.folder, { recursive: true, mode: 0o700 })
  keep(at.folder)
  const unlock = takeLock(at.lock, at.folder, keep)
  try {
    const password = passwordIn(at.password, identity)
    const servicePassword = passwordIn(at.servicePassword, identity)
    const server = await startServer({ ...at, identity, durable, log })
    const urlOf = (role: string, secret: string) => `postgres://${role}:${secret}@127.0.0.1:${server.port}/postgres`
    const urls: EmbeddedUrls = { url: urlOf(SERVICE_ROLE, servicePassword), ownerUrl: urlOf('redress', password) }
    try {
      await ensureServiceRole(urls.ownerUrl, servicePassword)
      writeFileSync(at.connection, `${JSON.stringify(urls)}\n`, { mode: 0o600 })
      keep(at.connection)
    } catch (error) {
      await server.stop()
      throw error
    }
    const end = async () => {
      rmSync(at.connection, { force: true })
      await server.stop()
      unlock()
    }
    let ended: Promise<void> | undefined
    const stop = () => {
      ended ??= end()
      return ended
    }
    return { ...urls, stop }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The URLs of the server that a living process runs under this DATA_DIR, for tools beside the service. */
export const runningEmbeddedPostgres = (dataDir: string): EmbeddedUrls | undefined => {
  const at = layout(dataDir)
  if (!livingOwner(at.lock) || !existsSync(at.connection)) return undefined
  // a process of an older version has one role, which is the owner
  const { url, ownerUrl = url } = JSON.parse(readFileSync(at.connection, 'utf8')) as Partial<EmbeddedUrls> & { url: string }
  return { url, ownerUrl }
}

const layout = (dataDir: string) => {
  const folder = path.resolve(dataDir, 'postgres')
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    password: path.join(folder, 'password'),
    servicePassword: path.join(folder, 'service-password'),
    logFile: path.join(folder, 'postgres.log'),
    lock: path.join(folder, 'owner.lock'),
    connection: path.join(folder, 'connection.json'),
  }
}

const passwordIn = (file: string, identity: Identity): string => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  giveTo(identity, file)
  return readFileSync(file, 'utf8').trim()
}
