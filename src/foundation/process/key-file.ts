import { readFileSync, writeFileSync } from 'node:fs'
import { newKeyText, readKeys } from '../key-ring.ts'

/**
 * A key that is kept in a file of its own, for one process alone; made where there is none. Whoever copies the database without this file has
 * nothing to open it with, and whoever loses the file neither.
 * @throws Error where the file holds something else
 */
export const keyInFile = (file: string): Buffer => {
  try {
    writeFileSync(file, `${newKeyText()}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const [key] = readKeys(readFileSync(file, 'utf8').trim()) ?? []
  if (key === undefined) throw new Error(`${file} does not hold a key; put it back from where you keep copies`)
  return key
}
