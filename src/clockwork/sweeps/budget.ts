/** The most deadlines that one sweep acts on or warns of. */
export interface SweepLimits {
  perTick: number
  perPlatform: number
}

/** How many deadlines may still be acted on. Call `room` and then `use` without awaiting anything, since others draw on the same budget. */
export interface Allowance {
  room: () => number
  use: (deadlines: number) => void
}

/** A batch's part of the budget. A case may have more due deadlines than were found; these are drawn from the budget while it lasts. */
export interface Grant extends Allowance {
  /** How many deadlines to look for. */
  readonly size: number
  /** Takes back what was used by a decision that was rolled back. */
  undo: (deadlines: number) => void
  /** The batch is over: gives back what it did not use. */
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

/** An allowance that nobody else draws on. */
export const allowanceOf = (most: number): Allowance => {
  let used = 0
  return {
    room: () => most - used,
    use: (deadlines) => {
      used += deadlines
    },
  }
}
