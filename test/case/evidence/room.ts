/** A service with one case between buyer:B-1 and merchant:M-1, and files to hand in. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { type Called, type CallOptions, type Json, type TestApp, type TestAppOptions, testApp } from '../../support/app.ts'

export const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex')
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')
export const mp4 = Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex')

/** One part of a form: a field, or a file with its name. */
export type Part = [name: string, value: string | Buffer, fileName?: string]

const BOUNDARY = 'ThisIsWhereAPartEnds'

/** A form as it goes over the wire; names and values may be as wrong as a test likes. */
export const form = (...parts: Part[]): { payload: Buffer; headers: Record<string, string> } => ({
  payload: Buffer.concat([
    ...parts.flatMap(([name, value, fileName]) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n`,
      ),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]),
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
})

export interface EvidenceRoom extends TestApp {
  caseId: string
  /** `/v1/complaints/{id}/evidence` of the case. */
  list: string
  /** Sends a form as the buyer, unless told otherwise. */
  upload: (parts: readonly Part[], options?: CallOptions) => Promise<Called>
  /** Sends JSON as the buyer, unless told otherwise. */
  add: (body: Json, options?: CallOptions) => Promise<Called>
  /** Every file that is stored, by its path below the evidence folder. */
  files: () => string[]
}

export const evidenceRoom = async (t: Test, options: TestAppOptions = {}, filed: Json = {}): Promise<EvidenceRoom> => {
  const one = await testApp(t, options)
  const { call } = one
  const complaint = await call('POST', '/v1/complaints', {
    as: 'buyer:B-1',
    body: {
      channel: 'portal',
      complainant: { role: 'buyer', id: 'B-1' },
      respondent: { role: 'merchant', id: 'M-1' },
      category: 'wrong_or_missing_item',
      description: '少发了保护膜',
      ...filed,
    },
  })
  const caseId: string = complaint.body.id
  const list = `/v1/complaints/${caseId}/evidence`
  return {
    ...one,
    caseId,
    list,
    upload: (parts, { headers, ...rest } = {}) => {
      const { payload, headers: type } = form(...parts)
      return call('POST', list, { as: 'buyer:B-1', payload, ...rest, headers: { ...type, ...headers } })
    },
    add: (body, rest = {}) => call('POST', list, { as: 'buyer:B-1', body, ...rest }),
    files: () => filesIn(one.folder),
  }
}

export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
