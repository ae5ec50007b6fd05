import t from 'tap'
import { noAnswerReasonNames } from '../../../src/words/messages.ts'
import { guidePage } from '../../support/guide.ts'
import { agent, buyer, once, type Story } from '../../support/rules.ts'

const page = guidePage('messages')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** What the page says of each moment: the time, and the clocks. */
const example = rows
  .filter(([, when]) => /^2026-/.test(when ?? ''))
  .map(([, when, , clocks = '']) => [when, clocks.replaceAll('`', '').split('<br>').filter(Boolean)])

/** Windows to contest the closing are another page's. */
const clocksOf = ({ open }: Story): string[] => open.filter((x) => !/^(held_silence|appeal_window)/.test(x))

t.test('the worked example of the guide is what happens', async (t) => {
  const story = once.resolved()
  const told = [['2026-11-23 10:00', clocksOf(story)]]
  const after = (local: string, moves: (story: Story) => Story): void => {
    moves(story.at(local))
    told.push([local, clocksOf(story)])
  }
  after('2026-11-29 10:00', (x) => x.says(buyer, { text: '钱还没到' }))
  after('2026-11-30 10:00', (x) => x.sweep())
  t.equal(story.status, 'resolved')
  after('2026-11-30 14:00', (x) => x.says(agent, { text: '银行需三天' }).sweep())
  t.ok(story.told('deadline_due_soon'))
  after('2026-11-30 15:00', (x) => x.says(buyer, { text: '请再查一下' }))
  after('2026-12-01 09:30', (x) => x.says(agent, { text: '已在途中' }))
  after('2026-12-01 14:00', (x) => x.sweep())
  t.match(story.file.complaint, { status: 'closed', close_reason: 'auto_confirmed' })
  t.strictSame(told, example)
})

t.test('the page names every reason', async (t) => {
  const named = rows.filter(([, code]) => Object.keys(noAnswerReasonNames).some((name) => code === `\`${name}\``))
  t.strictSame(
    named.map(([, code, chinese]) => [code?.replaceAll('`', ''), chinese]),
    Object.entries(noAnswerReasonNames),
  )
})
