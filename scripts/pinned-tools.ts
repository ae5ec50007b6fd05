/** Tools with a folder and a lockfile of their own, below `openapi/`: what only one command needs is not installed with the service. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

interface Manifest {
  version: string
  devDependencies: Record<string, string>
}

const read = (...file: string[]): Manifest => JSON.parse(readFileSync(path.join(...file), 'utf8')) as Manifest

/** Whether the tools of a folder are there in their pinned versions. */
const isInstalled = (folder: string): boolean =>
  Object.entries(read(folder, 'package.json').devDependencies).every(([name, pinned]) => {
    try {
      return read(folder, 'node_modules', name, 'package.json').version === pinned
    } catch {
      return false
    }
  })

/** Installs the tools of a folder where they are missing or of another version. @returns what npm said where that failed */
export const installTools = (folder: string): string | undefined => {
  if (isInstalled(folder)) return undefined
  const { status, error, stdout, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (error) throw error
  return status === 0 ? undefined : `npm ci in ${folder} failed:\n${stdout}${stderr}`
}
