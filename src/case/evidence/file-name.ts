/** File names: shown to people, sent in a header, never used on the disk. */

/** Controls, line and paragraph separators, byte order marks, and everything that turns the writing direction. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu
const LONGEST = 200
const UNNAMED = 'file'

/** The name as it may be shown: the last part of the path, nothing that hides or reorders characters, at most 200 characters. */
export const cleanFileName = (given: string): string => {
  const last = given.split(/[\\/]/).at(-1) ?? ''
  const characters = Array.from(last.replaceAll(INVISIBLE, '').trim())
  const name = characters.length <= LONGEST ? characters.join('') : shorten(characters)
  return /^\.*$/.test(name) ? UNNAMED : name
}

/** Cuts the middle of the name, not its extension. */
const shorten = (characters: readonly string[]): string => {
  const dot = characters.lastIndexOf('.')
  const extension = dot > characters.length - 12 ? characters.slice(dot) : []
  return [...characters.slice(0, LONGEST - extension.length), ...extension].join('')
}

/** `Content-Disposition` of a download (RFC 6266): the name in UTF-8, and an ASCII one for clients that know no better. */
export const attachment = (name: string): string => {
  const ascii = name.replaceAll(/[^A-Za-z0-9._ -]/gu, '_')
  const utf8 = encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`
}
