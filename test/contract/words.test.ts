import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { type Json, testApp } from '../support/app.ts'

/**
 * A list of codes promises nothing that never comes: whatever word an answer may hold, a caller can send it or some rule writes it. Rules name
 * their words; a list that declares them, a type or a table that repeats them does not count.
 */
const src = path.join(import.meta.dirname, '../../src')
const declares =
  /^words\/|^case\/case-events\/declar|(^|\/)(schema|table|currencies)\.ts$|\/problems\.ts$|^case\/(complaints|appeals|refund-plans|evidence)\/lifecycle\.ts$/
const rules = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !declares.test(file))
  .map((file) => readFileSync(path.join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, ''))
  .join('\n')

/** Every closed list within a schema, `#/components/…` followed, each with where it stands. */
const listsIn = (document: Json, schema: Json, at: string, seen: Set<string>): Map<string, string> => {
  const found = new Map<string, string>()
  const visit = (node: Json, place: string): void => {
    if (Array.isArray(node)) {
      for (const [i, one] of node.entries()) visit(one, `${place}/${i}`)
      return
    }
    if (node === null || typeof node !== 'object') return
    const { $ref } = node
    if (typeof $ref === 'string') {
      if (seen.has($ref)) return
      seen.add($ref)
      const name = $ref.split('/').at(-1) ?? ''
      visit(document.components.schemas[name] ?? document.components.responses?.[name], name)
      return
    }
    if (Array.isArray(node.enum)) for (const word of node.enum) if (typeof word === 'string') found.set(word, place)
    if (typeof node.const === 'string') found.set(node.const, place)
    for (const [key, one] of Object.entries(node))
      if (!['example', 'examples', 'enum'].includes(key)) visit(one, `${place}/${key}`)
  }
  visit(schema, at)
  return found
}

t.test('every word that an answer may hold is written by something', async (t) => {
  const app = await testApp(t)
  const document: Json = (await app.call('GET', '/openapi.json')).body
  const operations: Json[] = Object.values(document.paths).flatMap((one) => Object.values(one as object))
  const answered = new Set<string>()
  const sent = new Set<string>()
  const inAnswers = new Map<string, string>()
  const inRequests = new Map<string, string>()
  for (const { operationId, requestBody, responses } of operations) {
    for (const [word, place] of listsIn(document, requestBody, operationId, sent)) inRequests.set(word, place)
    const good = Object.fromEntries(Object.entries(responses ?? {}).filter(([status]) => status.startsWith('2')))
    for (const [word, place] of listsIn(document, good, operationId, answered)) inAnswers.set(word, place)
  }
  t.ok(inAnswers.has('not_fulfilled') && inAnswers.has('under_appeal') && inAnswers.has('escalate'), 'the lists are found')
  t.ok(inRequests.has('evidence_lost_by_platform'), 'and those of callers')

  const isWritten = (word: string) => rules.includes(`'${word}'`) || new RegExp(`\\b${word}: `).test(rules)
  t.notOk(isWritten('guessed'), 'a word that nothing writes would be found out')
  t.strictSame(
    [...inAnswers].filter(([word]) => !inRequests.has(word) && !isWritten(word)).map(([word, place]) => `${word} of ${place}`),
    [],
  )
})
