/** Wire types of the business calendars. The document is stored as it is sent, with what was left out filled in. */
import Type, { type Static } from 'typebox'
import { Nullable, named, Strict, Text, TimeText, Version, type Wire } from '../foundation/schema.ts'

/** Monday first, as ISO 8601 counts. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** What a calendar may be called. */
export const CALENDAR_NAME = /^[a-z][a-z0-9_-]{0,63}$/

const OpenWindow = named(
  'OpenWindow',
  Strict(
    {
      from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'Opens, `HH:MM`.', example: '09:00' }),
      to: Type.String({
        pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
        description: 'Closes, `HH:MM` up to `24:00`. Not after `from`: on the next day.',
        example: '18:00',
      }),
    },
    { description: 'Local time. A window over midnight belongs to the day on which it opens.' },
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
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1.', example: 'CN' }),
  region: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9]{1,16}(-[A-Za-z0-9]{1,16})?$',
      description: 'A part of the country with holidays of its own, as ISO 3166-2 names it after the country: `BE` for Berlin.',
      example: 'BE',
    }),
  ),
})
export type PublicHolidays = Static<typeof PublicHolidays>

const Name = Text(200, { description: 'For people.', example: 'National Day' })

const Holiday = Strict({ date: DayText('Closed on this day.'), name: Name })
const Workday = Strict({
  date: DayText('Open on this day.'),
  name: Name,
  hours: Type.Optional(
    Type.Array(OpenWindow.ref, {
      minItems: 1,
      maxItems: 48,
      description: 'Its windows; without them those of the first weekday that is open.',
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

/** All that makes a calendar. */
const fields = {
  time_zone: Type.String({ maxLength: 64, description: 'IANA time zone.', example: 'Asia/Shanghai' }),
  hours: Hours,
  public_holidays: Nullable(PublicHolidays, {
    default: null,
    description:
      'Whose public holidays (and make-up workdays, 调休) are kept, from a maintained library; null for none. They are looked up when a version is written and fixed with it.',
  }),
  holidays: Type.Array(Holiday, {
    default: [],
    maxItems: MOST_DAYS,
    description: 'Closed besides the public holidays, and on a make-up workday of the country too.',
  }),
  workdays: Type.Array(Workday, {
    default: [],
    maxItems: MOST_DAYS,
    description: 'Open on these days, whatever weekday or holiday they are.',
  }),
  complete_years: Type.Array(Type.Integer({ minimum: 2000, maximum: 2200 }), {
    default: [],
    maxItems: 201,
    uniqueItems: true,
    description: 'Years whose holidays are all listed here, although the country’s have not been published in the library.',
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
    },
    { example },
  ),
)

/** What was sent, with everything that was left out. */
export const documentOf = (body: Wire<typeof CalendarIn>): CalendarDocument => ({
  time_zone: body.time_zone,
  hours: body.hours,
  public_holidays: body.public_holidays ?? null,
  holidays: body.holidays ?? [],
  workdays: body.workdays ?? [],
  complete_years: body.complete_years ?? [],
  business_day_minutes: body.business_day_minutes ?? null,
})

const NamedDay = named('NamedDay', Type.Object({ date: DayText('Local day.'), name: Type.String({ example: '国庆节' }) }))
export type NamedDay = Wire<typeof NamedDay>

export const CalendarOut = named(
  'Calendar',
  Type.Object(
    {
      name: Type.String({ example: 'china' }),
      ...fields,
      published_years: Nullable(Type.Array(Type.Integer()), {
        description:
          'Years whose holidays are known, from the library or as `complete_years`; others are counted by weekdays and the lists here. Null without public holidays: every year is complete.',
        example: [2025, 2026],
      }),
      public_holiday_dates: Type.Array(NamedDay.ref, { description: 'The public holidays that count, fixed with this version.' }),
      make_up_workdays: Type.Array(NamedDay.ref, {
        description: 'The country’s make-up workdays that count, fixed with this version.',
      }),
      version: Version,
      created_at: TimeText({ description: 'When this version was written.' }),
      created_by: Type.String({
        description: 'Who wrote it, as `role:id`; `system:redress` when holidays were published.',
        example: 'admin:root',
      }),
    },
    { description: 'When business time runs. Each change makes a new version; earlier ones stay readable.' },
  ),
)
export type CalendarWire = Wire<typeof CalendarOut>

export const calendarQuery = Strict({
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 9999, description: 'An earlier version; by default the present one.' }),
  ),
})
