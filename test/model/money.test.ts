/**
 * Everybody does anything to the money of orders, and books kept from outside are held against it after each command. `MODEL_COMMANDS` makes
 * it longer, `MODEL_SEED` plays the same again.
 */
import fc from 'fast-check'
import t from 'tap'
import { testApp } from '../support/app.ts'
import { begin, beginning, commandsOf } from './commands.ts'
import { randomOf, World } from './world.ts'

const COMMANDS = Number(process.env.MODEL_COMMANDS ?? 100)
const SEED = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31)
/** Shortens what failed, which takes its time. */
const SHRINK = process.env.MODEL_SHRINK === '1'
/** Of one world, at most. */
const LENGTH = 80
/** So much of what was sent is told where something is wrong. */
const TOLD = 40
/** With each seed; fast-check begins with short ones. */
const WORLDS = 4

t.setTimeout(0)

/** What was sent is the story; what fast-check made it of would only hide it. */
const reporter = async ({ failed, seed, counterexamplePath, errorInstance, numShrinks }: Failure) => {
  if (!failed) return
  const { message } = errorInstance as Error
  throw new Error(`seed ${seed}, path ${counterexamplePath}, ${numShrinks} times shortened\n${message}`)
}
type Failure = Pick<fc.RunDetails<unknown>, 'failed' | 'seed' | 'counterexamplePath' | 'errorInstance' | 'numShrinks'>

await t.test(`${COMMANDS} commands from seed ${SEED}`, async (t) => {
  const app = await testApp(t)
  const { body: document } = await app.call('GET', '/openapi.json', { key: null })
  const counts = new Map<string, number>()
  let commands = 0
  let worlds = 0
  const property = fc.asyncProperty(
    beginning,
    commandsOf(LENGTH),
    fc.nat({ max: 9 }),
    fc.nat(),
    async (first, story, patience, seed) => {
      const world = new World(app, document, counts)
      try {
        await begin(world, first)
        await fc.asyncModelRun(() => ({ model: world.books, real: world }), story)
        await world.close(randomOf(seed), patience)
      } catch (error) {
        throw new Error([...world.story.slice(-TOLD), (error as Error).message].join('\n'), { cause: error })
      }
      commands += world.commands
      worlds += 1
    },
  )
  for (let seed = SEED; commands < COMMANDS; seed++)
    await fc.assert(property, { seed, numRuns: WORLDS, endOnFailure: !SHRINK, asyncReporter: reporter })
  if (process.env.MODEL_COMMANDS !== undefined)
    console.error(`${commands} commands in ${worlds} worlds`, Object.fromEntries([...counts].sort()))
  t.pass('the books agree')
})
