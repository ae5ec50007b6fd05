/** The calendars that a new platform gets. From then on they are ordinary calendars, which the platform may change. */
import { chineseHolidays } from './china.ts'
import type { CalendarDocument, OpenWindow } from './schema.ts'
import type { ResolvedHolidays } from './table.ts'

const allDay: OpenWindow[] = [{ from: '00:00', to: '24:00' }]
const officeHours: OpenWindow[] = [{ from: '09:00', to: '18:00' }]

const weekOf = (weekday: OpenWindow[], weekend: OpenWindow[]): CalendarDocument['hours'] => ({
  monday: weekday,
  tuesday: weekday,
  wednesday: weekday,
  thursday: weekday,
  friday: weekday,
  saturday: weekend,
  sunday: weekend,
})

const weekdaysOnly: CalendarDocument = {
  time_zone: 'Asia/Shanghai',
  hours: weekOf(officeHours, []),
  public_holidays: null,
  holidays: [],
  workdays: [],
  complete_years: [],
  business_day_minutes: null,
}

export const defaultCalendars: Readonly<Record<'china' | 'weekdays' | 'always', CalendarDocument>> = {
  /** Mondays to Fridays with China's public holidays and make-up workdays. */
  china: { ...weekdaysOnly, public_holidays: { country: 'CN' } },
  /** Mondays to Fridays without holidays. */
  weekdays: weekdaysOnly,
  /** Around the clock. */
  always: { ...weekdaysOnly, hours: weekOf(allDay, allDay) },
}

/** A calendar as it is about to be written. */
export interface NewCalendar {
  name: string
  document: CalendarDocument
  resolved: ResolvedHolidays | null
}

let atBirth: readonly NewCalendar[] | undefined

/** What a new platform gets, worked out once. */
export const birthCalendars = (): readonly NewCalendar[] => {
  atBirth ??= Object.entries(defaultCalendars).map(([name, document]) => ({
    name,
    document,
    resolved: document.public_holidays === null ? null : chineseHolidays(),
  }))
  return atBirth
}
