/** Recomputations beside everything else: nobody waits for them, and they do not hold up the sweeps. */
import { loggedError } from '../../foundation/process/logger.ts'
import { continueRecomputations, type Recomputer } from './work.ts'

export interface Background {
  /** Goes on with what is at work, on this platform only or on all of them. Asked again meanwhile, it looks once more when it is through. */
  goOn: (platformId?: string) => void
  /** No further batch; resolves when the one at hand is done. */
  stop: () => Promise<void>
}

export const inBackground = (deps: Recomputer): Background => {
  let stopping = false
  const askedAgain = new Set<string | undefined>()
  const atWork = new Map<string | undefined, Promise<void>>()

  const workOn = async (platformId: string | undefined): Promise<void> => {
    try {
      do {
        askedAgain.delete(platformId)
        await continueRecomputations(deps, () => stopping, platformId)
      } while (askedAgain.has(platformId) && !stopping)
    } catch (error) {
      deps.log.error(loggedError(error), 'a recomputation stopped; the next tick goes on with it')
    } finally {
      atWork.delete(platformId)
    }
  }

  return {
    goOn: (platformId) => {
      if (stopping) return
      if (atWork.has(platformId)) askedAgain.add(platformId)
      else atWork.set(platformId, workOn(platformId))
    },
    stop: async () => {
      stopping = true
      await Promise.all(atWork.values())
    },
  }
}
