/** The entry of the process. It does what has to come before the code of the service is loaded. */
import './needs-node.cjs'
import { enableCompileCache } from 'node:module'
import path from 'node:path'

// Stripping and compiling all sources takes a third of a start, so the result is kept for the next one. It is kept in the service's own
// folder, because write access to it decides what code runs. Where the folder cannot be written, every start compiles.
enableCompileCache(path.resolve(process.env.DATA_DIR || 'data', 'compile-cache'))

await import('./serve.ts')
