// What a new configuration changes, in the words of the people who edit it. No value of a credential is named.
import type { BackendSpec, GatewaySpec, ListenerSpec, RouteSpec } from './config.ts'

export interface SpecChange {
  readonly what: 'route' | 'backend' | 'credential' | 'listener' | 'costs'
  /** `namespace/name`; `''` for costs of all routes. */
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  /** Which parts, for example `rules[2]`; not for credentials. */
  readonly parts: readonly string[]
}

/** Routes first, then backends, each with its credential, then the rest; each by the order of the files. */
export function compareSpecs(before: GatewaySpec, after: GatewaySpec): readonly SpecChange[] {
  const routes = compareNamed('route', groupRoutes(before), groupRoutes(after), compareRoutes)
  const backends = compareNamed(
    'backend',
    new Map(Object.entries(before.backends)),
    new Map(Object.entries(after.backends)),
    (one, other) => membersThatDiffer(withoutAuth(one), withoutAuth(other)),
  )
  const listeners = compareNamed(
    'listener',
    byName(before.listeners),
    byName(after.listeners),
    membersThatDiffer,
  )
  const costs: SpecChange[] = isSame(before.costs, after.costs)
    ? []
    : [{ what: 'costs', name: '', change: 'changed', parts: [] }]
  return [...routes, ...backends, ...compareCredentials(before, after), ...listeners, ...costs]
}

/** One line, for example `route default/chat changed: rules[2]`. */
export function describeChange({ what, name, change, parts }: SpecChange): string {
  if (what === 'costs') return 'costs of all routes changed'
  const subject = what === 'credential' ? `credential of ${name}` : `${what} ${name}`
  return `${subject} ${change}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
}

function compareNamed<Item>(
  what: SpecChange['what'],
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  compare: (one: Item, other: Item) => readonly string[],
): SpecChange[] {
  const changes: SpecChange[] = []
  for (const [name, item] of after) {
    const old = before.get(name)
    if (old === undefined) changes.push({ what, name, change: 'added', parts: [] })
    else if (!isSame(old, item)) {
      const parts = compare(old, item)
      if (parts.length > 0) changes.push({ what, name, change: 'changed', parts })
    }
  }
  for (const name of before.keys()) {
    if (!after.has(name)) changes.push({ what, name, change: 'removed', parts: [] })
  }
  return changes
}

/** A route that is served differently on several ports stands in several entries. */
function groupRoutes({ routes }: GatewaySpec): ReadonlyMap<string, readonly RouteSpec[]> {
  const groups = new Map<string, RouteSpec[]>()
  for (const route of routes) {
    const group = groups.get(route.name)
    if (group === undefined) groups.set(route.name, [route])
    else group.push(route)
  }
  return groups
}

const maxRules = 5

function compareRoutes(
  [one, ...more]: readonly RouteSpec[],
  [other, ...others]: readonly RouteSpec[],
): readonly string[] {
  if (one === undefined || other === undefined) return ['listeners']
  const members = membersThatDiffer(
    { ...one, rules: undefined, ports: undefined },
    { ...other, rules: undefined, ports: undefined },
  )
  const moved = !isSame([one.ports, more.length], [other.ports, others.length])
  const count = Math.max(one.rules.length, other.rules.length)
  const rules = Array.from({ length: count }, (_, index) => index)
    .filter((index) => !isSame(one.rules[index], other.rules[index]))
    .map((index) => `rules[${index}]`)
  const shown =
    rules.length > maxRules
      ? [...rules.slice(0, maxRules), `and ${rules.length - maxRules} more rules`]
      : rules
  return [...members, ...(moved ? ['listeners'] : []), ...shown]
}

function compareCredentials(before: GatewaySpec, after: GatewaySpec): SpecChange[] {
  return Object.entries(after.backends).flatMap(([name, { auth }]) => {
    // Said with the backend.
    const old = Object.hasOwn(before.backends, name) ? before.backends[name] : undefined
    if (old === undefined || isSame(old.auth, auth)) return []
    const change = old.auth === undefined ? 'added' : auth === undefined ? 'removed' : 'changed'
    return [{ what: 'credential', name, change, parts: [] }]
  })
}

function withoutAuth({ auth: _, ...rest }: BackendSpec): object {
  return rest
}

function byName(listeners: readonly ListenerSpec[]): ReadonlyMap<string, ListenerSpec> {
  return new Map(listeners.map((listener) => [listener.name, listener]))
}

function membersThatDiffer(one: object, other: object): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].filter((name) => !isSame(Reflect.get(one, name), Reflect.get(other, name)))
}

/** Specs are plain data that one compiler makes: equal ones have equal texts. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
