/** The bodies of requests, from the words of a command line. */
import { readFileSync } from 'node:fs'
import { fail, print } from './text.js'

const parsed = (text, what) => {
  try {
    return JSON.parse(text)
  } catch {
    return fail(`${what} is not JSON`)
  }
}

/** `name=value` is a text, `name:=value` JSON (a number, true, a list …), a dotted name is nested. */
const fromPairs = (pairs) => {
  const body = {}
  for (const pair of pairs) {
    const [, name, isJson, text] = /^([^=:]+)(:?)=([\s\S]*)$/.exec(pair) ?? fail(`${pair} is neither name=value nor name:=JSON`)
    const names = name.split('.')
    const last = names.pop()
    let place = body
    for (const outer of names) {
      if (typeof place[outer] !== 'object') place[outer] = {}
      place = place[outer]
    }
    place[last] = isJson ? parsed(text, `what follows ${name}:=`) : text
  }
  return body
}

export const bodies = {
  /** The body of an action: one JSON object, or fields. */
  body: (...words) => {
    const [first = ''] = words
    print(JSON.stringify(words.length === 1 && first.startsWith('{') ? parsed(first, 'the body') : fromPairs(words)))
  },
  /** A body that was written to a file, once it is known to be JSON. */
  body_of: (file) => print(JSON.stringify(parsed(readFileSync(file === '-' ? 0 : file, 'utf8'), file))),
  new_complaint: (...pairs) => {
    const complaint = fromPairs(pairs)
    if (complaint.order) complaint.order.lines = []
    print(JSON.stringify(complaint))
  },
  new_key: (name, roles, expires) => print(JSON.stringify({ name, roles: roles.split(','), expires_at: expires || null })),
}
