/** Recomputations over HTTP, for tests. */
import { eventually } from '../../process/child.ts'
import type { Json, TestApp } from '../../support/app.ts'

type Caller = Pick<TestApp, 'call'>

/** The job once it is done. */
export const untilDone = ({ call }: Caller, id: string): Promise<Json> =>
  eventually(async () => {
    const { body } = await call('GET', `/v1/policy/recomputations/${id}`)
    return body.status === 'done' ? body : undefined
  }, 'the recomputation is done')

/** Asks for one and waits until it is done. */
export const recompute = async (one: Caller, body: object = {}): Promise<Json> => {
  const { status, body: job, text } = await one.call('POST', '/v1/policy/recompute', { body })
  if (status !== 202) throw new Error(text)
  return untilDone(one, job.id)
}
