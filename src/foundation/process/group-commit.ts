/**
 * Group commit: what arrives while the lanes are at work waits there, and is then done together in one go. Alone, a piece of work starts at
 * once; under load the groups grow by themselves, and with them what one statement and one commit do.
 */

export interface Lanes<Item> {
  /** Groups at work at the same time, for each `by`. */
  lanes: number
  /** The largest group. */
  most: number
  /** Only items of one kind are done together: those of one platform. */
  by: (item: Item) => string
  /** Two items that have one of these in common are never in one group: the second would undo the first. */
  apart?: (item: Item) => readonly string[]
  /** What a group does after an error that undid all of it. */
  parting: (error: unknown) => Parting
}

/**
 * `halves`: its halves are tried, as some of its items are at fault; `aside`: the same beside the lane, as each try may have to wait;
 * `none`: all of it has failed.
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
export const together = <Item, Result>(
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
