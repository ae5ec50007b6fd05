/**
 * Measures what is understood of labelled texts: `npm run eval -- FILE.csv [--halves] [--risk] [--margins]`. The file has the columns `label` and
 * `text`. Prints how many texts something is shown for, how often that is right, precision and recall of each label, and how often the
 * judge is right by how sure it is.
 * With `--halves` every second text of each label chooses, the others report. With `--risk` the signals of risk are measured in place of the
 * category. With `--margins` it is told what other margins would do.
 */
import { parseArgs } from 'node:util'
import { defaultLexicon } from '../src/rules/category-lexicon/default-lexicon.ts'
import { categoryJudge } from './eval/judges.ts'
import { measure } from './eval/measure.ts'
import { report } from './eval/report.ts'
import { evaluateRisk } from './eval/risk.ts'
import { halves, readSamples } from './eval/samples.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { halves: { type: 'boolean' }, risk: { type: 'boolean' }, margins: { type: 'boolean' } },
})
const [file] = positionals
// signals and levels are measured apart, on the project's own sentences where no file is named
if (values.risk === true) {
  process.stdout.write(`${await evaluateRisk(file)}\n`)
  process.exit(0)
}
if (file === undefined) {
  process.stderr.write('usage: npm run eval -- FILE.csv [--halves] [--margins], or npm run eval -- --risk [FILE.csv]\n')
  process.exit(2)
}
const samples = readSamples(file)
const { chosen, reported } = halves(samples)
const parts =
  values.halves === true ? [['chosen on', chosen] as const, ['reported on', reported] as const] : [['all', samples] as const]
const lines = parts.flatMap(([name, some]) => report(`category, ${name}`, measure(categoryJudge(), some)))
if (values.margins === true)
  for (const margin of [1, 2, 3, 4, 5]) {
    const { texts, shown, right } = measure(categoryJudge({ ...defaultLexicon, margin }), chosen)
    lines.push(`margin ${margin}: shown ${shown} of ${texts}, right ${right}`)
  }
process.stdout.write(`${lines.join('\n')}\n`)
