import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { giveTo, type Identity, identityFor } from './identity.ts'
import { livingOwner, takeLock } from './owner-lock.ts'
import { startServer } from './server.ts'

/**
 * A real Postgres beside the service, for trying it out and for tests: started, watched and stopped by this process.
 * Everything lives in `<dataDir>/postgres/`: the cluster, its password, its log, the owner's lock, and `connection.json` while it runs.
 */
export interface EmbeddedPostgres {
  /** `postgres://redress:<password>@127.0.0.1:<port>/postgres`; holds a secret. */
  url: string
  /** Ends the server; committed work is on disk afterwards. May be called twice. */
  stop: () => Promise<void>
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
    const server = await startServer({ ...at, identity, durable, log })
    const url = `postgres://redress:${password}@127.0.0.1:${server.port}/postgres`
    writeFileSync(at.connection, `${JSON.stringify({ url })}\n`, { mode: 0o600 })
    keep(at.connection)
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
    return { url, stop }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The URL of the server that a living process runs under this DATA_DIR, for tools beside the service. */
export const runningEmbeddedPostgres = (dataDir: string): string | undefined => {
  const at = layout(dataDir)
  if (!livingOwner(at.lock) || !existsSync(at.connection)) return undefined
  return (JSON.parse(readFileSync(at.connection, 'utf8')) as { url: string }).url
}

const layout = (dataDir: string) => {
  const folder = path.resolve(dataDir, 'postgres')
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    password: path.join(folder, 'password'),
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
