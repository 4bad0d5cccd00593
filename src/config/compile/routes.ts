// AIGatewayRoutes with the policies that apply to them.
import { compileFullMatch } from '../../routing/full-match.ts'
import type { BackendRefSpec, MatchSpec, RetrySpec, RouteSpec, RuleSpec } from '../config.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import { isInferencePool, type RouteRule } from '../resources/ai-gateway-route.ts'
import { type Attachments, attachPolicies } from './attachments.ts'
import type { Compilation } from './compilation.ts'
import { type Connections, collectConnections } from './connections.ts'
import { compileCosts } from './costs.ts'
import { requireGrant } from './grants.ts'
import { type AttachedListener, nameListener } from './listeners.ts'
import { compileMutations } from './mutations.ts'
import { attachRoute, intersectHostnames } from './parents.ts'
import { compileProtection } from './protection.ts'
import { compileRetry, makeFallbackRetry } from './retry.ts'
import { warnOfShadowed } from './shadowed.ts'
import { compileTraffic, type HealthChecked } from './traffic.ts'

type Route = Resource<'AIGatewayRoute'>
type TrafficPolicy = Resource<'BackendTrafficPolicy'>

export interface CompiledRoutes {
  readonly routes: readonly RouteSpec[]
  readonly connections: Connections
  readonly healthChecks: readonly HealthChecked[]
}

const defaultRequestTimeoutMs = 60_000
const defaultOwner = 'Envoy AI Gateway'
const costsPath = ['spec', 'llmRequestCosts']
const fallbackAnnotation = 'aigw.run/auto-fallback'

export function compileRoutes(
  compilation: Compilation,
  listeners: readonly AttachedListener[],
): CompiledRoutes {
  const policies = attachPolicies(compilation, 'BackendTrafficPolicy')
  const findRefusal = compileProtection(compilation)
  const connections = collectConnections(compilation)
  const healthChecks: HealthChecked[] = []
  const routes = compilation.resources.all('AIGatewayRoute').flatMap((route) => {
    const attached = attachRoute(compilation, route, listeners)
    const places = findPlaces(compilation, route, attached, listeners)
    const policyOf = choosePolicy(policies, route, attached)
    const rules = route.value.spec.rules.map((rule, index) => {
      const policy = policyOf(rule)
      const compiled = compileRule(compilation, route, rule, ['spec', 'rules', index], policy)
      connections.note(
        policy,
        compiled.backends.map(({ backend }) => backend),
      )
      if (policy && compiled.outliers) healthChecks.push({ policy, rule: compiled })
      const refused = findRefusal(route, rule, attached)
      return refused === undefined ? compiled : { ...compiled, refused }
    })
    const costs = compileCosts(compilation, route, route.value.spec.llmRequestCosts, costsPath)
    const name = `${route.namespace}/${route.name}`
    return places.map((place) => [route, { name, ...place, rules, costs }] as const)
  })
  warnOfShadowed(compilation, routes)
  return { routes: routes.map(([, spec]) => spec), connections, healthChecks }
}

type RoutePlace = Pick<RouteSpec, 'hostnames' | 'ports'>

/** Under which host names a route is served on which ports: ports with the same ones stand together. */
function findPlaces(
  { report }: Compilation,
  route: Route,
  attached: readonly AttachedListener[],
  all: readonly AttachedListener[],
): readonly RoutePlace[] {
  const own = route.value.spec.hostnames
  const portCount = new Set(all.map(({ listener }) => listener.port)).size
  const hostnameOf = ({ listener }: AttachedListener) => listener.hostname
  const places = new Map<string, { hostnames: readonly string[]; ports: number[] }>()
  for (const port of new Set(attached.map(({ listener }) => listener.port))) {
    const there = all.filter(({ listener }) => listener.port === port)
    const hostnames = intersectHostnames(
      own,
      there.filter((one) => attached.includes(one)).map(hostnameOf),
      there.filter((one) => !attached.includes(one)).map(hostnameOf),
    )
    if (hostnames === undefined) continue
    const key = hostnames.join(' ')
    const known = places.get(key)
    if (known === undefined) places.set(key, { hostnames, ports: [port] })
    else known.ports.push(port)
  }
  if (attached.length > 0 && places.size === 0) {
    report(route, {
      severity: 'warning',
      code: 'ref.hostname',
      path: ['spec', 'hostnames'],
      text: `none of its host names is one of ${attached.map(nameListener).join(', ')}; the route is not served`,
    })
  }
  return [...places.values()].map(({ hostnames, ports }) => ({
    hostnames,
    ...(ports.length === portCount ? {} : { ports }),
  }))
}

/** Rule before route before listener before Gateway. */
function choosePolicy(
  policies: Attachments<'BackendTrafficPolicy'>,
  route: Route,
  attached: readonly AttachedListener[],
): (rule: RouteRule) => TrafficPolicy | undefined {
  const findFirst = (find: (one: AttachedListener) => TrafficPolicy | undefined) =>
    attached.map(find).find((policy) => policy !== undefined)
  const ofRoute =
    policies.find('AIGatewayRoute', route) ??
    findFirst(({ gateway, listener }) => policies.find('Gateway', gateway, listener.name)) ??
    findFirst(({ gateway }) => policies.find('Gateway', gateway))
  return ({ name }) =>
    (name === undefined ? undefined : policies.find('AIGatewayRoute', route, name)) ?? ofRoute
}

