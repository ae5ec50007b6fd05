/** When two ids are one person as far as duties have to be separated: the one place that says so. */

export const samePerson = (one: string, other: string): boolean => one === other

/** Whether one of these people is this one. */
export const isAmong = (ids: readonly string[], id: string): boolean => ids.some((one) => samePerson(one, id))

/** `agent:acct:7` is the agent `acct:7`: a role has no colon, an id may. */
export const splitName = (name: string): { role: string; id: string } => {
  const colon = name.indexOf(':')
  return { role: name.slice(0, Math.max(colon, 0)), id: name.slice(colon + 1) }
}

/** Whether somebody's name, `role:id`, is this actor. */
export const isNamed = (name: string | null | undefined, actor: { role: string; id: string }): boolean =>
  typeof name === 'string' && splitName(name).role === actor.role && samePerson(splitName(name).id, actor.id)
