/** Events and what was sent of them, as lines. */
import { at, plain, print, table } from './text.js'

const states = ({ from_status: from, to_status: to }) => (to ? `${from ? `${plain(from)} → ` : ''}${plain(to)}` : '')
const arrivals = ({ attempts }) => {
  const last = attempts.at(-1)
  if (last === undefined) return 'not tried yet'
  return `${plain(last.number)} × ${last.error === null ? 'delivered' : plain(last.error)}${last.status === null ? '' : ` ${plain(last.status)}`}`
}
const row = (one) => [
  at(one.created_at),
  plain(one.state),
  plain(one.event.type),
  plain(one.sequence),
  arrivals(one),
  one.next_attempt_at === null ? '' : `next ${at(one.next_attempt_at)}`,
  plain(one.subject.id),
  plain(one.id),
]

export const feedViews = {
  /** A line has the same shape whatever else is on the page: what follows a file should not jump. */
  feed: (page) => {
    for (const { timestamp, type, subject, sequence, complaint, resource, data } of page.data)
      print(
        [
          at(timestamp),
          plain(complaint?.case_number ?? `${plain(subject.type)} ${plain(subject.id)}`),
          plain(sequence),
          plain(type),
          states(data),
          data.actor ? plain(data.actor.role) : '',
          data.reason_code ? plain(data.reason_code) : '',
          `${plain(resource.type)} ${plain(resource.id)}`,
        ]
          .filter((part) => part !== '')
          .join('  '),
      )
  },
  endpoints: (page) =>
    table(
      page.data.map((one) => [
        `${plain(one.state)}${one.disabled_reason === null ? '' : ` (${plain(one.disabled_reason)})`}`,
        one.failing_since === null ? 'well' : `failing since ${at(one.failing_since)}`,
        `${one.held.length} held`,
        plain(one.types.join(' ')),
        plain(one.url),
        plain(one.id),
      ]),
    ),
  deliveries: (page) => table(page.data.map(row)),
  delivery: (one) => table([row(one)]),
}
