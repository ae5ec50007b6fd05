/**
 * What the library of countries really knows. It answers for any year, and does not say where a feast depends on the sighting of the moon,
 * is announced each year, or is unknown to it. This file says so, country by country. It was made by going through the library's data
 * (test/calendars/coverage.test.ts does so again), and by hand for the countries below.
 */
import type { Coverage, PublicHolidays } from './schema.ts'

/** Raise it with every change of what this file says: present calendars are then looked up again, as for a new version of the library. */
export const COVERAGE_REVISION = 1

/** The rules can compute any year; only these are looked up. */
const FIRST_YEAR = 2020
const LAST_YEAR = 2050
export const yearsLookedUp: readonly number[] = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, n) => FIRST_YEAR + n)

/** What is known of a country, or of a part of it, besides the rules of the library. */
export interface KnownCoverage {
  method: Coverage['method']
  /** Years whose days were checked by hand against the announcement. Left out: all years if `method` is `computed`, else none. */
  years?: readonly number[]
  missing: readonly string[]
}

const working = 'the days that are moved, and the Saturdays that are worked for them, by a decree of each year'
const decreed = 'the days off that are added or moved by a decree of each year'
const substitutes = 'the days off in place of holidays at a weekend'

/** By country, or by country and region, as in `public_holidays`. */
export const knownCoverage: Readonly<Record<string, KnownCoverage>> = {
  AR: { method: 'partial', missing: ['the bridge days after 2024, which are decreed for each year'] },
  'AU-VIC': { method: 'partial', missing: ['the Friday before the AFL Grand Final as it is announced: the source guesses it'] },
  'AU-WA': { method: 'partial', missing: ['the King’s Birthday as it is proclaimed for each year: the source guesses it'] },
  BD: {
    method: 'partial',
    missing: [
      'Buddha Purnima, Janmashtami and Durga Puja: after 2020 the source repeats one date',
      'the Islamic feasts as they are announced: they are computed and may be a day or two off',
      decreed,
    ],
  },
  BG: { method: 'partial', missing: [substitutes] },
  BY: { method: 'partial', missing: [working] },
  EG: { method: 'estimated', missing: [decreed] },
  ES: { method: 'computed', missing: ['the two days of each municipality'] },
  FJ: { method: 'partial', missing: ['Diwali after 2025', decreed] },
  GY: { method: 'partial', missing: ['Phagwah and Diwali after 2024', 'Eid al-Fitr'] },
  // checked by hand: 17 general holidays each year
  HK: {
    method: 'announced',
    years: [2023, 2024, 2025, 2026],
    missing: ['where days that fall on each other are moved to, which is gazetted for each year'],
  },
  HU: { method: 'partial', missing: [working] },
  ID: { method: 'partial', missing: ['the days of collective leave (cuti bersama)', 'Nyepi and Vesak after 2027'] },
  IL: { method: 'computed', missing: ['election days'] },
  IN: {
    method: 'partial',
    missing: [
      'Holi, Diwali, Dussehra and the other Hindu feasts',
      'Eid al-Fitr, Eid al-Adha, Muharram and Mawlid',
      'Buddha Purnima, Mahavir Jayanti and Guru Nanak Jayanti',
      'most days that the states declare',
    ],
  },
  KR: { method: 'partial', missing: ['election days', 'the temporary holidays that the government declares'] },
  KY: { method: 'partial', missing: ['the King’s Birthday after 2026', 'election days'] },
  KZ: { method: 'partial', missing: [working] },
  // the source has the announced days of that year, but as if they were fixed
  LK: {
    method: 'partial',
    years: [2026],
    missing: ['the Poya days and the Hindu and Islamic feasts of every year but 2026: the source repeats the dates of that year'],
  },
  LV: { method: 'partial', missing: [working] },
  MU: { method: 'estimated', missing: ['the Hindu feasts as they are announced: they are computed'] },
  MY: {
    method: 'partial',
    missing: [
      'Vesak and Thaipusam after 2026 and Deepavali after 2030',
      'some days off in place of holidays at a weekend',
      decreed,
    ],
  },
  PH: { method: 'partial', missing: ['the special non-working days that are proclaimed for each year'] },
  PY: { method: 'partial', missing: [decreed] },
  RU: { method: 'partial', missing: [working] },
  // checked by hand; in other years the source has a wrong day, or lacks one
  SG: {
    method: 'announced',
    years: [2023, 2026],
    missing: [
      'Vesak Day after 2026 and Deepavali after 2030',
      'the Islamic feasts of other years as they are announced: they are computed and may be a day off',
      'some polling days, and some days off in place of feasts on a Sunday',
    ],
  },
  'SH-TA': { method: 'partial', missing: ['Ratting Day after 2018'] },
  SR: { method: 'partial', missing: ['Holi and Diwali after 2030'] },
  TH: {
    method: 'partial',
    missing: ['Makha Bucha, Visakha Bucha, Asanha Bucha and the beginning of Buddhist Lent after 2026', substitutes, decreed],
  },
  TR: { method: 'estimated', missing: ['the days that are added to the feasts by a decree of each year'] },
  TT: { method: 'partial', missing: ['Diwali after 2030'] },
  TW: { method: 'partial', missing: ['the holidays of the law of 2025, such as 28 September and 25 October', decreed] },
  UA: { method: 'partial', missing: ['that under martial law holidays are worked', working] },
  UZ: { method: 'partial', missing: [decreed] },
  VN: { method: 'partial', missing: ['the second day of National Day', working] },
}

