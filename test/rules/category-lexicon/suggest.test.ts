import path from 'node:path'
import t from 'tap'
import { categoryJudge } from '../../../scripts/eval/judges.ts'
import { measure } from '../../../scripts/eval/measure.ts'
import { report } from '../../../scripts/eval/report.ts'
import { halves, readSamples } from '../../../scripts/eval/samples.ts'
import { defaultLexicon } from '../../../src/rules/category-lexicon/default-lexicon.ts'
import { readerOf } from '../../../src/rules/category-lexicon/suggest.ts'
import { categories } from '../../../src/words/complaints.ts'

const reader = readerOf(defaultLexicon)

t.test('a category is suggested with its words, its margin and the candidates', async (t) => {
  t.match(reader.suggest('专柜鉴定说这双鞋是假货'), { category: 'counterfeit', words: ['专柜鉴定', '假货'], margin: 7 })
  const { category, candidates, margin } = reader.suggest('快递太慢，而且东西是假货')
  t.strictSame([category, margin], ['counterfeit', 2])
  t.strictSame(
    candidates.map((one) => one.category),
    ['counterfeit', 'logistics'],
  )
})

t.test('none is suggested without a clear margin', async (t) => {
  t.match(reader.suggest('发错货，态度恶劣'), { category: null, margin: 0 })
  t.strictSame(reader.suggest('你好'), { category: null, subcategory: null, margin: 0, words: [], candidates: [] })
  t.strictSame(reader.suggest(''), reader.suggest('你好'))
})

t.test('what is denied does not speak, and a word speaks once', async (t) => {
  t.equal(reader.suggest('鞋子不是假货，但是开胶了').category, 'product_quality')
  t.equal(reader.suggest('It is not a fake.').category, null)
  t.equal(reader.suggest('rude rude rude').margin, reader.suggest('rude').margin)
})

t.test('a category of the platform’s own speaks for the one above it', async (t) => {
  const names = { zh: '屏幕', en: 'Screen' }
  const screen = { code: 'screen_defect', under: 'product_quality', names } as const
  const words = [...defaultLexicon.words, { category: 'screen_defect', weight: 3, words: ['屏闪'] }]
  const own = { ...defaultLexicon, categories: [screen], words }
  t.match(readerOf(own).suggest('一开机就屏闪'), { category: 'product_quality', subcategory: 'screen_defect' })
  const retired = { ...own, categories: [{ ...screen, retired: true }] }
  t.match(readerOf(retired).suggest('一开机就屏闪'), { category: null }, 'a retired one speaks no more')
})

t.test('words of product, demand and cause are drawn out', async (t) => {
  t.strictSame(reader.tags('耳机坏了，要求退款。耳机坏了'), [
    { kind: 'product', code: 'headphones' },
    { kind: 'cause', code: 'not_working' },
    { kind: 'demand', code: 'refund' },
  ])
})

t.test('every word of the default lexicon speaks for a category that there is', async (t) => {
  for (const { category } of defaultLexicon.words) t.ok((categories as readonly string[]).includes(category), category)
})

t.test('on the half of the labelled sentences that chose no margin', async (t) => {
  const samples = readSamples(path.join(import.meta.dirname, '../../fixtures/labelled/categories.csv'))
  t.ok(samples.length >= 120)
  const { reported } = halves(samples)
  const { texts, shown, right, perLabel } = measure(categoryJudge(), reported)
  t.ok(right / shown >= 0.9, `what is shown is right: ${right} of ${shown}`)
  t.ok(shown / texts >= 0.7, `and most are shown: ${shown} of ${texts}`)
  for (const { label, precision } of perLabel) t.ok((precision ?? 1) >= 0.8, `${label}: precision ${precision}`)
})

t.test('a measurement counts what was shown, what was right, and how sure it was', async (t) => {
  const judge = (text: string) => ({ shown: text === 'quiet' ? [] : [text], guess: [text], sureness: text.length })
  const samples = [
    { labels: ['one'], text: 'one' },
    { labels: ['two'], text: 'one' },
    { labels: ['two', 'six'], text: 'six' },
    { labels: ['none'], text: 'quiet' },
  ]
  const measured = measure({ none: 'none', judge }, samples)
  t.match(measured, { texts: 4, shown: 3, right: 2, guessed: 2 })
  t.strictSame(
    measured.perLabel.map(({ label, precision, recall }) => [label, precision, recall]),
    [
      ['one', 0.5, 1],
      ['six', 1, 1],
      ['two', null, 0],
    ],
  )
  t.strictSame(
    measured.calibration.map(({ sureness, texts, right }) => [sureness, texts, right]),
    [
      [3, 3, 2],
      [5, 1, 0],
    ],
  )
  const lines = report('words', measured).join('\n')
  t.match(lines, /shown 3 \(75\.0 %\), of these right 2 \(66\.7 %\)/)
  t.match(lines, /█/)
})
