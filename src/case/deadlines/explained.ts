/** Examples for integrators of how the clocks of a case run, for the README, the docs page and the guide. Tests play them. */

export interface ExampleMoment {
  /** On a clock in Shanghai. */
  at: string
  happens: string
  /** What runs or stands still afterwards. */
  clocks: readonly string[]
}

/** Under the default policy and calendar, over the National Day week of 2026: 1 to 7 October are holidays, Saturday the 10th is worked. */
export const example: readonly ExampleMoment[] = [
  {
    at: '2026-09-29 16:30',
    happens:
      'A Tuesday. The buyer files over the portal: one hour for a first response, of elapsed time, and seven business days (63 open hours) for the whole handling.',
    clocks: ['completion of platform until 2026-10-14 16:30', 'first_response of platform until 2026-09-29 17:30'],
  },
  {
    at: '2026-09-29 17:00',
    happens:
      'An agent accepts: `first_response` is met with 30 minutes to spare. The merchant has two business days (18 open hours), the case seven (63) until it is decided. One hour is left today, nine tomorrow, then the holidays begin. `completion` waits: it counts what the platform takes, not what the merchant does.',
    clocks: [
      'completion of platform paused with 62.5 h',
      'resolution of platform until 2026-10-14 17:00',
      'respondent_response of respondent until 2026-10-08 17:00',
    ],
  },
  {
    at: '2026-10-08 17:00',
    happens:
      'The merchant was silent. It was warned when four fifths of its time were used up; now the deadline is missed and the platform steps in: level 2, two business days to decide. The make-up Saturday counts.',
    clocks: [
      'completion of platform until 2026-10-16 16:30',
      'intervention of platform until 2026-10-10 17:00',
      'resolution of platform until 2026-10-14 17:00',
    ],
  },
  {
    at: '2026-10-09 10:00',
    happens:
      'The agent asks the buyer for photos: three days for that, and the business clocks stand still with exactly what is left.',
    clocks: [
      'completion of platform paused with 60.5 h',
      'information of complainant until 2026-10-12 10:00',
      'intervention of platform paused with 16 h',
      'resolution of platform paused with 43 h',
    ],
  },
  {
    at: '2026-10-11 20:00',
    happens: 'Sunday evening. The buyer answers; the clocks go on with Monday’s opening.',
    clocks: [
      'completion of platform until 2026-10-20 15:30',
      'intervention of platform until 2026-10-13 16:00',
      'resolution of platform until 2026-10-16 16:00',
    ],
  },
  {
    at: '2026-10-12 11:30',
    happens:
      'The agent finds the merchant liable (`intervention` is met with 13.5 hours to spare) and proposes a refund; the buyer accepts, the merchant has three days to do so.',
    clocks: [
      'completion of platform paused with 58 h',
      'confirmation of respondent until 2026-10-15 11:30',
      'resolution of platform until 2026-10-16 16:00',
    ],
  },
  {
    at: '2026-10-15 11:30',
    happens:
      'Silence accepts the platform’s plan (`deem_accepted`). The case is carried out, so `resolution` is met with 13.5 hours to spare, and either side has seven days to appeal. The platform has to pay now: `completion` runs until that is done.',
    clocks: [
      'appeal_window of complainant until 2026-10-22 11:30',
      'appeal_window of respondent until 2026-10-22 11:30',
      'completion of platform until 2026-10-23 15:30',
      'refund of platform until 2026-10-16 11:30',
    ],
  },
]

/** Silence that came before a pause, under the default policy; on the page `docs/guide/clocks.md`. */
export const pauseExample: readonly ExampleMoment[] = [
  {
    at: '2026-11-23 10:00',
    happens: 'A Monday. The agent accepts: the merchant has two business days to answer.',
    clocks: [
      'completion of platform paused with 63 h',
      'resolution of platform until 2026-12-02 10:00',
      'respondent_response of respondent until 2026-11-25 10:00',
    ],
  },
  {
    at: '2026-11-26 10:00',
    happens:
      'The merchant was silent, and no sweep came by. The agent asks the buyer for photos. First the service does what a sweep would have done: `respondent_response` is missed (a business day late), the platform steps in on level 2; then the case waits.',
    clocks: [
      'completion of platform paused with 63 h',
      'information of complainant until 2026-11-29 10:00',
      'intervention of platform paused with 18 h',
      'resolution of platform paused with 36 h',
    ],
  },
  {
    at: '2026-11-27 10:00',
    happens: 'The buyer answers. The case goes on where the platform has stepped in, and the merchant stays late.',
    clocks: [
      'completion of platform until 2026-12-08 10:00',
      'intervention of platform until 2026-12-01 10:00',
      'resolution of platform until 2026-12-03 10:00',
    ],
  },
]

