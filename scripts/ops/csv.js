/** Lists as CSV (RFC 4180). */

/** The columns of each list: what reports need, and no contact data. */
const CSV_COLUMNS = {
  complaints: [
    'id',
    'case_number',
    'reference',
    'status',
    'level',
    'channel',
    'category',
    'complainant.role',
    'complainant.id',
    'respondent.role',
    'respondent.id',
    'order.id',
    'order.currency',
    'order.paid_amount',
    'wanted.remedy',
    'wanted.amount',
    'owner',
    'outcome',
    'close_reason',
    'next_due_at',
    'created_at',
    'updated_at',
    'closed_at',
    'description',
  ],
  appeals: [
    'id',
    'complaint_id',
    'status',
    'appellant.role',
    'appellant.id',
    'decision.kind',
    'reason_code',
    'reviewer',
    'created_at',
    'decided_at',
    'statement',
    'explanation',
  ],
  sweeps: [
    'id',
    'trigger',
    'status',
    'started_at',
    'due',
    'escalated',
    'closed',
    'expired',
    'deemed_accepted',
    'failed',
    'duration_ms',
  ],
  'api-keys': ['id', 'name', 'roles', 'created_at', 'created_by', 'expires_at', 'revoked_at'],
}
/** A field of a row by its path, as `order.id`. */
export const pick = (row, column) => column.split('.').reduce((value, name) => value?.[name], row)

/** A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection). */
const field = (value) => {
  if (value === null || value === undefined) return ''
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  const safe = typeof value !== 'number' && /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvHead = (list) => `${CSV_COLUMNS[list].join(',')}\r\n`
export const csvRow = (list, row) => `${CSV_COLUMNS[list].map((column) => field(pick(row, column))).join(',')}\r\n`
