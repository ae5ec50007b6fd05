/** How something is asked of every platform while a part of the database may be away. */
import type { Db } from '../../foundation/sql/database.ts'
import { mayBeOfOne } from '../../foundation/sql/errors.ts'
import { findPlatformIds } from './find.ts'

/** Told of a platform that has to be left out while others are served. */
export type LeaveOut = (platformId: string, error: unknown) => void

/** Whoever works for one platform only fails with it. */
export const leaveNobodyOut: LeaveOut = (_, error) => {
  throw error
}

/** Does what is of one platform; where that fails for this platform alone, it is left out. @throws what fails for all */
export const apart = async (platformId: string, leaveOut: LeaveOut, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!mayBeOfOne(error)) throw error
    leaveOut(platformId, error)
  }
}

interface Question<Row> {
  /** One statement for all: nothing is cheaper while every node is there. */
  together: () => Promise<Row[]>
  /** The same question to one platform, by its id. */
  alone: (platformId: string) => Promise<Row[]>
}

/** Asks about all platforms at once; where the database cannot answer that, each by itself, so that only those fail whose node is away. */
export const askEach = async <Row>(db: Db, { together, alone }: Question<Row>, leaveOut: LeaveOut): Promise<Row[]> => {
  try {
    return await together()
  } catch (error) {
    if (!mayBeOfOne(error)) throw error
  }
  const rows: Row[] = []
  for (const platformId of await findPlatformIds(db))
    await apart(platformId, leaveOut, async () => void rows.push(...(await alone(platformId))))
  return rows
}
