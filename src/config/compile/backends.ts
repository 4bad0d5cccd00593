// AIServiceBackends with all that belongs to them.
import type { ApiSchema } from '../api-schema.ts'
import type { BackendSpec } from '../config.ts'
import type { Resource } from '../resource-set.ts'
import { workingSchemas } from '../working.ts'
import type { Compilation } from './compilation.ts'
import type { Connections } from './connections.ts'
import { type BackendCredential, compileCredentials } from './credentials.ts'
import { requireGrant } from './grants.ts'
import { compileMutations } from './mutations.ts'
import { hostOfRegion } from './region-host.ts'
import type { BackendTransport, TransportOf } from './transport.ts'

type ServiceBackend = Resource<'AIServiceBackend'>

const defaultConnectTimeoutMs = 10_000

/** By `namespace/name`. `connections` says what policies want for which. */
export function compileBackends(
  compilation: Compilation,
  connections: Connections,
  transportOf: TransportOf,
): Record<string, BackendSpec> {
  const credentialOf = compileCredentials(compilation)
  const backends = compilation.resources.all('AIServiceBackend').map((resource) => {
    const name = `${resource.namespace}/${resource.name}`
    const schema = compileSchema(compilation, resource)
    const credential = credentialOf(resource)
    const transport = findTransport(compilation, resource, { schema, credential, transportOf })
    warnOfPlainCredential(compilation, resource, transport, credential)
    const broken = credential.broken ?? transport.broken
    const spec: BackendSpec = {
      name,
      schema,
      endpoints: transport.endpoints,
      ...(transport.tls === undefined ? {} : { tls: transport.tls }),
      ...(credential.auth === undefined ? {} : { auth: credential.auth }),
      ...compileMutations(resource.value.spec),
      connectTimeoutMs: defaultConnectTimeoutMs,
      ...connections.of(name),
      ...(broken === undefined ? {} : { broken }),
    }
    return [name, spec] as const
  })
  return Object.fromEntries(backends)
}

/** `prefix` loses its slashes at both ends; for OpenAI and Anthropic an old `version` stands in for it. */
function compileSchema({ report }: Compilation, resource: ServiceBackend): ApiSchema {
  const { name, version = '', prefix = '' } = resource.value.spec.schema
  if (!workingSchemas.has(name)) {
    report(resource, {
      severity: 'warning',
      code: 'unsupported.schema',
      path: ['spec', 'schema', 'name'],
      text: `schema ${name} is not supported yet; requests to this backend fail`,
    })
  }
  const given = normalizePrefix(prefix)
  if (name !== 'OpenAI' && name !== 'Anthropic') {
    if (given !== undefined) {
      report(resource, {
        severity: 'warning',
        code: 'ignored.prefix',
        path: ['spec', 'schema', 'prefix'],
        text: `has no effect on schema ${name}`,
      })
    }
    return { name, ...(version === '' ? {} : { version }) }
  }
  if (version === '' || given !== undefined) {
    return { name, ...(given === undefined ? {} : { prefix: given }) }
  }
  const meant = normalizePrefix(version)
  // `version: v1` is in many older files, and is the default.
  if (meant !== 'v1') {
    report(resource, {
      severity: 'warning',
      code: 'schema.version-prefix',
      path: ['spec', 'schema', 'version'],
      text: `schema ${name} has no version; it is taken as prefix`,
      hint: `write prefix: ${JSON.stringify(version)}`,
    })
  }
  return { name, ...(meant === undefined ? {} : { prefix: meant }) }
}

function normalizePrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined
  const trimmed = prefix.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '/' : trimmed
}

interface Surroundings {
  readonly schema: ApiSchema
  readonly credential: BackendCredential
  transportOf(backend: Resource<'Backend'>): BackendTransport
}

function findTransport(
  compilation: Compilation,
  resource: ServiceBackend,
  surroundings: Surroundings,
): BackendTransport {
  const { resources, report } = compilation
  const { backendRef } = resource.value.spec
  if (backendRef === undefined) return deriveTransport(compilation, resource, surroundings)
  const { name, namespace = resource.namespace } = backendRef
  const path = ['spec', 'backendRef']
  const reference = { kind: 'Backend', namespace, name, path: [...path, 'namespace'] } as const
  if (!requireGrant(compilation, resource, reference)) return { endpoints: [] }
  const backend = resources.find('Backend', namespace, name)
  if (backend !== undefined) {
    const transport = surroundings.transportOf(backend)
    const isOpen = transport.endpoints.length === 0 && transport.broken === undefined
    return isOpen ? deriveTransport(compilation, resource, surroundings, transport) : transport
  }
  const missing = { kind: 'Backend', namespace, name, path: [...path, 'name'] } as const
  resources.reportMissing(resource, { ...missing, severity: 'error' }, report)
  return { endpoints: [] }
}

/** The host that the credential's region stands for, always by TLS. `given`: what a Backend without endpoints says. */
function deriveTransport(
  { report }: Compilation,
  resource: ServiceBackend,
  { schema, credential }: Surroundings,
  given?: BackendTransport,
): BackendTransport {
  // What is wrong has been said.
  if (credential.broken !== undefined) return { endpoints: [] }
  const derived = hostOfRegion(schema.name, credential.auth)
  if ('problem' in derived) {
    const { backendRef } = resource.value.spec
    const path = backendRef === undefined ? ['spec'] : ['spec', 'backendRef']
    const open = backendRef === undefined ? '' : `Backend ${backendRef.name} has no endpoints, and `
    const text = `${open}${derived.problem}`
    report(resource, { severity: 'error', code: 'schema.host', path, text })
    return { endpoints: [] }
  }
  const { host } = derived
  return {
    endpoints: [{ kind: 'fqdn', host, port: 443 }],
    tls: given?.tls ?? { hostname: host },
  }
}

function warnOfPlainCredential(
  { report }: Compilation,
  resource: ServiceBackend,
  { tls, endpoints, unsure }: BackendTransport,
  { auth }: BackendCredential,
): void {
  if (auth === undefined || tls !== undefined || unsure === true) return
  const far = endpoints.find(({ kind, host }) => kind !== 'unix' && !isLoopback(host))
  if (far === undefined) return
  report(resource, {
    severity: 'warning',
    code: 'schema.plaintext',
    path: ['spec', 'backendRef'],
    text: `its credential is sent to ${far.host} in clear: there is no BackendTLSPolicy`,
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
