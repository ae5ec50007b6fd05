import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createContext, runInContext } from 'node:vm'
import t from 'tap'
import { VERSION } from '../../openapi/client/src/version.ts'
import { testApp } from '../support/app.ts'
import { CLIENT, compilers, nodes, nodeTypes, packed, project, run, strict } from './projects.ts'

const { app, everyRole } = await testApp(t)
const env = { REDRESS_URL: await app.listen({ port: 0, host: '127.0.0.1' }), REDRESS_KEY: everyRole }
const tarball = await packed(t)
const everyNode = await nodes()
const manifest = JSON.parse(readFileSync(path.join(CLIENT, 'package.json'), 'utf8')) as { version: string }

/** The first example of the package's README, which is no more than JavaScript. */
const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(CLIENT, 'README.md'), 'utf8'))?.[1] ?? ''
const played = /^filed (RD-\S+)\naccepted \1\n$/

const inCommonJs = `
const { connect, RedressError, whoAmI } = require('redress-client')
const { REDRESS_URL: baseUrl, REDRESS_KEY: key } = process.env
whoAmI({ client: connect({ baseUrl, key, actor: 'agent:li' }) })
  .then(({ data }) => console.log(data.actor.id))
  .then(() => whoAmI({ client: connect({ baseUrl, key: 'rdk_wrong' }) }))
  .catch((error) => console.log(error instanceof RedressError, error.code))
`

/** What the types promise. Each \`@ts-expect-error\` fails to compile where there is no error. */
const promises = `
import { type Client, getComplaint, listComplaints, pages, type Problem, RedressError, uploadEvidence } from 'redress-client'

export const promises = async (client: Client, signal: AbortSignal | undefined, path: { id: string }): Promise<void> => {
  const { data } = await getComplaint({ client, path, signal, timeoutMs: 5_000 })
  data.case_number satisfies string
  const kept = await getComplaint({ client, path, throwOnError: false })
  // @ts-expect-error there may be none
  kept.data.case_number
  if (kept.error) kept.error.code satisfies Problem['code'] | 'connection_failed' | 'timeout' | 'aborted' | 'unexpected_answer' | 'invalid_request'
  else kept.data.case_number satisfies string
  // @ts-expect-error a call names its client
  await getComplaint({ path })
  // @ts-expect-error there is no such filter
  await listComplaints({ client, query: { colour: 'red' } })
  for await (const complaint of pages(listComplaints, { client, query: { limit: 50 }, signal })) complaint.case_number satisfies string
  // @ts-expect-error this is no list
  pages(getComplaint, { client, path })
  await uploadEvidence({ client, path, body: { type: 'photo', file: new Blob([]), file_name: 'a.png' } })
  const error: unknown = undefined
  if (error instanceof RedressError) error.problem?.errors?.[0]?.pointer satisfies string | undefined
}
`

t.equal(VERSION, manifest.version, 'the version that the client names is the package’s')
t.comment(`Node ${[...everyNode.keys()].join(', ')}`)

await t.test('the package is as packages should be', async (t) => {
  await t.resolves(run(path.join(CLIENT, 'node_modules/.bin/publint'), ['run', tarball, '--strict']))
})

await t.test('in a JavaScript project, on each Node of this machine', async (t) => {
  const folder = await project(t, tarball, { 'package.json': {}, 'example.mjs': example, 'required.cjs': inCommonJs })
  for (const [version, node] of everyNode) {
    t.match(await run(node, ['example.mjs'], { cwd: folder, env }), played, version)
    t.equal(await run(node, ['required.cjs'], { cwd: folder, env }), 'li\ntrue unauthenticated\n', version)
  }
})

await t.test('in a strict TypeScript project for Node', async (t) => {
  const files = {
    'package.json': { type: 'module' },
    'tsconfig.json': {
      compilerOptions: { ...strict, ...nodeTypes, module: 'nodenext', lib: ['es2022'], rootDir: 'src', outDir: 'built' },
      include: ['src'],
    },
    'src/example.ts': example,
    'src/promises.ts': promises,
    'src/required.cts': `import redress = require('redress-client')\nredress.connect({ baseUrl: 'http://localhost' }).get satisfies redress.Client['get']\n`,
  }
  const folder = await project(t, tarball, files)
  for (const compiler of compilers) await t.resolves(run(process.execPath, [compiler, '-p', folder]), compiler)
  for (const [version, node] of everyNode) t.match(await run(node, ['built/example.js'], { cwd: folder, env }), played, version)
})

await t.test('in a strict TypeScript project for browsers, bundled', async (t) => {
  const files = {
    'package.json': { type: 'module' },
    'tsconfig.json': {
      compilerOptions: {
        ...strict,
        types: [],
        lib: ['es2022', 'dom'],
        module: 'esnext',
        moduleResolution: 'bundler',
        noEmit: true,
      },
    },
    'environment.d.ts': 'declare const process: { env: { REDRESS_URL?: string; REDRESS_KEY?: string } }',
    'example.ts': example,
    'promises.ts': promises,
  }
  const folder = await project(t, tarball, files)
  for (const compiler of compilers) await t.resolves(run(process.execPath, [compiler, '-p', folder]), compiler)

  // for a browser, esbuild refuses every module of Node
  const defined = Object.entries(env).map(([name, value]) => `--define:process.env.${name}=${JSON.stringify(value)}`)
  const args = ['example.ts', '--bundle', '--platform=browser', '--format=esm', '--minify', '--outfile=page.js', ...defined]
  await run(path.join(CLIENT, 'node_modules/.bin/esbuild'), args, { cwd: folder })
  const page = readFileSync(path.join(folder, 'page.js'), 'utf8')
  t.ok(page.length < 40_000, `what is not used is left out: ${page.length} bytes`)

  // a page has these, and no more of what Node has
  const said: string[] = []
  const { fetch, Request, Response, Headers, FormData, Blob, ReadableStream, AbortController, URL, URLSearchParams } = globalThis
  const window = { fetch, Request, Response, Headers, FormData, Blob, ReadableStream, AbortController, URL, URLSearchParams }
  const rest = { crypto, performance, setTimeout, clearTimeout, console: { log: (line: string) => said.push(`${line}\n`) } }
  await runInContext(`(async () => {${page}})()`, createContext({ ...window, ...rest }))
  t.match(said.join(''), played)
})
