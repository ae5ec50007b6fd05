/**
 * A gate with a bounded number of places behind it and a bounded queue in front. Every visitor is of a kind. The kinds that wait take turns
 * by weight, so that important kinds go in more often and no kind is shut out for ever.
 */

export interface Share {
  /** How many of this kind go in for one of a kind with weight 1, while both wait. */
  weight: number
  /** How many places the kind may hold at once. */
  most: number
  /** The limits of the kind while a kind that is named before it has anyone inside or waiting. */
  beside?: Beside
}

export interface Beside {
  most: number
  /** After a visit nobody of the kind goes in for this many times the length of the visit, at most `MOST_REST_MS`. */
  rest: number
}

export interface GateOptions<Kind extends string> {
  /** How many are let in at once, of all kinds together. */
  places: number
  /** In the order of importance: when two kinds have the same turn, the one that is named first goes in. */
  shares: Readonly<Record<Kind, Share>>
  /** How many of each kind may wait. */
  waiting: number
  /** How long a visitor may wait once its kind's queue has stood for a while, in milliseconds; `PATIENCE` times as long before that. */
  waitMs: number
}

export interface Gate<Kind extends string> {
  /**
   * Calls one of the two, at once or later: `admitted` when there is a place, `refused` when there is no room to wait or no place became
   * free in time. Neither is called once the visitor has left.
   * @returns what to call when the visitor has finished or will not come; further calls do nothing. `admitted` is given the same, as it
   *   may finish before this returns.
   */
  enter: (kind: Kind, admitted: (leave: () => void) => void, refused: () => void) => () => void
  /** How many are in, and how many wait. */
  count: (kind: Kind) => { inside: number; waiting: number }
}

/** The longest rest, in milliseconds. */
const MOST_REST_MS = 100

/**
 * A queue that has only begun is a burst, or a slow machine: it is worked off, so visitors may wait for this many times `waitMs`. A queue that
 * has stood for as long is overload, where a long wait helps nobody. (Controlled delay, as in CoDel.)
 */
const PATIENCE = 3

/** After a visitor has waited in vain, only this part of the queue is open for `waitMs`; beyond it visitors are refused at once. */
const HOPELESS_PART = 1 / 8

interface Visitor {
  state: 'waiting' | 'inside' | 'gone'
  since: number
  admitted: (leave: () => void) => void
  leave: () => void
  timer?: NodeJS.Timeout
}

interface Line extends Share {
  inside: number
  /** In the order in which they came. */
  waiting: Set<Visitor>
  /** When its next turn is, by the gate's own `clock`. Each turn moves it on by 1 / weight. */
  turn: number
  hopelessUntil: number
  /** Since when somebody waits. */
  standsSince: number
  restsUntil: number
  wakes?: NodeJS.Timeout | undefined
}

export const createGate = <Kind extends string>({ places, shares, waiting, waitMs }: GateOptions<Kind>): Gate<Kind> => {
  const kinds = Object.keys(shares) as Kind[]
  const lines = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      { ...shares[kind], inside: 0, waiting: new Set(), turn: 0, hopelessUntil: 0, standsSince: 0, restsUntil: 0 } satisfies Line,
    ]),
  ) as Record<Kind, Line>
  const inOrder: readonly Line[] = kinds.map((kind) => lines[kind])

  let inside = 0
  let clock = 0

  /** Whether a more important kind has anyone inside or waiting. */
  const mustYield = (line: Line): boolean => {
    for (const each of inOrder) {
      if (each === line) return false
      if (each.inside > 0 || each.waiting.size > 0) return true
    }
    return false
  }

  const hasPlace = (line: Line): boolean => {
    if (inside >= places || line.inside >= line.most) return false
    if (line.beside === undefined || !mustYield(line)) return true
    return line.inside < line.beside.most && performance.now() >= line.restsUntil
  }

  const hasRoom = (line: Line): boolean =>
    line.waiting.size < (performance.now() < line.hopelessUntil ? Math.ceil(waiting * HOPELESS_PART) : waiting)

  const letIn = (visitor: Visitor, line: Line): void => {
    inside++
    line.inside++
    visitor.state = 'inside'
    visitor.since = performance.now()
  }

  const leave = (visitor: Visitor, line: Line): void => {
    const { state } = visitor
    visitor.state = 'gone'
    clearTimeout(visitor.timer)
    if (state === 'waiting') line.waiting.delete(visitor)
    if (state !== 'inside') return
    inside--
    line.inside--
    if (line.beside !== undefined) rest(line, line.beside, performance.now() - visitor.since)
    while (letNextIn());
  }

  /** Keeps a kind out for a while. Its waiting visitors go in when the rest is over. */
  const rest = (line: Line, { rest: times }: Beside, visitMs: number): void => {
    line.restsUntil = performance.now() + Math.min(times * visitMs, MOST_REST_MS)
    wakeAfterRest(line)
  }

  const wakeAfterRest = (line: Line): void => {
    line.wakes ??= setTimeout(
      () => {
        line.wakes = undefined
        // another visit has made the rest longer, or the timer was a little early
        if (performance.now() < line.restsUntil) wakeAfterRest(line)
        else while (letNextIn());
      },
      Math.ceil(line.restsUntil - performance.now()),
    ).unref()
  }

  /** @returns whether somebody went in */
  const letNextIn = (): boolean => {
    let line: Line | undefined
    for (const each of inOrder) {
      if (each.waiting.size > 0 && hasPlace(each) && (line === undefined || each.turn < line.turn)) line = each
    }
    const [visitor] = line?.waiting ?? []
    if (line === undefined || visitor === undefined) return false
    clock = line.turn
    line.turn += 1 / line.weight
    line.waiting.delete(visitor)
    clearTimeout(visitor.timer)
    letIn(visitor, line)
    // not within the call that freed the place: a queue of visitors that leave at once would fill the stack
    process.nextTick(() => {
      if (visitor.state === 'inside') visitor.admitted(visitor.leave)
    })
    return true
  }

  return {
    count: (kind) => ({ inside: lines[kind].inside, waiting: lines[kind].waiting.size }),
    enter: (kind, admitted, refused) => {
      const line = lines[kind]
      const visitor: Visitor = { state: 'gone', since: 0, admitted, leave: () => leave(visitor, line) }
      if (hasPlace(line)) {
        letIn(visitor, line)
        admitted(visitor.leave)
      } else if (hasRoom(line)) {
        visitor.state = 'waiting'
        const now = performance.now()
        if (line.waiting.size === 0) {
          line.standsSince = now
          // a kind that was away does not save up its turns
          line.turn = Math.max(line.turn, clock)
        }
        const mostMs = now - line.standsSince < PATIENCE * waitMs ? PATIENCE * waitMs : waitMs
        line.waiting.add(visitor)
        visitor.timer = setTimeout(() => {
          line.hopelessUntil = performance.now() + waitMs
          visitor.leave()
          refused()
        }, mostMs)
      } else refused()
      return visitor.leave
    },
  }
}
