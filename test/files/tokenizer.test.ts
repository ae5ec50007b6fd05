/** A parser that reads a kept file through its store finds what it would find in the file itself. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { fileTypeFromFile, fileTypeFromTokenizer } from 'file-type'
import { EndOfStreamError } from 'strtok3/core'
import t from 'tap'
import { acceptedMediaTypes } from '../../src/case/evidence/media.ts'
import { type FileStore, StoreError } from '../../src/files/store.ts'
import { tokenizerOf } from '../../src/files/tokenizer.ts'
import { gif, jpeg, mp4, pdf, png } from '../case/evidence/room.ts'
import { diskFor, folderFor, inChunks, newPlace } from './stores.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')
const zeros = (length: number): Buffer => Buffer.alloc(length)
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts)
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
/** The beginning of an ISO base media file of that brand. */
const ftyp = (brand: string): Buffer => join(uint32(24), ascii(`ftyp${brand}`), uint32(0), ascii('isommp42'))
const chunk = (type: string, length: number): Buffer => join(uint32(length), ascii(type), zeros(length + 4))
const pngHead = join(hex('89504e470d0a1a0a'), chunk('IHDR', 13))
const idat = chunk('IDAT', 10)
/** An ID3 header that says it is that long. */
const id3 = (length: number): Buffer =>
  join(ascii('ID3'), hex('040000'), Buffer.from([21, 14, 7, 0].map((shift) => (length >> shift) & 0x7f)))
const mp3Frame = join(hex('fffb9064'), zeros(500))
const webm = (doctype: string): Buffer =>
  join(hex('1a45dfa3 9f 4286 81 01 42f7 81 01 4282'), Buffer.from([0x80 | doctype.length]), ascii(doctype), zeros(40))
const ogg = (head: string): Buffer => join(ascii('OggS'), zeros(24), ascii(head), zeros(60))

const MiB = 1024 ** 2

/** One of each kind that is taken, and of many that are not; some with what tells the kind far behind in the file. */
const samples: Record<string, Buffer> = {
  gif,
  jpeg,
  mp4,
  pdf,
  png,
  'png with a large piece': join(pngHead, chunk('teSt', 2 * MiB), idat),
  'png cut in a piece': join(pngHead, uint32(2 * MiB), ascii('teSt'), zeros(100)),
  'png without a head': join(hex('89504e470d0a1a0a'), chunk('teSt', 10), idat),
  apng: join(pngHead, chunk('acTL', 8), idat),
  'apng, told behind a large piece': join(pngHead, chunk('teSt', 2 * MiB), chunk('acTL', 8), idat),
  'apng, told behind many pieces': join(
    pngHead,
    ...Array.from({ length: 300 }, () => chunk('teSt', 1000)),
    chunk('acTL', 8),
    idat,
  ),
  webp: join(ascii('RIFF'), zeros(4), ascii('WEBPVP8 '), zeros(20)),
  wav: join(ascii('RIFF'), zeros(4), ascii('WAVEfmt '), zeros(20)),
  avi: join(ascii('RIFF'), zeros(4), ascii('AVI LIST'), zeros(20)),
  heic: ftyp('heic'),
  heif: ftyp('mif1'),
  avif: ftyp('avif'),
  m4v: ftyp('M4V '),
  mov: ftyp('qt  '),
  'mov without ftyp': join(uint32(8), ascii('moov'), zeros(30)),
  '3gp': ftyp('3gp5'),
  m4a: ftyp('M4A '),
  m4b: ftyp('M4B '),
  cr3: ftyp('crx '),
  webm: webm('webm'),
  mkv: webm('matroska'),
  'ebml of nothing known': webm('other'),
  'mp3 with a head': join(id3(1000), zeros(1000), mp3Frame),
  'mp3 with a head of a mebibyte': join(id3(MiB), zeros(MiB), mp3Frame),
  'mp3 with a head of 20 mebibytes': join(id3(20 * MiB), zeros(20 * MiB), mp3Frame),
  'mp3 with a head longer than itself': join(id3(5000), zeros(100)),
  'mp3 without a head': mp3Frame,
  'flac behind a head': join(id3(300_000), zeros(300_000), ascii('fLaC'), zeros(40)),
  'opus in ogg': ogg('OpusHead'),
  'vorbis in ogg': ogg('\x01vorbis'),
  'theora in ogg': ogg('\x80theora'),
  amr: join(ascii('#!AMR\n'), zeros(40)),
  'a byte order mark before': join(hex('efbbbf'), ascii('%PDF-1.4')),
  'many byte order marks': Buffer.alloc(3000, hex('efbbbf')),
  zip: hex('504b030414000000080000000000000000000000000000000000'),
  'zip with names': join(
    hex('504b03041400000000000000000000000000050000000500000008000000'),
    ascii('mimetypehello'),
    hex('504b0506'),
    zeros(18),
  ),
  gzip: hex('1f8b0800000000000003f3c8040082897602020000 00'),
  tar: join(ascii('a.txt'), zeros(252), ascii('ustar\0'), zeros(250)),
  tiff: join(hex('49492a0008000000 0100 0001 0300 01000000 01000000'), zeros(20)),
  'tiff that points behind its end': join(hex('49492a00ffffff7f'), zeros(20)),
  'a disk image': join(zeros(32_769), ascii('CD001'), zeros(100)),
  'a disk image, a byte too late': join(zeros(32_770), ascii('CD001'), zeros(100)),
  asf: join(hex('3026b2758e66cf11a6d900aa0062ce6c'), zeros(100)),
  exe: ascii('MZ'),
  svg: ascii('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  html: ascii('<!doctype html><script>alert(1)</script>'),
  text: ascii('#!/bin/sh\nid\n'),
  zeros: zeros(200_000),
  'one byte': hex('89'),
  nothing: zeros(0),
}

/** What is found by the file's own path, and through the store: the type, or the name of the error. */
const bothWays = async (folder: string, store: FileStore, bytes: Buffer): Promise<[direct: unknown, stored: unknown]> => {
  const file = path.join(folder, 'by-path')
  writeFileSync(file, bytes)
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  const errorOf = ({ name, message }: Error) => `${name}: ${message}`
  const direct = await fileTypeFromFile(file).catch(errorOf)
  const stored = await tokenizerOf(store, place).then(fileTypeFromTokenizer).catch(errorOf)
  await store.remove(place)
  return [direct, stored]
}

await t.test('a kept file is of the kind that it is by its path', async (t) => {
  const folder = folderFor(t)
  const { store } = diskFor(t)
  const found = new Set<string | undefined>()
  for (const [name, bytes] of Object.entries(samples)) {
    const [direct, stored] = await bothWays(folder, store, bytes)
    t.strictSame(stored, direct, name)
    found.add((direct as { mime: string } | undefined)?.mime?.split(';')[0])
  }
  t.strictSame(
    acceptedMediaTypes.filter((mediaType) => !found.has(mediaType)),
    [],
    'every kind that is taken is among them',
  )
  t.ok(found.has(undefined) && found.size > acceptedMediaTypes.length + 10, `${found.size} kinds`)
})

await t.test('and so it is however it is cut or changed', async (t) => {
  const folder = folderFor(t)
  const { store } = diskFor(t)
  const small = Object.values(samples).filter(({ length }) => length > 2 && length < 50_000)
  const damaged = fc
    .record({
      bytes: fc.constantFrom(...small),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      changes: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 4,
      }),
      tail: fc.constantFrom(0, 1, 5000, 70_000),
    })
    .map(({ bytes, cut, changes, tail }) => {
      const length = 1 + Math.floor(cut * (bytes.length - 1))
      const result = Buffer.concat([bytes.subarray(0, length), zeros(tail)])
      for (const [where, value] of changes) result[Math.floor(where * length)] = value
      return result
    })
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      const [direct, stored] = await bothWays(folder, store, bytes)
      t.strictSame(stored, direct, bytes.subarray(0, 100).toString('hex'))
    }),
    { numRuns: 400 },
  )
})

