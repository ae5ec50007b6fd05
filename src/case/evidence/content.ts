/** The content of a proof: measured when it comes in, served so that no browser runs or keeps it when it goes out. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import parseRange from 'range-parser'
import { type ByteRange, type FileStore, type Opened, StoreError } from '../../files/store.ts'
import { problem } from '../../words/problems.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Content } from './decide.ts'
import { attachment } from './file-name.ts'
import { downloadName, RECORD, TEXT } from './media.ts'
import type { NewEvidence } from './schema.ts'
import type { EvidenceRow } from './table.ts'

/** The bytes of words or a record, as they are hashed and served. */
const bytesOf = ({ text, record }: { text?: string | null; record?: object | null }): Buffer =>
  Buffer.from(text ?? canonicalJson(record))

/** Words or a record, measured. */
export const writtenContent = ({ text, record }: NewEvidence): Content => {
  const bytes = bytesOf({ ...(text === undefined ? {} : { text }), ...(record === undefined ? {} : { record }) })
  return {
    file_name: null,
    text: text ?? null,
    record: record ?? null,
    media_type: text === undefined ? RECORD : TEXT,
    size_bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

const headersOf = (row: EvidenceRow): Record<string, string> => {
  const extension = row.record === null ? 'txt' : 'json'
  const name = row.file_name === null ? `evidence-${row.position}.${extension}` : downloadName(row.file_name, row.media_type)
  return {
    'Content-Type': row.media_type === TEXT ? `${TEXT}; charset=utf-8` : row.media_type,
    'Content-Disposition': attachment(name),
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
}

/**
 * What is asked for of a file of that size. `Range` and nothing else: an answer that is never cached has no conditions to fulfil, and without
 * a validator `If-Range` never matches. Several parts that leave gaps are answered with all of it.
 */
const rangeOf = ({ headers }: FastifyRequest, size: number): ByteRange | 'all' | 'none' => {
  const { range } = headers
  if (range === undefined || headers['if-range'] !== undefined || !/^ *bytes=/.test(range)) return 'all'
  const parts = parseRange(size, range, { combine: true })
  if (typeof parts === 'number') return 'none'
  const [part, ...others] = parts
  return part === undefined || others.length > 0 ? 'all' : part
}

/**
 * Sends the content of a proof as an attachment: 200, or 206 for one range.
 * @throws Problem `range_not_satisfiable` (416); `unavailable` (503) when the stored file is missing or no longer of the size it had
 */
export const sendContent = async (
  request: FastifyRequest,
  reply: Pick<FastifyReply, 'code' | 'headers' | 'send'>,
  files: FileStore,
  row: EvidenceRow,
) => {
  if (row.file_name === null) return reply.headers(headersOf(row)).send(bytesOf(row))
  const size = row.size_bytes
  const range = rangeOf(request, size)
  const { stream } = await openKept(request, files, row, typeof range === 'string' ? undefined : range)
  const isUnread = range === 'none' || request.method === 'HEAD'
  // what nobody reads to its end has to be closed
  if (isUnread) stream.destroy()
  if (range === 'none') {
    void reply.headers({ 'Accept-Ranges': 'bytes', 'Content-Range': `bytes */${size}` })
    throw problem('range_not_satisfiable', 'The file ends before the range asked for; Content-Range tells its size.')
  }
  const { start, end } = range === 'all' ? { start: 0, end: size - 1 } : range
  return reply
    .code(range === 'all' ? 200 : 206)
    .headers({
      'Accept-Ranges': 'bytes',
      ...(range === 'all' ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }),
      'Content-Length': end - start + 1,
      ...headersOf(row),
    })
    .send(isUnread ? Readable.from([]) : stream)
}

/** The stored file, if it is of the size it had. */
const openKept = async (
  request: FastifyRequest,
  files: FileStore,
  row: EvidenceRow,
  range: ByteRange | undefined,
): Promise<Opened> => {
  const opened = await files.open({ tenant: row.platform_id, id: row.id }, range).catch((error: unknown) => {
    throw error instanceof StoreError ? missing(request, row, error) : error
  })
  if (opened.size === row.size_bytes) return opened
  opened.stream.destroy()
  throw missing(request, row)
}

const missing = (request: FastifyRequest, row: EvidenceRow, error?: StoreError) => {
  request.log.error({ evidence: row.id, err: error }, 'the stored file of a proof is missing or damaged')
  return problem('unavailable', 'The stored file cannot be read now.', { retryAfter: 60 })
}
