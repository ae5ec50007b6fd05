import type { HTTPMethods } from 'fastify'
import t from 'tap'
import { testApp } from '../../support/app.ts'
import { guidePage } from '../../support/guide.ts'

const guide = guidePage('keys-and-people')

/** A request of the guide: its first line, its actor, its body. */
const read = (text: string) => {
  const [head = '', body] = text.split('\n\n')
  const [first = '', header = ''] = head.split('\n')
  const [method, url = ''] = first.split(' ')
  return { method: method as HTTPMethods, url, as: header.replace('Redress-Actor: ', ''), body: body && JSON.parse(body) }
}

await t.test('the example of the guide is what happens', async (t) => {
  const { call } = await testApp(t)
  const blocks = [...guide.matchAll(/^```http\n([\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```$/gm)]
  t.equal(blocks.length, 6)
  for (const [, request = '', answer = ''] of blocks) {
    const { method, url, as, body } = read(request)
    const expected = JSON.parse(answer)
    const { body: told } = await call(method, url, body === undefined ? { as } : { as, body })
    t.match(told, expected, `${method} ${url}`)
    t.equal(told.data?.length, expected.data?.length)
  }
})
