/** Parts of the policy that hold one value for each word of a list. */
import Type, { type Static, type TSchema } from 'typebox'
import { Strict } from '../../foundation/http/schema.ts'

/** One value for each word, none of which may be left out. */
export const recordOf = <const Keys extends readonly string[], T extends TSchema>(
  keys: Keys,
  value: (key: string) => T,
  description: string,
) =>
  Type.Unsafe<Readonly<Record<Keys[number], Static<T>>>>(
    Strict(Object.fromEntries(keys.map((key) => [key, value(key)])), { description }),
  )

/** The same for words of a list that grows: a document from before a word was added lacks it, and is read with the default of that word. */
export const partOf = <const Keys extends readonly string[], T extends TSchema>(
  keys: Keys,
  value: (key: string) => T,
  description: string,
) =>
  Type.Unsafe<Readonly<Partial<Record<Keys[number], Static<T>>>>>(
    Strict(Object.fromEntries(keys.map((key) => [key, Type.Optional(value(key))])), {
      description: `${description} What is left out is as in the policy that platforms start with.`,
    }),
  )
