/** A kept file for parsers that jump about in it: it is read in windows, so that a place near the last one costs nothing. */
import { AbstractTokenizer, EndOfStreamError, type IRandomAccessTokenizer, type IReadChunkOptions } from 'strtok3/core'
import { type ByteRange, type FileStore, type Place, StoreError } from './store.ts'

/** In bytes. Most kinds of files show what they are within it. */
const WINDOW = 64 * 1024

/**
 * A tokenizer over a kept file. It holds nothing open between two reads, so nobody need close it.
 * @throws StoreError when the file is not there or cannot be read, now or at a later read
 */
export const tokenizerOf = async (store: FileStore, place: Place): Promise<IRandomAccessTokenizer> => {
  const { size, bytes } = await readRange(store, place, { start: 0, end: WINDOW - 1 })
  return new StoredTokenizer(async (range) => (await readRange(store, place, range)).bytes, size, bytes)
}

class StoredTokenizer extends AbstractTokenizer implements IRandomAccessTokenizer {
  override fileInfo: { size: number }
  readonly #read: (range: ByteRange) => Promise<Buffer>
  #window: { start: number; bytes: Buffer }

  constructor(read: (range: ByteRange) => Promise<Buffer>, size: number, beginning: Buffer) {
    super()
    this.fileInfo = { size }
    this.#read = read
    this.#window = { start: 0, bytes: beginning }
  }

  override supportsRandomAccess(): boolean {
    return true
  }

  setPosition(position: number): void {
    this.position = position
  }

  override async readBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const asked = this.normalizeOptions(target, options)
    const { length } = await this.#fill(target, asked)
    this.position = asked.position + length
    return enough(length, asked)
  }

  override async peekBuffer(target: Uint8Array, options?: IReadChunkOptions): Promise<number> {
    const asked = this.normalizeOptions(target, options)
    const { length } = await this.#fill(target, asked)
    return enough(length, asked)
  }

  /** The bytes from a position on, as far as the file has them. */
  async #fill(target: Uint8Array, { position, length }: { position: number; length: number }): Promise<Buffer> {
    const end = Math.min(position + length, this.fileInfo.size)
    const { start, bytes } = this.#window
    if (position < end && (position < start || end > start + bytes.length)) {
      const most = Math.max(length, WINDOW)
      this.#window = { start: position, bytes: await this.#read({ start: position, end: position + most - 1 }) }
    }
    const from = position - this.#window.start
    const found = this.#window.bytes.subarray(from, Math.max(from, end - this.#window.start))
    target.set(found)
    return found
  }
}

const enough = (count: number, { length, mayBeLess }: { length: number; mayBeLess?: boolean }): number => {
  if (count < length && !mayBeLess) throw new EndOfStreamError()
  return count
}

const readRange = async (store: FileStore, place: Place, range: ByteRange): Promise<{ size: number; bytes: Buffer }> => {
  const { size, stream } = await store.open(place, range)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch (error) {
    throw new StoreError('a file cannot be read on', error)
  }
  return { size, bytes: Buffer.concat(chunks) }
}
