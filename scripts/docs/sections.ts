/** The generated sections of README.md. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { jobs } from '../../src/clockwork/jobs/jobs.ts'
import { configTable } from '../../src/config.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/foundation/clock.ts'
import { outwardJobs } from '../../src/outward/jobs.ts'
import { code, table } from './markdown.ts'

/** Every environment variable. */
export const configuration = (): string =>
  table(
    ['Variable', 'Default', 'Meaning'],
    configTable.map(({ name, default: value, meaning }) => [code(name), value, meaning]),
  )

const units = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [SECOND, 'second'],
] as const

/** In its largest unit: `every hour`, `every 15 seconds`. */
const everyOf = (ms: number): string => {
  const [size, unit] = units.find(([each]) => ms % each === 0) ?? [1, 'millisecond']
  return ms === size ? `every ${unit}` : `every ${ms / size} ${unit}s`
}

/** Everything that runs by the clock. */
export const byTheClock = (): string =>
  table(
    ['Job', 'What it does', 'How often', 'Lane', 'At once', 'On two instances at once'],
    [...jobs, ...outwardJobs].map(({ name, what, turns, lane, atOnce, twice }) => [
      code(name),
      what,
      turns === 'SWEEP_CRON' ? `by ${code(turns)}` : everyOf(turns),
      lane,
      atOnce,
      twice,
    ]),
  )

/** What the service runs on, with the pinned versions. */
export const dependencies = (): string => {
  const manifest = path.join(import.meta.dirname, '../../package.json')
  const { dependencies: pinned } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> }
  return table(
    ['Package', 'Version'],
    Object.entries(pinned).map(([name, version]) => [code(name), version]),
  )
}

const marked = /(<!-- generated:([a-z_]+) -->\n)[\s\S]*?(\n?<!-- \/generated -->)/g

/**
 * Fills the sections of a page, by the name in their opening marker.
 * @throws Error for a name that nothing is generated for.
 */
export const withSections = (page: string, sections: Readonly<Record<string, () => string>>): string =>
  page.replaceAll(marked, (_section, opening: string, name: string) => {
    const section = sections[name]
    if (section === undefined) throw new Error(`nothing is generated for ${name}`)
    return `${opening}\n${section()}\n\n<!-- /generated -->`
  })
