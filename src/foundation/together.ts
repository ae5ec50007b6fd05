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
  /** Whether a group that failed came to nothing because of some of its items, so that it is worth to try its halves. */
  mayPart: (error: unknown) => boolean
}

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
  { lanes, most, by, apart, mayPart }: Lanes<Item>,
): ((item: Item) => Promise<Result>) => {
  const queues = new Map<string, { waiting: Waiting<Item, Result>[]; busy: number }>()

  const group = async (members: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(members.map(({ item }) => item))
      for (const [index, { resolve }] of members.entries()) resolve(results[index] as Result)
    } catch (error) {
      if (members.length > 1 && mayPart(error)) {
        const half = Math.ceil(members.length / 2)
        await group(members.slice(0, half))
        await group(members.slice(half))
      } else for (const { reject } of members) reject(error)
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
