/** docs/lifecycles.md, from the lifecycle tables, the clock rules and the default policy. */
import { advanceLifecycle } from '../../src/case/advances/lifecycle.ts'
import { appealLifecycle } from '../../src/case/appeals/lifecycle.ts'
import { complaintLifecycle } from '../../src/case/complaints/lifecycle.ts'
import { evidenceLifecycle } from '../../src/case/evidence/lifecycle.ts'
import { holdLifecycle } from '../../src/case/holds/lifecycle.ts'
import { receivableLifecycle } from '../../src/case/receivables/lifecycle.ts'
import { planLifecycle } from '../../src/case/refund-plans/lifecycle.ts'
import { stepLifecycle } from '../../src/case/refund-plans/step-lifecycle.ts'
import { plannedRules } from '../../src/clockwork/planned-actions/lifecycle.ts'
import { type ActionRule, type AnyLifecycle, arrowsOf } from '../../src/foundation/lifecycle.ts'
import { movementLifecycle } from '../../src/money/movements/lifecycle.ts'
import type { ClockRule, Duration } from '../../src/rules/policy/clock-rule-schema.ts'
import { defaultPolicy } from '../../src/rules/policy/default-policy.ts'
import { anyState, type CountedKind, clockOf, countedKinds, ladderOf } from '../../src/words/deadlines.ts'
import { code, list, table } from './markdown.ts'

// the subject of a condition does not matter here: only its words are shown
type Rule = ActionRule<string, string, never>

interface Chapter {
  title: string
  lifecycle: AnyLifecycle
  /** The lifecycles whose actions also move this resource. */
  movedBy?: readonly AnyLifecycle[]
  /** The action that creates the resource, where it is none of its own. */
  begins?: string
}

const complaint: Chapter = {
  title: 'Complaint',
  lifecycle: complaintLifecycle,
  movedBy: [planLifecycle, stepLifecycle, appealLifecycle],
  begins: 'file',
}
const chapters: readonly Chapter[] = [
  complaint,
  { title: 'Refund plan', lifecycle: planLifecycle },
  { title: 'Step of a refund plan', lifecycle: stepLifecycle, begins: 'accept, impose' },
  { title: 'Appeal', lifecycle: appealLifecycle },
  { title: 'Advance of the guarantee fund', lifecycle: advanceLifecycle },
  { title: 'Held settlement', lifecycle: holdLifecycle },
  { title: 'Receivable', lifecycle: receivableLifecycle, begins: 'claw_back, close' },
  { title: 'Evidence', lifecycle: evidenceLifecycle },
  { title: 'Money of the fund and of deposits', lifecycle: movementLifecycle },
]

/**
 * A move names all states that the case may go to, which may include the one it comes from. Arrows from a state to itself are left out.
 * @param isShown which states; all where nothing else is said
 */
export const stateDiagram = (
  { lifecycle, movedBy = [], begins }: Chapter,
  isShown: (state: string) => boolean = () => true,
): string => {
  const makers = Object.entries<Rule>(lifecycle.actions).filter(([, { allow }]) => allow.some(({ from }) => from.length === 0))
  const arrows = [
    ...makers.flatMap(([by, { allow }]) =>
      allow.flatMap(({ to = [lifecycle.initial] }) => to.map((to) => ({ from: '[*]', to, by }))),
    ),
    ...(begins === undefined ? [] : [{ from: '[*]', to: lifecycle.initial, by: begins }]),
    ...arrowsOf(lifecycle, ...movedBy).filter(({ from, to }) => from !== to && isShown(from) && isShown(to)),
  ]
  // Mermaid would draw one arrow for each action
  const labels = Map.groupBy(arrows, ({ from, to }) => `${from} --> ${to}`)
  const lines = [
    ...Object.entries(lifecycle.states)
      .filter(([state]) => isShown(state))
      .map(([state, chinese]) => `  ${state} : ${state} ${chinese}`),
    ...[...labels].map(([arrow, all]) => `  ${arrow} : ${[...new Set(all.map(({ by }) => by))].join(', ')}`),
    ...lifecycle.final.filter(isShown).map((state) => `  ${state} --> [*]`),
  ]
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n')
}

/** The diagram of the complaint alone, for the first page. */
export const complaintDiagram = (): string => stateDiagram(complaint)

const words = (who: string): string => who.replaceAll('_', ' ')

/** One row for each allowance of an action; the first also has what holds for the whole action. Cascades follow, which nobody takes. */
const rowsOf = (lifecycle: AnyLifecycle): string[][] => [
  ...actionRows(lifecycle),
  ...Object.entries(lifecycle.cascades ?? {}).map(([name, { from, to }]) => [
    code(name),
    'follows',
    list(from),
    list(to),
    '',
    '',
  ]),
]

const actionRows = (lifecycle: AnyLifecycle): string[][] =>
  Object.entries<Rule>(lifecycle.actions).flatMap(([action, { allow, when = [], apart = [], meets = [] }]) =>
    allow.map(({ by, from, to }, index) => [
      index === 0 ? code(action) : '',
      by.map(words).join(', '),
      from.length === 0 ? '–' : list(from),
      to === undefined ? 'unchanged' : list(to),
      index === 0 ? [...when.map(({ says }) => says), ...apart.map(({ says }) => `by ${says}`)].join('; ') : '',
      index === 0 ? list(meets) : '',
    ]),
  )

