/** Which test files share a process, and in what order the processes begin. */
import { existsSync, globSync } from 'node:fs'
import path from 'node:path'

const home = path.join(import.meta.dirname, '../..')

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

/** What takes longest begins first, so that at the end no processor waits for one file. They have a process each as well. */
const longest = [
  'test/scripts/scripts.test.ts',
  'test/simulation/year.test.ts',
  'test/scaling/plans.test.ts',
  'test/process/service.test.ts',
  'test/case/case-file/listed-means-accepted.test.ts',
  'test/case/case-file/reachable-states.test.ts',
  'test/process/platforms.test.ts',
  'test/generic/client.test.ts',
  'test/client/package.test.ts',
  'test/races/killed-writes.test.ts',
]

/**
 * The files of each process, as paths from the project's root, in the order in which the processes begin.
 * @param named test files, or folders of them, from the project's root; all where there are none
 */
export const groupsOf = (named: readonly string[]): string[][] => {
  const files = (named.length > 0 ? named : ['test']).flatMap(testsIn)
  const groups = [...Map.groupBy([...new Set(files)].sort(), groupOf)]
  const turn = (group: string): number => (longest.includes(group) ? longest.indexOf(group) : longest.length)
  return groups.toSorted(([one], [other]) => turn(one) - turn(other)).map(([, own]) => own)
}

const testsIn = (name: string): string[] => {
  const from = path.relative(home, path.resolve(home, name)).replaceAll(path.sep, '/')
  if (from.endsWith('.ts') && existsSync(path.join(home, from))) return [from]
  const files = globSync(`${from}/**/*.test.ts`, { cwd: home }).map((file) => file.replaceAll(path.sep, '/'))
  if (files.length === 0) throw new Error(`no tests at ${name}`)
  return files
}

/** The name of a file's group: its folder's, or its own. */
const groupOf = (file: string): string => {
  const folder = path.posix.dirname(file)
  return longest.includes(file) || apart.includes(folder) ? file : folder
}
