/**
 * Holds openapi/openapi.json against public rule sets: `npm run lint:openapi`. The sets and why a rule of theirs is off: openapi/lint/*.yaml.
 * They have a folder and a lockfile of their own, for they bring two hundred packages that nothing else needs.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { installTools } from './pinned-tools.ts'

interface Document {
  paths: Record<string, Record<string, { requestBody?: object; parameters?: object[]; responses: object }>>
  components: { schemas: Record<string, object>; examples?: object }
  /** What the service sends. */
  webhooks?: object
}

const OPENAPI = path.join(import.meta.dirname, '../openapi')
const RULES = path.join(OPENAPI, 'lint')
const SPECTRAL = path.join(RULES, 'node_modules/@stoplight/spectral-cli/dist/index.js')

/** The document as far as clients send it: without answers, and without the schemas that only those use. */
const requestsOf = ({ paths, components, webhooks: _, ...rest }: Document): object => {
  const used = new Set<string>()
  const follow = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { $ref } = part as { $ref?: string }
    const name = $ref?.split('/').at(-1)
    if (name !== undefined && !used.has(name)) {
      used.add(name)
      follow(components.schemas[name])
    }
    for (const inner of Object.values(part)) follow(inner)
  }
  for (const { requestBody, parameters } of Object.values(paths).flatMap((item) => Object.values(item)))
    follow([requestBody, parameters])
  const silent = Object.fromEntries(
    Object.entries(paths).map(([url, item]) => [
      url,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => [
          method,
          { ...operation, responses: { default: { description: '-' } } },
        ]),
      ),
    ]),
  )
  const schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => used.has(name)))
  return { ...rest, paths: silent, components: { ...components, schemas, examples: {} } }
}

/** @returns whether the document meets the rules */
const lint = (document: string, rules: string): boolean => {
  const { status } = spawnSync(
    process.execPath,
    [SPECTRAL, 'lint', document, '--ruleset', path.join(RULES, rules), '--fail-severity', 'warn', '--display-only-failures'],
    { stdio: 'inherit' },
  )
  return status === 0
}

const failure = installTools(RULES)
if (failure !== undefined) {
  console.error(failure)
  process.exit(1)
}
const whole = path.join(OPENAPI, 'openapi.json')
const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'))
try {
  const requests = path.join(folder, 'requests.json')
  writeFileSync(requests, JSON.stringify(requestsOf(JSON.parse(readFileSync(whole, 'utf8')) as Document)))
  const results = [lint(whole, 'oas.yaml'), lint(requests, 'owasp.yaml'), lint(whole, 'ibm.yaml')]
  process.exitCode = results.every(Boolean) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
