import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { areAlike, copyOf } from '../../src/foundation/plain.ts'

const json = fc.jsonValue({ maxDepth: 4, depthSize: 'small' })

/** Changes every part of a value. */
const spoil = (value: object): void => {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) spoil(part)
  for (const name of Object.keys(value)) Object.assign(value, { [name]: 'spoilt' })
}

t.test('a copy is alike and shares nothing with what it was made of', (t) => {
  fc.assert(
    fc.property(json, (value) => {
      const [text, copy] = [JSON.stringify(value), copyOf(value)]
      if (typeof copy === 'object' && copy !== null) spoil(copy)
      return JSON.stringify(value) === text && JSON.stringify(copyOf(value)) === text
    }),
  )
  t.pass('for values of every shape')
  t.end()
})

t.test('alike is what the general comparison calls equal', (t) => {
  fc.assert(fc.property(json, json, (a, b) => areAlike(a, b) === isDeepStrictEqual(a, b)))
  fc.assert(fc.property(json, (a) => areAlike(a, JSON.parse(JSON.stringify(a))) && areAlike(copyOf(a), a)))
  const row = { id: 1, list: [1, { a: null }], at: null }
  for (const other of [
    { ...row, at: 1 },
    { ...row, list: [1] },
    { ...row, list: {} },
    { id: 1, list: row.list, b: null },
    [row],
    null,
  ])
    t.notOk(areAlike(row, other), JSON.stringify(other))
  t.ok(areAlike(row, { at: null, list: [1, { a: null }], id: 1 }), 'in another order')
  t.end()
})
