import type { Trx } from '../../foundation/sql/database.ts'
import type { Switch } from './find.ts'

/** The only writer of the switch. */
export const setSwitch = async (trx: Trx, platformId: string, to: Switch): Promise<void> => {
  await trx
    .updateTable('platforms')
    .set({
      automation_stopped_at: to.stopped_at,
      automation_changed_by: to.changed_by,
      automation_changed_at: to.changed_at,
      automation_explanation: to.explanation,
      automation_version: to.version,
    })
    .where('id', '=', platformId)
    .execute()
}
