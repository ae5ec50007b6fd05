/**
 * One address before several instances: connections go to the instances in turn, and bytes pass unchanged. The bench starts it, with the
 * instances' ports in BENCH_PORTS.
 */
import { connect, createServer } from 'node:net'

const ports = (process.env.BENCH_PORTS ?? '').split(',').map(Number)
let turn = 0
const server = createServer({ noDelay: true }, (client) => {
  const instance = connect({ port: ports[turn++ % ports.length] ?? 0, host: '127.0.0.1', noDelay: true })
  client.pipe(instance).pipe(client)
  client.on('error', () => instance.destroy()).on('close', () => instance.destroy())
  instance.on('error', () => client.destroy()).on('close', () => client.destroy())
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit())
