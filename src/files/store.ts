/**
 * Where bytes are kept. A store knows neither what they mean nor who may read them; whoever keeps something knows a place, and never a
 * path, a bucket or a connection. It asks no more than an object storage can do: upload in parts, read a range, list by prefix, remove.
 */
import type { Readable } from 'node:stream'

export interface FileStore {
  /**
   * Keeps a stream, whole or not at all. When it resolves, the file is there and outlives a loss of power. Until then, and for good when it
   * rejects, nobody can open it and nothing of it comes to be.
   *
   * @param place of its own: nobody puts two files into one place
   * @param source is read to its end; when it breaks, `put` rejects with its error as it is
   * @throws StoreError when the store fails
   */
  put: (place: Place, source: AsyncIterable<Uint8Array>) => Promise<Measured>

  /**
   * Opens a kept file. Whoever opens it reads the stream to its end or destroys it.
   * @param range the bytes that are wanted; all of them when left out
   * @throws StoreError when the file is not there, or the store fails
   */
  open: (place: Place, range?: ByteRange) => Promise<Opened>

  /**
   * Removes a kept file; one that is not there is as good as removed. A file that is still being put is not there yet, and comes.
   * @throws StoreError when the store fails
   */
  remove: (place: Place) => Promise<void>

  /** The tenants that have kept something, in no order. @throws StoreError when the store fails */
  tenants: () => AsyncIterable<string>

  /** The kept files of a tenant, in no order. What comes or goes meanwhile may be among them. @throws StoreError when the store fails */
  list: (tenant: string) => AsyncIterable<Listed>

  /**
   * Removes what is left of puts that never ended, since their process did not live that long.
   *
   * @param before only what was last written before then, in milliseconds of real time; earlier than any put that may still be going on
   * @param shouldStop asked before each of them
   * @returns how many were removed
   * @throws StoreError when the store fails
   */
  removeBroken: (before: number, shouldStop: () => boolean) => Promise<number>
}

/** Where a file is kept. Both are ids, as `isId` says; a place that is named otherwise is a mistake of the caller and a TypeError. */
export interface Place {
  tenant: string
  id: string
}

export interface Measured {
  /** SHA-256 of the bytes, in lower-case hex. */
  sha256: string
  /** In bytes. */
  size: number
}

/** The first and the last position that are meant, from 0. What is no such range is a mistake of the caller and a RangeError. */
export interface ByteRange {
  start: number
  end: number
}

export interface Opened {
  /** Of the whole file, in bytes, whatever range of it was asked for. */
  size: number
  /** The bytes asked for, as far as the file has them. When it breaks, the store has failed. */
  stream: Readable
}

export interface Listed {
  id: string
  /** When it was put, in milliseconds of real time; `undefined` when it is gone. A disk has to look it up, so it is asked for each alone. */
  putAt: () => Promise<number | undefined>
}

/** The store has no such file, takes none, or cannot be reached. `cause` is what it said itself. */
export class StoreError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StoreError'
  }
}