const ISLAMIC = 'the Islamic calendar'

/** The calendars and customs by which a rule of the library finds its days. */
const customs: readonly [word: string, rule: RegExp][] = [
  [ISLAMIC, /\b(Muharram|Safar|Rabi al-|Jumada al-|Rajab|Shaban|Ramadan|Shawwal|Dhu al-)/],
  ['the Hebrew calendar', /\d (Nisan|Iyyar|Sivan|Tamuz|Av|Elul|Tishrei|Cheshvan|Kislev|Tevet|Shvat|AdarII|Adar)\b/],
  ['the Iranian calendar', /\d (Farvardin|Ordibehesht|Khordad|Tir|Mordad|Shahrivar|Mehr|Aban|Azar|Dey|Bahman|Esfand)\b/],
  ['the lunisolar calendar', /\b(chinese|korean|vietnamese) /],
  ['the Bengali calendar', /\bbengali-revised /],
  ['the Julian calendar', /\bjulian /],
  ['Orthodox Easter', /\borthodox\b/],
  ['Easter', /\beaster\b/],
  ['the equinoxes and solstices', / (equinox|solstice)\b/],
]

const missingWithMoon = 'the Islamic feasts as they are announced: they are computed and may be a day or two off'

const isList = new Intl.ListFormat('en', { type: 'conjunction' })

const summaryOf = (method: Coverage['method'], years: readonly number[], by: readonly string[]): string => {
  const from = isList.format(['fixed days', ...by])
  if (method === 'computed') return `The days follow from the law and are computed for ${FIRST_YEAR} to ${LAST_YEAR}: ${from}.`
  if (years.length > 0)
    return `Complete for ${isList.format(years.map(String))}; other years are computed (${from}) and count as provisional.`
  if (method === 'estimated')
    return `Computed (${from}); some feasts are announced only when the moon is seen, so every year counts as provisional.`
  return `Computed (${from}); some public holidays are not in the source, so every year counts as provisional.`
}

const knownOf = ({ country, region }: PublicHolidays): KnownCoverage | undefined => {
  const [state, part] = region?.split('-') ?? []
  return knownCoverage[`${country}-${state}-${part}`] ?? knownCoverage[`${country}-${state}`] ?? knownCoverage[country]
}

/**
 * What the library knows of a country or region.
 * @param rules by which the library finds the public holidays there, in its own language (`easter -2`, `1 Shawwal P3D`)
 * @returns also the years that can be called published
 */
export const coverageOf = (place: PublicHolidays, rules: Iterable<string>): { coverage: Coverage; years: readonly number[] } => {
  const all = [...rules]
  const by = customs.filter(([, rule]) => all.some((one) => rule.test(one))).map(([word]) => word)
  const seenInTheSky = by.includes(ISLAMIC)
  const known = knownOf(place)
  const method = known?.method ?? (seenInTheSky ? 'estimated' : 'computed')
  const years = known?.years ?? (method === 'computed' ? yearsLookedUp : [])
  const missing = [...(known?.missing ?? [])]
  if (seenInTheSky && !missing.some((what) => what.includes('Islamic feasts'))) missing.push(missingWithMoon)
  return { coverage: { method, summary: summaryOf(method, years, by), missing }, years }
}

/** China's days come from another library, which lists what has been announced and nothing else. */
export const announcedByChina: Coverage = {
  method: 'announced',
  summary: 'The holidays and make-up workdays as the State Council announced them, for the published years.',
  missing: [],
}

/** For days that were looked up before coverage was recorded. */
export const unrecorded: Coverage = {
  method: 'unrecorded',
  summary: 'What the source covers was not yet recorded when this version was written.',
  missing: [],
}
