/** The page at /docs on which the API can be browsed and tried; everything of it is served from here. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import swaggerUi from '@fastify/swagger-ui'
import type { App } from '../../foundation/http/server.ts'

/** Content-Security-Policy: nothing from outside, and no upgrade to https, since the page is also read over plain HTTP inside a network. */
const policy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'style-src': "'self' 'unsafe-inline'",
}

/** What runs in the browser is written as a browser reads it, and ships with the code. */
const pageFile = (name: string): string => readFileSync(path.join(import.meta.dirname, 'page', name), 'utf8')

/** What `page/who.js` defines. */
interface Page {
  redressRequest: <Request>(request: Request) => Request
}

export const servePage = async (app: App): Promise<void> => {
  await app.register(async (scope) => {
    // the page of the plugin has no viewport, so a phone would show it as wide as a desk
    scope.addHook('onSend', async (_request, reply, payload) =>
      String(reply.getHeader('content-type')).startsWith('text/html') && typeof payload === 'string'
        ? payload.replace('<title>', '<meta name="viewport" content="width=device-width, initial-scale=1">\n      <title>')
        : payload,
    )
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: policy,
      uiConfig: {
        validatorUrl: null,
        docExpansion: 'list',
        filter: true,
        displayRequestDuration: true,
        // sent to the browser as text
        requestInterceptor: (request) => (globalThis as unknown as Page).redressRequest(request),
      },
      theme: {
        title: 'Redress',
        css: [{ filename: 'page.css', content: pageFile('page.css') }],
        js: [{ filename: 'who.js', content: pageFile('who.js') }],
      },
    })
  })
}
