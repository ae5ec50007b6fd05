/**
 * Writes the parts of the documentation that come from the code: docs/lifecycles.md, docs/events.md, and the sections of README.md and docs/money.md between
 * `<!-- generated:NAME -->` and `<!-- /generated -->`.
 *   npm run docs             write them
 *   npm run docs -- --check  compare only; on a difference print it and end with 1
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { clocksExplained } from '../src/case/deadlines/explained.ts'
import { eventsPage } from './docs/events.ts'
import { complaintDiagram, lifecyclesPage } from './docs/lifecycles.ts'
import { accounts, checks, diagramOf, holds, transfers } from './docs/money.ts'
import { byTheClock, configuration, dependencies, withSections } from './docs/sections.ts'

const ROOT = path.join(import.meta.dirname, '..')
const README = 'README.md'

const read = (file: string): string => (existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), 'utf8') : '')

const moneySections = {
  accounts,
  transfers,
  checks,
  holds,
  after_return: diagramOf('after_return'),
  at_once: diagramOf('at_once'),
}

/** The text that every generated file should have. */
const current = (): Map<string, string> => {
  const files = new Map([
    ['docs/lifecycles.md', lifecyclesPage()],
    ['docs/events.md', eventsPage()],
    ['docs/money.md', withSections(read('docs/money.md'), moneySections)],
  ])
  const readme = read(README)
  if (readme === '') console.error('There is no README.md; its generated sections are left out.')
  else
    files.set(
      README,
      withSections(readme, { configuration, jobs: byTheClock, states: complaintDiagram, clocks: clocksExplained, dependencies }),
    )
  return files
}

const showDifference = (file: string, text: string): void => {
  spawnSync('diff', ['-u', '--label', `committed ${file}`, '--label', 'from the code', file, '-'], {
    cwd: ROOT,
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}

const stale = [...current()].filter(([file, text]) => read(file) !== text)
if (!process.argv.includes('--check')) {
  for (const [file, text] of stale) writeFileSync(path.join(ROOT, file), text)
} else if (stale.length > 0) {
  for (const [file, text] of stale) showDifference(file, text)
  console.error(`${stale.map(([file]) => file).join(' and ')}: not what the code says. Mend it with: npm run docs`)
  process.exitCode = 1
}
