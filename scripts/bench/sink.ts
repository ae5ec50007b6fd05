/**
 * Where events are sent: a bare server that answers 204 and counts, by path, what came and what came out of turn. `/dead` takes a request and
 * never answers. The bench starts it, and asks it for `/counts`.
 */
import { createServer } from 'node:http'

export interface SinkCounts {
  /** Events that came for the first time. */
  events: number
  /** Requests with an event that had come before. */
  again: number
  /** Events that came before the one of their subject before them. */
  early: number
}

interface Path extends SinkCounts {
  /** The highest sequence that has come, by subject. */
  last: Map<string, number>
}

const paths = new Map<string, Path>()
const none = (): Path => ({ events: 0, again: 0, early: 0, last: new Map() })

const note = (name: string, text: string): void => {
  const path = paths.get(name) ?? none()
  paths.set(name, path)
  const { subject, sequence } = JSON.parse(text) as { subject: { id: string }; sequence: number }
  const last = path.last.get(subject.id)
  if (last !== undefined && sequence <= last) {
    path.again += 1
    return
  }
  path.events += 1
  // the first event of a subject that comes is where it begins
  if (last !== undefined && sequence !== last + 1) path.early += 1
  path.last.set(subject.id, sequence)
}

const server = createServer((request, response) => {
  const name = request.url ?? '/'
  if (request.method === 'GET') {
    const counts = Object.fromEntries([...paths].map(([path, { last: _, ...counted }]) => [path, counted]))
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counts))
  }
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (part: string) => {
    text += part
  })
  request.on('end', () => {
    if (name === '/dead') return
    note(name, text)
    response.writeHead(204).end()
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit())
