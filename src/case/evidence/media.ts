/**
 * Which files are taken as evidence. The bytes decide, never the name or the declared type, and what is not on the list is refused: all
 * of these are inert when they are served as attachments, and none of them is markup, a script, text or an archive.
 */
import { fileTypeFromTokenizer } from 'file-type'
import { type FileStore, type Place, StoreError } from '../../files/store.ts'
import { tokenizerOf } from '../../files/tokenizer.ts'
import type { EvidenceType } from '../../words/evidence.ts'
import { problem } from '../../words/problems.ts'

/** Media type → the file extensions that belong to it. The first one is given to a download whose name has none of them. */
const accepted: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png'],
  'image/apng': ['png', 'apng'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  'image/heic': ['heic', 'heif'],
  'image/heif': ['heif', 'heic'],
  'image/avif': ['avif'],
  'video/mp4': ['mp4'],
  'video/x-m4v': ['m4v', 'mp4'],
  'video/quicktime': ['mov', 'qt'],
  'video/webm': ['webm'],
  'video/3gpp': ['3gp', '3gpp'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a', 'mp4'],
  'audio/x-m4a': ['m4a'],
  'audio/wav': ['wav'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/amr': ['amr'],
  'application/pdf': ['pdf'],
}

/** The media types of uploads, for the API documentation. */
export const acceptedMediaTypes = Object.keys(accepted)

/** Media types of what is not a file. */
export const TEXT = 'text/plain'
export const RECORD = 'application/json'

/**
 * The media type that the bytes of a kept file show.
 * @throws Problem `evidence_type_unsupported` (415) for anything not on the list
 * @throws StoreError when the file cannot be read
 */
export const mediaTypeOf = async (files: FileStore, place: Place): Promise<string> => {
  const [found] = (await sniff(files, place))?.split(';', 1) ?? []
  if (found !== undefined && Object.hasOwn(accepted, found)) return found
  throw problem(
    'evidence_type_unsupported',
    `/file: send one of ${acceptedMediaTypes.join(', ')}; the content decides, not the name.`,
  )
}

const sniff = async (files: FileStore, place: Place): Promise<string | undefined> => {
  try {
    return (await fileTypeFromTokenizer(await tokenizerOf(files, place)))?.mime
  } catch (error) {
    // a file that breaks its own format is of no known type; a store that cannot be read is another matter
    if (error instanceof StoreError) throw error
    return undefined
  }
}

const needed: Partial<Record<EvidenceType, string>> = { photo: 'image/', video: 'video/' }

/** @throws Problem `evidence_media_mismatch` (422) for a photo that is no image or a video that is none */
export const checkMedia = (type: EvidenceType, mediaType: string): void => {
  const prefix = needed[type]
  if (prefix !== undefined && !mediaType.startsWith(prefix)) {
    throw problem('evidence_media_mismatch', `/type: a ${type} is a file of some type ${prefix}*; this is ${mediaType}.`)
  }
}

/** The name under which a file is saved by whoever downloads it: the submitter's, with an extension that fits the bytes. */
export const downloadName = (fileName: string, mediaType: string): string => {
  const fitting = accepted[mediaType] ?? ['bin']
  const extension = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase()
  return extension !== undefined && fitting.includes(extension) ? fileName : `${fileName}.${fitting[0]}`
}
