/** What the tests of what is understood share. */
import type { CategoryLexicon } from '../../../src/rules/category-lexicon/lexicon.ts'
import type { Called, Json, TestApp } from '../../support/app.ts'
import { filing } from '../../support/story.ts'

export const href = '/v1/category-lexicon'

/** Changes the lexicon, and must succeed. */
export const teach = async (one: TestApp, change: (now: CategoryLexicon) => Partial<CategoryLexicon>): Promise<Json> => {
  const { body } = await one.call('GET', href)
  const document = { ...body.document, ...change(body.document) }
  const answer = await one.call('PUT', href, { body: { document }, headers: { 'if-match': `"${body.version}"` } })
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body
}

/** Files a complaint in these words; nobody says what it is about. */
export const complain = async (one: TestApp, description: string, change: Json = {}): Promise<Json> => {
  const { category: _, ...without } = filing()
  const { status, body, text } = await one.call('POST', '/v1/complaints', {
    as: 'buyer:B-1',
    body: { ...without, description, ...change },
  })
  if (status !== 201) throw new Error(`${status} ${text}`)
  return body
}

export const seen = async (one: TestApp, id: string, as = 'agent:alice'): Promise<Json> =>
  (await one.call('GET', `/v1/complaints/${id}`, { as })).body

export const accept = (one: TestApp, id: string, body: Json = {}, as = 'agent:alice'): Promise<Called> =>
  one.call('POST', `/v1/complaints/${id}/accept`, { as, body })

/** A counter, by its labels in the order in which it has them. */
export const counted = async (one: TestApp, name: string): Promise<string[]> =>
  (await one.deps.metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .sort()
