/**
 * Checks every event that a test causes against the catalogue: its type is declared, its resource and its visibility are the declared ones,
 * and its data have all of the declared fields and no other.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { catalogue, dataSchema, type EventType, eventOf } from '../../src/case/case-events/catalogue.ts'
import type { CaseEventRow } from '../../src/case/case-events/table.ts'
import type { Decision } from '../../src/case/case-file/decision.ts'
import { finish } from '../../src/case/decisions/finish.ts'
import { namedSchemas } from '../../src/foundation/http/schema.ts'
import { pascal } from '../../src/foundation/lifecycle.ts'
import type { Db } from '../../src/foundation/sql/database.ts'
import { advanceStates, receivableStates } from '../../src/words/advances.ts'
import { appealStateNames } from '../../src/words/appeals.ts'
import { complaintStateNames } from '../../src/words/complaints.ts'
import { evidenceStateNames } from '../../src/words/evidence.ts'
import { holdStates } from '../../src/words/holds.ts'
import { planStateNames } from '../../src/words/refund-plans.ts'
import { closed, createAjv, faultsIn } from './schemas.ts'

const withNamedSchemas = () => {
  const made = createAjv()
  for (const { schema } of namedSchemas()) made.addSchema(closed(schema) as object)
  return made
}

const ajv = withNamedSchemas()
/** Made when the first event has gone out: by then all rooms of the service have named their schemas. */
let ofDocument: typeof ajv | undefined

const validators = new Map<string, ValidateFunction>()

const validatorOf = (type: EventType): ValidateFunction => {
  const known = validators.get(type) ?? ajv.compile(closed(dataSchema(catalogue[type])) as object)
  validators.set(type, known)
  return known
}

/** The states of the resources that an event can be about. */
const states: Partial<Readonly<Record<string, readonly string[]>>> = {
  complaint: Object.keys(complaintStateNames),
  refund_plan: Object.keys(planStateNames),
  appeal: Object.keys(appealStateNames),
  evidence: Object.keys(evidenceStateNames),
  advance: advanceStates,
  receivable: receivableStates,
  hold: holdStates,
}

const columns = ['type', 'resource', 'resource_id', 'from_status', 'to_status', 'visibility', 'data'] as const
type Told = Pick<CaseEventRow, (typeof columns)[number]>

/** How an event differs from its declaration; undefined where it does not. */
export const faultOf = ({ type, resource, resource_id, from_status, to_status, visibility, data }: Told): string | undefined => {
  const declared = eventOf(type)
  if (declared === undefined) return `${type} is not declared`
  if (!(declared.of as readonly string[]).includes(resource)) return `${type} is about ${resource}`
  if ((resource === 'complaint') !== (resource_id === null) && resource !== 'deadline') return `${type} names ${resource_id}`
  const unknown = [from_status, to_status].find((state) => state !== null && !states[resource]?.includes(state))
  if (unknown !== undefined) return `${type} leads from or to ${unknown}`
  if (declared.otherwise === undefined && visibility !== declared.visibility) return `${type} is told to ${visibility}`
  const validate = validatorOf(type as EventType)
  return validate(data) ? undefined : `data of ${type}: ${faultsIn(validate.errors)}`
}

/** Returns the decision. @throws Error when one of its events is not as declared, or they tell other changes of clocks than there were */
export const asDeclared = (d: Decision): Decision => {
  for (const event of d.events) {
    const fault = faultOf(event)
    if (fault !== undefined) throw new Error(fault)
  }
  const told = d.events.flatMap(({ data }) => data.clocks ?? [])
  if (d.events.length > 0 && !isDeepStrictEqual(told, d.clockChanges))
    throw new Error(`events tell ${told.length} of ${d.clockChanges.length} changes of clocks: ${JSON.stringify(d.clockChanges)}`)
  return d
}

/** Finishes a decision that a test has made by hand, and checks its events. */
export const finished = (d: Decision): Decision => asDeclared(finish(d))

/** How an event that goes out differs from its `webhooks` schema of the document; undefined where it does not. */
const sentFaultOf = ({ type, payload }: { type: string; payload: string }): string | undefined => {
  const name = `${pascal(type)}Webhook`
  ofDocument ??= withNamedSchemas()
  const validate = ofDocument.getSchema(name)
  if (validate === undefined) return `no schema is called ${name}`
  return validate(JSON.parse(payload)) ? undefined : `${type} as it goes out: ${faultsIn(validate.errors)}`
}

/** The events of a database that are not as declared, in the timeline or on their way out. */
export const undeclaredIn = async (db: Db): Promise<string[]> => {
  const rows = await db.selectFrom('case_events').select(columns).execute()
  const sent = await db.selectFrom('event_outbox').select(['type', 'payload']).execute()
  return [...new Set([...rows.flatMap((row) => faultOf(row) ?? []), ...sent.flatMap((row) => sentFaultOf(row) ?? [])])]
}
