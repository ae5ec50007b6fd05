/**
 * Generates the typed client in openapi/client/src/generated from openapi/openapi.json.
 *   npm run client             write it and type-check it
 *   npm run client -- --check  compare only; on a difference print it and end with 1
 * The generator has a folder and a lockfile of its own: it needs an older TypeScript than the service.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { installTools } from './pinned-tools.ts'

const FOLDER = path.join(import.meta.dirname, '../openapi/client')
const SOURCES = path.join(FOLDER, 'src/generated')

class Failed extends Error {}

const run = (doing: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void => {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: FOLDER,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (error) throw error
  if (status !== 0) throw new Failed(`${doing} failed:\n${stdout}${stderr}`)
}

const tool = (file: string): string => path.join(FOLDER, 'node_modules', file)

const rewrite = (file: string, change: (text: string) => string): void => writeFileSync(file, change(readFileSync(file, 'utf8')))

const generate = (into: string): void => {
  run('the generator', process.execPath, [tool('@hey-api/openapi-ts/bin/run.js')], { CLIENT_OUTPUT: into })
  // a client of nobody, with the address `/`; every call names its own
  rmSync(path.join(into, 'client.gen.ts'))
  // the generator's types have links to a package registry, about another product; only their text is kept
  rewrite(path.join(into, 'client/types.gen.ts'), (text) => text.replace(/\{@link \S+ (`[^`]+`)\}/g, '$1'))
  // a File is a Blob, and Node 18 does not know its name
  rewrite(path.join(into, 'types.gen.ts'), (text) => text.replaceAll(': Blob | File;', ': Blob;'))
}

const typecheck = (): void => run('type-checking the client', process.execPath, [tool('typescript/bin/tsc')])

/** Cuts a difference: generated lines can be as long as a page, and a new schema touches hundreds of them. */
const shortened = (difference: string): string => {
  const lines = difference.trimEnd().split('\n')
  const shown = lines.slice(0, 200).map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line))
  return [...shown, ...(lines.length > 200 ? [`… and ${lines.length - 200} lines more`] : [])].join('\n')
}

const check = (): void => {
  const temporary = mkdtempSync(path.join(tmpdir(), 'redress-client-'))
  try {
    const fresh = path.join(temporary, 'generated')
    generate(fresh)
    const { status, stdout } = spawnSync('diff', ['-rN', '-U0', SOURCES, fresh], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })
    if (status === 0) return
    console.error(shortened(stdout.replaceAll(fresh, 'from openapi.json').replaceAll(SOURCES, 'committed')))
    throw new Failed('openapi/client/src/generated is not what openapi.json says. Mend it with: npm run client')
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

try {
  const failure = installTools(FOLDER)
  if (failure !== undefined) throw new Failed(failure)
  if (process.argv.includes('--check')) check()
  else generate(SOURCES)
  typecheck()
} catch (error) {
  if (!(error instanceof Failed)) throw error
  console.error(error.message)
  process.exitCode = 1
}
