import type { Time } from '../../foundation/clock.ts'
import type { OrderRecordType, RecordReader } from '../../words/orders.ts'

/** What the platform's own systems have recorded about an order. Rows are only added. */
export interface OrderRecordRow {
  platform_id: string
  order_id: string
  id: string
  type: OrderRecordType
  /** The system's own id of it. */
  reference: string
  /** The lines that it is about; empty: the order as a whole. */
  line_ids: string[]
  occurred_at: Time | null
  record: Record<string, unknown>
  /** Of the record in its canonical spelling. */
  sha256: string
  visible_to: RecordReader
  stated_by: string
  created_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    order_records: OrderRecordRow
  }
}
