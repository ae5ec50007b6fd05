/** Wire types of the business calendars. The document is stored as it is sent, with what was left out filled in. */
import Type, { type Static } from 'typebox'
import {
  described,
  listQuery,
  Nullable,
  named,
  StrEnum,
  Strict,
  Text,
  TimeText,
  Version,
  type Wire,
} from '../../foundation/http/schema.ts'

/** Monday first, as ISO 8601 counts. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** What a calendar may be called. */
export const CALENDAR_NAME = /^[a-z][a-z0-9_-]{0,63}$/

const OpenWindow = named(
  'OpenWindow',
  Strict(
    {
      from: Type.String({
        maxLength: 5,
        pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
        description: 'Opens, `HH:MM`.',
        example: '09:00',
      }),
      to: Type.String({
        maxLength: 5,
        pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
        description: 'Closes, `HH:MM` up to `24:00`. Not after `from`: on the next day.',
        example: '18:00',
      }),
    },
    {
      description:
        'Local time of the calendar’s zone. A window over midnight belongs to the day on which it opens.\n\nWhere clocks are set forward, an opening or closing within the hour that is left out comes as much later as they are set: `02:15` is 03:15 that day. So a window of just that hour is none that day, and what two windows then share counts once. Where clocks are set back, an hour is shown twice: an opening within it is the first time, a closing within it is the first time too; a window over all of it is an hour longer.',
    },
  ),
)
export type OpenWindow = Wire<typeof OpenWindow>

const Windows = (description: string) => Type.Array(OpenWindow.ref, { maxItems: 48, description })
const DayText = (description: string) => Type.String({ format: 'date', maxLength: 10, description, example: '2026-12-24' })

const Hours = Strict(
  Object.fromEntries(weekdays.map((day) => [day, Windows('Ascending, without overlap; empty when closed.')])) as Record<
    Weekday,
    ReturnType<typeof Windows>
  >,
)

const PublicHolidays = Strict({
  country: Type.String({ pattern: '^[A-Z]{2}$', maxLength: 2, description: 'ISO 3166-1.', example: 'CN' }),
  region: Type.Optional(
    Type.String({
      maxLength: 33,
      pattern: '^[A-Za-z0-9]{1,16}(-[A-Za-z0-9]{1,16})?$',
      description: 'A part of the country with holidays of its own, as ISO 3166-2 names it after the country: `BE` for Berlin.',
      example: 'BE',
    }),
  ),
})
export type PublicHolidays = Static<typeof PublicHolidays>

const Name = Text(200, { description: 'For people.', example: 'National Day' })

const Holiday = Strict({ date: DayText('Closed on this day.'), name: described(Name, 'What the day is called.') })
const Workday = Strict({
  date: DayText('Open on this day.'),
  name: Name,
  hours: Type.Optional(
    Type.Array(OpenWindow.ref, {
      minItems: 1,
      maxItems: 48,
      description:
        'Its windows. Without them those of the first day of the week, from Monday on, that is open, and not those that the week has for this very day.',
    }),
  ),
})

const MOST_DAYS = 1000

const example = {
  time_zone: 'Asia/Shanghai',
  hours: {
    monday: [{ from: '09:00', to: '18:00' }],
    tuesday: [{ from: '09:00', to: '18:00' }],
    wednesday: [{ from: '09:00', to: '18:00' }],
    thursday: [{ from: '09:00', to: '18:00' }],
    friday: [{ from: '09:00', to: '18:00' }],
    saturday: [],
    sunday: [],
  },
  public_holidays: { country: 'CN' },
  holidays: [{ date: '2026-12-24', name: 'Company day' }],
  workdays: [],
  complete_years: [],
  business_day_minutes: 540,
}

/** The fields of a calendar's document. */
const fields = {
  time_zone: Type.String({ maxLength: 64, description: 'IANA time zone.', example: 'Asia/Shanghai' }),
  hours: described(Hours, 'When it is open, by day of the week.'),
  public_holidays: Nullable(PublicHolidays, {
    default: null,
    description:
      'Whose public holidays (and make-up workdays, 调休) are kept, from a maintained library; null for none. They are looked up when a version is written and fixed with it; what the library covers, `coverage` says.\n\nA make-up workday stands for a weekday: it has the windows of the first day of the week, from Monday on, that is open, also where the week has windows of its own for that Saturday or Sunday.',
  }),
  holidays: Type.Array(Holiday, {
    default: [],
    maxItems: MOST_DAYS,
    description: 'Closed besides the public holidays, and on a make-up workday of the country too.',
  }),
  workdays: Type.Array(Workday, {
    default: [],
    maxItems: MOST_DAYS,
    description: 'Open on these days, whatever weekday or holiday they are; the way to give a make-up workday other windows.',
  }),
  complete_years: Type.Array(Type.Integer({ minimum: 2000, maximum: 2200 }), {
    default: [],
    maxItems: 201,
    uniqueItems: true,
    description:
      'Years whose holidays are known, although they are not published in the library: by listing here what it lacks. They count as published, so nothing in them is provisional.',
    example: [2027],
  }),
  business_day_minutes: Nullable(Type.Integer({ minimum: 1, maximum: 1440 }), {
    default: null,
    description: 'One business day is this much open time; null for what the longest weekday has.',
    example: 540,
  }),
}

/** The document as it is stored. */
export type CalendarDocument = Static<ReturnType<typeof Strict<typeof fields>>>

