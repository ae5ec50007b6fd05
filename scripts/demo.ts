/**
 * Plays disputes against a running service.
 *   npm run demo                                              a whole dispute, and a return whose refund bounces, told in Chinese
 *   npm run demo -- --advance                                 the guarantee fund pays first: both ways, and a deposit that falls short
 *   npm run demo -- --webhooks                                the same, with a receiver that prints the events that arrive
 *   npm run demo -- --texts FILE.csv [--limit N] [--seed S]   one complaint per row, each brought to its end by a random valid path
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { connect, createApiKey, getTestClock, revokeApiKey } from '../openapi/client/redress.ts'
import { playAdvances } from './demo/advance-story.ts'
import { askWhereLive, NotWanted } from './demo/consent.ts'
import { playWithReceiver } from './demo/receiver.ts'
import { playReturn } from './demo/return-story.ts'
import { expectData, type Service } from './demo/service.ts'
import { playDispute } from './demo/story.ts'
import { readTexts } from './demo/texts.ts'
import { walkAll } from './demo/walk-all.ts'

const help = `Usage: npm run demo [-- [--advance] [--webhooks] [--texts FILE.csv [--limit N] [--seed S]] [--yes]]

Plays a whole dispute between a buyer, a merchant, an agent and supervisors, then a return of which only two of three pieces
arrive and whose refund bounces and is paid to another account, and shows both as they happen.
With --texts it files one complaint for each row of a CSV file with the columns product_group and text, and brings
each case to its end by a random path that follows available_actions only. Ends with 1 when the service failed (5xx)
or a case did not end. On a live platform it asks first.

  --advance      plays the guarantee fund instead: it pays a buyer after a return, and one at once whose merchant's deposit falls short;
                 needs a test platform, whose clock it moves
  --webhooks     has the events of what it plays sent to a receiver of its own, which verifies and prints them; the service must be
                 allowed to call this machine (a test platform on the embedded database is)
  --texts FILE   the CSV file
  --limit N      only the first N rows
  --seed S       a whole number; the same seed chooses the same way again (by default a new one, which is printed)
  --yes          write into a live platform without asking

Environment:
  REDRESS_URL    where the service listens (http://127.0.0.1:3000)
  REDRESS_KEY    an admin key of the platform; the demo makes itself a key of one day with it, and revokes that at the end`

const missingKey = `REDRESS_KEY is not set: the demo needs an admin key.

"npm start" prints one, once, at the first start on a fresh database ("Admin key, shown this once: rdk_…").
With REDRESS_ADMIN_KEY=rdk_… in its environment the service takes yours instead; "npm run platform" makes a further
platform and prints its admin key. Then:

  REDRESS_KEY=rdk_… npm run demo`

class UsageError extends Error {}

interface Wanted {
  texts?: string
  webhooks: boolean
  advance: boolean
  limit: number
  seed: number
  yes: boolean
}

const whole = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} must be a whole number`)
  return Number(text)
}

const readArguments = (): Wanted | 'help' => {
  const options = {
    texts: { type: 'string' },
    webhooks: { type: 'boolean', default: false },
    advance: { type: 'boolean', default: false },
    limit: { type: 'string' },
    seed: { type: 'string' },
    yes: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    const { values } = parseArgs({ options })
    if (values.help) return 'help'
    const limit = whole('limit', values.limit) ?? Number.POSITIVE_INFINITY
    const seed = whole('seed', values.seed) ?? randomInt(1e9)
    const { texts, webhooks, advance, yes } = values
    return { ...(texts !== undefined && { texts }), limit, seed, yes, webhooks, advance }
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Asks where the platform is live, makes a key with the roles that the demo plays, and revokes it however the demo ends. */
const withKey = async (
  { baseUrl, adminKey, yes }: { baseUrl: string; adminKey: string; yes: boolean },
  play: (service: Service) => Promise<boolean>,
): Promise<boolean> => {
  const admin = connect({ baseUrl, key: adminKey })
  await askWhereLive(admin, yes)
  // keys expire by real time; the test clock may be ahead of it, and then the key would work for longer than a day
  const { now = new Date().toISOString() } = (await getTestClock({ client: admin, throwOnError: false })).data ?? {}
  const lent = expectData(
    await createApiKey({
      client: admin,
      throwOnError: false,
      body: {
        name: 'demo',
        roles: ['buyer', 'merchant', 'agent', 'supervisor', 'payments'],
        expires_at: new Date(Date.parse(now) + 24 * 60 * 60 * 1000).toISOString(),
      },
    }),
  )
  try {
    return await play({ admin, as: (actor) => connect({ baseUrl, key: lent.key, actor }) })
  } finally {
    await revokeApiKey({ client: admin, path: { id: lent.id } })
  }
}

/** A whole dispute, and a return whose refund bounces. */
const playStories = async (service: Service): Promise<boolean> => (await playDispute(service)) && (await playReturn(service))

const main = async (): Promise<number> => {
  const wanted = readArguments()
  if (wanted === 'help') {
    console.log(help)
    return 0
  }
  const { REDRESS_URL: baseUrl = 'http://127.0.0.1:3000', REDRESS_KEY: adminKey } = process.env
  if (!adminKey) {
    console.error(missingKey)
    return 2
  }
  const { texts, limit, seed, yes, webhooks, advance } = wanted
  const target = { baseUrl, adminKey, yes }
  const rows = texts === undefined ? undefined : await readTexts(texts, limit)
  const stories = advance ? playAdvances : playStories
  const play = rows === undefined ? stories : (service: Service) => walkAll(service, rows, seed)
  return (await withKey(target, webhooks ? (service) => playWithReceiver(service, play) : play)) ? 0 : 1
}

// the reader of the output may leave (EPIPE); the key still has to be revoked
process.stdout.on('error', () => undefined)

try {
  process.exitCode = await main()
} catch (error) {
  const usage = error instanceof UsageError
  console.error(usage ? `${error.message}\n\n${help}` : (error as Error).message)
  process.exitCode = usage || error instanceof NotWanted ? 2 : 1
}