/** A side whose time is shortened, under the default policy; on the same page. */
export const shorteningExample: readonly ExampleMoment[] = [
  {
    at: '2026-11-23 10:00',
    happens: 'The agent proposes a plan, and the buyer accepts it: the merchant has three days, until Thursday.',
    clocks: [
      'completion of platform paused with 63 h',
      'confirmation of respondent until 2026-11-26 10:00',
      'resolution of platform until 2026-12-02 10:00',
    ],
  },
  {
    at: '2026-11-24 22:00',
    happens:
      'The operator allows one day from now on, and asks for a recomputation. Counted anew the merchant would have been due on Tuesday morning; it keeps its last piece of time, 24 hours, and is warned at once. `shortened_from` says Thursday, `kept_until` Wednesday.',
    clocks: [
      'completion of platform paused with 63 h',
      'confirmation of respondent until 2026-11-25 22:00',
      'resolution of platform until 2026-12-02 10:00',
    ],
  },
  {
    at: '2026-11-25 12:00',
    happens: 'The operator allows one hour. What is left of the piece is no new piece, and nothing is taken from it.',
    clocks: [
      'completion of platform paused with 63 h',
      'confirmation of respondent until 2026-11-25 22:00',
      'resolution of platform until 2026-12-02 10:00',
    ],
  },
  {
    at: '2026-11-25 22:00',
    happens: 'Silence accepts the plan (`deem_accepted`).',
    clocks: [
      'appeal_window of complainant until 2026-12-02 22:00',
      'appeal_window of respondent until 2026-12-02 22:00',
      'completion of platform until 2026-12-04 18:00',
      'refund of platform until 2026-11-26 22:00',
    ],
  },
]

/** The rows of an example as a table in Markdown. */
export const exampleTable = (moments: readonly ExampleMoment[]): string =>
  ['| When | What happens | Clocks afterwards |', '| --- | --- | --- |', ...moments.map(row)].join('\n')

const row = ({ at, happens, clocks }: ExampleMoment): string =>
  `| ${at} | ${happens} | ${clocks.map((clock) => clock.replace(/^\w+/, '`$&`')).join('<br>')} |`

/** The section on clocks of the README and the docs page, in Markdown. */
export const clocksExplained = (): string =>
  [
    `Every duty in a case is a deadline: who owes it, until when, and what the service does if nobody acts. How long each may take, in which
calendar, and what follows silence says the platform's policy (\`GET /v1/policy\`). A case keeps the version it was opened under; what is
changed holds for new cases, and for running ones only where \`POST /v1/policy/recompute\` is asked for.`,
    `One case under the default policy, in Shanghai's time (the API says it in UTC). Business time is Monday to Friday, 09:00 to 18:00, without
public holidays and with the Saturdays and Sundays that are worked in their place:`,
    exampleTable(example),
    `- \`deadlines[]\` of a complaint shows all of it and how it was counted: \`rule\` (the policy's version and lines), \`allowance\`, \`calendar\` and its
  version, \`counted_since\` and \`used_ms\`, \`remaining_ms\` while paused, \`margin_ms\` at the end (time to spare, or how late), \`times_missed\` and
  \`escalation\` once it is overdue; each event of the timeline lists under \`data.clocks\` what it did to the clocks: old and new due time, and why.
- What was due before a pause is missed at it; a side keeps a last, warned piece of time whatever shortens its clock (\`least_notice\`); see
  \`docs/guide/clocks.md\`.
- \`GET /v1/complaints/{id}/planned-actions\` says what the service will do next, when and why; a supervisor can hold or bring forward one.
- A warning (\`deadline_due_soon\`) goes out once: when 80 % of the time are used up, and a day before a case is closed by silence.
- \`sla\` of a complaint says whether the first response and the resolution came in time.
- \`provisional: true\` marks a due time in a year whose public holidays have not been published: it is counted by weekdays, and moves with a
  recomputation once they are.
- On a test platform \`POST /v1/test-clock/advance\` and \`POST /v1/sweeps\` let you watch it.`,
  ].join('\n\n')
