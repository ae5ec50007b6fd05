/** Proves the ledger of one platform, by the clock. */
import type { FastifyBaseLogger } from 'fastify'
import { restAfter } from '../../foundation/process/turns.ts'
import type { Db } from '../../foundation/sql/database.ts'
import { type Comparison, compareBalances, compareCurrencies, type Difference } from './compare.ts'

/** Accounts that one statement looks at. */
export const ACCOUNTS_AT_ONCE = 200

const proofs: readonly Comparison[] = [compareBalances, compareCurrencies]

/** @returns everything that does not add up */
export const proveLedger = async (db: Db, platformId: string, shouldStop: () => boolean): Promise<Difference[]> => {
  const found: Difference[] = []
  for (const proof of proofs)
    for (let from: string | null = null, goesOn = true; goesOn && !shouldStop(); ) {
      const began = performance.now()
      const looks = await proof(db, platformId, from, ACCOUNTS_AT_ONCE)
      found.push(...looks.filter(({ key }) => key !== from).flatMap(({ differences }) => differences))
      const last = looks.at(-1)?.key ?? null
      goesOn = looks.length >= ACCOUNTS_AT_ONCE && last !== from
      from = last
      if (goesOn) await restAfter(began)
    }
  return found
}

/** Tells in the log what does not add up, without whose account it is. @returns by how much in all */
export const tellDifferences = (
  log: Pick<FastifyBaseLogger, 'error'>,
  platform: string,
  differences: readonly Difference[],
): number => {
  for (const { kind, resource, currency, expected, found } of differences)
    log.error({ platform, kind, account: resource.id.split(':', 1)[0], currency, expected, found }, 'the ledger does not add up')
  return differences.reduce((sum, { expected, found }) => sum + Math.abs(found - expected), 0)
}
