/** The most deadlines that one sweep acts on or warns of. */
export interface SweepLimits {
  perTick: number
  perPlatform: number
}

/** What whoever decides may still act on. To be asked and told in one go, since others draw on the same. */
export interface Allowance {
  room: () => number
  use: (deadlines: number) => void
}

/** A batch's part of the budget. A case may have more to be acted on than was found of it: then more is drawn, as long as there is some. */
export interface Grant extends Allowance {
  /** How many deadlines to look for. */
  readonly size: number
  /** What was used came to nothing. */
  undo: (deadlines: number) => void
  /** The batch is through: others may have what it did not use. */
  end: () => void
}

/** How much a sweep may still do: over all platforms, and on each. */
export interface Budget {
  /** How many deadlines of this platform may still be acted on, beside what is granted at the moment. */
  left: (platformId: string) => number
  /** @param sharers platforms that still wait for their share, this one included */
  grant: (platformId: string, most: number, sharers: number) => Grant
}

export const budgetOf = ({ perTick, perPlatform }: SweepLimits): Budget => {
  let tick = perTick
  const platforms = new Map<string, number>()
  const own = (platformId: string): number => platforms.get(platformId) ?? perPlatform
  const take = (platformId: string, count: number): void => {
    tick -= count
    platforms.set(platformId, own(platformId) - count)
  }
  const left = (platformId: string): number => Math.min(tick, own(platformId))
  return {
    left,
    grant: (platformId, most, sharers) => {
      const size = Math.min(most, left(platformId), Math.ceil(tick / sharers))
      let granted = size
      let used = 0
      take(platformId, size)
      return {
        size,
        room: () => granted - used + left(platformId),
        use: (deadlines) => {
          used += deadlines
          if (used <= granted) return
          take(platformId, used - granted)
          granted = used
        },
        undo: (deadlines) => {
          used -= deadlines
        },
        end: () => take(platformId, used - granted),
      }
    },
  }
}

/** For whoever is alone. */
export const allowanceOf = (most: number): Allowance => {
  let used = 0
  return {
    room: () => most - used,
    use: (deadlines) => {
      used += deadlines
    },
  }
}
