/** The package: every operation and type of the API (`src/generated`), and what is written by hand to call them (the rest of `src`). */
export type { Answered, CallOptions, Client, Failed, Patience, RequestOptions } from './src/client.ts'
export { type Connection, connect } from './src/connect.ts'
export { type ErrorCode, type LocalCode, RedressError } from './src/errors.ts'
export {
  type FollowedEvent,
  type FollowOptions,
  followEvents,
  verifyWebhook,
  type WebhookHeaders,
  WebhookRefused,
} from './src/events.ts'
export * from './src/generated/index.ts'
export { pages } from './src/pages.ts'
export { type UploadEvidenceData, uploadEvidence } from './src/upload.ts'
