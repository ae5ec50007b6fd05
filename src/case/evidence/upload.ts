/**
 * An upload: multipart/form-data with one file. Every part is read as bytes, so that fields are held to the same rules as JSON, and the
 * file goes to the store as it comes, hashed on its way.
 */
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { type FileStore, type Measured, type Place, StoreError } from '../../files/store.ts'
import { pointerTo } from '../../foundation/http/json-body.ts'
import { checkInput } from '../../foundation/http/validation.ts'
import { newId } from '../../foundation/ids.ts'
import { databaseUnavailable } from '../../foundation/sql/errors.ts'
import type { Answer } from '../../platform/idempotency/idempotency.ts'
import { type FieldError, Problem, problem } from '../../words/problems.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Content } from './decide.ts'
import { cleanFileName } from './file-name.ts'
import { mediaTypeOf } from './media.ts'
import type { EvidenceUpload } from './schema.ts'

const FIELD_MAX_BYTES = 64 * 1024
/** The four known parts, and some more so that unknown ones can be named. */
const PARTS_MAX = 8
/** What a form may hold besides the file. */
const FORM_MAX_BYTES = PARTS_MAX * FIELD_MAX_BYTES

/** Where an upload goes, and how large a file of it may be, in bytes. */
interface Taking {
  files: FileStore
  maxBytes: number
}

export interface Upload {
  fields: EvidenceUpload
  content: Content
  /** Stands for the body in the idempotency hash. */
  fingerprint: string
}

interface Parts {
  fields: Record<string, string>
  faults: FieldError[]
  file?: Measured & { name: string }
}

/**
 * Runs `work` with the file of an upload in its place. The file stays if `work` has committed a row that names it; it is removed again
 * after a refusal and after a replay, whose file is there already.
 *
 * @param work must commit the row of the evidence id that it is given
 * @throws Problem 400 for a malformed form or field, 413 for one too large, 415 for a file of another kind, 503 when the store fails
 */
export const withUpload = async (
  request: FastifyRequest,
  taking: Taking,
  work: (id: string, upload: Upload) => Promise<Answer>,
): Promise<Answer> => {
  const place: Place = { tenant: request.caller.platform.id, id: newId() }
  // what cannot be removed now is an orphan, and collected later
  const discard = (): Promise<void> => taking.files.remove(place).catch(() => undefined)
  try {
    const upload = await receive(request, place, taking).catch((error: unknown) => {
      throw uploadProblem(request, error)
    })
    const answer = await work(place.id, upload)
    if (answer.replayed) await discard()
    return answer
  } catch (error) {
    // a commit whose answer was lost may have happened: the file stays, and is collected should it turn out to be nobody's
    if (!databaseUnavailable(error)) await discard()
    throw error
  }
}

const receive = async (request: FastifyRequest, place: Place, taking: Taking): Promise<Upload> => {
  const { files, maxBytes } = taking
  if (Number(request.headers['content-length']) > maxBytes + FORM_MAX_BYTES) throw tooLarge(maxBytes)
  const { fields, faults, file } = await readParts(request, place, taking)
  if (faults.length > 0) throw problem('validation_failed', 'The form cannot be taken as it is.', { errors: faults })
  checkInput(request, fields)
  if (file === undefined) throw new Error('an upload without a file passed the check')
  const content: Content = {
    file_name: file.name,
    text: null,
    record: null,
    media_type: await mediaTypeOf(files, place),
    size_bytes: file.size,
    sha256: file.sha256,
  }
  return { fields: fields as unknown as EvidenceUpload, content, fingerprint: canonicalJson({ ...fields, file: file.sha256 }) }
}

const readParts = async (request: FastifyRequest, place: Place, { files, maxBytes }: Taking): Promise<Parts> => {
  const read: Parts = { fields: {}, faults: [] }
  const fault = (name: string, code: string, detail: string) => read.faults.push({ pointer: pointerTo([name]), code, detail })
  const seen = new Set<string>()
  const limits = { fileSize: maxBytes, files: PARTS_MAX, parts: PARTS_MAX, headerPairs: 20 }
  for await (const part of request.parts({ limits, isPartAFile: () => true })) {
    // every part is a stream, as isPartAFile says; one without a name is known to nobody
    const { fieldname, filename, file } = part as MultipartFile
    const name = String(fieldname)
    if (seen.has(name)) {
      fault(name, 'duplicate_key', 'the field appears twice')
      file.resume()
    } else if (name !== 'file') {
      const text = await readText(file)
      if (typeof text === 'string') read.fields[name] = text
      else fault(name, text.code, text.detail)
    } else if (filename === undefined) {
      fault(name, 'wrong_type', 'must be a file with a file name')
      file.resume()
    } else {
      read.file = { name: cleanFileName(filename), ...(await files.put(place, whole(file, maxBytes))) }
      read.fields[name] = read.file.name
      if (read.file.size === 0) fault(name, 'too_short', 'is empty')
    }
    if (file.truncated) throw tooLarge(maxBytes)
    seen.add(name)
  }
  return read
}

/** A file that is cut short because it is too large breaks, so that the store keeps nothing of it. */
async function* whole(file: MultipartFile['file'], maxBytes: number): AsyncGenerator<Buffer> {
  yield* file
  if (file.truncated) throw tooLarge(maxBytes)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a field, or what is wrong with it. */
const readText = async (part: AsyncIterable<Buffer>): Promise<string | { code: string; detail: string }> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of part) {
    size += chunk.length
    if (size > FIELD_MAX_BYTES) throw problem('payload_too_large', `A field is larger than ${FIELD_MAX_BYTES} bytes.`)
    chunks.push(chunk)
  }
  try {
    const text = decoder.decode(Buffer.concat(chunks))
    return text.includes('\0') ? { code: 'nul_character', detail: 'contains a NUL character' } : text
  } catch {
    return { code: 'invalid_utf8', detail: 'is not UTF-8' }
  }
}

const tooLarge = (maxBytes: number) => problem('payload_too_large', `A file has at most ${maxBytes} bytes.`)

/** What an upload failed of: a rule, the sender's form or connection, or this side's store. */
const uploadProblem = (request: FastifyRequest, error: unknown): unknown => {
  // what is left of the body has no reader any more; unread, it would hold the answer up
  request.raw.unpipe()
  request.raw.resume()
  if (error instanceof Problem || !(error instanceof Error)) return error
  if ('code' in error && String(error.code).startsWith('FST_')) return error
  if (error instanceof StoreError) {
    request.log.error({ err: error }, 'an evidence file cannot be stored')
    return problem('unavailable', 'The file cannot be stored now; ask again.', { retryAfter: 30 })
  }
  return problem('malformed_request', 'The form could not be read.')
}
