import { Parser, type Result } from 'tap-parser'

/** The details of a failure that are printed; the others can be as large as a whole database client. */
const told = ['diff', 'found', 'wanted', 'stack', 'exitCode', 'signal', 'timeout', 'code', 'pattern'] as const

/**
 * What a run of tests prints: one line for each test file, the details of each failure, the slowest files, how many were skipped where there
 * are any, and `N passed, N failed` alone on the last line. It counts single assertions, and failures around them: a crash, a time-out, a
 * file that cannot be loaded.
 */
export class Report {
  #passed = 0
  #failed = 0
  #skipped = 0
  #files: { name: string; ms: number }[] = []
  readonly #print: (text: string) => void

  constructor(print: (text: string) => void) {
    this.#print = print
  }

  get failed(): number {
    return this.#failed
  }

  /** What reads the TAP of one process, in which each test file is a subtest. */
  reader(): Parser {
    const parser = new Parser()
    this.#watch(parser, [])
    return parser
  }

  /** The process of these files has ended. @param how its exit code, or the signal */
  ended(files: readonly string[], { results }: Parser, how: string): void {
    if (how !== '0' && results?.ok) this.#fail([files.join(' '), `ended with ${how}, though all tests passed`], undefined)
    const reached = new Set(this.#files.map(({ name }) => name))
    for (const file of files) if (!reached.has(file)) this.#fail([file, `not reached: its process ended with ${how}`], undefined)
  }

  /** @param slow how many of the slowest files are listed */
  end(slow: number): void {
    const slowest = this.#files.toSorted((a, b) => b.ms - a.ms).slice(0, slow)
    for (const { name, ms } of slowest) this.#print(`${(ms / 1000).toFixed(1).padStart(8)} s  ${name}\n`)
    if (this.#skipped > 0) this.#print(`${this.#skipped} skipped\n`)
    this.#print(`${this.#passed} passed, ${this.#failed} failed\n`)
  }

  #watch(parser: Parser, path: readonly string[]): void {
    // A result that follows a child sums up the child. Its failure counts only when nothing inside the child has failed.
    let summary: { failedBefore: number } | undefined
    parser.on('child', (child: Parser) => {
      summary = { failedBefore: this.#failed }
      this.#watch(child, [...path, child.name])
    })
    parser.on('assert', (result: Result) => {
      const sums = summary
      summary = undefined
      if (path.length === 0) {
        const file = { name: result.name, ms: Math.round(result.time ?? 0) }
        this.#files.push(file)
        this.#print(`${result.ok ? 'ok  ' : 'FAIL'} ${file.name} (${file.ms} ms)\n`)
      }
      if (result.skip || result.todo) this.#skipped++
      else if (result.ok) this.#passed += sums ? 0 : 1
      else if (!sums || this.#failed === sums.failedBefore) this.#fail([...path, result.name], result)
    })
    parser.on('bailout', (reason: string) => this.#fail([...path, `bail out: ${reason}`], undefined))
  }

  #fail(path: readonly string[], result: Result | undefined): void {
    this.#failed++
    const details = told.flatMap((key) => {
      const value: unknown = result?.diag?.[key]
      return value === undefined || value === null ? [] : [`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`]
    })
    this.#print(`  FAIL ${path.join(' > ')}\n${details.map((line) => `${line.replaceAll(/^/gm, '    ')}\n`).join('')}`)
  }
}
