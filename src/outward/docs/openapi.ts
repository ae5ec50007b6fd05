/** The OpenAPI document at /openapi.json and, for older generators, /openapi-3.0.json; and a page to browse it at /docs. */
import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import swagger from '@fastify/swagger'
import Type from 'typebox'
import type { App } from '../../foundation/http/server.ts'
import { noContent, openProblems } from '../../platform/wire/responses.ts'
import { completed, type Document, frame } from './document.ts'
import { inOpenApi30 } from './openapi-30.ts'
import { servePage } from './page.ts'

/** Adds the routes of the document and its page; everything is served from here, nothing from an outside host. */
export const serveOpenApi = async (app: App, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: frame(version),
    transformObject: (document) =>
      'openapiObject' in document
        ? (completed(document.openapiObject as Document) as typeof document.openapiObject)
        : document.swaggerObject,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
    },
  })
  await servePage(app)
  serveDocument(app, '/openapi.json', 'readOpenApi', 'This document', 'OpenAPI 3.1', (document) => document)
  serveDocument(app, '/openapi-3.0.json', 'readOpenApi30', 'This document for older generators', 'OpenAPI 3.0.3', inOpenApi30)
}

/** A text in the encodings in which it is sent. */
interface Encoded {
  etag: string
  /** By content coding. */
  bytes: Readonly<Record<'identity' | 'gzip' | 'br', Buffer>>
}

const encode = async (document: object): Promise<Encoded> => {
  const identity = Buffer.from(`${JSON.stringify(document)}\n`)
  const [zipped, br] = await Promise.all([promisify(gzip)(identity), promisify(brotliCompress)(identity)])
  return { etag: `W/"${hash('sha256', identity).slice(0, 32)}"`, bytes: { identity, gzip: zipped, br } }
}

/** The best of the codings that a client accepts; those with `q=0` are not. */
const codingFor = (accepted: string | undefined): keyof Encoded['bytes'] => {
  const named = (accepted ?? '')
    .split(',')
    .filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
    .map((one) => one.split(';')[0]?.trim().toLowerCase())
  return named.includes('br') ? 'br' : named.includes('gzip') ? 'gzip' : 'identity'
}

/** One document, made and compressed at its first reading and the same until the service stops. */
const serveDocument = (
  app: App,
  url: string,
  operationId: string,
  summary: string,
  form: string,
  shape: (document: Document) => object,
): void => {
  let encoded: Promise<Encoded> | undefined
  app.get(
    url,
    {
      schema: {
        operationId,
        tags: ['Documentation'],
        summary,
        description: `${form}, made from the routes. It changes only with the version of the service: send \`If-None-Match\`.`,
        security: [],
        response: {
          200: {
            description: `${form}.`,
            headers: { ETag: { type: 'string', description: 'Changes with the document.' } },
            content: { 'application/json': { schema: Type.Object({}, { additionalProperties: true }) } },
          },
          304: noContent('It is still the one of `If-None-Match`.'),
          ...openProblems(),
        },
      },
    },
    async (request, reply) => {
      encoded ??= encode(shape(app.swagger() as unknown as Document))
      const { etag, bytes } = await encoded
      const coding = codingFor(request.headers['accept-encoding'])
      void reply.headers({ ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' })
      const known = request.headers['if-none-match']
      if (known !== undefined && (known.trim() === '*' || known.includes(etag))) return reply.code(304).send()
      if (coding !== 'identity') void reply.header('Content-Encoding', coding)
      return reply.type('application/json; charset=utf-8').send(bytes[coding])
    },
  )
}
