/** The service as the demo uses it: one client for each person, and error messages for people. */
import { randomUUID } from 'node:crypto'
import type { AvailableAction, Client, Complaint, Problem } from '../../openapi/client/redress.ts'
import { getComplaint } from '../../openapi/client/redress.ts'

export interface Service {
  /** Moves the test clock and sweeps. */
  admin: Client
  /** @param actor `role:id` */
  as: (actor: string) => Client
}

/** What an operation of the generated client gives back. */
export interface Answer<Data> {
  data?: Data | undefined
  error?: unknown
  response?: Response | undefined
}

export const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && 'code' in error && 'detail' in error

/** The data of an answer. @throws Error naming the problem's code and detail, or that nothing answered. */
export const expectData = <Data>({ data, error, response }: Answer<Data>): Data => {
  if (data !== undefined && error === undefined) return data
  if (response === undefined)
    throw new Error('The service does not answer. Is it running, and is REDRESS_URL right?', { cause: error })
  throw new Error(isProblem(error) ? `${error.code}: ${error.detail}` : `The service answered ${response.status}.`)
}

export const readCase = async (client: Client, id: string): Promise<Complaint> =>
  expectData(await getComplaint({ client, path: { id } }))

/** Sends a POST that may be repeated: the same key makes the service act once. */
export const post = (client: Client, url: string, body: object): Promise<Answer<unknown>> =>
  client.post({
    url,
    body,
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
    throwOnError: false,
  })

/** Follows one entry of `available_actions`. */
export const follow = (client: Client, action: AvailableAction, body: object): Promise<Answer<unknown>> =>
  post(client, action.href, body)

/** Hands a file in as evidence, as a form. */
export const upload = (client: Client, url: string, fields: Record<string, string>, file: File): Promise<Answer<unknown>> => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', file)
  return client.post({
    url,
    body: form,
    bodySerializer: null,
    // fetch names the form's own boundary
    headers: { 'Content-Type': null, 'Idempotency-Key': randomUUID() },
    throwOnError: false,
  })
}

/** A picture of one pixel: the smallest file that is a photo. */
export const photo = (name: string): File =>
  new File(
    [Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')],
    name,
    { type: 'image/png' },
  )
