/**
 * How the house is built: wings import downwards only, rooms of a case know each other by the order of their seats, and what decides knows
 * nothing of the world outside. `docs/architecture.md` says why.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

const src = path.join(import.meta.dirname, '../../src')

interface Import {
  /** A file of `src`, or the name of a module outside. */
  to: string
  /** Erased before anything runs. */
  typeOnly: boolean
}

const statement = /^(?:import|export)(\s+type)?\s+(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm

const importsOf = (file: string): Import[] =>
  readFileSync(path.join(src, file), 'utf8')
    .matchAll(statement)
    .map(([, type, from = '']) => ({
      to: from.startsWith('.') ? path.join(path.dirname(file), from) : from,
      typeOnly: type !== undefined,
    }))
    .toArray()

const house = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, importsOf(file)]),
)
const files = [...house.keys()]
const inside = (file: string): Import[] => (house.get(file) ?? []).filter(({ to }) => house.has(to))

/** From the ground up. */
const wings = ['foundation', 'words', 'files', 'platform', 'rules', 'money', 'case', 'clockwork', 'outward'] as const
const wingOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : 'roof')
const storey = (file: string): number => [...wings, 'roof'].indexOf(wingOf(file))

t.test('every folder of src is a wing, and wings import downwards only', async (t) => {
  t.ok(files.length > 200, 'the house is read')
  t.strictSame([...new Set(files.map(wingOf))].sort(), [...wings, 'roof'].sort())
  const upwards = files.flatMap((file) =>
    inside(file).flatMap(({ to }) => (storey(to) > storey(file) ? [`${file} imports ${to}`] : [])),
  )
  t.strictSame(upwards, [])
})

/** The seats of the rooms of a case, in the order in which they know of each other: each file imports from its own seat or one before. */
const seats = [
  ['table'],
  ['case-file', 'parts'],
  ['load', 'decision'],
  ['clocks'],
  ['lifecycle', 'finish'],
  ['schema', 'action-schema'],
  ['available', 'effects'],
  ['silence'],
  ['decide', 'view', 'find', 'record'],
  ['moves'],
  ['take', 'action-routes'],
  ['routes'],
] as const
const nameOf = (file: string): string => path.basename(file, '.ts')
const isSeat = (file: string): boolean => seats.some((names) => (names as readonly string[]).includes(nameOf(file)))
const caseFiles = files.filter((file) => wingOf(file) === 'case')

/** A file that is no seat stands as high as the highest that it imports. */
const heights = new Map<string, number>()
const heightOf = (file: string, above: readonly string[] = []): number => {
  const known = heights.get(file)
  if (known !== undefined) return known
  const own = seats.findIndex((names) => (names as readonly string[]).includes(nameOf(file)))
  const below = inside(file).filter(({ to }) => wingOf(to) === 'case' && !above.includes(to))
  const height = own === -1 ? Math.max(-1, ...below.map(({ to }) => heightOf(to, [...above, file]))) : own
  heights.set(file, height)
  return height
}

t.test('rooms of a case know each other by the order of their seats', async (t) => {
  t.ok(caseFiles.filter(isSeat).length > 50, 'the seats are found')
  const upwards = caseFiles.flatMap((file) =>
    inside(file).flatMap(({ to }) =>
      wingOf(to) === 'case' && heightOf(to) > heightOf(file)
        ? [`${file} (${heightOf(file)}) imports ${to} (${heightOf(to)})`]
        : [],
    ),
  )
  t.strictSame(upwards, [])
})

t.test('no file of a case is in a circle of imports, not even of types', async (t) => {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (done.has(file) || way.includes(file)) return
    for (const { to } of inside(file)) walk(to, [...way, file])
    done.add(file)
  }
  for (const file of caseFiles) walk(file, [])
  t.strictSame(circles, [])
})

/** Of the outside world; hashing is a function like any other. */
const isOutside = (module: string): boolean =>
  /^(fastify|@fastify\/.*|kysely|pg|pino|node:.*)$/.test(module) && module !== 'node:crypto'

t.test('what decides a case reads no clock, no database and no request', async (t) => {
  const pure = caseFiles.filter((file) => /\/(clocks|lifecycle|effects|silence|decide|finish|moves|decision)\.ts$/.test(file))
  t.ok(pure.length > 15, 'they are found')
  const reaches = pure.flatMap((file) => {
    const seen = new Set<string>()
    const found: string[] = []
    const walk = (one: string, way: readonly string[]): void => {
      if (seen.has(one)) return
      seen.add(one)
      for (const { to, typeOnly } of house.get(one) ?? []) {
        if (typeOnly) continue
        if (isOutside(to)) found.push([...way, one, to].join(' → '))
        if (house.has(to)) walk(to, [...way, one])
      }
    }
    walk(file, [])
    return found
  })
  t.strictSame(reaches, [])
})

t.test('routes hold no SQL, and views are a seat of their own', async (t) => {
  const routes = files.filter((file) => file.endsWith('/routes.ts'))
  t.ok(routes.length > 10)
  const sql = routes.filter((file) => (house.get(file) ?? []).some(({ to }) => to === 'kysely'))
  const queries = routes.filter((file) =>
    /\.(selectFrom|insertInto|updateTable|deleteFrom)\(/.test(readFileSync(path.join(src, file), 'utf8')),
  )
  t.strictSame([...sql, ...queries], [])
})

t.test('nobody but the disk knows a path, and nobody but the process knows the disk', async (t) => {
  const DISK = 'files/disk.ts'
  // reads what ships beside it
  const PAGE = 'outward/docs/page.ts'
  const isOfPaths = (module: string): boolean => /^node:(fs|fs\/promises|path|os)$/.test(module)
  const above = files.filter((file) => storey(file) >= storey(DISK) && wingOf(file) !== 'roof')
  t.ok(
    (house.get(DISK) ?? []).some(({ to }) => isOfPaths(to)),
    'it does',
  )
  t.strictSame(
    above.filter((file) => (house.get(file) ?? []).some(({ to }) => isOfPaths(to))),
    [DISK, PAGE],
  )
  t.strictSame(
    files.filter((file) => inside(file).some(({ to }) => to === DISK)),
    ['serve.ts'],
  )
})
