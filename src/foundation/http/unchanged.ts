import { isDeepStrictEqual } from 'node:util'
import { type FieldError, problem } from './problems.ts'

/**
 * A body may contain read-only fields if their values are unchanged, so that a client can send back what it has read.
 * @param sent the read-only fields of the body
 * @param shown the resource as it is shown now
 * @throws Problem `validation_failed` (400) naming each field whose value differs
 */
export const checkUnchanged = (sent: object, shown: object): void => {
  const errors = Object.entries(sent).flatMap(([name, value]): FieldError[] =>
    isDeepStrictEqual(value, (shown as Record<string, unknown>)[name])
      ? []
      : [{ pointer: `/${name}`, code: 'read_only', detail: 'cannot be written; leave it out, or send it back as it was read' }],
  )
  if (errors.length > 0) throw problem('validation_failed', `${errors[0]?.pointer} ${errors[0]?.detail}.`, { errors })
}
