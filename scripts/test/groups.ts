/** Which test files share a process, and in what order all of them begin. */
import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const home = path.join(import.meta.dirname, '../..')

/** Where the files are that stand for groups: each runs those of one folder. */
export const GROUPS = '.tap/groups/'

/** Folders whose files have a process each: they measure it, kill it, take it for long, or are told apart by it. */
const apart = [
  'test/bench',
  'test/case/case-file',
  'test/process',
  'test/races',
  'test/scaling',
  'test/scripts',
  'test/simulation',
]

/** What takes longest begins first, so that at the end no processor waits for one file. */
const longest = [
  'test/bench/run.test.ts',
  'test/simulation/year.test.ts',
  'test/case/case-file/reachable-states.test.ts',
  'test/scaling/plans.test.ts',
  'test/case/case-file/listed-means-accepted.test.ts',
  'test/scripts/scripts.test.ts',
]

/** Every test file, by itself or in its group, as paths from the project's root. */
export const allTests = (): string[] => {
  const files = globSync('test/**/*.test.ts', { cwd: home }).map((file) => file.replaceAll(path.sep, '/'))
  const folders = Object.groupBy(files.sort(), path.posix.dirname)
  const units = Object.entries(folders).flatMap(([folder, own = []]) =>
    own.length === 1 || apart.includes(folder) ? own : [groupOf('folder', own)],
  )
  // tap runs its files in the order of their names
  return units.map((unit) => (longest.includes(unit) ? groupOf('first', [unit]) : unit))
}

const groupOf = (kind: 'first' | 'folder', files: readonly string[]): string => {
  const of =
    kind === 'first'
      ? `0-${path.posix.basename(files[0] ?? '', '.test.ts')}`
      : path.posix.dirname(files[0] ?? '').slice('test/'.length)
  const name = `${GROUPS}${of.replaceAll('/', '-')}.test.ts`
  mkdirSync(path.join(home, GROUPS), { recursive: true })
  writeFileSync(
    path.join(home, name),
    `import { runTogether } from '../../scripts/test/together.ts'\nawait runTogether(${JSON.stringify(files)})\n`,
  )
  return name
}
