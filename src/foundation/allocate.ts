/**
 * Splits a whole number by weights without losing or making a unit: each part gets its share rounded down, and the units that are left go
 * one each to the parts with the largest remainders, the first of equals before the others. Exact in integers of any size.
 * @param total not negative
 * @param weights not negative; where all are zero the first part takes everything
 * @returns one part for each weight; none is above its weight where `total` is not above the sum of the weights
 */
export const allocate = (total: number, weights: readonly number[]): number[] => {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? total : 0))
  const shares = weights.map((weight, index) => {
    const exact = BigInt(total) * BigInt(weight)
    return { index, part: exact / sum, remainder: exact % sum }
  })
  let units = BigInt(total) - shares.reduce((all, { part }) => all + part, 0n)
  const byRemainder = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )
  for (const share of byRemainder) {
    if (units === 0n) break
    share.part += 1n
    units -= 1n
  }
  return shares.map(({ part }) => Number(part))
}
