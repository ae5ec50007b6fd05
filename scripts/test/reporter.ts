import { PassThrough, type TransformCallback } from 'node:stream'
import { Parser, type Result } from 'tap-parser'
import { GROUPS } from './groups.ts'

/** Whether a result is that of a test file, by itself or in a group. */
const isFile = (path: readonly string[], name: string): boolean =>
  path.length === 0 ? !name.startsWith(GROUPS) : path.length === 1 && path[0]?.startsWith(GROUPS) === true

/** The details of a failure that are printed; the others can be as large as a whole database client. */
const told = ['diff', 'found', 'wanted', 'stack', 'exitCode', 'signal', 'timeout', 'code', 'pattern'] as const

/**
 * One line for each test file, the details of each failure, the slowest files where REDRESS_TEST_SLOW says how many, how many were
 * skipped where there are any, and `N passed, N failed` alone on the last line. It counts single assertions, and failures around them: a
 * crash, a time-out, a file that cannot be loaded.
 */
export default class TapReporter extends PassThrough {
  #passed = 0
  #failed = 0
  #skipped = 0
  #files: { name: string; ms: number }[] = []
  #root = new Parser()

  constructor() {
    super()
    this.#watch(this.#root, [])
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#root.write(chunk.toString())
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#root.end()
    const slowest = this.#files.toSorted((a, b) => b.ms - a.ms).slice(0, Number(process.env.REDRESS_TEST_SLOW ?? 0))
    for (const { name, ms } of slowest) this.push(`${(ms / 1000).toFixed(1).padStart(8)} s  ${name}\n`)
    if (this.#skipped > 0) this.push(`${this.#skipped} skipped\n`)
    this.push(`${this.#passed} passed, ${this.#failed} failed\n`)
    done()
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
      if (isFile(path, result.name)) {
        const file = { name: result.name, ms: Math.round(result.time ?? 0) }
        this.#files.push(file)
        this.push(`${result.ok ? 'ok  ' : 'FAIL'} ${file.name} (${file.ms} ms)\n`)
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
    this.push(`  FAIL ${path.join(' > ')}\n${details.join('\n').replaceAll(/^/gm, '    ')}\n`)
  }
}
