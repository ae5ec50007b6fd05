/** The closed lists of evidence: wire values, in the order they are documented. */

/** The states, with their Chinese names. The transitions between them are in `lifecycle.ts`. */
export const evidenceStateNames = { submitted: '待审核', accepted: '已采信', refused: '不予采信', withdrawn: '已撤回' } as const
export type EvidenceState = keyof typeof evidenceStateNames

export const evidenceTypes = [
  'photo',
  'video',
  'chat_record',
  'order_record',
  'payment_record',
  'shipping_record',
  'delivery_proof',
  'packing_record',
  'quality_report',
  'authorisation_paper',
  'page_snapshot',
  'promotion_rules',
  'return_tracking',
  'inspection_record',
  'courier_damage_record',
  'identity_proof',
  'statement',
  'other',
] as const
export type EvidenceType = (typeof evidenceTypes)[number]
