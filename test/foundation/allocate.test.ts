import fc from 'fast-check'
import t from 'tap'
import { allocate } from '../../src/foundation/allocate.ts'

const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const weights = fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 1, maxLength: 60 })
const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + BigInt(part), 0n)

t.test('an amount is split without losing or making a unit', async (t) => {
  fc.assert(fc.property(amount, weights, (total, by) => sum(allocate(total, by)) === BigInt(total)))
  t.pass()
})

t.test('each part is its exact share, rounded down or up', async (t) => {
  fc.assert(
    fc.property(amount, weights, (total, by) => {
      const all = sum(by)
      return allocate(total, by).every((part, index) => {
        const exact = BigInt(total) * BigInt(by[index] ?? 0)
        return all === 0n || (BigInt(part) >= exact / all && BigInt(part) <= (exact + all - 1n) / all)
      })
    }),
  )
  t.pass()
})

t.test('no part is above its weight where the whole is not above all weights', async (t) => {
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (by, share) => {
      const total = Math.floor(Number(sum(by)) * share)
      return allocate(total, by).every((part, index) => part <= (by[index] ?? 0))
    }),
  )
  t.pass()
})

t.test('the largest remainders get what is left, the first of equals before the others', async (t) => {
  t.strictSame(allocate(100, [1, 1, 1]), [34, 33, 33])
  t.strictSame(allocate(900, [600, 400]), [540, 360])
  t.strictSame(allocate(10, [3, 3, 1]), [4, 4, 2])
  t.strictSame(allocate(5, [0, 0]), [5, 0], 'without weights the first takes all')
  t.strictSame(allocate(0, [7]), [0])
})
