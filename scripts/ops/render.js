/** Writes answers of the service for people and for spreadsheets: `node render.js VIEW [ARGUMENTS…] < answer.json`. For Node 18 and newer. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { bodies } from './bodies.js'
import { csvHead, csvRow, pick } from './csv.js'
import { feedViews } from './feed.js'
import { at, fail, person, plain, print, table } from './text.js'
import { endOfDay, localTime, nameOf } from './zones.js'

const read = (file) => {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
/** The rows of a list that was kept, one on a line. */
const kept = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** What to do about a refusal that the caller's environment causes. */
const remedies = {
  unauthenticated: 'REDRESS_KEY is not a key of this service, or is revoked or expired (issue-key.sh makes a new one)',
  actor_required: 'set REDRESS_ACTOR=role:id, as agent:alice',
  role_not_granted: 'REDRESS_ACTOR has a role that this key lacks',
}

/** The service's own reminders, and what is a right and no duty. */
const noDuties = ['appeal_window', 'notice', 'held_silence']
/** Whether a duty is past its due time and still owed: the service has missed it before, or will with its next sweep. */
const isOverdue = ({ kind, status, overdue_since, due_at }, now) =>
  !noDuties.includes(kind) &&
  (['running', 'paused', 'missed'].includes(status) && overdue_since !== null
    ? true
    : status === 'running' && Date.parse(due_at) <= now)

/** Who owes it, by name: the platform's duties are the owner's of the case. */
const debtor = ({ party }, complaint) => {
  const { role, id } = complaint[party] ?? { role: 'platform' }
  return role === 'platform'
    ? `platform (${plain(complaint.owner ?? 'no owner')})`
    : `${plain(party)} ${plain(role)}:${plain(id)}`
}

const summary = (one) => [
  plain(one.case_number),
  plain(one.status),
  `level ${plain(one.level)}`,
  at(one.next_due_at),
  plain(one.owner),
  plain(one.category),
  plain(one.id),
]

const actionName = ({ resource, action }) => `${plain(resource)}.${plain(action)}`
const needs = ({ required, step_kind: kind }) => [
  ...(kind === null ? [] : [`(${plain(kind)})`]),
  ...(required.length === 0 ? [] : [`needs ${required.map(plain).join(', ')}`]),
]
const actionRow = (one) => [
  actionName(one),
  needs(one).join(' '),
  one.mandatory ? `due ${at(one.due_at)}` : '',
  one.mandatory ? `on silence: ${plain(one.on_silence)}` : '',
  plain(one.href),
]
const movementRow = (one) => [
  plain(one.status),
  plain(one.kind),
  `${plain(one.amount)} ${plain(one.currency)}`,
  one.difference ? `${one.difference > 0 ? '+' : ''}${plain(one.difference)}` : '',
  plain(one.merchant_id),
  one.due_at === null ? '' : `due ${at(one.due_at)}`,
  one.end_reason_code === null ? '' : plain(one.end_reason_code),
  plain(one.id),
]
const past = ['done', 'failed', 'cancelled']
const holdWords = ({ held, stopped }) =>
  held
    ? `held by ${plain(held.by)} until ${at(held.until)}${held.explanation ? `: ${plain(held.explanation)}` : ''}`
    : stopped
      ? 'automation is stopped'
      : ''

