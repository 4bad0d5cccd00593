// Which endpoint of a backend serves a try (BackendTrafficPolicy.spec.loadBalancer;
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers).
import type { LoadBalancerSpec } from '../config/config.ts'
import { rankByHash } from './rendezvous.ts'
import type { Backend, BackendEndpoint } from './route.ts'

export interface EndpointChoice {
  readonly backend: Backend
  /** Those that may be asked. */
  readonly endpoints: readonly BackendEndpoint[]
  readonly random: () => number
  /** What decides with consistent hashing; absent: chance does. */
  readonly hashKey: string | undefined
}

export type ChooseEndpoint = (choice: EndpointChoice) => BackendEndpoint | undefined

const chooseAtRandom: ChooseEndpoint = ({ endpoints, random }) =>
  endpoints[Math.floor(random() * endpoints.length)]

/** Two by chance, and of these the one with less to do. */
const chooseLeastBusy: ChooseEndpoint = (choice) => {
  const one = chooseAtRandom(choice)
  const other = chooseAtRandom(choice)
  if (one === undefined || other === undefined) return one
  return other.state.active < one.state.active ? other : one
}

function createRoundRobin(): ChooseEndpoint {
  const turns = new WeakMap<Backend, number>()
  return ({ backend, endpoints }) => {
    const turn = turns.get(backend) ?? 0
    turns.set(backend, turn + 1)
    return endpoints[turn % endpoints.length]
  }
}

const chooseByHash: ChooseEndpoint = (choice) => {
  const { endpoints, hashKey } = choice
  if (hashKey === undefined) return chooseAtRandom(choice)
  return rankByHash(hashKey, endpoints, ({ origin }) => ({ id: origin, weight: 1 }))
}

export function createEndpointChooser(type: LoadBalancerSpec['type']): ChooseEndpoint {
  switch (type) {
    case 'LeastRequest':
      return chooseLeastBusy
    case 'Random':
      return chooseAtRandom
    case 'RoundRobin':
      return createRoundRobin()
    case 'ConsistentHash':
      return chooseByHash
  }
}
