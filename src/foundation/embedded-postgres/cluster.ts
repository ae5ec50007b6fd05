import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Programs } from './programs.ts'

/** Makes `<folder>/cluster` where there is none yet. A half-made one (killed at the first start) is thrown away. */
export const createCluster = async (programs: Programs, folder: string, durable: boolean): Promise<void> => {
  const cluster = path.join(folder, 'cluster')
  if (existsSync(cluster)) return
  const draft = `${cluster}.new`
  rmSync(draft, { recursive: true, force: true })
  const made = await programs.run('initdb', [
    `--pgdata=${programs.reach('cluster.new')}`,
    '--username=redress',
    '--auth=scram-sha-256',
    `--pwfile=${programs.reach('password')}`,
    '--encoding=UTF8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ])
  if (!made) throw new Error(`embedded Postgres could not be set up in ${folder}: ${programs.lastWords()}`)
  renameSync(draft, cluster)
}

/** Ends a server that outlived its killed owner. Only call this as the folder's owner. */
export const endLeftover = async (programs: Programs, folder: string): Promise<void> => {
  const cluster = path.join(folder, 'cluster')
  const server = serverOf(cluster)
  if (!server) return
  if (process.platform === 'linux' && !worksIn(server.pid, cluster)) {
    // The process id belongs to another program by now. Without the file neither pg_ctl nor the new server takes it for the old server.
    rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
    return
  }
  const stop = (mode: string) =>
    programs.run('pg_ctl', ['stop', `--pgdata=${programs.reach('cluster')}`, `--mode=${mode}`, '--timeout=20'])
  if (!(await stop('fast'))) await stop('immediate')
}

/** The server of a cluster, as its own `postmaster.pid` tells: line 1 its process, line 8 `ready` once it answers. */
export const serverOf = (cluster: string): { pid: number; ready: boolean } | undefined => {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A postmaster's working directory is its cluster. */
const worksIn = (pid: number, cluster: string): boolean => {
  try {
    const [here, there] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)]
    return here.ino === there.ino && here.dev === there.dev
  } catch {
    return false
  }
}
