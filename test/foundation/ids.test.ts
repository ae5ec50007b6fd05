import t from 'tap'
import { version } from 'uuid'
import { isId, newId } from '../../src/foundation/ids.ts'

t.test('ids of one process ascend, also within a millisecond, and never repeat', (t) => {
  const began = Date.now()
  const ids = Array.from({ length: 20_000 }, newId)
  t.strictSame(ids, ids.toSorted())
  t.equal(new Set(ids).size, ids.length)
  t.strictSame([...new Set(ids.map((id) => `${isId(id)} ${version(id)}`))], ['true 7'])
  const bornAt = ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))
  t.ok(bornAt.every((ms) => ms >= began && ms <= Date.now()))
  t.end()
})

t.test('an id tells little of its neighbours', (t) => {
  const endOf = (id: string) => id.slice(-12)
  const ends = Array.from({ length: 5_000 }, () => endOf(newId()))
  t.equal(new Set(ends).size, ends.length)
  t.end()
})
