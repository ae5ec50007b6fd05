/** What words show: the labelled set of the project holds the lexicon to what it promises. */
import t from 'tap'
import { chooseThresholds, halvesOf, OWN_SET, readLabelled, scoreOfCritical, scoreOfSignal } from '../../../scripts/eval/risk.ts'
import { signalsIn, thresholds } from '../../../src/case/risk/scan.ts'
import { wordSignals } from '../../../src/words/risk.ts'

const shown = (text: string): string[] => signalsIn(text).map(({ signal }) => signal)

t.test('on the half of the labelled set that chose nothing, critical words are found', async (t) => {
  const rows = await readLabelled(OWN_SET)
  const { choosing, reported } = halvesOf(rows)
  t.ok(rows.length >= 120, `${rows.length} sentences`)
  t.strictSame(chooseThresholds(choosing), thresholds, 'the thresholds of the service are those that the other half chose')
  const { precision, recall, labelled } = scoreOfCritical(reported, thresholds)
  t.ok(labelled >= 20, `${labelled} critical ones`)
  t.ok(recall >= 0.9, `recall ${recall}`)
  t.ok(precision >= 0.6, `precision ${precision}`)
  for (const signal of wordSignals) {
    const score = scoreOfSignal(reported, signal, thresholds)
    t.ok(score.recall >= 0.7 && score.precision >= 0.7, `${signal}: ${JSON.stringify(score)}`)
  }
})

t.test('figures of speech and denials show nothing', async (t) => {
  for (const text of [
    '帮我砍一刀，价格已经炸裂了',
    '气死我了，手都断了也没打开',
    '没有人受伤，也没有起火',
    '我不想打12315，只想退货',
    'Nobody was hurt and nothing caught fire.',
    'I am not going to sue you.',
    'The price is a steal and this bass is killing me.',
  ])
    t.strictSame(shown(text), [], text)
})

t.test('a denial takes back its own word and no other', async (t) => {
  t.strictSame(shown('孩子没受伤，但是充电器起火了'), ['hazard', 'minor'])
  t.strictSame(shown('不给退款我就打12315'), ['regulator'])
  t.strictSame(shown('I never got a refund, so I will call the FTC'), ['regulator'])
})

t.test('wide characters, capitals and broken lines are read as any', async (t) => {
  t.strictSame(shown('１２３１５ 见'), ['regulator'])
  t.strictSame(shown('MY LAWYER\nWILL SUE YOU'), ['lawsuit'])
})

t.test('work is bounded: a text is read at its beginning and its end, and hostile ones take no longer', async (t) => {
  const filler = '质量一般，'.repeat(2_000)
  t.strictSame(shown(`${filler}手被烧伤了`), ['injury'], 'the end of a long text is read')
  t.strictSame(shown(`${filler}手被烧伤了${filler}`), [], 'its middle is not')
  for (const unit of ['发', '手被', 'post ', 'no ', '没', 'burn my ', '[[((', '\u{1f600}'])
    t.strictSame(signalsIn(unit.repeat(20_000)).length, 0, `${unit} again and again`)
})
