/** Scripts as processes. */
import { execFile } from 'node:child_process'
import path from 'node:path'

export const SCRIPTS = path.join(import.meta.dirname, '../../scripts')
export const OPS = path.join(SCRIPTS, 'ops')

export interface Ended {
  code: number
  out: string
  err: string
}

/** Runs a program to its end. Nobody is at its standard input: it reads `input`, then the end. */
export const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(file, args, { env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
    // one that ends without reading breaks the pipe
    child.stdin?.on('error', () => undefined).end(input)
  })

export type Ops = (name: string, args?: readonly string[], env?: NodeJS.ProcessEnv, input?: string) => Promise<Ended>
