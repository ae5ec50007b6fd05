/** Handing in a file, which the generated `addEvidence` leaves out: it knows the JSON form of that operation only. */
import type { Client, Options, RequestResult } from './client.ts'
import type { AddEvidenceData, AddEvidenceErrors, AddEvidenceResponses, EvidenceUpload } from './generated/types.gen.ts'

export interface UploadEvidenceData extends Omit<AddEvidenceData, 'body'> {
  body: EvidenceUpload & {
    /** The name to show the file under; that of a `File` when left out. */
    file_name?: string
  }
}

/**
 * Hands in a file as evidence: a `File` or `Blob`, as a browser's input gives it, or Node's `openAsBlob`. Nothing of it is read before it is
 * sent, and it is read again for each further attempt.
 * @throws RedressError unless `throwOnError` is false
 */
export const uploadEvidence = <ThrowOnError extends boolean = true>({
  client,
  body: { file, file_name, ...fields },
  ...options
}: Options<UploadEvidenceData, ThrowOnError> & { client: Client }): RequestResult<
  AddEvidenceResponses,
  AddEvidenceErrors,
  ThrowOnError
> => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value)
  form.append('file', file, file_name ?? ('name' in file ? String(file.name) : 'file'))
  return client.post<AddEvidenceResponses, AddEvidenceErrors, ThrowOnError>({
    url: '/v1/complaints/{id}/evidence',
    ...options,
    body: form,
    bodySerializer: null,
    // fetch names the form's own boundary
    headers: { ...options.headers, 'Content-Type': null },
  })
}
