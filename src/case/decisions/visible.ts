/** What of a case a caller may read, or 404: the answer is the same for a case that does not exist and for one of other people. */

import { isId } from '../../foundation/ids.ts'
import type { Db } from '../../foundation/sql/database.ts'
import type { Caller } from '../../platform/access/caller.ts'
import { notFound } from '../../words/problems.ts'
import { type CaseFile, mayAddress, mayRead, type Parties } from '../case-file/case-file.ts'
import type { Extent } from '../case-file/parts.ts'
import type { ComplaintRow } from '../complaints/table.ts'
import { type CaseName, readComplaint, readParties } from './load.ts'
import type { Cases } from './store.ts'

/** The complaint of this id, if it is there and open to this caller. */
export const findVisibleComplaint = async (db: Db, caller: Caller, id: string): Promise<ComplaintRow | undefined> => {
  const complaint = isId(id) ? await readComplaint(db, caller.platform.id, id) : undefined
  return complaint && mayRead(complaint, caller.actor) ? complaint : undefined
}

/** The parties of a case that this caller may read, or 404: for lists that need nothing else of the case. */
export const readVisibleParties = async (db: Db, caller: Caller, id: string): Promise<Parties & { id: string }> => {
  const parties = isId(id) ? await readParties(db, caller.platform.id, id) : undefined
  if (!parties || !mayRead(parties, caller.actor)) throw notFound()
  return parties
}

/** The complaint alone as this caller may read it, or 404. */
export const readVisibleComplaint = async (db: Db, caller: Caller, id: string): Promise<ComplaintRow> => {
  const complaint = await findVisibleComplaint(db, caller, id)
  if (!complaint) throw notFound()
  return complaint
}

/** The case as this caller may read it, or 404. */
export const readVisibleCase = async (cases: Cases, caller: Caller, name: CaseName): Promise<CaseFile> => {
  const file = await readCaseToActOn(cases, caller, name)
  if (!mayRead(file.complaint, caller.actor)) throw notFound()
  return file
}

/** The case that this caller wants to act on, or 404. Staff who are a party of it are let through; `mayTake` then refuses them. */
export const readCaseToActOn = async (cases: Cases, caller: Caller, name: CaseName, extent?: Extent): Promise<CaseFile> =>
  openTo(caller, isId(name.id) ? await cases.read(caller.platform.id, name, extent) : undefined)

/** A case that was read, if it is there and open to this caller, or 404. */
export const openTo = (caller: Caller, file: CaseFile | undefined): CaseFile => {
  if (!file || !mayAddress(file.complaint, caller.actor)) throw notFound()
  return file
}
