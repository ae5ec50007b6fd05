import { v7 } from 'uuid'

/** A UUIDv7: unguessable enough to name a resource, ordered enough to keep index pages together. Never the only sort key across processes. */
export const newId = (): string => v7()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a path segment can be an id at all; one that cannot is "not found", not "invalid". */
export const isId = (text: string): boolean => UUID.test(text)
