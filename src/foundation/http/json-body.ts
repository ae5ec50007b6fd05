import { type JSONPath, visit } from 'jsonc-parser'
import type { FieldError } from './problems.ts'

/**
 * Reads a JSON body as it was meant, or says why it cannot. `JSON.parse` alone would let a body mean one thing to the sender and another
 * here: it keeps the last of two equal keys, rounds large integers, and takes `1.0` and `1e3` for integers.
 * Nothing is thrown: the fault waits until the resource has been looked for, because 404 and 403 come before 400.
 */
export type ReadBody = { value: unknown; faults: readonly FieldError[]; readable: boolean }

const MOST_DEPTH = 16
const MOST_FAULTS = 50
const PLAIN_DIGITS = /^-?(?:0|[1-9]\d*)$/
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @param bytes the body as it arrived; empty counts as `{}`, so that an action without fields needs no body */
export const readJson = (bytes: Buffer): ReadBody => {
  if (bytes.length === 0) return { value: {}, faults: [], readable: true }
  let text: string
  let value: unknown
  try {
    text = decoder.decode(bytes)
  } catch {
    return unreadable('invalid_utf8', 'the body is not UTF-8')
  }
  try {
    value = JSON.parse(text)
  } catch {
    return unreadable('invalid_json', 'the body is not JSON')
  }
  const faults = faultsIn(text)
  return { value, faults, readable: true }
}

const unreadable = (code: string, detail: string): ReadBody => ({
  value: undefined,
  faults: [{ pointer: '', code, detail }],
  readable: false,
})

/** RFC 6901. */
export const pointerTo = (path: JSONPath): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Thrown to leave the visit at once: the visitor recurses, so a body that is nested very deeply could exhaust the stack. */
class Enough extends Error {}

const faultsIn = (text: string): FieldError[] => {
  const faults: FieldError[] = []
  const add = (path: JSONPath, code: string, detail: string): void => {
    faults.push({ pointer: pointerTo(path), code, detail })
    if (faults.length >= MOST_FAULTS) throw new Enough()
  }
  /** The keys seen in each object that is open at the moment; arrays have no entry of their own but count for depth. */
  const open: Set<string>[] = []
  const enter = (path: () => JSONPath): void => {
    open.push(new Set())
    if (open.length > MOST_DEPTH) {
      add(path(), 'too_deep', `nested deeper than ${MOST_DEPTH} levels`)
      throw new Enough()
    }
  }
  const leave = (): void => void open.pop()

  try {
    visit(
      text,
      {
        onObjectBegin: (_offset, _length, _line, _column, path) => enter(path),
        onObjectEnd: leave,
        onArrayBegin: (_offset, _length, _line, _column, path) => enter(path),
        onArrayEnd: leave,
        onObjectProperty: (key, _offset, _length, _line, _column, path) => {
          const keys = open.at(-1)
          if (keys?.has(key)) add([...path(), key], 'duplicate_key', 'the key appears twice')
          keys?.add(key)
          const fault = textFault(key)
          if (fault) add(path(), fault.code, `a key ${fault.detail}`)
          if (key === '__proto__' || (key === 'prototype' && path().at(-1) === 'constructor')) {
            add([...path(), key], 'forbidden_key', 'this key is not allowed')
          }
        },
        onLiteralValue: (value: unknown, offset, length, _line, _column, path) => {
          const fault = typeof value === 'string' ? textFault(value) : numberFault(value, text.slice(offset, offset + length))
          if (fault) add(path(), fault.code, fault.detail)
        },
      },
      { disallowComments: true },
    )
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return faults
}

interface Fault {
  code: string
  detail: string
}

const textFault = (text: string): Fault | undefined => {
  if (text.includes('\0')) return { code: 'nul_character', detail: 'contains a NUL character' }
  if (!text.isWellFormed()) return { code: 'lone_surrogate', detail: 'contains half of a surrogate pair' }
  return undefined
}

const numberFault = (value: unknown, written: string): Fault | undefined => {
  if (typeof value !== 'number') return undefined
  if (!Number.isFinite(value)) return { code: 'number_out_of_range', detail: 'is too large a number' }
  if (!Number.isInteger(value)) return undefined
  if (!Number.isSafeInteger(value)) return { code: 'number_out_of_range', detail: 'is beyond 2^53-1' }
  if (!PLAIN_DIGITS.test(written) || written === '-0')
    return { code: 'not_plain_digits', detail: 'write integers as plain digits' }
  return undefined
}
