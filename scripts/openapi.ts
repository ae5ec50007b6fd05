/**
 * Writes openapi/openapi.json from the routes, and openapi/openapi-3.0.json from that; needs no database and opens no port.
 *   npm run openapi             write it
 *   npm run openapi -- --check  compare only; on a difference print it and end with 1
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildApp } from '../src/app.ts'
import { openCases } from '../src/case/decisions/store.ts'
import { createLearning } from '../src/case/understanding/learning.ts'
import { loadConfig } from '../src/config.ts'
import { diskStore } from '../src/files/disk.ts'
import { systemClock } from '../src/foundation/clock.ts'
import { createLogger } from '../src/foundation/process/logger.ts'
import { createMetrics } from '../src/foundation/process/metrics.ts'
import { createTraffic } from '../src/foundation/process/traffic.ts'
import { connect } from '../src/foundation/sql/database.ts'
import { readFromPrimary } from '../src/foundation/sql/replica.ts'
import { openConnections } from '../src/outward/delivery/connections.ts'
import type { Document } from '../src/outward/docs/document.ts'
import { inOpenApi30 } from '../src/outward/docs/openapi-30.ts'
import { createRuleBook } from '../src/rules/rule-book/rule-book.ts'

const FOLDER = path.join(import.meta.dirname, '../openapi')

const currentDocument = async (): Promise<Document> => {
  // the pool connects on its first query, and describing the routes makes none
  const db = connect({ connectionString: 'postgres://localhost/none', onError: () => {} })
  const connections = openConnections([])
  const app = await buildApp({
    db,
    readList: readFromPrimary(db),
    cases: openCases(db),
    rules: createRuleBook(db),
    learning: createLearning(db, undefined, systemClock, () => undefined),
    clock: systemClock,
    files: diskStore(tmpdir()),
    config: loadConfig({}),
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics({ process: false }),
    wake: () => undefined,
    secrets: undefined,
    connections,
    traffic: createTraffic(),
  })
  await app.ready()
  const document = app.swagger() as unknown as Document
  await app.close()
  await connections.close()
  await db.destroy()
  return document
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const showDifference = (file: string, current: string): void => {
  const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'))
  const fresh = path.join(folder, 'openapi.json')
  writeFileSync(fresh, current)
  spawnSync('diff', ['-u', '--label', 'committed', '--label', 'from the routes', file, fresh], { stdio: 'inherit' })
  rmSync(folder, { recursive: true })
}

const document = await currentDocument()
for (const [name, form] of [
  ['openapi.json', document],
  ['openapi-3.0.json', inOpenApi30(document)],
] as const) {
  const file = path.join(FOLDER, name)
  const current = `${JSON.stringify(form, null, 2)}\n`
  if (!process.argv.includes('--check')) {
    writeFileSync(file, current)
  } else if (read(file) !== current) {
    showDifference(file, current)
    console.error(`openapi/${name} is not what the routes say. Mend it with: npm run openapi`)
    process.exitCode = 1
  }
}
