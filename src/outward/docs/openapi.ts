import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Type from 'typebox'
import { clocksExplained } from '../../case/deadlines/explained.ts'
import type { App } from '../../foundation/http/server.ts'
import { openProblems } from '../../platform/wire/responses.ts'

const description = `A headless dispute service: complaints, evidence, refund plans and appeals.

- Send your API key as \`Authorization: Bearer rdk_…\`, and name the person you act for as \`Redress-Actor: buyer:B-77\`.
- Errors are \`application/problem+json\`; look at \`code\`.
- A resource lists what you can do with it now as \`available_actions\`: follow them to the end of the case.
- Send an \`Idempotency-Key\` with every POST, and the same one again when you do not know whether it arrived.
- Amounts are integers in minor units; times are RFC 3339 in UTC.`

/** In the order of a first visit. */
const tags = [
  { name: 'Complaints', description: 'The case: filed, argued, decided, closed.' },
  { name: 'Evidence', description: 'Proofs, and what has to be proved.' },
  { name: 'Refund plans', description: 'Proposed settlements, their confirmation and their execution step by step.' },
  { name: 'Appeals', description: 'A decision contested, and judged by somebody higher.' },
  { name: 'Messages', description: 'What people of a case write to each other.' },
  { name: 'Deadlines', description: 'What is due, and what the service will do by itself.' },
  { name: 'Policy', description: 'Every number in which platforms differ, in versions.' },
  { name: 'Calendars', description: 'When business time runs.' },
  { name: 'Operations', description: 'Sweeps: what is due is acted on.' },
  { name: 'Access', description: 'API keys of the platform.' },
  { name: 'Test clock', description: 'The time of a test platform.' },
  { name: 'Health', description: 'For whoever runs the service.' },
  { name: 'Documentation', description: 'This document.' },
]

/** Content-Security-Policy: nothing from outside, and no upgrade to https, since the page is also read over plain HTTP inside a network. */
const policy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'style-src': "'self' 'unsafe-inline'",
}

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" width="110" height="28"><text y="21" font-family="sans-serif" font-size="20" font-weight="bold" fill="#fff">Redress</text></svg>'

/**
 * The OpenAPI 3.1 document, collected from the routes, at /openapi.json, and a page to browse it at /docs that needs no outside host.
 */
export const serveOpenApi = async (app: App, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Redress',
        version,
        description: `${description}\n\n## One case’s clocks\n\n${clocksExplained()}`,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'Where this document came from' }],
      tags,
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of one platform: `rdk_…`.' } },
      },
    },
    transformObject: (document) => ('openapiObject' in document ? mended(document.openapiObject) : document.swaggerObject),
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: policy,
    uiConfig: { validatorUrl: null, docExpansion: 'list', persistAuthorization: false },
    theme: { title: 'Redress' },
    logo: { type: 'image/svg+xml', content: Buffer.from(logo) },
  })
  app.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'readOpenApi',
        tags: ['Documentation'],
        summary: 'This document',
        security: [],
        response: {
          200: {
            description: 'OpenAPI 3.1.',
            content: { 'application/json': { schema: Type.Object({}, { additionalProperties: true }) } },
          },
          ...openProblems(),
        },
      },
    },
    async () => app.swagger(),
  )
}

interface Described {
  paths?: object | undefined
  components?: { schemas?: object | undefined } | undefined
}

/** Corrects, in the finished document, what the plugin gets wrong about routes. */
const mended = <T extends Described>(document: T): T => {
  const schemas = (document.components?.schemas ?? {}) as Record<string, { required?: string[] }>
  for (const operations of Object.values(document.paths ?? {}) as Record<string, Operation>[]) {
    for (const { requestBody, parameters = [] } of Object.values(operations)) {
      if (requestBody !== undefined) requestBody.required = needsBody(requestBody, schemas)
      for (const parameter of parameters) liftStyle(parameter)
    }
  }
  return document
}

/** A body in which nothing is required may be left out; the plugin calls every body required. */
const needsBody = ({ content }: RequestBody, schemas: Record<string, { required?: string[] }>): boolean =>
  Object.values(content).some(({ schema }) => {
    const resolved = schema.$ref === undefined ? schema : schemas[schema.$ref.replace('#/components/schemas/', '')]
    return (resolved?.required ?? []).length > 0
  })

/** `style` and `explode` of a list in the query belong to the parameter; the plugin leaves them in the schema. */
const liftStyle = (parameter: Parameter): void => {
  const { style, explode } = parameter.schema ?? {}
  if (style === undefined) return
  Object.assign(parameter, { style, explode })
  delete parameter.schema?.style
  delete parameter.schema?.explode
}

interface RequestBody {
  required?: boolean
  content: Record<string, { schema: { $ref?: string; required?: string[] } }>
}

interface Parameter {
  schema?: { style?: string; explode?: boolean }
}

interface Operation {
  requestBody?: RequestBody
  parameters?: Parameter[]
}
