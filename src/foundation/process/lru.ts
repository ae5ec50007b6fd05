/** What is worth keeping for as long as there is room. Where there is not, what has not been asked for the longest goes. */
export interface Kept<Key, Value> {
  get: (key: Key) => Value | undefined
  /** @param weight of the room it takes; the latest stays even if it needs more than there is */
  set: (key: Key, value: Value, weight?: number) => void
}

/** @param room for so much weight; each value has 1 unless its own is said */
export const keepWithin = <Key, Value>(room: number): Kept<Key, Value> => {
  // a map goes through its entries in the order in which they were set
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
