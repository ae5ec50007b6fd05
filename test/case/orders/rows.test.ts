/** The table of what was tried names tests that there are: each row, and each of its neighbours, in all currencies. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { neighbours, type Row, rows } from './rows.ts'

/** The tests of a file that are played in each currency, by their title. */
const testsIn = (file: Row['file']): Map<string, string> => {
  const source = readFileSync(path.join(import.meta.dirname, `${file}.test.ts`), 'utf8')
  const [, inCurrencies = ''] = source.split("for (const currency of ['CNY', 'JPY', 'KWD'] as const) {")
  const [all = ''] = inCurrencies.split('\n}\n')
  return new Map(
    all.split('await t.test(').flatMap((block) => {
      const [, title] = /^\s*`\$\{currency\}: ([^`]*)`/.exec(block) ?? []
      return title === undefined ? [] : [[title, block]]
    }),
  )
}
const tests = {
  'bounds-table': testsIn('bounds-table'),
  'steps-table': testsIn('steps-table'),
  'returns-table': testsIn('returns-table'),
}

for (const { tried, file, titles, says } of rows)
  t.test(tried, (t) => {
    const played = titles.map((title) => tests[file].get(title))
    t.notOk(played.includes(undefined), `${file} has ${titles.join('; ')}`)
    for (const neighbour of neighbours)
      t.ok(
        played.some((block) => block?.includes(says[neighbour])),
        `${neighbour}: ${says[neighbour]}`,
      )
    t.end()
  })
