// Matches that can never be the one: another is tried before them and takes every request that they would.
import { type Precedence, sortByPrecedence } from '../../routing/precedence.ts'
import type { HeaderMatchSpec, MatchSpec, RouteSpec } from '../config.ts'
import { nameResource } from '../findings.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'

const modelHeader = 'x-ai-eg-model'

interface Candidate {
  readonly route: Resource<'AIGatewayRoute'>
  readonly routeName: string
  readonly rule: number
  readonly match: number
  readonly headers: readonly HeaderMatchSpec[]
  /** Host entries (with their port) on which it is a candidate. */
  hosts: number
  /** On how many of them something else always comes first. */
  shadowed: number
  by: Candidate | undefined
}

/** Warns of matches that no request reaches on any host. The order is that of the route table. */
export function warnOfShadowed(
  compilation: Compilation,
  routes: readonly (readonly [Resource<'AIGatewayRoute'>, RouteSpec])[],
): void {
  const all: Candidate[] = []
  const byHost = new Map<string, Candidate[]>()
  for (const [route, spec] of routes) {
    const own = candidatesOf(route, spec)
    all.push(...own)
    for (const host of spec.hostnames.length > 0 ? spec.hostnames : ['*']) {
      for (const port of spec.ports ?? ['']) {
        const key = `${host} ${port}`
        const others = byHost.get(key)
        if (others === undefined) byHost.set(key, [...own])
        else others.push(...own)
      }
    }
  }
  for (const candidates of byHost.values()) markShadowed(candidates)
  for (const candidate of all) {
    if (candidate.by !== undefined && candidate.hosts === candidate.shadowed) {
      reportShadowed(compilation, candidate, candidate.by)
    }
  }
}

function candidatesOf(route: Resource<'AIGatewayRoute'>, spec: RouteSpec): Candidate[] {
  return spec.rules.flatMap(({ matches }, rule) => {
    const everything: MatchSpec[] = [{ headers: [] }]
    return (matches.length > 0 ? matches : everything).map(({ headers }, match) => ({
      route,
      routeName: spec.name,
      rule,
      match,
      headers,
      hosts: 0,
      shadowed: 0,
      by: undefined,
    }))
  })
}

const precedenceOf = ({ headers, routeName, rule, match }: Candidate): Precedence => ({
  headers: headers.length,
  exact: headers.filter(({ type }) => type === 'Exact').length,
  routeName,
  rule,
  match,
})

function markShadowed(candidates: readonly Candidate[]): void {
  /** The first candidate for each set of conditions. */
  const first = new Map<string, Candidate>()
  for (const candidate of sortByPrecedence(candidates, precedenceOf)) {
    candidate.hosts++
    const conditions = conditionsOf(candidate)
    const cover = findCover(conditions, first)
    if (cover === undefined) first.set(keyOf(conditions.map(({ strict }) => strict)), candidate)
    else {
      candidate.shadowed++
      candidate.by ??= cover
    }
  }
}

interface Condition {
  readonly strict: string
  /** What follows from it: the header is there. */
  readonly loose: string
}

const anyValue = /^(?:\^?\(?\.\*\)?\$?)$/

/** What a candidate asks for. Every request has a model, so that any model is no condition. */
function conditionsOf({ headers }: Candidate): readonly Condition[] {
  return headers.flatMap(({ type, name, value }) => {
    const isAny = type === 'RegularExpression' && anyValue.test(value)
    if (isAny && name === modelHeader) return []
    const loose = JSON.stringify([name])
    return [{ loose, strict: isAny ? loose : JSON.stringify([name, type, value]) }]
  })
}

function keyOf(conditions: readonly string[]): string {
  return [...conditions].sort().join('\n')
}

/** More conditions than this are compared as a whole only: their subsets are too many. */
const maxConditions = 5

/** A candidate before this one that asks for nothing that this one does not imply. */
function findCover(
  conditions: readonly Condition[],
  first: ReadonlyMap<string, Candidate>,
): Candidate | undefined {
  if (conditions.length > maxConditions) {
    return first.get('') ?? first.get(keyOf(conditions.map(({ strict }) => strict)))
  }
  let weaker: readonly (readonly string[])[] = [[]]
  for (const { strict, loose } of conditions) {
    const choices = strict === loose ? [[], [strict]] : [[], [strict], [loose]]
    weaker = weaker.flatMap((chosen) => choices.map((choice) => [...chosen, ...choice]))
  }
  for (const chosen of weaker) {
    const cover = first.get(keyOf(chosen))
    if (cover !== undefined) return cover
  }
  return undefined
}

function reportShadowed({ report }: Compilation, shadowed: Candidate, by: Candidate): void {
  const { route, rule, match } = shadowed
  const matches = route.value.spec.rules[rule]?.matches ?? []
  const path: Path = ['spec', 'rules', rule, ...(matches.length > 1 ? ['matches', match] : [])]
  const other = by.route === route ? '' : ` of ${nameResource(by.route)}`
  const { line } = by.route.place.position(['spec', 'rules', by.rule], 'value')
  report(route, {
    severity: 'warning',
    code: 'ignored.shadowed',
    path,
    text: `can never match: rule ${by.rule}${other} on line ${line} comes first and takes the same requests`,
  })
}
