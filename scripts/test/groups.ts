/** Which test files share a process, and in what order all of them begin. */
import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const home = path.join(import.meta.dirname, '../..')

/** Where the files are that stand for groups. */
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
  'test/client/package.test.ts',
]

/** Every test file, by itself or in its group, as paths from the project's root. */
export const allTests = (): string[] => {
  const files = globSync('test/**/*.test.ts', { cwd: home }).map((file) => file.replaceAll(path.sep, '/'))
  const groups = Map.groupBy(files.sort(), groupOf)
  return [...groups].flatMap(([group, own]) => (group === undefined ? own : [standInFor(group, own)]))
}

/** The name of a file's group; `undefined` where it has none. tap runs its files in the order of their names. */
const groupOf = (file: string): string | undefined => {
  const { dir, name } = path.posix.parse(file)
  if (longest.includes(file)) return `0-${name}`
  return apart.includes(dir) ? undefined : `${dir.slice('test/'.length).replaceAll('/', '-')}.test`
}

/** Writes the file that runs a group. */
const standInFor = (group: string, files: readonly string[]): string => {
  const name = `${GROUPS}${group}.ts`
  mkdirSync(path.join(home, GROUPS), { recursive: true })
  writeFileSync(
    path.join(home, name),
    `import { runTogether } from '../../scripts/test/together.ts'\nawait runTogether(${JSON.stringify(files)})\n`,
  )
  return name
}
