/** Random numbers that can be repeated: the same seed gives the same numbers. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** One of several, each as likely as its weight says. */
  weighted<T>(from: readonly T[], weight: (one: T) => number): T
}

/** The mulberry32 generator: 32 bits of state, public domain, good enough to choose paths by. */
const mulberry32 = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const seeded = (seed: number): Random => {
  const next = mulberry32(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  return {
    next,
    pick,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    weighted: (from, weight) => {
      let left = next() * from.reduce((sum, one) => sum + weight(one), 0)
      for (const one of from) {
        left -= weight(one)
        if (left < 0) return one
      }
      return pick(from)
    },
  }
}
