// Which rule serves a request. Rules are ordered as Gateway API orders them (more header matches first,
// then more exact ones, then route name, rule and match index), so the first that matches is the one.

import type {
  GatewaySpec,
  ModelInfo,
  RouteSpec,
  RuleSpec,
  ServingBackend,
} from '../config/config.ts'
import { createHostTable } from './hosts.ts'
import { compileHeaderMatch, type HeaderMatch, modelHeader } from './match.ts'
import { type Precedence, sortByPrecedence } from './precedence.ts'
import type { Route, RouteKey, RouteTable } from './route.ts'

interface Candidate {
  readonly matches: readonly HeaderMatch[]
  readonly route: Route
  readonly routeName: string
  readonly ruleIndex: number
  readonly matchIndex: number
}

/** One host's rules: exact model names in a map, all else in order. */
interface RuleIndex {
  readonly isEmpty: boolean
  match(key: RouteKey): Route | undefined
  /** The first rule, where all lead to one backend. */
  readonly sole: Route | undefined
}

const precedenceOf = (candidate: Candidate): Precedence => ({
  headers: candidate.matches.length,
  exact: candidate.matches.filter((match) => match.exact !== undefined).length,
  routeName: candidate.routeName,
  rule: candidate.ruleIndex,
  match: candidate.matchIndex,
})

function createRuleIndex(candidates: readonly Candidate[]): RuleIndex {
  const ordered = sortByPrecedence(candidates, precedenceOf)
  const byModel = new Map<string, number>()
  const rest: number[] = []
  ordered.forEach(({ matches }, order) => {
    const [only] = matches
    if (matches.length === 1 && only?.name === modelHeader && only.exact !== undefined) {
      if (!byModel.has(only.exact)) byModel.set(only.exact, order)
    } else {
      rest.push(order)
    }
  })
  const backends = new Set(ordered.flatMap(({ route }) => route.backends.map(({ name }) => name)))
  return {
    isEmpty: ordered.length === 0,
    sole: backends.size === 1 ? ordered[0]?.route : undefined,
    match(key) {
      const named = byModel.get(key.model)
      for (const order of rest) {
        if (named !== undefined && order > named) break
        const candidate = ordered[order]
        if (candidate?.matches.every((match) => match.matches(key))) return candidate.route
      }
      return named === undefined ? undefined : ordered[named]?.route
    },
  }
}

function candidatesOf(
  route: RouteSpec,
  compileRule: (rule: RuleSpec, name: string) => Route,
): readonly Candidate[] {
  return route.rules.flatMap((rule, ruleIndex) => {
    const compiled = compileRule(rule, `${route.name}/rule/${ruleIndex}`)
    const matches = rule.matches.length > 0 ? rule.matches : [{ headers: [] }]
    return matches.map((match, matchIndex) => ({
      matches: match.headers.map(compileHeaderMatch),
      route: compiled,
      routeName: route.name,
      ruleIndex,
      matchIndex,
    }))
  })
}

/** Exact model names of a route, in the order of its rules. */
function modelsOf(route: RouteSpec, spec: GatewaySpec, startedAt: number): readonly ModelInfo[] {
  const served = route.rules.filter(({ refused }) => refused === undefined)
  return served.flatMap((rule) =>
    rule.matches
      .flatMap((match) => match.headers)
      .filter((header) => header.name === modelHeader && header.type === 'Exact')
      .map((header) => ({
        id: header.value,
        ownedBy: rule.modelsOwnedBy,
        created: rule.modelsCreatedAt ?? startedAt,
        backends: backendsOf(rule, header.value, spec),
      })),
  )
}

function backendsOf(
  rule: RuleSpec,
  model: string,
  { backends }: GatewaySpec,
): readonly ServingBackend[] {
  return rule.backends
    .flatMap(({ backend: name, modelNameOverride, priority, weight }) => {
      const schema = Object.hasOwn(backends, name) ? backends[name]?.schema.name : undefined
      if (schema === undefined) return []
      return [{ name, schema, model: modelNameOverride ?? model, priority, weight }]
    })
    .sort((a, b) => a.priority - b.priority)
}

function firstOfEach(models: readonly ModelInfo[]): readonly ModelInfo[] {
  const seen = new Set<string>()
  return models.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/**
 * `startedAt`, in Unix seconds, is when models without a date of their own were created. `spec.listeners` are those of
 * the port that the table is for.
 */
export function createRouteTable(
  spec: GatewaySpec,
  compileRule: (rule: RuleSpec, name: string) => Route,
  startedAt: number,
): RouteTable {
  const rules = new Map<string, Candidate[]>()
  const models = new Map<string, ModelInfo[]>()
  const unscoped = spec.routes.filter((route) => route.hostnames.length === 0)
  const unscopedModels = unscoped.flatMap((route) => modelsOf(route, spec, startedAt))
  // A listener keeps its host to itself, even where it has no route.
  const kept = spec.listeners.flatMap(({ hostname }) => hostname ?? [])
  for (const hostname of kept) rules.set(hostname, [])
  const isKept = (host: string) =>
    kept.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))))
  for (const route of spec.routes) {
    const candidates = candidatesOf(route, compileRule)
    for (const host of route.hostnames.length > 0 ? route.hostnames : ['*']) {
      rules.set(host, [...(rules.get(host) ?? []), ...candidates])
      if (route.hostnames.length > 0) {
        models.set(host, [...(models.get(host) ?? []), ...modelsOf(route, spec, startedAt)])
      }
    }
  }
  const hosts = createHostTable(
    new Map([...rules].map(([host, candidates]) => [host, createRuleIndex(candidates)])),
  )
  const lists = createHostTable(
    new Map<string, readonly ModelInfo[]>([
      ...[...models].map(
        ([host, own]) =>
          [host, firstOfEach(isKept(host) ? own : [...own, ...unscopedModels])] as const,
      ),
      // A later entry of the same key wins, so routes without hostnames answer for all other hosts.
      ...(models.has('*') ? [] : [['*', firstOfEach(unscopedModels)] as const]),
    ]),
  )
  return {
    serves: (host) => hosts.find(host)?.isEmpty === false,
    match: (key) => hosts.find(key.host)?.match(key),
    sole: (host) => hosts.find(host)?.sole,
    models: (host) => lists.find(host) ?? [],
  }
}
