/**
 * The types of a lifecycle table. A room writes one table; enforcement, `available_actions`, the OpenAPI text, the diagrams in the docs
 * and the exhaustive tests are derived from it, so that no list of states exists twice.
 */

/** A condition beyond state and role. Its words go into the documentation, its function into enforcement. */
export interface Condition<Subject> {
  says: string
  holds: (subject: Subject) => boolean
}

/** One row: who may take the action, from which states, and which states it may lead to (absent: the state stays). */
export interface Allowance<State extends string, Who extends string> {
  by: readonly Who[]
  from: readonly State[]
  to?: readonly State[]
}

/** What an action on a child does to the case it belongs to. */
export interface Move {
  from: readonly string[]
  to: readonly string[]
}

export interface ActionRule<State extends string, Who extends string, Subject> {
  /** One sentence for the API documentation. */
  summary: string
  allow: readonly Allowance<State, Who>[]
  /** Kinds of deadline that this action meets. */
  meets?: readonly string[]
  /** Its effect on the case, where the resource is a child of one. */
  moves?: readonly Move[]
  /** Conditions on the case beyond the resource's own state; where one fails, 409. */
  when?: readonly Condition<Subject>[]
  /** Conditions on the person who acts; where one fails, 403 `separation_of_duties`. */
  apart?: readonly Condition<Subject>[]
}

/** A change of a resource that follows from something elsewhere. Nobody takes it as an action, but it has arrows like one. */
export interface Cascade<State extends string> {
  summary: string
  from: readonly State[]
  to: readonly State[]
}

export interface Lifecycle<State extends string, Action extends string, Who extends string, Subject> {
  resource: string
  /** State → its Chinese name. */
  states: Readonly<Record<State, string>>
  initial: State
  final: readonly State[]
  actions: Readonly<Record<Action, ActionRule<State, Who, Subject>>>
  cascades?: Readonly<Record<string, Cascade<State>>>
}

/** A table of any resource, whatever its conditions look at. */
export type AnyLifecycle = Lifecycle<string, string, string, never>

/** One arrow between two states, and the action or cascade that follows it. */
export interface Arrow {
  from: string
  to: string
  by: string
}

/**
 * Every arrow that a table draws between the states of its resource.
 * @param movedBy tables of children whose actions move this resource, too
 */
export const arrowsOf = (table: AnyLifecycle, ...movedBy: readonly AnyLifecycle[]): Arrow[] => {
  const draw = (by: string, { from, to }: Move) => from.flatMap((one) => to.map((other) => ({ from: one, to: other, by })))
  return [
    ...Object.entries(table.actions).flatMap(([action, { allow }]) =>
      allow.flatMap(({ from, to }) => draw(action, { from, to: to ?? [] })),
    ),
    ...Object.entries(table.cascades ?? {}).flatMap(([cascade, move]) => draw(cascade, move)),
    ...movedBy.flatMap(({ resource, actions }) =>
      Object.entries(actions).flatMap(([action, { moves = [] }]) => moves.flatMap((move) => draw(`${resource}.${action}`, move))),
    ),
  ]
}

/**
 * The one way to set the state of a resource. A step without an arrow is a fault of the program: it throws, so the decision is not written.
 */
export const statusSetter = <State extends string>(
  table: AnyLifecycle & { states: Readonly<Record<State, string>> },
  ...movedBy: readonly AnyLifecycle[]
): ((row: { readonly status: State }, to: State) => void) => {
  const drawn = new Set(arrowsOf(table, ...movedBy).map(({ from, to }) => `${from} → ${to}`))
  return (row, to) => {
    if (!drawn.has(`${row.status} → ${to}`))
      throw new Error(`the table of ${table.resource} draws no arrow from ${row.status} to ${to}`)
    const open: { status: State } = row
    open.status = to
  }
}

export type Verdict =
  | { may: true }
  /** 403: this caller never may; 403: somebody else must; 409: not in this state. */
  | { may: false; because: 'forbidden' | 'separation_of_duties' | 'action_not_available'; detail: string }

/**
 * Judges one action for a caller in the given capacities.
 * @param state the resource's state, or `undefined` for an action that creates it (its `from` lists are then not read).
 */
export const judge = <State extends string, Who extends string, Subject>(
  name: string,
  rule: ActionRule<State, Who, Subject>,
  state: State | undefined,
  capacities: ReadonlySet<Who>,
  subject: Subject,
): Verdict => {
  const own = rule.allow.filter((a) => a.by.some((who) => capacities.has(who)))
  if (own.length === 0) return { may: false, because: 'forbidden', detail: `${name} is for ${whoMay(rule).join(', ')}.` }
  const apart = rule.apart?.find((c) => !c.holds(subject))
  if (apart) return { may: false, because: 'separation_of_duties', detail: `${name} needs: ${apart.says}.` }
  if (state !== undefined && !own.some((a) => a.from.includes(state))) {
    const from = [...new Set(own.flatMap((a) => a.from))]
    return {
      may: false,
      because: 'action_not_available',
      detail: `${name} is possible from ${from.join(', ')}; it is ${state} now.`,
    }
  }
  const when = rule.when?.find((c) => !c.holds(subject))
  if (when) return { may: false, because: 'action_not_available', detail: `${name} needs: ${when.says}.` }
  return { may: true }
}

/** Everybody a rule names, each once. */
export const whoMay = <State extends string, Who extends string>(rule: { allow: readonly Allowance<State, Who>[] }): Who[] => [
  ...new Set(rule.allow.flatMap((a) => a.by)),
]

/** `request_information` → `request-information`, as it stands in a URL. */
export const kebab = (action: string): string => action.replaceAll('_', '-')

/** `request_information` → `requestInformation`, as it stands in names of operations. */
export const camel = (action: string): string => action.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

/** `complaint_accepted` → `ComplaintAccepted`, as it stands in names of schemas. */
export const pascal = (word: string): string => word.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The documentation of an action, from its row in the table. */
export const describeRule = <State extends string, Who extends string, Subject>(
  rule: ActionRule<State, Who, Subject>,
): { summary: string; description: string } => {
  const lines = rule.allow.map(({ by, from, to }) => {
    const source = from.length > 0 ? ` from ${from.map(code).join(', ')}` : ''
    return `- ${by.map(words).join(', ')}${source}${to ? ` → ${to.map(code).join(' or ')}` : ''}`
  })
  for (const condition of rule.when ?? []) lines.push(`- needs: ${condition.says}`)
  for (const condition of rule.apart ?? []) lines.push(`- by ${condition.says}`)
  for (const move of rule.moves ?? [])
    lines.push(`- the case: ${move.from.map(code).join(', ')} → ${move.to.map(code).join(' or ')}`)
  if (rule.meets) lines.push(`- meets the deadlines ${rule.meets.map(code).join(', ')}`)
  const [headline = ''] = rule.summary.split(/[:;.]/)
  return { summary: headline.trim(), description: `${rule.summary}\n\n${lines.join('\n')}` }
}

const code = (state: string): string => `\`${state}\``
const words = (who: string): string => who.replaceAll('_', ' ')
