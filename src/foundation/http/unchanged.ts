import { isDeepStrictEqual } from 'node:util'
import { type FieldError, problem } from './problems.ts'

/**
 * Fields that nobody writes may stand in a body as they were read, so that what was read can be sent back.
 * @param sent of the body: what is not to be written
 * @param shown the resource as it is shown now
 * @throws Problem `validation_failed` (400) naming each field that is another
 */
export const checkUnchanged = (sent: object, shown: object): void => {
  const errors = Object.entries(sent).flatMap(([name, value]): FieldError[] =>
    isDeepStrictEqual(value, (shown as Record<string, unknown>)[name])
      ? []
      : [{ pointer: `/${name}`, code: 'read_only', detail: 'cannot be written; leave it out, or send it back as it was read' }],
  )
  if (errors.length > 0) throw problem('validation_failed', `${errors[0]?.pointer} ${errors[0]?.detail}.`, { errors })
}
