import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { collectOrphans } from '../../../src/case/evidence/orphans.ts'
import { diskStore } from '../../../src/files/disk.ts'
import { DAY, HOUR } from '../../../src/foundation/clock.ts'
import { newId } from '../../../src/foundation/ids.ts'
import { evidenceRoom, png } from './room.ts'

await t.test('files without a row are collected after a day, and nothing else', async (t) => {
  const { upload, deps, db, folder, platformId, files, platform } = await evidenceRoom(t)
  const now = Date.parse('2026-11-23T00:00:00Z')
  const put = (file: string, ageMs: number): string => {
    const whole = path.join(folder, file)
    mkdirSync(path.dirname(whole), { recursive: true })
    writeFileSync(whole, 'x')
    utimesSync(whole, (now - ageMs) / 1000, (now - ageMs) / 1000)
    return file
  }
  const { id } = (
    await upload([
      ['type', 'photo'],
      ['file', png, 'a.png'],
    ])
  ).body
  const named = path.join(platformId, id)
  utimesSync(path.join(folder, named), 1, 1)
  const other = await platform('live')

  const kept = [
    named,
    put(path.join(platformId, newId()), 23 * HOUR),
    put(path.join('.incoming', newId()), 23 * HOUR),
    put(path.join(newId(), newId()), 300 * DAY),
    put(path.join(platformId, 'README'), 300 * DAY),
    put('README', 300 * DAY),
  ]
  for (let i = 0; i < 1100; i++) put(path.join(platformId, newId()), 25 * HOUR)
  put(path.join('.incoming', newId()), 25 * HOUR)
  put(path.join(other.platformId, id), 25 * HOUR)

  const all = files()
  t.equal(await collectOrphans(deps, now - DAY, () => true), 0)
  t.strictSame(files(), all, 'told to stop, it removes nothing')
  t.equal(await collectOrphans(deps, now - DAY), 1102)
  t.strictSame(files(), kept.sort())
  t.equal(await collectOrphans({ db, files: diskStore(path.join(folder, 'nowhere')) }, now - DAY), 0)
  t.strictSame(files(), kept, 'no folder, nothing to do')
})