const NamedDay = named(
  'NamedDay',
  Type.Object({
    date: DayText('Local day.'),
    name: Type.String({ description: 'The name of the calendar.', example: '国庆节' }),
  }),
)
export type NamedDay = Wire<typeof NamedDay>

export const coverageMethods = ['announced', 'computed', 'estimated', 'partial', 'unrecorded'] as const

/** What is stored about the source of the public holidays, together with its days. */
const coverageFields = {
  method: StrEnum(coverageMethods, {
    description: [
      'How its days come about.',
      '- `announced`: as they were announced, for the published years.',
      '- `computed`: from the law, which fixes each day long before: fixed days, Easter, calculated calendars.',
      '- `estimated`: computed, but announced only when the moon is seen or by a decree of each year. Nothing is published.',
      '- `partial`: public holidays are known to be missing. Nothing is published, but for years that were checked.',
      '- `unrecorded`: the version was written before this was kept.',
    ].join('\n'),
  }),
  summary: Type.String({
    description: 'What the source covers, in one sentence.',
    example: 'The holidays and make-up workdays as the State Council announced them, for the published years.',
  }),
  missing: Type.Array(Type.String({ example: 'Holi, Diwali, Dussehra and the other Hindu feasts' }), {
    description:
      'What it is known to lack. To be listed under `holidays` and `workdays`; then name the year in `complete_years`.',
  }),
}

export type Coverage = Static<ReturnType<typeof Type.Object<typeof coverageFields>>>

const CalendarCoverage = named(
  'CalendarCoverage',
  Type.Object(
    {
      source: Nullable(Type.String(), { description: 'The library and its version.', example: 'date-holidays 3.37.0' }),
      ...coverageFields,
    },
    { description: 'What is known of the public holidays. Read it before you rely on a country.' },
  ),
)

const written = {
  version: Version,
  holds_from: TimeText({
    description:
      'The platform’s time from which this version holds. A test platform’s clock may run ahead; elsewhere it is `created_at`.',
  }),
  created_at: TimeText({ description: 'When this version was written, in real time.' }),
  created_by: Type.String({
    description: 'Who wrote it, as `role:id`; `system:redress` when holidays were published.',
    example: 'admin:root',
  }),
}

/** What is shown besides the document. */
const shownFields = {
  name: Type.String({ description: 'What policies call it.', example: 'china' }),
  published_years: Nullable(Type.Array(Type.Integer()), {
    description:
      'Years whose holidays are known: announced in the library, fixed by law long before, or named in `complete_years`. A due time that touches any other year is counted with what is here and marked `provisional`. Empty where the library lacks feasts or only estimates them, see `coverage`. Null without public holidays: every year is complete.',
    example: [2025, 2026],
  }),
  coverage: Nullable(CalendarCoverage.ref, {
    description:
      'What the library knows of this country and what it lacks, fixed with this version. Null without public holidays.',
  }),
  public_holiday_dates: Type.Array(NamedDay.ref, { description: 'The public holidays that count, fixed with this version.' }),
  make_up_workdays: Type.Array(NamedDay.ref, {
    description: 'The country’s make-up workdays that count, fixed with this version.',
  }),
  ...written,
}
type ShownName = keyof typeof shownFields

/** The fields of a calendar that nobody writes. */
const shownNames = Object.keys(shownFields) as ShownName[]

const Repeated = Type.Optional(
  Type.Unknown({
    description:
      'Cannot be written. Accepted as `GET` shows it, so that what was read can be sent back; anything else is refused.',
  }),
)

/** What is sent to write a calendar. */
export const CalendarIn = named(
  'NewCalendar',
  Strict(
    {
      time_zone: fields.time_zone,
      hours: fields.hours,
      public_holidays: Type.Optional(fields.public_holidays),
      holidays: Type.Optional(fields.holidays),
      workdays: Type.Optional(fields.workdays),
      complete_years: Type.Optional(fields.complete_years),
      business_day_minutes: Type.Optional(fields.business_day_minutes),
      ...(Object.fromEntries(shownNames.map((name) => [name, Repeated])) as Record<ShownName, typeof Repeated>),
    },
    { example },
  ),
)

/** The read-only fields that a body repeats. */
export const shownIn = (body: Wire<typeof CalendarIn>): Partial<Record<ShownName, unknown>> =>
  Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(shownFields, name)))

/** A document that may be older than some of its fields. */
export type SparseDocument = Pick<CalendarDocument, 'time_zone' | 'hours'> & {
  [Field in keyof CalendarDocument]?: CalendarDocument[Field] | undefined
}

/** The complete document: what was sent or stored, with defaults for what it leaves out. */
export const documentOf = (body: SparseDocument): CalendarDocument => ({
  time_zone: body.time_zone,
  hours: body.hours,
  public_holidays: body.public_holidays ?? null,
  holidays: body.holidays ?? [],
  workdays: body.workdays ?? [],
  complete_years: body.complete_years ?? [],
  business_day_minutes: body.business_day_minutes ?? null,
})

const { name, ...shownAfter } = shownFields

export const CalendarOut = named(
  'Calendar',
  Type.Object(
    { name, ...fields, ...shownAfter },
    { description: 'When business time runs. Each change makes a new version; earlier ones stay readable.' },
  ),
)
export type CalendarWire = Wire<typeof CalendarOut>

export const calendarQuery = Strict({
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 9999, description: 'An earlier version; by default the present one.' }),
  ),
})

export const CalendarVersionOut = named(
  'CalendarVersion',
  Type.Object(written, { description: 'Its days are at `/v1/calendars/{name}?version=…`.' }),
)

export const calendarVersionsQuery = listQuery({})
