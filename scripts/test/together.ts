/**
 * Runs test files in this process, each as a subtest of its name: `node scripts/test/together.ts FILES…`, paths from the project's root. To
 * start a process and to load the service takes longer than most files; and what one of them has compiled, the next one need not.
 */
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import root, { type Test } from 'tap'

const home = path.join(import.meta.dirname, '../..')
const SCHEME = 'redress-test:'

/** The subtest of each file, by the file's URL. */
export const subtests = new Map<string, Test>()

// `import t from 'tap'` gives each file its own subtest
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'tap' && subtests.has(context.parentURL ?? '')
      ? { url: `${SCHEME}${context.parentURL}`, format: 'module', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url.startsWith(SCHEME)
      ? {
          format: 'module',
          source: `import { subtests } from '${import.meta.url}'\nexport default subtests.get('${url.slice(SCHEME.length)}')`,
          shortCircuit: true,
        }
      : next(url, context),
})

const runAll = async (files: readonly string[]): Promise<void> => {
  for (const file of files) {
    await root.test(file, async (t) => {
      const { href } = pathToFileURL(path.join(home, file))
      subtests.set(href, t)
      await import(href)
    })
  }
}

// not awaited: the files import this module, which must have ended by then
void runAll(process.argv.slice(2))