const chapterText = (chapter: Chapter): string => {
  const { title, lifecycle } = chapter
  return [
    `## ${title}`,
    stateDiagram(chapter),
    table(
      ['State', '中文'],
      Object.entries(lifecycle.states).map(([state, chinese]) => [code(state), chinese]),
    ),
    table(['Action', 'By', 'From', 'To', 'Needs', 'Meets'], rowsOf(lifecycle)),
    [...Object.entries<Rule>(lifecycle.actions), ...Object.entries(lifecycle.cascades ?? {})]
      .map(([action, { summary }]) => `- ${code(action)}: ${summary}`)
      .join('\n'),
  ].join('\n\n')
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

const duration = ({ count, unit }: Duration): string => plural(count, unit.replace('_', ' ').replace(/s$/, ''))

const conditions = ({ when }: ClockRule): string =>
  Object.values(when ?? {})
    .map((words) => (Array.isArray(words) ? words.join(' or ') : ''))
    .join(', plan of the ')

/** `chat 5 minutes, hotline 15 minutes, else 1 hour` */
const defaultOf = (kind: CountedKind): string => {
  const rules = defaultPolicy.clocks[kind]
  const all = new Set(rules.map(({ allow }) => duration(allow)))
  if (all.size === 1) return [...all].join()
  return rules.map((rule) => `${rule.when ? conditions(rule) : 'else'} ${duration(rule.allow)}`).join(', ')
}

const silenceOf = (kind: CountedKind): string => {
  const rules = defaultPolicy.clocks[kind]
  const again = clockOf[kind].repeats && rules.every(({ on_silence }) => on_silence.at(-1) === 'escalate')
  const words = rules.map((rule) => {
    const text = rule.on_silence.map(code).join(', then ')
    return rules.some(({ on_silence }) => on_silence.join() !== rule.on_silence.join()) && rule.when
      ? `${conditions(rule)}: ${text}`
      : text
  })
  const every = defaultPolicy.while_overdue.map(duration).join(', then ').replace(/^1 /, '')
  return `${[...new Set(words)].join('; else ')}${again ? `, again every ${every}` : ''}`
}

/** The actions, of any resource, that meet a deadline of this kind. */
const metBy = (kind: CountedKind): string =>
  chapters
    .flatMap(({ lifecycle }) =>
      Object.entries<Rule>(lifecycle.actions)
        .filter(([, { meets }]) => meets?.includes(kind))
        .map(([action]) => code(lifecycle === complaintLifecycle ? action : `${lifecycle.resource}.${action}`)),
    )
    .join(', ')

const clockRows = (): string[][] =>
  countedKinds.map((kind) => {
    const { name, livesIn, metIn } = clockOf[kind]
    return [
      code(kind),
      `${name.zh}, ${name.en}`,
      defaultOf(kind),
      livesIn === anyState ? 'any state' : list(livesIn),
      [metBy(kind), metIn === undefined ? '' : `reaching ${list(metIn)}`].filter((text) => text !== '').join('; '),
      silenceOf(kind),
    ]
  })

export const lifecyclesPage = (): string =>
  `${[
    '<!-- Written by `npm run docs` from the tables in src/case/*/lifecycle.ts and src/words/deadlines.ts. Do not edit. -->',
    '# Lifecycles',
    'Who may do what, from which state to which, and what happens when nobody does. These tables are the ones the service enforces: a state is set along these arrows and no other. What `follows` is nobody’s to take, it comes of something else.',
    ...chapters.map(chapterText),
    '## Clocks',
    `A clock lives in some states of the case: another state ends it, as met or as cancelled. Business clocks pause while the case is \`awaiting_information\` or \`suspended\`. \`completion\` bounds the whole handling: it begins with the filing, stands still while a side owes something, while the case is \`suspended\` and while it is \`under_appeal\`, and begins anew when a case that was at rest is taken up again. Durations and what follows silence are those of the default policy; each platform has its own, see \`/v1/policy\`. An event \`deadline_due_soon\` goes out once before a clock runs out, to whoever has to act: by default when 80 % of its time are used up, and a day before an auto-close. Words of a side to the platform hold some of them (docs/guide/messages.md): a message of a person of staff meets \`next_reply\`, and \`first_response\` while the case is \`submitted\`.`,
    table(['Clock', 'Name', 'Default', 'Lives in', 'Met by', 'On silence'], clockRows()),
    'What follows silence is a list: at the first miss, at the second, and so on. Its last word ends the wait, or is repeated while the duty stays owed. A policy can choose among these:',
    table(
      ['Clock', 'Before the last', 'Last'],
      countedKinds.map((kind) => [code(kind), list(ladderOf(kind).before), list(ladderOf(kind).last)]),
    ),
    'Before it happens, a supervisor may change what the service is going to do by itself (`GET /v1/complaints/{id}/planned-actions`):',
    table(
      ['Action', 'By', 'While it is', ''],
      Object.entries(plannedRules).map(([action, { allow, summary }]) => [
        code(action),
        list(allow.flatMap(({ by }) => by)),
        list(allow.flatMap(({ from }) => from)),
        summary,
      ]),
    ),
    'An answer that comes after the due time counts as long as no sweep has acted. What silence can decide, and what a supervisor can stop, tells [the guide](guide/silences.md).',
    'A plan of the platform that the complainant has accepted is `deem_accepted` when the respondent is silent. A party’s accepting half of a plan meets only its own `confirmation`.',
  ].join('\n\n')}\n`
