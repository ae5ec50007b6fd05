/** What a plan can be made of. */
export const remedyTypes = ['refund', 'return_and_refund', 'exchange', 'repair', 'reship', 'compensation', 'apology'] as const
export type RemedyType = (typeof remedyTypes)[number]

export const stepKinds = [
  'return_shipment',
  'inspection',
  'refund',
  'replacement_shipment',
  'repair',
  'compensation',
  'apology',
] as const
export type StepKind = (typeof stepKinds)[number]

export const stepStates = ['pending', 'done', 'failed', 'skipped'] as const
export type StepState = (typeof stepStates)[number]

export const freightPayers = ['buyer', 'merchant', 'platform'] as const
export type FreightPayer = (typeof freightPayers)[number]
