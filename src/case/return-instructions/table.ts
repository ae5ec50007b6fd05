import type { Time } from '../../foundation/clock.ts'

/** Where goods go back to, and how. */
export interface ReturnTo {
  address: string
  /** Whom the carrier asks for. */
  contact?: string
  packing?: string
  enclose?: string
}

/** What a merchant has said once for all its returns. */
export interface ReturnInstructionsRow {
  platform_id: string
  merchant_id: string
  version: number
  return_to: ReturnTo
  changed_by: string
  created_at: Time
  updated_at: Time
}

declare module '../../foundation/sql/database.ts' {
  interface Tables {
    return_instructions: ReturnInstructionsRow
  }
}
