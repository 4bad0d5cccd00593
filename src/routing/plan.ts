// Which backend is tried next: priority groups in order, by weight inside a group.
import type { Backend, BackendPicker } from './route.ts'

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

/**
 * Stays on the first priority that has a usable backend, or moves on after `attemptsPerPriority`
 * tries and wraps back to the first when all are used. Inside a group, what was tried already comes
 * last.
 */
export function createPicker(
  groups: readonly (readonly Backend[])[],
  attemptsPerPriority: number | undefined,
  random: () => number,
): BackendPicker {
  // Most requests need neither: they are served by the first backend of the first try.
  let excluded: Set<Backend> | undefined
  let tried: Set<Backend> | undefined
  let level = 0
  let attemptsHere = 0

  const usable = (index: number): readonly Backend[] => {
    const group = groups[index % groups.length] ?? []
    return excluded === undefined ? group : group.filter((backend) => !excluded?.has(backend))
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
        const chosen = chooseByWeight(fresh.length > 0 ? fresh : candidates, random)
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
