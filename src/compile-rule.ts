// A rule of the configuration, made ready for requests: backends with their mutations and credentials.

import type { BackendAuth } from './auth/auth.ts'
import { compileTraffic, type KeptState } from './compile-traffic.ts'
import type {
  AuthSpec,
  BackendRefSpec,
  BackendSpec,
  EndpointSpec,
  GatewaySpec,
  RuleSpec,
} from './config/config.ts'
import { overrideHeaders } from './config/credential-headers.ts'
import { mergeBodyMutation } from './policies/body-mutation.ts'
import { checkHeaderMutation, mergeHeaderMutation } from './policies/header-mutation.ts'
import type { Ports, Transport } from './ports.ts'
import { createRetryRule } from './routing/retry.ts'
import type { Backend, BackendEndpoint, Route } from './routing/route.ts'

/** What rules share of a backend: one transport an endpoint, one credential with its caches. */
interface SharedBackend {
  readonly spec: BackendSpec
  readonly endpoints: readonly BackendEndpoint[]
  readonly auth: Backend['auth']
  readonly credentialHeaders: readonly string[]
}

export type CompileRule = (rule: RuleSpec, name: string) => Route

/** What an earlier configuration may have made already. */
export interface RuleParts extends KeptState {
  /** An unchanged credential keeps its caches. */
  auth(spec: AuthSpec): BackendAuth
}

export function createRuleCompiler(spec: GatewaySpec, ports: Ports, kept: RuleParts): CompileRule {
  const shared = new Map<string, SharedBackend>()
  const share = (name: string): SharedBackend | undefined => {
    const known = shared.get(name)
    if (known !== undefined) return known
    const backend = Object.hasOwn(spec.backends, name) ? spec.backends[name] : undefined
    if (backend === undefined) return undefined
    const made = shareBackend(backend, kept)
    shared.set(name, made)
    return made
  }
  return (rule, name) => {
    const refs = rule.refused === undefined ? rule.backends : []
    const backends = refs.flatMap((ref) => {
      const backend = share(ref.backend)
      return backend === undefined ? [] : [compileBackend(ref, backend, ports)]
    })
    const retry = createRetryRule(rule.retry)
    return {
      name,
      retry,
      streamIdleTimeoutMs: rule.streamIdleTimeoutMs,
      clientIdleTimeoutMs: rule.clientIdleTimeoutMs,
      refused: rule.refused,
      ...compileTraffic(name, rule, backends, retry.attemptsPerPriority, ports, kept),
    }
  }
}

function shareBackend(spec: BackendSpec, kept: RuleParts): SharedBackend {
  return {
    spec,
    endpoints: spec.endpoints.map((endpoint) => compileEndpoint(endpoint, spec, kept)),
    auth: spec.auth === undefined ? undefined : kept.auth(spec.auth),
    credentialHeaders: spec.auth === undefined ? [] : overrideHeaders(spec.auth),
  }
}

function compileEndpoint(
  endpoint: EndpointSpec,
  { tls, connectTimeoutMs, connectionIdleTimeoutMs, maxRequestsPerConnection }: BackendSpec,
  kept: KeptState,
): BackendEndpoint {
  const scheme = tls === undefined ? 'http' : 'https'
  const host = endpoint.kind === 'unix' ? (endpoint.hostname ?? 'localhost') : endpoint.host
  const authority = host.includes(':') ? `[${host}]` : host
  const port = endpoint.kind === 'unix' ? '' : `:${endpoint.port}`
  const sni = tls?.hostname ?? endpoint.hostname
  const transport: Transport = {
    connectTimeoutMs,
    ...(connectionIdleTimeoutMs === undefined ? {} : { connectionIdleTimeoutMs }),
    ...(maxRequestsPerConnection === undefined ? {} : { maxRequestsPerConnection }),
    ...(tls === undefined ? {} : { tls: sni === undefined ? tls : { ...tls, hostname: sni } }),
    ...(endpoint.kind === 'unix' ? { socketPath: endpoint.host } : {}),
  }
  const { origin } = new URL(`${scheme}://${authority}${port}`)
  return {
    origin,
    ...(endpoint.hostname === undefined ? {} : { hostHeader: endpoint.hostname }),
    transport,
    state: kept.endpoint(JSON.stringify([origin, endpoint.hostname, transport])),
  }
}

function compileBackend(
  ref: BackendRefSpec,
  { spec, ...shared }: SharedBackend,
  ports: Ports,
): Backend {
  const { modelNameOverride } = ref
  const vars = varsOf(spec.auth)
  for (const mutation of [spec.headerMutation, ref.headerMutation]) {
    checkHeaderMutation(spec.name, mutation)
  }
  return {
    name: spec.name,
    schema: spec.schema,
    weight: ref.weight,
    priority: ref.priority,
    endpoints: shared.endpoints,
    auth: shared.auth,
    credentialHeaders: shared.credentialHeaders,
    headerMutation: mergeHeaderMutation(spec.headerMutation, ref.headerMutation),
    bodyMutation: mergeBodyMutation(spec.bodyMutation, ref.bodyMutation, ports.log),
    broken: spec.broken,
    target: (model) => ({
      schema: spec.schema,
      model: modelNameOverride ?? model,
      renamed: modelNameOverride !== undefined && modelNameOverride !== model,
      vars,
    }),
  }
}

/** What a credential implies about the place that a request goes to. */
function varsOf(auth: AuthSpec | undefined): Readonly<Record<string, string>> {
  switch (auth?.type) {
    case 'AWSCredentials':
      return { region: auth.region }
    case 'GCPCredentials':
      return { project: auth.project, region: auth.region }
    default:
      return {}
  }
}
