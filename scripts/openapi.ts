/**
 * Writes openapi/openapi.json from the routes; needs no database and opens no port.
 *   npm run openapi             write it
 *   npm run openapi -- --check  compare only; on a difference print it and end with 1
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildApp } from '../src/app.ts'
import { openCases } from '../src/case/decisions/store.ts'
import { loadConfig } from '../src/config.ts'
import { diskStore } from '../src/files/disk.ts'
import { systemClock } from '../src/foundation/clock.ts'
import { createLogger } from '../src/foundation/process/logger.ts'
import { createMetrics } from '../src/foundation/process/metrics.ts'
import { connect } from '../src/foundation/sql/database.ts'
import { readFromPrimary } from '../src/foundation/sql/replica.ts'
import { createRuleBook } from '../src/rules/rule-book/rule-book.ts'

const FILE = path.join(import.meta.dirname, '../openapi/openapi.json')

const currentDocument = async (): Promise<string> => {
  // the pool connects on its first query, and describing the routes makes none
  const db = connect({ connectionString: 'postgres://localhost/none', onError: () => {} })
  const app = await buildApp({
    db,
    readList: readFromPrimary(db),
    cases: openCases(db),
    rules: createRuleBook(db),
    clock: systemClock,
    files: diskStore(tmpdir()),
    config: loadConfig({}),
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics({ process: false }),
    wake: () => undefined,
  })
  await app.ready()
  const document = `${JSON.stringify(app.swagger(), null, 2)}\n`
  await app.close()
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

const showDifference = (current: string): void => {
  const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'))
  const fresh = path.join(folder, 'openapi.json')
  writeFileSync(fresh, current)
  spawnSync('diff', ['-u', '--label', 'committed', '--label', 'from the routes', FILE, fresh], { stdio: 'inherit' })
  rmSync(folder, { recursive: true })
}

const current = await currentDocument()
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, current)
} else if (read(FILE) !== current) {
  showDifference(current)
  console.error('openapi/openapi.json is not what the routes say. Mend it with: npm run openapi')
  process.exitCode = 1
}
