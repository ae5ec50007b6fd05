/** Who knows of an advance: the people of the platform from the asking on, the parties once money was put aside. Pure. */
import type { Actor } from '../../platform/access/caller.ts'
import { type CaseFile, readerOf } from '../case-file/case-file.ts'
import type { AdvanceRow } from './table.ts'

export const seesAdvance = ({ complaint }: CaseFile, { frozen_at }: AdvanceRow, actor: Actor): boolean =>
  readerOf(complaint, actor) === 'all' || frozen_at !== null
