/**
 * Measures the service against the limit of its machine: `npm run bench -- --help`, docs/performance.md.
 * Everything that is started or created is gone afterwards, also when the run is interrupted.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArguments, usage } from './bench/arguments.ts'
import type { Report } from './bench/report.ts'
import { measure } from './bench/run.ts'
import { comparisonTable, tables } from './bench/tables.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort(signal))

const main = async (): Promise<void> => {
  const settings = parseArguments(process.argv.slice(2))
  if (settings === 'help') return console.log(usage)
  const earlier = settings.compare === undefined ? undefined : (JSON.parse(readFileSync(settings.compare, 'utf8')) as Report)
  const folder = mkdtempSync(path.join(tmpdir(), 'redress-bench-'))
  try {
    const report = await measure(settings, folder, interrupted.signal)
    console.log(`\n${tables(report)}`)
    if (settings.json !== undefined) writeFileSync(settings.json, `${JSON.stringify(report, null, 2)}\n`)
    if (earlier) console.log(`\n${comparisonTable(report, earlier)}`)
  } catch (error) {
    for (const log of ['main.ts.log', 'limit-server.ts.log']) showLastWords(path.join(folder, log))
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Prints the end of a server's log after the run has failed. */
const showLastWords = (file: string): void => {
  if (existsSync(file)) console.error(readFileSync(file, 'utf8').slice(-2000))
}

try {
  await main()
} catch (error) {
  if (!interrupted.signal.aborted) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
if (interrupted.signal.aborted) process.exitCode = 128 + constants.signals[interrupted.signal.reason as 'SIGINT' | 'SIGTERM']
