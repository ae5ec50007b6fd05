/** How answers are written for people at a terminal. */

export const print = (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(''))

/** Ends the script with one line and the code of wrong usage. */
export const fail = (message) => {
  process.stderr.write(`${process.env.SCRIPT ?? 'render.js'}: ${message}\n`)
  process.exit(2)
}

// what comes from outside must not steer the terminal
export const plain = (value) => String(value ?? '-').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')

export const at = (time) =>
  time
    ? plain(time)
        .replace('T', ' ')
        .replace(/\.000Z$/, 'Z')
    : '-'

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/
const width = (text) => [...text].reduce((sum, letter) => sum + (wide.test(letter) ? 2 : 1), 0)

export const table = (rows) => {
  const widths = rows.reduce((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, width(cell))), [])
  for (const row of rows)
    print(
      row
        .map((cell, i) => cell + ' '.repeat(widths[i] - width(cell)))
        .join('  ')
        .trimEnd(),
    )
}

export const person = ({ role, id, name }) => `${plain(role)}:${plain(id)}${name ? ` ${plain(name)}` : ''}`
