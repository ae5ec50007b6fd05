import t from 'tap'
import { HOUR } from '../../../src/foundation/clock.ts'
import { riskReasonNames, riskSignalNames } from '../../../src/words/risk.ts'
import { guidePage, rowsInChapter } from '../../support/guide.ts'
import { buyer, filing, inShanghai, Story, supervisor } from '../../support/rules.ts'

const page = guidePage('risk')
const named = (names: Readonly<Record<string, { zh: string; en: string }>>) =>
  Object.entries(names).map(([code, { zh, en }]) => [`\`${code}\``, zh, en])

t.test('the example of the guide is what happens', async (t) => {
  const story = new Story(filing({ description: '充电宝突然起火，我的手烧伤了' }), buyer, inShanghai('2026-10-02 02:00'))
  const local = (time: string): string => new Date(Date.parse(time) + 8 * HOUR).toISOString().slice(11, 16)
  const shown = () => {
    const { risk } = story.file.complaint
    const running = story.file.deadlines
      .filter(({ kind, status }) => ['fast_feedback', 'fast_facts', 'risk_review'].includes(kind) && status === 'running')
      .sort((a, b) => (`${a.due_at}${a.kind}` < `${b.due_at}${b.kind}` ? -1 : 1))
      .map(({ kind, due_at }) => `\`${kind}\` ${local(due_at)}`)
    return [local(story.now), `\`${risk?.level}\`, \`${risk?.standing}\``, running.join(', ') || '–']
  }
  const lines = [shown()]
  story.after(1.5 * HOUR).says(supervisor, { text: '请先就医，并保留产品' })
  lines.push(shown())
  story.after(0.5 * HOUR).sweep()
  lines.push(shown())
  story.after(5 * HOUR).by(supervisor, 'set_risk', { level: 'normal', reason_code: 'no_danger', explanation: '医院无就诊记录' })
  lines.push(shown())
  t.strictSame(
    lines,
    rowsInChapter(page, 'An example').map(([at, , risk, clocks]) => [at, risk, clocks]),
  )
})

t.test('the guide names every signal and every reason in both languages', async (t) => {
  t.strictSame(rowsInChapter(page, 'What raises it'), named(riskSignalNames))
  t.strictSame(rowsInChapter(page, 'Confirming and lowering'), named(riskReasonNames))
})
