/** The operations of the OpenAPI document, for tests that check something for all of them. */
import type { HTTPMethods } from 'fastify'
import type { Json, TestApp } from './app.ts'

export interface Operation {
  method: HTTPMethods
  /** As in the document: `/v1/complaints/{id}/accept`. */
  path: string
  /** `complaints`, `api-keys` … */
  collection: string
  needsKey: boolean
  /** Parameters in the query. */
  query: { name: string; schema: Json }[]
  /** Media types of the body; none where there is no body. */
  bodies: string[]
}

export const operationsOf = ({ app }: Pick<TestApp, 'app'>): Operation[] => {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Json>> }
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([name, { security = [], parameters = [], requestBody }]) => {
      const method = name.toUpperCase() as HTTPMethods
      const operation: Operation = {
        method,
        path,
        collection: path.split('/')[2] ?? '',
        needsKey: security.length > 0,
        query: parameters.filter((parameter: Json) => parameter.in === 'query'),
        bodies: Object.keys(requestBody?.content ?? {}),
      }
      return method === 'GET' ? [operation, { ...operation, method: 'HEAD' as HTTPMethods }] : [operation]
    }),
  )
}

/** An id for each collection, and one for each parameter of another name. */
export type Ids = Readonly<Record<string, string>>

export const urlOf = ({ path, collection }: Operation, ids: Ids): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const id = ids[parameter === 'id' ? collection : parameter]
    if (id === undefined) throw new Error(`${path}: these tests need a real id for {${parameter}} of ${collection}`)
    return id
  })