function compileRule(
  compilation: Compilation,
  route: Route,
  rule: RouteRule,
  path: Path,
  policy: TrafficPolicy | undefined,
): RuleSpec {
  const backends = rule.backendRefs.flatMap((reference, index) =>
    compileBackendRef(compilation, route, reference, [...path, 'backendRefs', index]),
  )
  const retry = chooseRetry(compilation, route, rule, path, policy)
  const clientIdle = policy?.value.spec.timeout?.http?.streamIdleTimeout
  if (backends.length > 0 && backends.every(({ weight }) => weight === 0)) {
    compilation.report(route, {
      severity: 'warning',
      code: 'schema.weight',
      path: [...path, 'backendRefs'],
      text: 'every weight is 0, so that no backend is ever chosen; requests fail',
    })
  }
  return {
    ...(rule.name === undefined ? {} : { name: rule.name }),
    matches: rule.matches.map((match, index) =>
      compileMatch(compilation, route, match, [...path, 'matches', index]),
    ),
    backends,
    ...compileTimeouts(rule, retry),
    ...(rule.streamIdleTimeout ? { streamIdleTimeoutMs: rule.streamIdleTimeout } : {}),
    ...(clientIdle === undefined ? {} : { clientIdleTimeoutMs: clientIdle }),
    ...compileTraffic(policy),
    modelsOwnedBy: rule.modelsOwnedBy ?? defaultOwner,
    ...(rule.modelsCreatedAt === undefined ? {} : { modelsCreatedAt: rule.modelsCreatedAt }),
  }
}

/** `backendRequest` limits an attempt where there are several, else it is the limit of the whole. */
function compileTimeouts(
  { timeouts }: RouteRule,
  retry: RetrySpec | undefined,
): Pick<RuleSpec, 'requestTimeoutMs' | 'retry'> {
  const { request = defaultRequestTimeoutMs, backendRequest } = timeouts ?? {}
  const whole = retry === undefined ? (backendRequest ?? request) : request
  const limit = whole === 0 ? {} : { requestTimeoutMs: whole }
  if (retry === undefined) return limit
  const attempt = retry.perRetryTimeoutMs ?? backendRequest ?? 0
  return { ...limit, retry: { ...retry, ...(attempt === 0 ? {} : { perRetryTimeoutMs: attempt }) } }
}

function chooseRetry(
  { resources, report }: Compilation,
  route: Route,
  rule: RouteRule,
  path: Path,
  policy: TrafficPolicy | undefined,
): RetrySpec | undefined {
  const priorities = new Set(rule.backendRefs.map(({ priority }) => priority)).size
  const given = policy?.value.spec.retry
  const wantsFallback = route.value.metadata.annotations?.[fallbackAnnotation] === 'true'
  if (given === undefined && wantsFallback) {
    return priorities > 1 ? makeFallbackRetry(priorities) : undefined
  }
  if (priorities > 1 && given?.numAttemptsPerPriority === undefined && !resources.isIncomplete) {
    report(route, {
      severity: 'warning',
      code: 'schema.priority',
      path: [...path, 'backendRefs'],
      text: 'backends of a higher priority number are never tried: no BackendTrafficPolicy with retry.numAttemptsPerPriority applies',
      hint: `add one, or annotate the route with ${fallbackAnnotation}: "true"`,
    })
  }
  return given === undefined ? undefined : compileRetry(given)
}

function compileMatch(
  { report }: Compilation,
  route: Route,
  { headers }: RouteRule['matches'][number],
  path: Path,
): MatchSpec {
  const names = new Set<string>()
  const kept = headers.filter(({ type, name, value }, index) => {
    if (type === 'RegularExpression') {
      const problem = findPatternProblem(value)
      if (problem !== undefined) {
        report(route, {
          severity: 'error',
          code: 'schema.regex',
          path: [...path, 'headers', index, 'value'],
          text: `is no RE2 regular expression: ${problem}`,
        })
      }
    }
    if (names.has(name)) return false
    names.add(name)
    return true
  })
  return { headers: kept }
}

function findPatternProblem(pattern: string): string | undefined {
  try {
    compileFullMatch(pattern)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.replace(/^error parsing regexp: /, '')
  }
}

function compileBackendRef(
  compilation: Compilation,
  route: Route,
  reference: RouteRule['backendRefs'][number],
  path: Path,
): BackendRefSpec[] {
  const { resources, report } = compilation
  const { name, namespace = route.namespace, modelNameOverride, weight, priority } = reference
  if (isInferencePool(reference)) {
    report(route, {
      severity: 'error',
      code: 'unsupported.inference-pool',
      path,
      text: `InferencePool ${name} needs a Kubernetes endpoint picker, which only a cluster has`,
    })
    return []
  }
  const target = { kind: 'AIServiceBackend', namespace, name } as const
  if (!requireGrant(compilation, route, { ...target, path: [...path, 'namespace'] })) return []
  if (resources.find('AIServiceBackend', namespace, name) === undefined) {
    const missing = { ...target, path: [...path, 'name'], severity: 'error' } as const
    resources.reportMissing(route, missing, report)
  }
  return [
    {
      backend: `${namespace}/${name}`,
      ...(modelNameOverride === undefined || modelNameOverride === '' ? {} : { modelNameOverride }),
      weight,
      priority,
      ...compileMutations(reference),
    },
  ]
}
