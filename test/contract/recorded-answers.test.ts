import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { tour } from '../scaling/tour.ts'
import { testApp } from '../support/app.ts'
import { recorder } from './recording.ts'

/** Their answer is the document itself. */
const unrecorded: readonly string[] = ['readOpenApi', 'readOpenApi30']

const RECORDED_ANSWERS = 'src/outward/docs/recorded-answers.json'

await t.test('the examples of answers are what the service answers', async (t) => {
  const app = await testApp(t)
  const { body: document } = await app.call('GET', '/openapi.json', { key: null })
  const { call, recorded } = recorder(app, document)
  await tour({ ...app, call })
  const now = recorded()
  for (const operation of unrecorded) delete now[operation]
  const text = `${JSON.stringify(now, null, 2)}\n`
  if (process.env.RECORD_EXAMPLES) writeFileSync(RECORDED_ANSWERS, text)
  t.strictSame(now, JSON.parse(readFileSync(RECORDED_ANSWERS, 'utf8')), 'mend it with: npm run examples')
})
