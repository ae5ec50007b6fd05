/**
 * Builds dist/: ES modules and CommonJS, each with its types. `npm pack` runs it. Plain JavaScript for any Node from 18, so that packing takes
 * nothing but npm.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const compiler = `${folder}node_modules/typescript/bin/tsc`

const run = (command, args, options = {}) => {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2], ...options })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(compiler)) {
  console.error('The build tools are not there yet: npm ci')
  // what the npm around this was told (--dry-run, --json …) is not meant for this one
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env, shell: process.platform === 'win32' })
}

rmSync(`${folder}dist`, { recursive: true, force: true })
const build = ['--noEmit', 'false', '--declaration', '--outDir']
run(process.execPath, [compiler, ...build, 'dist/esm'])
const commonjs = ['--module', 'commonjs', '--moduleResolution', 'bundler', '--verbatimModuleSyntax', 'false']
run(process.execPath, [compiler, ...build, 'dist/cjs', ...commonjs, '--noCheck'])
// tsc names the files as they are in JavaScript, and leaves them as they were in declarations; TypeScript before 5.0 refuses those
for (const name of readdirSync(`${folder}dist`, { recursive: true })) {
  if (!name.endsWith('.d.ts')) continue
  const file = `${folder}dist/${name}`
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(\bfrom '\.[^'\n]*)\.ts'/g, "$1.js'"))
}
// the package's own type is module; what lies here is not
writeFileSync(`${folder}dist/cjs/package.json`, '{ "type": "commonjs" }\n')
copyFileSync(`${folder}../../LICENSE`, `${folder}LICENSE`)
