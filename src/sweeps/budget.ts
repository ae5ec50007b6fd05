/** The most deadlines that one sweep acts on or warns of. */
export interface SweepLimits {
  perTick: number
  perPlatform: number
}

/** How much a sweep may still do. What is taken for a batch counts as used until it is given back. */
export interface Budget {
  /** How many deadlines of this platform may still be acted on. */
  left: (platformId: string) => number
  /** @param sharers platforms that still wait for their share, this one included */
  take: (platformId: string, most: number, sharers: number) => number
  giveBack: (platformId: string, unused: number) => void
}

export const budgetOf = ({ perTick, perPlatform }: SweepLimits): Budget => {
  let tick = perTick
  const platforms = new Map<string, number>()
  const own = (platformId: string): number => platforms.get(platformId) ?? perPlatform
  const use = (platformId: string, count: number): void => {
    tick -= count
    platforms.set(platformId, own(platformId) - count)
  }
  const left = (platformId: string): number => Math.min(tick, own(platformId))
  return {
    left,
    take: (platformId, most, sharers) => {
      const taken = Math.min(most, left(platformId), Math.ceil(tick / sharers))
      use(platformId, taken)
      return taken
    },
    giveBack: (platformId, unused) => use(platformId, -unused),
  }
}
