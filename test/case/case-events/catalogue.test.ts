import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { catalogue, eventOf, eventTypes } from '../../../src/case/case-events/catalogue.ts'
import type { EventDeclaration } from '../../../src/case/case-events/declaration.ts'
import { Decision } from '../../../src/case/case-file/decision.ts'
import { finished } from '../../support/events.ts'
import { agent, MONDAY_TEN, once, rules } from '../../support/rules.ts'

const declared = Object.entries<EventDeclaration>(catalogue)

/** What the rules hand to whatever tells: the arguments of each such call, without the functions themselves. */
const tellings = (source: string): string[] =>
  [
    ...source.matchAll(
      /\b(?:tell|tellPlan|tellStep|supersede|endProposal|tellAppeal|endAppealUnchanged|tellEvidence|settle|tellChallenge|tellAdvance|tellDebt|tellHold)\(/g,
    ),
  ].map(({ index, 0: call }) => {
    let depth = 1
    let end = index + call.length
    for (; depth > 0 && end < source.length; end++) depth += source[end] === '(' ? 1 : source[end] === ')' ? -1 : 0
    return source.slice(index, end)
  })

t.test('every declared event is told by some rule, under its full name', async (t) => {
  const src = path.join(import.meta.dirname, '../../../src')
  const told = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => tellings(readFileSync(path.join(src, file), 'utf8')))
    .join('\n')
  t.ok(told.includes("'refund_requested'"), 'tellings are found')
  t.notOk(told.includes("'complaint_suggested'"))
  t.strictSame(
    eventTypes.filter((type) => !told.includes(`'${type}'`)),
    [],
  )
})

t.test('every event says in one English and one Chinese sentence what happened', async (t) => {
  for (const [type, { en, zh }] of declared) {
    t.match(en, /^[A-Z][^.。]*\.$/, type)
    t.match(zh, /^[^.。]*\p{Script=Han}[^.。]*。$/u, type)
  }
})

t.test('events are named in the past tense', async (t) => {
  const past =
    /_(\w+ed|paid|overpaid|withdrawn|upheld|held|left|shut|stuck|unstuck|down|back|forward|frozen|arose|set|beyond|set_off|written_off)$/
  t.strictSame(
    eventTypes.filter((type) => !past.test(type)),
    // what reminds of something is named by what it is
    ['deadline_due_soon', 'deadline_reminder', 'escalation_notice'],
  )
})

t.test('types of other versions are known to be unknown', async (t) => {
  t.equal(eventOf('complaint_accepted'), catalogue.complaint_accepted)
  t.equal(eventOf('complaint_archived'), undefined)
  t.equal(eventOf('constructor'), undefined)
})

t.test('what differs from its declaration does not compile, and fails whichever test tells it', async (t) => {
  const owner = 'agent:alice'
  const differing: [RegExp, (d: Decision) => void][] = [
    // @ts-expect-error the data are forgotten
    [/property 'owner'/, (d) => d.tell({ type: 'complaint_accepted' })],
    // @ts-expect-error a field of the data is forgotten
    [/property 'owner'/, (d) => d.tell({ type: 'complaint_accepted', data: {} })],
    // @ts-expect-error a field is of another type
    [/must be string/, (d) => d.tell({ type: 'complaint_accepted', data: { owner: 7 } })],
    // @ts-expect-error a field is not declared
    [/additional properties.*more/, (d) => d.tell({ type: 'complaint_accepted', data: { owner, more: 1 } })],
    // @ts-expect-error an event without data gets some
    [/additional properties.*owner/, (d) => d.tell({ type: 'complaint_resumed', data: { owner } })],
    // @ts-expect-error the plan is forgotten that it is about
    [/plan_submitted names null/, (d) => d.tell({ type: 'plan_submitted' })],
    // @ts-expect-error it is about the case itself
    [/complaint_resumed names x/, (d) => d.tell({ type: 'complaint_resumed', resourceId: 'x' })],
    // @ts-expect-error the state is none of the case
    [/complaint_resumed leads from or to draft/, (d) => d.tell({ type: 'complaint_resumed', to: 'draft' })],
    // @ts-expect-error the type is not declared
    [/undefined/, (d) => d.tell({ type: 'complaint_suggested' })],
    // a declaration that has not said so is not found out before it is told
    [/complaint_resumed is told to staff/, (d) => d.tell({ type: 'complaint_resumed', visibility: 'staff' })],
  ]
  for (const [fault, tell] of differing) {
    const d = new Decision(once.accepted().file, agent, MONDAY_TEN, rules)
    const telling = () => {
      tell(d)
      finished(d)
    }
    t.throws(telling, { message: fault })
  }
})
