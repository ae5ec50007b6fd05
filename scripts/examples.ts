/**
 * Records anew the answers that the OpenAPI document shows as examples, by the test that compares them, and writes the document with them.
 *   npm run examples
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const run = (script: string, ...args: string[]): void => {
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, RECORD_EXAMPLES: '1' },
  })
  if (status !== 0) process.exit(status ?? 1)
}

run('test.ts', 'test/contract/recorded-answers.test.ts')
run('openapi.ts')
