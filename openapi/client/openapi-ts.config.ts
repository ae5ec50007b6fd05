/** How the client is generated; `npm run client` in the root of the project runs it. */
import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../openapi.json',
  output: {
    path: process.env.CLIENT_OUTPUT ?? 'src/generated',
    module: {
      // Node runs the sources unbuilt, and finds a file only by its whole name
      extension: '.ts',
      // operations are called on the client of src/client.ts, which wraps the generated one
      resolve: (name) => (name === './client/index.ts' ? '../client.ts' : undefined),
    },
  },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true },
    '@hey-api/typescript',
    // every call names its client, which sends the key with each request
    { name: '@hey-api/sdk', client: false, auth: false },
  ],
  logs: { file: false, level: 'warn' },
})
