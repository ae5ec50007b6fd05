/** docs/lifecycles.md, from the lifecycle tables, the clock rules and the default policy. */
import { appealLifecycle } from '../../src/appeals/lifecycle.ts'
import { complaintLifecycle } from '../../src/complaints/lifecycle.ts'
import { channels } from '../../src/complaints/words.ts'
import { clockRules } from '../../src/deadlines/clocks.ts'
import { type DeadlineKind, deadlineKinds } from '../../src/deadlines/words.ts'
import { evidenceLifecycle } from '../../src/evidence/lifecycle.ts'
import { DAY, HOUR, MINUTE } from '../../src/foundation/clock.ts'
import type { ActionRule, Move } from '../../src/foundation/lifecycle.ts'
import { defaultPolicy } from '../../src/policy/default-policy.ts'
import type { Duration } from '../../src/policy/policy.ts'
import { planLifecycle } from '../../src/refund-plans/lifecycle.ts'
import { code, list, table } from './markdown.ts'

interface Table {
  resource: string
  states: Readonly<Record<string, string>>
  initial: string
  final: readonly string[]
  actions: Readonly<Record<string, Rule>>
}
// what a condition is judged on does not matter here: only its words are shown
type Rule = Pick<ActionRule<string, string, never>, 'summary' | 'allow' | 'meets' | 'moves' | 'when' | 'apart'>

interface Chapter {
  title: string
  lifecycle: Table
  /** Whose actions also move this resource. */
  movedBy?: readonly Table[]
}

const complaint: Chapter = { title: 'Complaint', lifecycle: complaintLifecycle, movedBy: [planLifecycle, appealLifecycle] }
const chapters: readonly Chapter[] = [
  complaint,
  { title: 'Refund plan', lifecycle: planLifecycle },
  { title: 'Appeal', lifecycle: appealLifecycle },
  { title: 'Evidence', lifecycle: evidenceLifecycle },
]

/** Arrows of a diagram: from → to → the actions that lead there. Mermaid draws one arrow for each. */
type Arrows = Map<string, Set<string>>

const addArrow = (arrows: Arrows, from: string, to: string, label: string): void => {
  const key = `${from} --> ${to}`
  arrows.set(key, (arrows.get(key) ?? new Set()).add(label))
}

/** A move names where the case may go; which of those is where it came from is the rule's to know, so a state never leads to itself. */
const addMoves = (arrows: Arrows, moves: readonly Move[], label: string): void => {
  for (const { from, to } of moves) {
    for (const one of from) for (const other of to) if (one !== other) addArrow(arrows, one, other, label)
  }
}

const diagram = ({ lifecycle, movedBy = [] }: Chapter): string => {
  const arrows: Arrows = new Map()
  for (const [action, { allow }] of Object.entries<Rule>(lifecycle.actions)) {
    for (const { from, to } of allow) {
      if (from.length === 0) addArrow(arrows, '[*]', lifecycle.initial, action)
      // a rule without a target leaves the resource where it was
      if (to !== undefined) addMoves(arrows, [{ from, to }], action)
    }
  }
  for (const { resource, actions } of movedBy) {
    for (const [action, rule] of Object.entries<Rule>(actions)) addMoves(arrows, rule.moves ?? [], `${resource}.${action}`)
  }
  if (![...arrows.keys()].some((key) => key.startsWith('[*]'))) addArrow(arrows, '[*]', lifecycle.initial, 'file')
  const lines = [
    ...Object.entries(lifecycle.states).map(([state, chinese]) => `  ${state} : ${state} ${chinese}`),
    ...[...arrows].map(([arrow, labels]) => `  ${arrow} : ${[...labels].join(', ')}`),
    ...lifecycle.final.map((state) => `  ${state} --> [*]`),
  ]
  return ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n')
}

/** The diagram of the complaint alone, for the first page. */
export const complaintDiagram = (): string => diagram(complaint)

const words = (who: string): string => who.replaceAll('_', ' ')

/** One row for each line of the table: the first carries what holds for the whole action. */
const actionRows = ({ lifecycle }: Chapter): string[][] =>
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
    diagram(chapter),
    table(
      ['State', '中文'],
      Object.entries(lifecycle.states).map(([state, chinese]) => [code(state), chinese]),
    ),
    table(['Action', 'By', 'From', 'To', 'Needs', 'Meets'], actionRows(chapter)),
    Object.entries<Rule>(lifecycle.actions)
      .map(([action, { summary }]) => `- ${code(action)}: ${summary}`)
      .join('\n'),
  ].join('\n\n')
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

const duration = (given: Duration): string => {
  if (given.counted_in === 'business') return plural(given.days, 'business day')
  const { ms } = given
  if (ms % DAY === 0) return plural(ms / DAY, 'day')
  return ms % HOUR === 0 ? plural(ms / HOUR, 'hour') : plural(ms / MINUTE, 'minute')
}

const defaultOf = (kind: DeadlineKind): string =>
  kind === 'first_response'
    ? channels.map((channel) => `${channel} ${duration(defaultPolicy.durations.first_response[channel])}`).join(', ')
    : duration(defaultPolicy.durations[kind])

/** The actions, of any resource, that meet a deadline of this kind. */
const metBy = (kind: DeadlineKind): string =>
  chapters
    .flatMap(({ lifecycle }) =>
      Object.entries<Rule>(lifecycle.actions)
        .filter(([, { meets }]) => meets?.includes(kind))
        .map(([action]) => code(lifecycle === complaintLifecycle ? action : `${lifecycle.resource}.${action}`)),
    )
    .join(', ')

const clockRows = (): string[][] =>
  deadlineKinds.map((kind) => {
    const { livesIn, metIn, onSilence, repeats } = clockRules[kind]
    return [
      code(kind),
      defaultOf(kind),
      livesIn === 'anywhere' ? 'any state' : list(livesIn),
      [metBy(kind), metIn === undefined ? '' : `reaching ${list(metIn)}`].filter((text) => text !== '').join('; '),
      `${code(onSilence)}${repeats ? `, again every ${duration(defaultPolicy.durations.repeat).replace(/^1 /, '')}` : ''}`,
    ]
  })

export const lifecyclesPage = (): string =>
  `${[
    '<!-- Written by `npm run docs` from the tables in src/*/lifecycle.ts and src/deadlines/clocks.ts. Do not edit. -->',
    '# Lifecycles',
    'Who may do what, from which state to which, and what happens when nobody does. These tables are the ones the service enforces.',
    ...chapters.map(chapterText),
    '## Clocks',
    `A clock lives in some states of the case: another state ends it, as met or as cancelled. Business clocks pause while the case is \`awaiting_information\` or \`suspended\`. The durations are those of the default policy. An event \`deadline_due_soon\` goes out once before a clock runs out, to whoever has to act: when ${defaultPolicy.warnings.at_percent} % of its time are used up, and ${defaultPolicy.warnings.before_auto_close_ms / DAY} day before an auto-close.`,
    table(['Clock', 'Default', 'Lives in', 'Met by', 'On silence'], clockRows()),
    'A plan of the platform that the complainant has accepted is `deem_accepted` when the respondent is silent. A party’s accepting half of a plan meets only its own `confirmation`.',
  ].join('\n\n')}\n`
