/** Measures what the service understands of words on a labelled file: `npm run eval -- --risk [FILE.csv]`. */
import { parseArgs } from 'node:util'
import { evaluateRisk } from './eval/risk.ts'

const { values, positionals } = parseArgs({ options: { risk: { type: 'boolean' } }, allowPositionals: true })
if (values.risk) console.log(await evaluateRisk(positionals[0]))
else {
  console.error('Say what is measured: npm run eval -- --risk [FILE.csv]')
  process.exitCode = 1
}
