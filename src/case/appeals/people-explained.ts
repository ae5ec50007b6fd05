/** An example for integrators: how an appeal finds its judge where the platform has hardly any staff. A test plays it. */

export interface ExampleMoment {
  /** On a clock in Shanghai. */
  at: string
  happens: string
  /** What is owed afterwards. */
  clocks: readonly string[]
}

/** One agent and one supervisor, zhao, under the default policy: nobody is named in `people`. */
export const withoutLastResort: readonly ExampleMoment[] = [
  {
    at: '2026-11-23 10:00',
    happens: 'A Monday. The supervisor imposes the agent’s refund, and the merchant appeals: nobody else could judge it.',
    clocks: [
      'appeal_decision of platform until 2026-11-30 10:00',
      'appeal_window of complainant paused with 168 h',
      'completion of platform paused with 63 h',
      'refund of platform paused with 24 h',
    ],
  },
  {
    at: '2026-11-30 10:00',
    happens: 'Five business days later the case climbs to level 3, and the clock of the last resort starts.',
    clocks: [
      'appeal_decision of platform until 2026-12-01 10:00',
      'appeal_window of complainant paused with 168 h',
      'completion of platform paused with 63 h',
      'last_resort of platform until 2026-12-03 10:00',
      'refund of platform paused with 24 h',
    ],
  },
  {
    at: '2026-12-03 10:00',
    happens: 'Nobody is named, so the admins are told (`last_resort_called`), and again each business day until the 9th.',
    clocks: [
      'appeal_decision of platform until 2026-12-04 10:00',
      'appeal_window of complainant paused with 168 h',
      'completion of platform paused with 63 h',
      'last_resort of platform until 2026-12-04 10:00',
      'refund of platform paused with 24 h',
    ],
  },
  {
    at: '2026-12-10 10:00',
    happens:
      'The appeal ends `undecided`, with the outside routes. The decision stands, the refund goes on, and so does the buyer’s time to appeal.',
    clocks: [
      'appeal_window of complainant until 2026-12-17 10:00',
      'completion of platform until 2026-12-21 10:00',
      'refund of platform until 2026-12-11 10:00',
    ],
  },
]

const row = ({ at, happens, clocks }: ExampleMoment): string =>
  `| ${at} | ${happens} | ${clocks.map((clock) => clock.replace(/^\w+/, '`$&`')).join('<br>')} |`

/** The example as a table. Markdown. */
export const peopleExample = (): string =>
  ['| When | What happens | Clocks afterwards |', '| --- | --- | --- |', ...withoutLastResort.map(row)].join('\n')