await t.test('whatever is read or looked at, in whatever order, is what is there', async (t) => {
  const { store } = diskFor(t)
  const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3))
  const place = newPlace()
  await store.put(place, inChunks(bytes))
  const step = fc.record({
    peek: fc.boolean(),
    position: fc.option(fc.nat({ max: 310_000 }), { nil: undefined }),
    length: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 150_000 })),
    mayBeLess: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const tokenizer = await tokenizerOf(store, place)
      let at = 0
      for (const { peek, position, length, mayBeLess } of steps) {
        const from = position ?? at
        const there = bytes.subarray(from, from + length)
        const target = Buffer.alloc(length)
        const options = { length, mayBeLess, ...(position === undefined ? {} : { position }) }
        const reading = peek ? tokenizer.peekBuffer(target, options) : tokenizer.readBuffer(target, options)
        const got = await reading.catch((error: unknown) => error)
        const isShort = there.length < length && !mayBeLess
        const asExpected = isShort ? got instanceof EndOfStreamError : got === there.length
        if (!asExpected || !target.subarray(0, there.length).equals(there)) throw new Error(`${from} ${length}: ${got}`)
        if (!peek) at = from + there.length
        if (tokenizer.position !== at) throw new Error(`at ${tokenizer.position}, not ${at}`)
      }
    }),
    { numRuns: 300 },
  )
  t.equal((await tokenizerOf(store, place)).fileInfo.size, bytes.length)
})

await t.test('what shows itself at its beginning is opened once', async (t) => {
  const { store } = diskFor(t)
  for (const bytes of [png, jpeg, mp4, pdf, gif, join(png, zeros(5 * MiB))]) {
    const place = newPlace()
    await store.put(place, inChunks(bytes))
    let times = 0
    const counted: FileStore = {
      ...store,
      open: (...asked) => {
        times += 1
        return store.open(...asked)
      },
    }
    t.ok(await tokenizerOf(counted, place).then(fileTypeFromTokenizer))
    t.equal(times, 1)
  }
})

await t.test('a store that fails is told as such, at once or later', async (t) => {
  const { store } = diskFor(t)
  const place = newPlace()
  await store.put(place, inChunks(zeros(300_000)))
  await t.rejects(tokenizerOf(store, newPlace()), StoreError)
  let times = 0
  const failing: FileStore = {
    ...store,
    open: async (at, range) => {
      const opened = await store.open(at, range)
      times += 1
      if (times === 1) return opened
      opened.stream.destroy()
      return {
        ...opened,
        stream: new Readable({
          read: (): never => {
            throw new Error('a disk that cannot be read')
          },
        }),
      }
    },
  }
  const tokenizer = await tokenizerOf(failing, place)
  await tokenizer.ignore(200_000)
  await t.rejects(tokenizer.peekBuffer(Buffer.alloc(10)), StoreError)
  t.equal(times, 2)
})
