/** How the client is generated; `npm run client` in the root of the project runs it. */
import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../openapi.json',
  output: {
    path: process.env.CLIENT_OUTPUT ?? 'src',
    // Node runs the sources unbuilt, and finds a file only by its whole name
    module: { extension: '.ts' },
  },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { file: false, level: 'warn' },
})