const views = {
  ...feedViews,
  problem: (problem) => {
    if (problem?.code === undefined) return print('  the answer is not one of this service; is REDRESS_URL right?')
    print(`  ${plain(problem.code)}: ${plain(problem.detail)}`)
    // a single one is in the detail already
    const faults = (problem.errors ?? []).map(({ pointer, detail }) => `${plain(pointer)} ${plain(detail)}`)
    for (const fault of faults) if (!plain(problem.detail).includes(fault)) print(`    ${fault}`)
    const possible = (problem.available_actions ?? []).map((one) => plain(one.action))
    if (possible.length > 0) print(`    possible now: ${possible.join(', ')}`)
    if (Object.hasOwn(remedies, problem.code)) print(`    ${remedies[problem.code]}`)
    print(`    request ${plain(problem.instance)}`)
  },
  /** The same in one line, for one case of many. */
  why: (problem) =>
    print(
      [`${plain(problem?.code)}: ${plain(problem?.detail)}`, ...(problem?.errors ?? []).map((one) => plain(one.detail))].join(
        '; ',
      ),
    ),

  filed: (complaint) => {
    print(`${plain(complaint.case_number)}  ${plain(complaint.status)}`, `id        ${plain(complaint.id)}`)
    print(`next due  ${at(complaint.next_due_at)}`)
  },

  list: (page) => table(page.data.map(summary)),
  /** A list that was kept, as a table. */
  kept: (_body, file) => table(kept(file).map(summary)),
  /** What is needed to act on each row of a list that was kept. */
  handles: (_body, file) => {
    for (const { id, version, case_number } of kept(file)) print(`${id} ${version} ${plain(case_number)}`)
  },

  /** The address of each complaint of a list. */
  paths: (page) => print(...page.data.map(({ id }) => `/v1/complaints/${id}`)),
  /** The duties past their due time in the complaints of a folder, the longest overdue first. */
  overdue: (_body, folder, now) =>
    table(
      readdirSync(folder)
        .map((file) => read(path.join(folder, file)))
        .flatMap((complaint) =>
          complaint.deadlines
            .filter((one) => isOverdue(one, Date.parse(now)))
            .map((one) => ({ complaint, one, since: one.overdue_since ?? one.due_at })),
        )
        .sort((a, b) => Date.parse(a.since) - Date.parse(b.since))
        .map(({ complaint, one, since }) => [
          plain(complaint.case_number),
          plain(one.kind),
          `since ${at(since)}`,
          debtor(one, complaint),
          plain(complaint.status),
          `level ${plain(complaint.level)}`,
          plain(complaint.id),
        ]),
    ),

  /** What is due, by the clocks of a zone; where an owner is given, of that owner's cases. */
  due: (page, zone, owner) =>
    table(
      page.data
        .filter((one) => !owner || (one.owner ?? 'unassigned') === owner)
        .map((one) => [
          localTime(one.due_at, zone),
          plain(one.kind),
          plain(one.party),
          plain(one.case_number),
          `level ${plain(one.level)}`,
          plain(one.owner),
          `on silence: ${plain(one.on_silence)}`,
          one.overdue ? `overdue since ${localTime(one.overdue_since ?? one.due_at, zone)}` : '',
        ]),
    ),
  day_end: (me, zone) => print(endOfDay(me.now, zone)),
  day: (me, zone) => print(`${localTime(me.now, zone).slice(0, 10)}, ${nameOf(zone)}`),

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

  plans: (page) =>
    table(
      page.data.map((one) => [
        at(one.updated_at),
        plain(one.status),
        one.currency === null ? 'no money' : `${plain(one.total_amount)} ${plain(one.currency)}`,
        one.currency === null ? '' : `in force ${plain(one.in_force_amount)}`,
        one.remedies.map(plain).join('+'),
        `${plain(one.author.role)}:${plain(one.author.id)}`,
        plain(one.merchant_id),
        one.automatic ? `by ${plain(one.automatic.rule_id)}` : '',
        plain(one.complaint_id),
        plain(one.id),
      ]),
    ),

  fund: ({ data }) =>
    table(
      data.map(({ currency, ...sums }) => [
        plain(currency),
        `fund ${plain(sums.fund)}`,
        ...Object.entries(sums)
          .filter(([name, amount]) => name !== 'fund' && amount !== 0)
          .map(([name, amount]) => `${plain(name)} ${plain(amount)}`),
      ]),
    ),
  movement: (one) => table([movementRow(one)]),
  movements: (page) => table(page.data.map(movementRow)),
  differences: (page) =>
    table(
      page.data.map(({ kind, is_open: isOpen, resource, part, currency, expected, found }) => [
        isOpen ? 'open' : 'differs',
        plain(kind),
        `${plain(resource.type)} ${plain(resource.id)}`,
        plain(part),
        `expected ${plain(expected)}`,
        `found ${plain(found)}`,
        plain(currency),
      ]),
    ),

  settlement_rules: ({ rules, version, changed_by, created_at, explanation }) => {
    print(
      `version ${plain(version)}  by ${plain(changed_by)} at ${at(created_at)}${explanation ? `: ${plain(explanation)}` : ''}`,
    )
    table(
      rules.map(({ rule_id, categories, currency, agree, offer }) => [
        plain(rule_id),
        categories ? categories.map(plain).join(' ') : 'any category',
        agree
          ? `agrees to ${(agree.remedies ?? ['refund', 'return_and_refund']).map(plain).join(' ')} up to ${plain(agree.up_to_amount)} ${plain(currency)}`
          : `offers ${plain(offer.type)}${offer.amount === undefined ? '' : ` of ${plain(offer.amount)} ${plain(currency)}`}`,
      ]),
    )
  },

  case: (complaint) => {
    print(
      `${plain(complaint.case_number)}  ${plain(complaint.status)}  level ${plain(complaint.level)}  version ${plain(complaint.version)}`,
    )
    print(`  ${person(complaint.complainant)} against ${person(complaint.respondent)}`)
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
    table(complaint.available_actions.map((one) => ['  ', ...actionRow(one)]))
  },
  /** Where a case stands, in one line. */
  stands: (complaint) => table([summary(complaint)]),

  actions: (complaint) => table(complaint.available_actions.map(actionRow)),
  /** The addresses of the available actions that a word means: `accept`, `refund_plan.accept` or an address. */
  choose: (complaint, word) => {
    for (const one of complaint.available_actions)
      if ([one.action, actionName(one), one.href].includes(word.startsWith('/') ? word : word.replaceAll('-', '_')))
        print(one.href)
  },

  planned: (page, id) =>
    table(
      page.data
        .filter((one) => id === undefined || one.id === id)
        .map((one) => [
          plain(one.deadline.kind),
          plain(one.deadline.party),
          plain(one.action),
          plain(one.status),
          at(one.at),
          one.available_actions.map(({ action }) => plain(action)).join(' '),
          plain(one.id),
          one.obstacle ? plain(one.obstacle) : holdWords(one),
        ]),
    ),
  /** The planned actions that an id or a kind of deadline means, each with the address of an act on it, or `-` where that is not possible. */
  choose_planned: (page, word, act) => {
    for (const one of page.data)
      if (one.id === word || (one.deadline.kind === word.replaceAll('-', '_') && !past.includes(one.status)))
        print(`${one.id} ${one.status} ${one.available_actions.find(({ action }) => action === act)?.href ?? '-'}`)
  },

  automation: (one) =>
    print(
      [
        plain(one.status),
        one.stopped_at ? `since ${at(one.stopped_at)}` : '',
        one.changed_by ? `set by ${plain(one.changed_by)} at ${at(one.changed_at)}` : '',
        one.explanation ? plain(one.explanation) : '',
      ]
        .filter((part) => part !== '')
        .join('  '),
    ),

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
  /** Where the next page of a list begins, as a query takes it; an empty line after the last. */
  next: (page) => print(encodeURIComponent(page.next_cursor ?? '')),
  csv: (page, list) => {
    for (const row of page.data) process.stdout.write(csvRow(list, row))
  },
  ndjson: (page) => {
    for (const row of page.data) print(JSON.stringify(row))
  },
}

const withoutInput = { ...bodies, csv_head: (list) => process.stdout.write(csvHead(list)) }

const [view, ...args] = process.argv.slice(2)
// whoever reads the output may have seen enough
process.stdout.on('error', () => process.exit(1))

if (Object.hasOwn(withoutInput, view)) withoutInput[view](...args)
else if (['kept', 'handles', 'overdue'].includes(view)) views[view](undefined, ...args)
else {
  const answer = read(0)
  if (answer === undefined && view !== 'problem') fail('the answer is not one of this service; is REDRESS_URL right?')
  views[view](answer, ...args)
}
