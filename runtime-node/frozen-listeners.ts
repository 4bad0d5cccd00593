// What a reload cannot change about ports that are open.
import type { ListenerSpec } from '../src/index.ts'

/** One line for each thing that waits for a restart. `open` are the listeners as they were when ports were bound. */
export function describeFrozen(
  open: readonly ListenerSpec[],
  next: readonly ListenerSpec[],
): readonly string[] {
  const ports = new Set(open.map(({ port }) => port))
  const wanted = new Set(next.map(({ port }) => port))
  const opened = next
    .filter(({ port }) => !ports.has(port))
    .map(({ name, port }) => `listener ${name}: port ${port} is served after a restart`)
  const closed = open
    .filter(({ port }) => !wanted.has(port))
    .map(({ name, port }) => `listener ${name}: port ${port} stays open until a restart`)
  const settings = next.flatMap((listener) => {
    const old = open.find(({ port }) => port === listener.port)
    if (old === undefined) return []
    return frozenSettings
      .filter((key) => old.client[key] !== listener.client[key])
      .map((key) => `listener ${listener.name}: ${key} changes with a restart`)
  })
  return [...opened, ...closed, ...settings]
}

/** Read when a port is bound. */
const frozenSettings = [
  'requestReceivedTimeoutMs',
  'idleTimeoutMs',
  'healthPath',
] as const satisfies readonly (keyof ListenerSpec['client'])[]
