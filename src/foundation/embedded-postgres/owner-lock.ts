import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { newId } from '../ids.ts'

/**
 * One folder, one owner. The lock is a file that names the process holding it; a process that was killed leaves it behind, and the next
 * start takes it over. Because process ids are used again (always the same few in a container), the start time of the process is kept too.
 */
export interface Owner {
  pid: number
  /** Boot and start time of that process where the system tells them (Linux), else `''`. */
  started: string
}

/** Held by a living process; the message is one line that names folder and process. */
export class FolderInUse extends Error {
  constructor(folder: string, owner: Owner) {
    super(`${folder} is in use by process ${owner.pid}: stop it first, or give this one another DATA_DIR.`)
    this.name = 'FolderInUse'
  }
}

/**
 * Takes the lock at `path` for this process and returns the function that gives it back.
 * @throws FolderInUse when a living process holds it.
 */
export const takeLock = (path: string, folder: string, keep: (file: string) => void): (() => void) => {
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) }
  const draft = `${path}.${newId()}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 })
  keep(draft)
  try {
    while (!link(draft, path)) clearStale(path, folder)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (same(ownerOf(path), mine)) rmSync(path, { force: true })
  }
}

/** Who holds the lock now; nobody when the file is missing or its process is gone. */
export const livingOwner = (path: string): Owner | undefined => {
  const owner = ownerOf(path)
  return owner && isAlive(owner) ? owner : undefined
}

const clearStale = (path: string, folder: string): void => {
  const owner = ownerOf(path)
  if (owner && isAlive(owner)) throw new FolderInUse(folder, owner)
  // Of several starting processes only one can rename the stale lock. The file it has moved may already be the new lock of a faster one.
  const moved = `${path}.${newId()}`
  try {
    renameSync(path, moved)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const found = ownerOf(moved)
  if (found && isAlive(found)) {
    link(moved, path)
    rmSync(moved)
    throw new FolderInUse(folder, found)
  }
  rmSync(moved)
}

/** A hard link appears with its content and fails when the name is taken. */
const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

const ownerOf = (path: string): Owner | undefined => {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

const isAlive = (owner: Owner): boolean => {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  return startOf(owner.pid) === owner.started
}

const same = (a: Owner | undefined, b: Owner): boolean => a?.pid === b.pid && a.started === b.started

/** Linux only; `''` elsewhere. */
const startOf = (pid: number): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    // proc(5): the state (field 3) and the start time (field 22) follow the command name, whose brackets may hold anything
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    // an ended process stays listed as a zombie until its parent collects it
    return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19]}`
  } catch {
    return ''
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
