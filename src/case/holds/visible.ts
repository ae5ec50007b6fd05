/** Who knows of a held settlement: the people of the platform from the asking on, its merchant once something is held. Pure. */
import type { Actor } from '../../platform/access/caller.ts'
import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import type { HoldRow } from './table.ts'

export const seesHold = ({ complaint }: CaseFile, { held_at }: HoldRow, actor: Actor): boolean => {
  const reader = readerOf(complaint, actor)
  return reader === 'all' || (reader === 'respondent' && held_at !== null)
}
