/** Several instances of the service on one Postgres, loaded through one address and each one directly. */
import { availableParallelism } from 'node:os'
import type { Database } from './database.ts'
import { type Loaded, load } from './load.ts'
import { type Operation, titleOf } from './operations.ts'
import { cpuMs, type Server } from './processes.ts'
import { type InstancesRow, median } from './report.ts'
import { medianKnown, warmSeconds, watchCpu } from './rounds.ts'
import type { Books } from './seed.ts'
import type { Stage } from './stage.ts'
import { sweepOnce } from './sweeps.ts'

/** Connections in all, whatever the number of instances. */
const CONNECTIONS = 64

/** Loads all instances at the same time, each one directly. */
const loadEach = async (
  instances: readonly Server[],
  operation: Operation,
  { settings, signal }: Stage,
  atMost: number,
): Promise<number> => {
  const next = () => operation.request('service')
  const connections = CONNECTIONS / instances.length
  const loads = await Promise.all(
    instances.map(({ url }) =>
      load(url, { connections, seconds: settings.seconds, atMost: Math.ceil(atMost / instances.length), next, signal }),
    ),
  )
  return loads.reduce((sum, { rps }) => sum + rps, 0)
}

interface Round extends Loaded {
  direct: number
  serverCpu: number | null
  postgresCpu: number | null
  balancerCpu: number | null
}

/** @param most how many instances at most: 1, 2, 4 … are measured */
export const measureInstances = async (
  stage: Stage,
  database: Database,
  books: Books,
  operations: readonly Operation[],
  most: number,
): Promise<InstancesRow[]> => {
  const { settings, signal, say } = stage
  const servers: Server[] = []
  while (servers.length < most) servers.push(await stage.startService(database.url))
  const counts = [1, 2, 4, 8].filter((count) => count <= most)
  const groups: { instances: Server[]; balancer: Server }[] = []
  for (const count of counts) {
    const instances = servers.slice(0, count)
    groups.push({ instances, balancer: await stage.startBalancer(instances) })
  }

  const rows: InstancesRow[] = []
  for (const operation of operations) {
    say(`${titleOf(operation)}, ${counts.join(', ')} instances`)
    // for each count: one load through the address and one directly in every round, and one load to warm up
    const loads = counts.length * (settings.rounds * 2 + 1)
    const atMost = operation.fresh === 0 ? 0 : Math.max(1, Math.floor(operation.fresh / loads) - 2 * CONNECTIONS - 2)
    const loading = { connections: CONNECTIONS, atMost, next: () => operation.request('service'), signal }
    const rounds = groups.map(() => [] as Round[])
    for (const { balancer } of groups) await load(balancer.url, { ...loading, seconds: warmSeconds(settings) })
    for (let round = 0; round < settings.rounds; round++) {
      for (const [index, { instances, balancer }] of groups.entries()) {
        const cpu = watchCpu(
          instances.map(({ pid }) => pid),
          stage.databases.pid,
        )
        const balancerBefore = cpuMs(balancer.pid)
        const loaded = await load(balancer.url, { ...loading, seconds: settings.seconds })
        const used = cpu(loaded.answers)
        const balancerAfter = cpuMs(balancer.pid)
        const balancerCpu =
          balancerBefore === null || balancerAfter === null ? null : (balancerAfter - balancerBefore) / loaded.answers
        const direct = await loadEach(instances, operation, stage, atMost)
        rounds[index]?.push({ ...loaded, ...used, balancerCpu, direct })
      }
    }
    rows.push(...rounds.map((measured, index) => rowOf(titleOf(operation), counts[index] ?? 0, measured)))
  }

  if (settings.only.includes('sweep')) {
    for (const { instances } of groups) {
      const loads = []
      for (let round = 0; round < settings.rounds; round++) loads.push(await sweepOnce(stage, database, books, instances))
      rows.push(
        rowOf(
          'sweep',
          instances.length,
          loads.map((x) => ({ ...x, direct: x.rps, balancerCpu: 0 })),
        ),
      )
    }
  }
  for (const { balancer } of groups) await balancer.stop()
  for (const server of servers) await server.stop()
  return rows
}

const rowOf = (operation: string, instances: number, rounds: readonly Round[]): InstancesRow => {
  const rps = median(rounds.map((x) => x.rps))
  const services = medianKnown(rounds.map((x) => x.serverCpu))
  const postgres = medianKnown(rounds.map((x) => x.postgresCpu))
  const balancer = medianKnown(rounds.map((x) => x.balancerCpu))
  const generator = median(rounds.map((x) => x.generatorCpu))
  // milliseconds per request times requests per second, divided by the thousand milliseconds that a core has per second
  const cores = (each: number | null) => (each === null ? null : (each * rps) / 1000)
  return {
    operation,
    instances,
    rps,
    direct_rps: median(rounds.map((x) => x.direct)),
    p50_ms: median(rounds.map((x) => x.p50)),
    p99_ms: median(rounds.map((x) => x.p99)),
    service_cpu_ms: services,
    postgres_cpu_ms: postgres,
    cores: availableParallelism(),
    service_cores: cores(services),
    postgres_cores: cores(postgres),
    balancer_cores: cores(balancer),
    generator_cores: (generator * rps) / 1000,
  }
}
