/**
 * How many requests an instance is at, for work of its own that gives way to them. Whoever lets requests in says how they are counted; before that there
 * are none.
 */
export interface Traffic {
  /** Requests that are being answered or wait for their turn. */
  requests: () => number
  /** From now on they are counted so. */
  count: (how: () => number) => void
}

export const createTraffic = (): Traffic => {
  let now = (): number => 0
  return {
    requests: () => now(),
    count: (how) => {
      now = how
    },
  }
}
