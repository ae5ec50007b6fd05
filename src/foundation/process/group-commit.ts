/**
 * Group commit: items that arrive while the lanes are at work wait, and are then done together. A single item starts at once. Under load
 * the groups grow by themselves, so that one statement and one commit do more.
 */

export interface Lanes<Item> {
  /** How many groups are at work at the same time, for each value of `by`. */
  lanes: number
  /** The largest group. */
  most: number
  /** Only items with the same value are done together, such as those of one platform. */
  by: (item: Item) => string
  /** Two items that share one of these keys are never in one group: the second would undo the first. */
  apart?: (item: Item) => readonly string[]
  /** What a group does after an error that undid all of it. */
  parting: (error: unknown) => Parting
}

/**
 * `halves`: the two halves are tried one after the other, since only some items are at fault. `aside`: the same without holding up the
 * lane, since each try may have to wait. `none`: all items have failed.
 */
export type Parting = 'halves' | 'aside' | 'none'

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * @param work does a whole group or nothing of it; its results are in the order of the items
 * @returns does one item, together with others that come at the same time
 */
export const groupCommit = <Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { lanes, most, by, apart, parting }: Lanes<Item>,
): ((item: Item) => Promise<Result>) => {
  const queues = new Map<string, { waiting: Waiting<Item, Result>[]; busy: number }>()

  const group = async (members: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(members.map(({ item }) => item))
      for (const [index, { resolve }] of members.entries()) resolve(results[index] as Result)
    } catch (error) {
      const how = members.length > 1 ? parting(error) : 'none'
      const half = Math.ceil(members.length / 2)
      const halves = [members.slice(0, half), members.slice(half)]
      if (how === 'halves') for (const part of halves) await group(part)
      else if (how === 'aside') for (const part of halves) void group(part)
      else for (const { reject } of members) reject(error)
    }
  }

  const take = (waiting: Waiting<Item, Result>[]): Waiting<Item, Result>[] => {
    if (apart === undefined) return waiting.splice(0, most)
    const taken: Waiting<Item, Result>[] = []
    const keys = new Set<string>()
    for (let index = 0; index < waiting.length && taken.length < most; ) {
      const candidate = waiting[index] as Waiting<Item, Result>
      const own = apart(candidate.item)
      if (own.some((key) => keys.has(key))) index += 1
      else {
        for (const key of own) keys.add(key)
        taken.push(candidate)
        waiting.splice(index, 1)
      }
    }
    return taken
  }

  const run = async (name: string): Promise<void> => {
    const queue = queues.get(name)
    if (queue === undefined || queue.busy >= lanes) return
    queue.busy += 1
    while (queue.waiting.length > 0) await group(take(queue.waiting))
    queue.busy -= 1
    if (queue.busy === 0) queues.delete(name)
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const name = by(item)
      const queue = queues.get(name) ?? { waiting: [], busy: 0 }
      queues.set(name, queue)
      queue.waiting.push({ item, resolve, reject })
      void run(name)
    })
}
