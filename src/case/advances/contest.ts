/** The ground on which an advance is contested: an appeal against the decision that it carries out. Pure. */
import { isOpenAdvance } from '../../words/advances.ts'
import type { PartySide } from '../../words/deadlines.ts'
import type { CaseFile } from '../case-file/case-file.ts'

/** Whether the fund has put money aside or paid by the decision on a plan, and this side bears it. */
export const isAdvancedAgainst = ({ advances }: Pick<CaseFile, 'advances'>, side: PartySide, planId: string | null): boolean =>
  side === 'respondent' &&
  advances.some(
    (advance) =>
      advance.plan_id === planId && (isOpenAdvance(advance) || advance.status === 'recovered' || advance.status === 'closed'),
  )
