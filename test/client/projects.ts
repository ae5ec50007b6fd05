/** Empty projects of strangers, into which the packed client is installed. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'

const ROOT = path.join(import.meta.dirname, '../..')
export const CLIENT = path.join(ROOT, 'openapi/client')

/** The compiler that builds the client, and the newest: the project's own. */
export const compilers = [CLIENT, ROOT].map((folder) => path.join(folder, 'node_modules/typescript/bin/tsc'))

/** Runs a program to its end. @returns what it printed @throws Error with all that it printed, when it failed */
export const run = (
  file: string,
  args: readonly string[],
  { cwd = CLIENT, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    // npm says to its children how it was called, and tap loads itself into every Node below it: these are a stranger's
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
    const options = { cwd, env: { ...own, ...env }, maxBuffer: 16 * 1024 ** 2 }
    execFile('env', ['-u', 'NODE_OPTIONS', file, ...args], options, (error, out, err) => {
      if (error === null) resolve(out)
      else reject(new Error(`${path.basename(file)} ${args.join(' ')} failed: ${error.message}\n${out}${err}`))
    })
  })

/** Every Node from 18 that is on the path, the project's own first; one for each version. */
export const nodes = async (): Promise<Map<string, string>> => {
  const found = new Map<string, string>()
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  for (const node of [process.execPath, ...folders.map((folder) => path.join(folder, 'node'))]) {
    const version = (await run(node, ['--version']).catch(() => 'v0')).trim()
    if (Number(version.slice(1).split('.')[0]) >= 18 && !found.has(version)) found.set(version, node)
  }
  return found
}

/** Packs the client, as `npm pack` does for anybody. @returns the path of the package */
export const packed = async (t: Test): Promise<string> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-packed-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await run('npm', ['pack', '--pack-destination', folder])
  const [name = ''] = readdirSync(folder)
  return path.join(folder, name)
}

/** A project with these files and nothing installed but the package; no registry is asked. */
export const project = async (t: Test, tarball: string, files: Readonly<Record<string, string | object>>): Promise<string> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-stranger-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
  return folder
}

/** What a careful project asks of TypeScript. */
export const strict = {
  target: 'es2022',
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: false,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  noUnusedLocals: true,
}

/** The types of Node, which the project has anyway. */
export const nodeTypes = { typeRoots: [path.join(ROOT, 'node_modules/@types')], types: ['node'] }
