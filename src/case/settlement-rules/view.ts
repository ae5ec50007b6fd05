import type { SettlementRulesWire } from './schema.ts'
import type { SettlementRulesRow } from './table.ts'

/** The rules of a merchant as it and the staff of the platform see them. */
export const settlementRulesView = ({
  merchant_id,
  rules,
  version,
  changed_by,
  explanation,
  created_at,
}: SettlementRulesRow): SettlementRulesWire => ({
  merchant_id,
  rules: rules ?? [],
  explanation,
  changed_by,
  version,
  created_at,
})
