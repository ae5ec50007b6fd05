import t from 'tap'
import { capOf, GRAMS, gramsOf, isBalanced, type LearntClass, learntFrom } from '../../../src/case/understanding/learner.ts'
import { oldestMonth } from '../../../src/case/understanding/learning.ts'
import { isWithheld } from '../../../src/case/understanding/understand.ts'
import { newId } from '../../../src/foundation/ids.ts'
import type { Category } from '../../../src/words/complaints.ts'

const digest = (gram: string) => (gram.charCodeAt(0) * 31 + (gram.charCodeAt(1) || 0)) % GRAMS

const learnt = (category: Category, texts: readonly string[], mayBeSuggested = true): LearntClass => {
  const grams = new Uint32Array(GRAMS)
  for (const text of texts) for (const place of new Set(gramsOf(text).map(digest))) grams[place] = (grams[place] ?? 0) + 1
  return { category, texts: texts.length, mayBeSuggested, grams }
}

const leaks = Array.from({ length: 20 }, (_, n) => `水壶漏水了第${n}次`)
const fakes = Array.from({ length: 20 }, (_, n) => `鞋子是仿的，鉴定书第${n}号`)
const from = (options: { leastChoices?: number; leastLikelihood?: number; suggestsFakes?: boolean }) =>
  learntFrom([learnt('product_quality', leaks), learnt('counterfeit', fakes, options.suggestsFakes ?? true)], digest, {
    leastChoices: options.leastChoices ?? 40,
    leastLikelihood: options.leastLikelihood ?? 90,
  })

t.test('the grams of a text are its characters and pairs of them', async (t) => {
  t.strictSame(gramsOf('ＡＢ  b'), ['a', 'ab', 'b', 'b ', ' b'])
  t.strictSame(gramsOf(' '), [])
  t.ok(gramsOf('很'.repeat(100_000)).length <= 2)
  t.ok(gramsOf(Array.from({ length: 5_000 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('')).length < 1_000)
})

t.test('what was learnt is used from enough choices on, and only where it is sure', async (t) => {
  t.equal(from({ leastChoices: 41 }), undefined)
  t.match(from({})?.('这鞋子鉴定是仿的'), { category: 'counterfeit', words: [], subcategory: null })
  t.match(from({ leastLikelihood: 101 })?.('这鞋子鉴定是仿的'), { category: null, candidates: [{ category: 'counterfeit' }] })
  t.match(from({ suggestsFakes: false })?.('这鞋子鉴定是仿的'), { category: null }, 'a category with too few is a rival only')
  t.equal(from({})?.(''), undefined)
})

t.test('nobody weighs more than a fifth of a category', async (t) => {
  t.equal(capOf([]), 0)
  t.equal(capOf([100, 100, 100, 100]), 0, 'four are too few')
  t.equal(capOf([100, 3, 3, 3, 3]), 3)
  t.equal(capOf([9, 9, 9, 9, 9, 9]), 9)
  t.equal(capOf([100, 5, 5, 5, 5, 5, 5]), 7)
  t.ok(isBalanced([7, 5, 5, 5, 5, 5, 5]))
  t.notOk(isBalanced([8, 5, 5, 5, 5, 5, 5]))
  t.ok(isBalanced([]))
})

t.test('one case in ten measures, by the random bits of its id', async (t) => {
  const ids = Array.from({ length: 5_000 }, newId)
  const share = ids.filter((id) => isWithheld(id, 10)).length / ids.length
  t.ok(share > 0.07 && share < 0.13, `${share}`)
  t.notOk(ids.some((id) => isWithheld(id, 0)))
  t.ok(ids.every((id) => isWithheld(id, 1)))
})

t.test('months are kept as the lexicon says', async (t) => {
  const now = Date.parse('2026-02-15T00:00:00Z')
  t.strictSame(
    [1, 2, 12, 0].map((months) => oldestMonth(now, months)),
    ['2026-02', '2026-01', '2025-03', '9999-99'],
  )
})
