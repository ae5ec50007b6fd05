/** What docs/guide/intake.md says is what happens. */
import t from 'tap'
import { type Json, testApp } from '../../support/app.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { accept, complain, seen, teach } from './room.ts'

const page = guidePage('intake')

t.test('the worked example of the guide is what happens', async (t) => {
  const one = await testApp(t)
  await teach(one, (now) => ({ learning: { ...now.learning, withhold_one_in: 0 } }))
  const rows = rowsInChapter(page, 'An example')
  const told: string[][] = []
  const filed: Json[] = []
  for (const [text = ''] of rows) {
    const complaint = await seen(one, (await complain(one, text)).id)
    const { category, category_source, category_suggestion: found } = complaint
    filed.push(complaint)
    told.push([text, `\`${category}\``, `\`${category_source}\``, found?.words.join(', ') ?? '', `${found?.margin ?? ''}`])
  }
  t.ok(told.length > 5)
  t.strictSame(told, rows)

  const [{ id }] = filed as [Json]
  const burden = async () =>
    (await one.call('GET', `/v1/complaints/${id}/evidence-requirements`, { as: 'agent:alice' })).body.data.length
  const before = await burden()
  t.equal((await accept(one, id, { category: 'counterfeit' })).status, 200)
  t.not(await burden(), before, 'the burden of proof is another from then on')
})
