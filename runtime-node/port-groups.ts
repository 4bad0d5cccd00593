// Which ports are opened for which listeners.
import type { ListenerSpec } from '../src/index.ts'
import { RunError } from './exit-errors.ts'

export interface PortGroup {
  readonly port: number
  /** As the configuration has it. */
  readonly listenerPort: number
  readonly names: readonly string[]
  readonly client: ListenerSpec['client']
}

/** Listeners that differ in host name alone share a port, with the first one's client policy. */
export function groupByPort(
  listeners: readonly ListenerSpec[],
  port: number | undefined,
): PortGroup[] {
  const groups = new Map<number, PortGroup>()
  for (const { name, port, client } of listeners) {
    const group = groups.get(port)
    groups.set(
      port,
      group
        ? { ...group, names: [...group.names, name] }
        : { port, listenerPort: port, names: [name], client },
    )
  }
  const [first, ...others] = groups.values()
  if (first === undefined) throw new RunError('the configuration has no listener')
  return [{ ...first, port: port ?? first.port }, ...others]
}
