/** The demo writes complaints that look real, so on a live platform somebody has to want that. */
import { createInterface } from 'node:readline/promises'
import { type Client, whoAmI } from '../../openapi/client/redress.ts'
import { expectData } from './service.ts'

/** Nobody is there to be asked, or the answer was no. The message is for people. */
export class NotWanted extends Error {}

/**
 * Asks before the demo writes into a live platform. A test platform is there to be written into.
 * @param isWanted whether that was said beforehand
 * @throws NotWanted
 */
export const askWhereLive = async (admin: Client, isWanted: boolean): Promise<void> => {
  const { platform } = expectData(await whoAmI({ client: admin, throwOnError: false }))
  if (platform.mode === 'test' || isWanted) return
  const what = `The platform ${platform.name} is live, and the demo files complaints in it that stay there.`
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new NotWanted(`${what} Nobody is there to be asked; --yes plays it all the same.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // end of input is no answer
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
    const answer = await Promise.race([terminal.question(`${what} Go on? [y/N] `), ended])
    if (!/^y(es)?$/i.test(answer.trim())) throw new NotWanted('Nothing was written.')
  } finally {
    terminal.close()
  }
}
