// Which backend is tried next: priority groups in order, by weight inside a group; and which of its endpoints.
import type { ChooseEndpoint } from './load-balancer.ts'
import type { Backend, BackendEndpoint, BackendPicker } from './route.ts'

/** Backends by rising priority; those of weight 0 are never chosen. */
export function groupByPriority(backends: readonly Backend[]): readonly (readonly Backend[])[] {
  const groups = new Map<number, Backend[]>()
  for (const backend of backends) {
    if (backend.weight === 0) continue
    const group = groups.get(backend.priority)
    if (group) group.push(backend)
    else groups.set(backend.priority, [backend])
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group)
}

function chooseByWeight(backends: readonly Backend[], random: () => number): Backend | undefined {
  const [first] = backends
  if (backends.length <= 1) return first
  const total = backends.reduce((sum, backend) => sum + backend.weight, 0)
  let left = random() * total
  for (const backend of backends) {
    left -= backend.weight
    if (left < 0) return backend
  }
  return first
}

export type IsUsable = (endpoint: BackendEndpoint) => boolean

/** What a rule's policy has to say about its backends. */
export interface Steering {
  readonly chooseEndpoint: ChooseEndpoint
  /** Of this request, where consistent hashing decides. */
  readonly hashKey: string | undefined
  /** Who is healthy at this moment. Absent, or undefined as its answer: all are. */
  readonly readHealth: (() => IsUsable | undefined) | undefined
  /** Absent: weights and chance choose among backends. */
  readonly chooseBackend: ((backends: readonly Backend[]) => Backend | undefined) | undefined
}

/**
 * Stays on the first priority that has a usable backend, or moves on after `attemptsPerPriority`
 * tries and wraps back to the first when all are used. Inside a group and inside a backend, what was
 * tried already comes last.
 */
export function createPicker(
  groups: readonly (readonly Backend[])[],
  attemptsPerPriority: number | undefined,
  random: () => number,
  steering: Steering,
): BackendPicker {
  // Most requests need none of these: they are served by the first backend of the first try.
  let excluded: Set<Backend> | undefined
  let tried: Set<Backend> | undefined
  let asked: Set<BackendEndpoint> | undefined
  let level = 0
  let attemptsHere = 0
  const { readHealth, chooseBackend, chooseEndpoint, hashKey } = steering

  const usable = (index: number): readonly Backend[] => {
    let group = groups[index % groups.length] ?? []
    if (excluded !== undefined) group = group.filter((backend) => !excluded?.has(backend))
    const isUsable = readHealth?.()
    if (isUsable === undefined) return group
    return group.filter(({ endpoints }) => endpoints.length === 0 || endpoints.some(isUsable))
  }
  const advance = () => {
    level++
    attemptsHere = 0
  }
  return {
    next() {
      if (attemptsPerPriority !== undefined && attemptsHere >= attemptsPerPriority) advance()
      for (let turn = 0; turn < groups.length; turn++) {
        const candidates = usable(level)
        const fresh =
          tried === undefined ? candidates : candidates.filter((backend) => !tried?.has(backend))
        const choices = fresh.length > 0 ? fresh : candidates
        const chosen = chooseBackend?.(choices) ?? chooseByWeight(choices, random)
        if (chosen !== undefined) {
          tried ??= new Set()
          tried.add(chosen)
          attemptsHere++
          return chosen
        }
        advance()
      }
      return undefined
    },
    endpointOf(backend) {
      const { endpoints } = backend
      if (endpoints.length <= 1) return endpoints[0]
      const isUsable = readHealth?.()
      const candidates = prefer(
        isUsable === undefined ? endpoints : prefer(endpoints, isUsable),
        (endpoint) => !asked?.has(endpoint),
      )
      const chosen = chooseEndpoint({ backend, endpoints: candidates, random, hashKey })
      asked ??= new Set()
      if (chosen !== undefined) asked.add(chosen)
      return chosen
    },
    exclude(backend) {
      excluded ??= new Set()
      excluded.add(backend)
      // It took no attempt away from its priority.
      attemptsHere = Math.max(0, attemptsHere - 1)
    },
    hasOtherPriority() {
      if (attemptsPerPriority === undefined) return false
      return groups.some((_, index) => index !== level % groups.length && usable(index).length > 0)
    },
    skipPriority: advance,
  }
}

/** Those that fit, or all where none does. */
function prefer<Item>(items: readonly Item[], fits: (item: Item) => boolean): readonly Item[] {
  const fitting = items.filter(fits)
  return fitting.length > 0 ? fitting : items
}
