// What a configuration asks for and the runtime cannot do: a warning at its place, before the first request.
import type { EndpointSpec, TlsSpec } from '../config.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'

const code = 'unsupported.runtime'

interface Asked {
  readonly backend: Resource<'Backend'>
  readonly policy: Resource<'BackendTLSPolicy'> | undefined
  readonly endpoints: readonly EndpointSpec[]
  readonly tls: TlsSpec | undefined
}

/** What can be reached by a plain `fetch`; `broken` says why requests fail where nothing can. */
export function limitToFetch(
  compilation: Compilation,
  asked: Asked,
): { readonly endpoints: readonly EndpointSpec[]; readonly broken?: string } {
  const { report } = compilation
  const { backend, policy, endpoints, tls } = asked
  const reasons: string[] = []
  const name = `Backend ${backend.namespace}/${backend.name}`
  const refuse = (from: Resource, path: Path, why: string) => {
    reasons.push(why)
    const text = `${why}; requests to ${name} fail`
    report(from, { severity: 'warning', code, path, text, point: 'key' })
  }
  for (const [index, { kind }] of endpoints.entries()) {
    if (kind !== 'unix') continue
    refuse(backend, ['spec', 'endpoints', index, 'unix'], 'this runtime reaches no Unix sockets')
  }
  if (tls !== undefined) {
    const [from, path]: [Resource, Path] =
      policy === undefined ? [backend, ['spec', 'tls']] : [policy, ['spec', 'validation']]
    if (tls.ca !== undefined) {
      refuse(from, [...path, 'caCertificateRefs'], 'this runtime trusts its own roots alone')
    }
    if (tls.insecureSkipVerify === true) {
      const why = 'this runtime verifies every certificate'
      refuse(from, [...path, 'insecureSkipVerify'], why)
    }
    const other = endpoints.find(({ host }) => host !== (tls.hostname ?? host))
    if (other !== undefined) {
      const field = policy === undefined ? 'sni' : 'hostname'
      const why = `this runtime asks for the certificate of the name that it connects to, ${other.host}`
      refuse(from, [...path, field], why)
    }
  }
  for (const [index, { host, hostname }] of endpoints.entries()) {
    if (hostname === undefined || hostname === host) continue
    const path = ['spec', 'endpoints', index, 'hostname']
    const text = `this runtime sends the name that it connects to, ${host}, as Host`
    report(backend, { severity: 'warning', code, path, text, point: 'key' })
  }
  const [reason] = reasons
  return {
    // A signature must be over the Host that is sent.
    endpoints: endpoints.map(({ kind, host, port }) => ({ kind, host, port })),
    ...(reason === undefined ? {} : { broken: reason }),
  }
}

/** Settings without which requests are served all the same. */
export function warnOfIdleSettings(compilation: Compilation): void {
  const { lacking } = compilation
  if (lacking.has('listeners')) warnOfListeners(compilation)
  if (lacking.has('transport')) warnOfConnectTimeouts(compilation)
  if (lacking.has('access-logs')) warnOfAccessLogs(compilation)
}

function warnOfListeners({ resources, report }: Compilation): void {
  let first: number | undefined
  for (const gateway of resources.all('Gateway')) {
    for (const [index, { port }] of gateway.value.spec.listeners.entries()) {
      first ??= port
      if (port === first) continue
      report(gateway, {
        severity: 'warning',
        code,
        path: ['spec', 'listeners', index, 'port'],
        text: 'this runtime serves the routes of all listeners at one address',
      })
    }
  }
  for (const policy of resources.all('ClientTrafficPolicy')) {
    const http = policy.value.spec.timeout?.http
    for (const field of ['requestReceivedTimeout', 'idleTimeout'] as const) {
      if (http?.[field] === undefined) continue
      report(policy, {
        severity: 'warning',
        code,
        path: ['spec', 'timeout', 'http', field],
        text: 'has no effect: this runtime looks after connections itself',
        point: 'key',
      })
    }
  }
}

function warnOfConnectTimeouts({ resources, report }: Compilation): void {
  for (const policy of resources.all('BackendTrafficPolicy')) {
    if (policy.value.spec.timeout?.tcp?.connectTimeout === undefined) continue
    report(policy, {
      severity: 'warning',
      code,
      path: ['spec', 'timeout', 'tcp', 'connectTimeout'],
      text: 'has no effect: this runtime decides how long connecting may take',
      point: 'key',
    })
  }
}

function warnOfAccessLogs({ resources, report }: Compilation): void {
  for (const proxy of resources.all('EnvoyProxy')) {
    const accessLog = proxy.value.spec?.telemetry?.accessLog
    if (accessLog?.disable === true || (accessLog?.settings ?? []).length === 0) continue
    report(proxy, {
      severity: 'warning',
      code,
      path: ['spec', 'telemetry', 'accessLog', 'settings'],
      text: 'has no effect: no access log is written on this runtime',
      point: 'key',
    })
  }
}

/**
 * For a policy that names no credentials: what to set where its vendor's usual places are out of reach and the
 * variables of `entry.ts` say nothing.
 */
export function warnOfEmptyChain(
  { environment, lacking, report }: Compilation,
  policy: Resource<'BackendSecurityPolicy'>,
  field: 'awsCredentials' | 'gcpCredentials',
): string | undefined {
  const { fromRequestHeaders } = policy.value.spec.credentialOverride ?? {}
  const alwaysGiven = fromRequestHeaders?.fallbackToConfigured === false
  if (!lacking.has('credential-chains') || alwaysGiven) return undefined
  const variables = chainVariables[field]
  if (variables.every((name) => environment[name]?.trim())) return undefined
  const missing = `set ${variables.join(' and ')}`
  report(policy, {
    severity: 'warning',
    code,
    path: ['spec', field],
    text: `names no credentials, and this runtime finds them in variables alone; ${missing}`,
    point: 'key',
  })
  return missing
}

const chainVariables = {
  awsCredentials: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  gcpCredentials: ['GOOGLE_APPLICATION_CREDENTIALS_JSON'],
} as const
