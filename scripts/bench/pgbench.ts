/** Runs the limit's create by pgbench, where that is installed: how often Postgres alone can do the statement. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const findPgbench = (): string | undefined =>
  ['pgbench', ...globSync('/usr/lib/postgresql/*/bin/pgbench')].find((program) => spawnSync(program, ['--version']).status === 0)

/**
 * @param statement without parameters
 * @returns transactions a second; `undefined` when pgbench failed; its reason is on standard error
 */
export const runPgbench = async (
  program: string,
  {
    url,
    folder,
    statement,
    clients,
    seconds,
  }: { url: string; folder: string; statement: string; clients: number; seconds: number },
): Promise<number | undefined> => {
  const script = path.join(folder, 'create.sql')
  writeFileSync(script, `${withoutColons(statement).replaceAll('\n', ' ')};\n`)
  const time = String(Math.max(2, Math.round(seconds)))
  const child = spawn(
    program,
    ['--no-vacuum', '--protocol=prepared', `--client=${clients}`, `--time=${time}`, `--file=${script}`, url],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  await once(child, 'close')
  const tps = /^tps = ([\d.]+)/m.exec(out)?.[1]
  return tps === undefined ? undefined : Number(tps)
}

/** pgbench takes a colon for the beginning of a variable, also within quotes. */
const withoutColons = (statement: string): string =>
  statement.replaceAll(/E?'((?:[^']|'')*)'/g, (text, inner: string) => {
    if (!text.includes(':')) return text
    const escaped = text.startsWith('E') ? inner : inner.replaceAll('\\', '\\\\')
    return `E'${escaped.replaceAll(':', '\\x3A')}'`
  })
