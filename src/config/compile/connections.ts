// What policies say about the connections to a backend. A backend has one set of them, whichever route it is called for.
import type { BackendSpec } from '../config.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'

type TrafficPolicy = Resource<'BackendTrafficPolicy'>

export type ConnectionSettings = Partial<
  Pick<BackendSpec, 'connectTimeoutMs' | 'connectionIdleTimeoutMs' | 'maxRequestsPerConnection'>
>

/** By `namespace/name` of the AIServiceBackend. */
export interface Connections {
  note(policy: TrafficPolicy | undefined, backends: readonly string[]): void
  of(backend: string): ConnectionSettings
}

type Spec = TrafficPolicy['value']['spec']

/** 0 is nothing said. */
const settings: readonly {
  readonly name: keyof ConnectionSettings
  readonly path: Path
  read(spec: Spec): number | undefined
  /** Of a value, for people. */
  describe(value: number): string
}[] = [
  {
    name: 'connectTimeoutMs',
    path: ['spec', 'timeout', 'tcp', 'connectTimeout'],
    read: ({ timeout }) => timeout?.tcp?.connectTimeout,
    describe: (ms) => `${ms} ms to connect`,
  },
  {
    name: 'connectionIdleTimeoutMs',
    path: ['spec', 'timeout', 'http', 'connectionIdleTimeout'],
    read: ({ timeout }) => timeout?.http?.connectionIdleTimeout,
    describe: (ms) => `${ms} ms of idle connections`,
  },
  {
    name: 'maxRequestsPerConnection',
    path: ['spec', 'circuitBreaker', 'maxRequestsPerConnection'],
    read: ({ circuitBreaker }) => circuitBreaker?.maxRequestsPerConnection,
    describe: (count) => `${count} requests for each connection`,
  },
]

export function collectConnections({ report }: Compilation): Connections {
  const noted = new Map<string, ConnectionSettings>()
  return {
    of: (backend) => noted.get(backend) ?? {},
    note(policy, backends) {
      if (policy === undefined) return
      for (const { name, path, read, describe } of settings) {
        const value = read(policy.value.spec)
        if (value === undefined || value === 0) continue
        for (const backend of backends) {
          const known = noted.get(backend) ?? {}
          const first = known[name]
          if (first === undefined) noted.set(backend, { ...known, [name]: value })
          else if (first !== value) {
            report(policy, {
              severity: 'warning',
              code: 'unsupported.connection',
              path,
              text: `another policy gives AIServiceBackend ${backend} ${describe(first)}; that holds for all routes`,
            })
          }
        }
      }
    },
  }
}
