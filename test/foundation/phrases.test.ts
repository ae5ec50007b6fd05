import t from 'tap'
import { MOST_OF_TEXT, phrasesOf, plainWords } from '../../src/foundation/phrases.ts'

const found = (phrases: string[], text: string) =>
  phrasesOf(phrases.map((phrase) => [phrase, phrase] as const))
    .in(plainWords(text))
    .map(({ phrase, at }) => [phrase, at])

t.test('one way of writing stands for all', async (t) => {
  t.equal(plainWords('ＦＡＫＥ　 Ｇoods\n\tdon’t'), "fake goods don't")
  t.strictSame(found(['fake'], 'It is ＦＡＫＥ!'), [['fake', 6]])
})

t.test('a word of Latin letters stands alone, Chinese needs no gaps', async (t) => {
  t.strictSame(found(['rude'], 'crude and rude.'), [['rude', 10]])
  t.strictSame(found(['overheat*'], 'It overheats.'), [['overheat*', 3]])
  t.strictSame(found(['overheat'], 'It overheats.'), [])
  t.strictSame(found(['发错'], '他们发错货了'), [['发错', 2]])
})

t.test('of what begins at one place the longest counts, and nothing within it', async (t) => {
  t.strictSame(found(['收到', '没有收到', '没有'], '我没有收到'), [['没有收到', 1]])
  t.strictSame(found(['没有收到货', '没有', '收到'], '没有收到'), [
    ['没有', 0],
    ['收到', 2],
  ])
})

t.test('two parts may lie apart, but not far', async (t) => {
  t.strictSame(found(['asked…outside'], 'They asked me to pay outside the shop'), [['asked…outside', 5]])
  t.strictSame(found(['asked…outside'], `asked ${'x '.repeat(30)} outside`), [])
  t.strictSame(found(['asked…out'], 'asked me, outside'), [], 'and both stand alone')
})

t.test('what says nothing is no phrase', async (t) => {
  t.strictSame(found(['', '…', ' * ', '…x'], 'a * x'), [])
})

t.test('no text makes more work than its length says', async (t) => {
  const hostile = Array.from({ length: 300 }, (_, n) => `${'a'.repeat(40)}${n}…b`)
  t.strictSame(found(hostile, 'a'.repeat(1_000_000)), [])
  t.ok(plainWords('\ufdfa'.repeat(10_000)).length <= MOST_OF_TEXT, 'a sign that stands for eighteen counts as eighteen')
})
