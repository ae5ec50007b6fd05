import type { OrderRecordWire } from './schema.ts'
import type { OrderRecordRow } from './table.ts'

/** A record as its platform or, without who recorded it, a party of a case sees it. */
export const orderRecordView = (row: OrderRecordRow, { toParty }: { toParty: boolean }): OrderRecordWire => {
  const { platform_id: _platform, stated_by, ...shown } = row
  return { ...shown, stated_by: toParty ? null : stated_by, version: 1 }
}
