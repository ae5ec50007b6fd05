import type { Json, TestApp } from './app.ts'

/** Changes the policy of the platform. Cases that were filed before keep theirs. */
export const decree = async ({ call }: Pick<TestApp, 'call'>, change: (document: Json) => void): Promise<void> => {
  const { body, headers } = await call('GET', '/v1/policy')
  change(body.document)
  const answer = await call('PUT', '/v1/policy', {
    body: { document: body.document },
    headers: { 'if-match': headers.etag ?? '' },
  })
  if (answer.status !== 200) throw new Error(`PUT /v1/policy: ${answer.status} ${answer.text}`)
}
