/** Policies over HTTP, for tests of whatever follows them. */
import type { Called, Json, TestApp } from '../../support/app.ts'

export type Caller = Pick<TestApp, 'call'>

export const readPolicy = async ({ call }: Caller): Promise<Json> => (await call('GET', '/v1/policy')).body

/** Sends the present policy with a change, as whoever has just read it. */
export const tryPolicy = async (one: Caller, change: (document: Json) => void, more: Json = {}): Promise<Called> => {
  const { document, version } = await readPolicy(one)
  change(document)
  return one.call('PUT', '/v1/policy', { body: { document, ...more }, headers: { 'if-match': `"${version}"` } })
}

/** The same, which must succeed. */
export const changePolicy = async (one: Caller, change: (document: Json) => void, more: Json = {}): Promise<Json> => {
  const { status, body, text } = await tryPolicy(one, change, more)
  if (status !== 200) throw new Error(text)
  return body
}

export const days = (count: number) => ({ count, unit: 'days' })
export const hours = (count: number) => ({ count, unit: 'hours' })
export const minutes = (count: number) => ({ count, unit: 'minutes' })
export const businessDays = (count: number) => ({ count, unit: 'business_days' })
export const businessHours = (count: number) => ({ count, unit: 'business_hours' })
