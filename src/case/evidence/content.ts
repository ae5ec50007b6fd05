/** The content of a proof: measured when it comes in, served so that no browser runs or keeps it when it goes out. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import fastifySend from '@fastify/send'
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/** `Range` and nothing else: an answer that is never cached has no conditions to fulfil, and without a validator `If-Range` never matches. */
const rangeOf = ({ method, headers }: FastifyRequest): Readable => {
  const asked = headers.range === undefined || headers['if-range'] !== undefined ? {} : { range: headers.range }
  return { method, headers: asked } as unknown as Readable
}

/**
 * Sends the content of a proof as an attachment: 200, or 206 for one range.
 * @throws Problem `range_not_satisfiable` (416); `unavailable` (503) when the stored file is missing or no longer of the size it had
 */
export const sendContent = async (
  request: FastifyRequest,
  reply: Pick<FastifyReply, 'code' | 'headers' | 'send'>,
  folder: string,
  row: EvidenceRow,
) => {
  if (row.file_name === null) return reply.headers(headersOf(row)).send(bytesOf(row))
  const found = await fastifySend(rangeOf(request), `/${row.platform_id}/${row.id}`, {
    root: folder,
    cacheControl: false,
    contentType: false,
    etag: false,
    lastModified: false,
    index: false,
    onFile: (_path, stat) => {
      if (stat.size !== row.size_bytes) throw missing(request, row)
    },
  })
  const contentRange = found.headers['Content-Range']
  if (found.statusCode === 416 && contentRange !== undefined) {
    void reply.headers({ 'Accept-Ranges': 'bytes', 'Content-Range': contentRange })
    throw problem('range_not_satisfiable', 'The file ends before the range asked for; Content-Range tells its size.')
  }
  if (found.type !== 'file') throw missing(request, row)
  return reply.code(found.statusCode).headers(found.headers).headers(headersOf(row)).send(found.stream)
}

const missing = (request: FastifyRequest, row: EvidenceRow) => {
  request.log.error({ evidence: row.id }, 'the stored file of a proof is missing or damaged')
  return problem('unavailable', 'The stored file cannot be read now.', { retryAfter: 60 })
}
