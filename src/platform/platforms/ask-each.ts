/** Queries over all platforms that go on while a part of the database is away. */
import type { Db } from '../../foundation/sql/database.ts'
import { mayBeOfOne } from '../../foundation/sql/errors.ts'
import { findPlatformIds } from './find.ts'

/** Told of a platform that has to be left out while others are served. */
export type LeaveOut = (platformId: string, error: unknown) => void

/** For work on one platform only, which fails with it. */
export const leaveNobodyOut: LeaveOut = (_, error) => {
  throw error
}

/** Does the work of one platform. An error that may concern this platform alone goes to `leaveOut`. @throws any other error */
export const apart = async (platformId: string, leaveOut: LeaveOut, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!mayBeOfOne(error)) throw error
    leaveOut(platformId, error)
  }
}

interface Question<Row> {
  /** One statement for all platforms: the cheapest way while every node is there. */
  together: () => Promise<Row[]>
  /** The same question to one platform, by its id. */
  alone: (platformId: string) => Promise<Row[]>
}

/** Asks about all platforms at once. Where that fails, each platform is asked by itself, so that only those fail whose node is away. */
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
