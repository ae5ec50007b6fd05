/** A cache with room for a total weight. When it is full, the entry that was not used for the longest time is dropped first. */
export interface Lru<Key, Value> {
  get: (key: Key) => Value | undefined
  /** @param weight how much of the room the value takes; the latest value stays even if it is heavier than the whole room */
  set: (key: Key, value: Value, weight?: number) => void
}

/** @param room the total weight that is kept; a value weighs 1 by default */
export const createLru = <Key, Value>(room: number): Lru<Key, Value> => {
  // a Map iterates in the order in which its entries were set, so the least recently used entry comes first
  const kept = new Map<Key, { value: Value; weight: number }>()
  let taken = 0
  const drop = (key: Key): void => {
    taken -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const entry = kept.get(key)
      if (entry === undefined) return undefined
      kept.delete(key)
      kept.set(key, entry)
      return entry.value
    },
    set(key, value, weight = 1) {
      drop(key)
      for (const oldest of kept.keys()) {
        if (taken + weight <= room) break
        drop(oldest)
      }
      kept.set(key, { value, weight })
      taken += weight
    },
  }
}
