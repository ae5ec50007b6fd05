/**
 * The kinds of requests by what is given up first when more is asked than can be done, the most important first: a change of an existing case,
 * whose clocks are running; something new; one resource; long work by request; lists, timelines and whatever else can wait. Uploads mostly wait for
 * their own bytes.
 */
export const loadKinds = ['action', 'filing', 'read', 'sweep', 'list', 'upload'] as const
export type LoadKind = (typeof loadKinds)[number]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The kind of a route's requests, where its shape does not tell it. */
    load?: Exclude<LoadKind, 'upload'>
  }
}
