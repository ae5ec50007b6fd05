/** Keeps the first success of each operation, in the form in which the OpenAPI document shows it. */
import type { RecordedAnswer } from '../../src/outward/docs/recorded-answers.ts'
import type { Json, TestApp } from '../support/app.ts'

const MOST_ITEMS = 2
const MOST_TEXT = 600

const FIRST_ID = 0x2e4f

/**
 * What differs from run to run is replaced: ids, numbers of cases and orders, hashes, keys, cursors, measured times. Long lists are cut, for an
 * example needs no hundred items.
 */
const tidied = (body: unknown): unknown => {
  const ids = new Map<string, string>()
  const idFor = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `019a9f3c-8d2e-7c31-9a55-0d6f3b1c${(FIRST_ID + ids.size).toString(16).padStart(4, '0')}`)
    return ids.get(id) as string
  }
  const text = (value: string): string =>
    value
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, idFor)
      .replaceAll(/RD-\d{8}-[0-9A-Z]{8}/g, 'RD-20261121-7K3M9Q2X')
      .replaceAll(/\bO-\d+\b/g, 'O-9981')
      .replaceAll(/\b[0-9a-f]{64}\b/g, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')
      .replaceAll(/\brdk_(live|test)_[\w-]{20,}/g, 'rdk_$1_…')
      .replaceAll(/\bwhsec_[\w+/=]{20,}/g, 'whsec_…')
      .slice(0, MOST_TEXT)
  const tidy = (value: unknown, key = ''): unknown => {
    if (key === 'next_cursor' && typeof value === 'string') return 'eyJhZnRlciI6…'
    if (key === 'last_four' && typeof value === 'string') return 'q7Zk'
    if (key === 'duration_ms') return 12
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => tidy(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, tidy(item, name)]))
  }
  return tidy(body)
}

interface Recorder {
  call: TestApp['call']
  /** By operation, in alphabetical order. */
  recorded: () => Record<string, RecordedAnswer>
}

export const recorder = ({ call }: Pick<TestApp, 'call'>, { paths }: Json): Recorder => {
  const operations = Object.entries<Json>(paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, { operationId, responses }]) => ({
      path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
      method,
      operationId,
      responses,
    })),
  )
  const answers = new Map<string, RecordedAnswer>()
  return {
    call: async (method, url, options) => {
      const answer = await call(method, url, options)
      const [path = ''] = url.split('?')
      const operation = operations.find((one) => one.method === method.toLowerCase() && one.path.test(path))
      const described = operation?.responses[answer.status]?.content?.['application/json']
      if (operation !== undefined && described !== undefined && !answers.has(operation.operationId))
        answers.set(operation.operationId, { status: answer.status, body: tidied(answer.body) })
      return answer
    },
    recorded: () => Object.fromEntries([...answers].sort(([one], [other]) => (one < other ? -1 : 1))),
  }
}
