/** An old Node ends with one line that names the Node to use. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'

const root = path.join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  engines: { node: string }
  scripts: Record<string, string>
}
const guard = './src/needs-node.cjs'

const folder = mkdtempSync(path.join(tmpdir(), 'redress-node-'))
t.teardown(() => rmSync(folder, { recursive: true }))

/** Starts Node as if it were of another version. */
const runAs = (version: string, args: readonly string[]) => {
  const disguise = path.join(folder, 'disguise.cjs')
  writeFileSync(
    disguise,
    `Object.defineProperty(process, 'version', { value: 'v${version}' })
     Object.defineProperty(process.versions, 'node', { value: '${version}' })`,
  )
  return spawnSync(process.execPath, ['-r', disguise, ...args], { cwd: root, encoding: 'utf8', env: { PORT: 'none' } })
}

const line = /^redress needs Node 24 or newer and this is v20\.20\.2: [^\n]*node_modules\/\.bin\/node[^\n]*\n$/

t.test('the service says which Node it needs, and starts nothing', async (t) => {
  t.match(runAs('20.20.2', ['src/main.ts']), { status: 1, stdout: '', stderr: line })
  t.match(runAs('20.20.2', ['-r', guard, 'src/main.ts']), { status: 1, stdout: '', stderr: line })
})

t.test('with the Node that it needs it goes on: to its configuration, which is wrong here', async (t) => {
  t.equal(manifest.engines.node, '>=24')
  t.match(runAs('24.0.0', ['src/main.ts']), { status: 1, stderr: /^redress: configuration: PORT / })
})

t.test('every npm script that runs TypeScript looks at the Node first', async (t) => {
  const unguarded = Object.entries(manifest.scripts).filter(
    ([, command]) => /\.ts\b/.test(command) && !command.startsWith(`node -r ${guard} `),
  )
  t.strictSame(unguarded, [])
  t.match(manifest.scripts.start, /main\.ts$/)
})
