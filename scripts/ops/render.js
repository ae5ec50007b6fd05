/** Writes answers of the service for people and for spreadsheets: `node render.js VIEW [ARGUMENTS…] < answer.json`. Runs on any Node. */
import { readFileSync } from 'node:fs'

const read = (file) => {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const print = (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(''))

// what comes from outside must not steer the terminal
const plain = (value) => String(value ?? '-').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
const at = (time) =>
  time
    ? plain(time)
        .replace('T', ' ')
        .replace(/\.000Z$/, 'Z')
    : '-'

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/
const width = (text) => [...text].reduce((sum, letter) => sum + (wide.test(letter) ? 2 : 1), 0)
const table = (rows) => {
  const widths = rows.reduce((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, width(cell))), [])
  for (const row of rows)
    print(
      row
        .map((cell, i) => cell + ' '.repeat(widths[i] - width(cell)))
        .join('  ')
        .trimEnd(),
    )
}

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
const pick = (row, column) => column.split('.').reduce((value, name) => value?.[name], row)
/** A field of RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection). */
const field = (value) => {
  if (value === null || value === undefined) return ''
  const text = Array.isArray(value) ? value.join(' ') : String(value)
  const safe = typeof value !== 'number' && /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const views = {
  problem: (problem) => {
    if (problem?.code === undefined) return print('  the answer is not one of this service; is REDRESS_URL right?')
    print(`  ${plain(problem.code)}: ${plain(problem.detail)}`)
    for (const { pointer, detail } of problem.errors ?? []) print(`    ${plain(pointer)} ${plain(detail)}`)
    const possible = (problem.available_actions ?? []).map((one) => plain(one.action))
    if (possible.length > 0) print(`    possible now: ${possible.join(', ')}`)
    print(`    request ${plain(problem.instance)}`)
  },

  filed: (complaint) => {
    print(`${plain(complaint.case_number)}  ${plain(complaint.status)}`, `id        ${plain(complaint.id)}`)
    print(`next due  ${at(complaint.next_due_at)}`)
  },

  list: (page) =>
    table(
      page.data.map((one) => [
        plain(one.case_number),
        plain(one.status),
        `level ${plain(one.level)}`,
        at(one.next_due_at),
        plain(one.owner),
        plain(one.category),
        plain(one.id),
      ]),
    ),

  stuck: (page) =>
    table(
      page.data.map((one) => [
        plain(one.case_number),
        plain(one.error_class),
        plain(one.kind),
        `since ${at(one.since)}`,
        `tries ${plain(one.tries)}`,
        `next ${at(one.next_try_at)}`,
        plain(one.complaint_id),
      ]),
    ),

  case: (complaint) => {
    const who = ({ role, id, name }) => `${plain(role)}:${plain(id)}${name ? ` ${plain(name)}` : ''}`
    print(
      `${plain(complaint.case_number)}  ${plain(complaint.status)}  level ${plain(complaint.level)}  version ${plain(complaint.version)}`,
    )
    print(`  ${who(complaint.complainant)} against ${who(complaint.respondent)}`)
    print(`  ${plain(complaint.category)}, owner ${plain(complaint.owner)}, order ${plain(complaint.order?.id)}`)
    if (complaint.outcome) print(`  outcome ${plain(complaint.outcome)}`)
    if (complaint.close_reason) print(`  closed because ${plain(complaint.close_reason)} at ${at(complaint.closed_at)}`)
    print('', `  ${plain(complaint.description)}`, '', 'Deadlines')
    table(
      complaint.deadlines.map((one) => [
        '  ',
        plain(one.kind),
        plain(one.party),
        at(one.due_at),
        plain(one.status),
        `on silence: ${plain(one.on_silence)}`,
      ]),
    )
    print('', 'Possible now')
    table(
      complaint.available_actions.map((one) => [
        '  ',
        plain(one.action),
        one.mandatory ? `due ${at(one.due_at)}` : '',
        plain(one.href),
      ]),
    )
  },

  events: (page) =>
    table(
      page.data.map((one) => [
        '  ',
        at(one.at),
        `${plain(one.actor.role)}:${plain(one.actor.id)}`,
        plain(one.type),
        one.to_status ? `${one.from_status ? `${plain(one.from_status)} → ` : ''}${plain(one.to_status)}` : '',
        one.reason_code ? plain(one.reason_code) : '',
      ]),
    ),

  sweep: (result) =>
    print(
      Object.entries(result)
        .map(([name, count]) => `${name} ${plain(count)}`)
        .join('  '),
    ),
  /** One field, for the next command. */
  get: (body, name) => print(plain(pick(body, name) ?? '')),
  csv_head: (_body, list) => process.stdout.write(`${CSV_COLUMNS[list].join(',')}\r\n`),
  csv: (page, list) => {
    for (const row of page.data)
      process.stdout.write(`${CSV_COLUMNS[list].map((column) => field(pick(row, column))).join(',')}\r\n`)
  },
  ndjson: (page) => {
    for (const row of page.data) print(JSON.stringify(row))
  },
  /** The body of a new complaint: `name=value` is a text, `name:=value` a number, a dotted name is nested. */
  new_complaint: (_body, ...pairs) => {
    const complaint = {}
    for (const pair of pairs) {
      const [, name, isNumber, value] = /^([^=:]+)(:?)=([\s\S]*)$/.exec(pair)
      const [outer, inner] = name.split('.')
      const given = isNumber ? Number(value) : value
      complaint[outer] = inner === undefined ? given : { ...complaint[outer], [inner]: given }
    }
    if (complaint.order) complaint.order.lines = []
    print(JSON.stringify(complaint))
  },
  /** Which stuck cases are meant: `name=value` each. */
  stuck_filter: (_body, ...pairs) => print(JSON.stringify(Object.fromEntries(pairs.map((pair) => pair.split('='))))),
  /** The body of a new API key. */
  new_key: (_body, name, roles, expires) => print(JSON.stringify({ name, roles: roles.split(','), expires_at: expires || null })),
}

const [view, ...args] = process.argv.slice(2)
// whoever reads the output may have seen enough
process.stdout.on('error', () => process.exit(1))

const takesNoInput = ['csv_head', 'new_complaint', 'new_key', 'stuck_filter']
views[view](takesNoInput.includes(view) ? undefined : read(0), ...args)
