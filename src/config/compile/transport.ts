// Backends and BackendTLSPolicies to addresses and TLS.
import type { EndpointSpec, TlsSpec } from '../config.ts'
import type { CertificateReference } from '../fields/names.ts'
import { envoyGatewayGroup } from '../groups.ts'
import { suggestNearest } from '../nearest.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { BackendEndpoint } from '../resources/backend.ts'
import type { Compilation } from './compilation.ts'
import { chooseNamespace } from './grants.ts'
import { limitToFetch } from './lacking.ts'

export interface BackendTransport {
  readonly endpoints: readonly EndpointSpec[]
  readonly tls?: TlsSpec
  readonly broken?: string
  /** A policy's target was not found, which may have been this one: that it has no TLS has been said. */
  readonly unsure?: true
}

type TlsPolicy = Resource<'BackendTLSPolicy'>

/** Compiles each Backend once, whoever refers to it. */
export type TransportOf = (backend: Resource<'Backend'>) => BackendTransport

export function compileTransports(compilation: Compilation): TransportOf {
  const { attached: policies, missed } = attachTlsPolicies(compilation)
  const compiled = new Map<Resource<'Backend'>, BackendTransport>()
  return (backend) => {
    const known = compiled.get(backend)
    if (known !== undefined) return known
    const policy = policies.get(`${backend.namespace}/${backend.name}`)
    const transport = compileTransport(compilation, backend, policy, missed)
    compiled.set(backend, transport)
    return transport
  }
}

interface AttachedTlsPolicies {
  readonly attached: ReadonlyMap<string, TlsPolicy>
  /** A target was not found. */
  readonly missed: boolean
}

function attachTlsPolicies({ resources, report }: Compilation): AttachedTlsPolicies {
  const attached = new Map<string, TlsPolicy>()
  let missed = false
  for (const policy of resources.all('BackendTLSPolicy')) {
    const { namespace } = policy
    for (const [index, target] of policy.value.spec.targetRefs.entries()) {
      const path = ['spec', 'targetRefs', index]
      if (target.group !== envoyGatewayGroup || target.kind !== 'Backend') {
        report(policy, {
          // Services are in a cluster alone; anything else is a slip, which must not leave a Backend without TLS.
          severity: target.kind === 'Service' ? 'warning' : 'error',
          code: 'ignored.target',
          path,
          text: `only a Backend of group ${envoyGatewayGroup} can be a target; this one has no effect`,
          ...(target.kind === 'Backend'
            ? { hint: `write group: ${envoyGatewayGroup}` }
            : suggestNearest(target.kind, ['Backend'])),
        })
        continue
      }
      const { name, sectionName } = target
      if (sectionName !== undefined) {
        report(policy, {
          severity: 'warning',
          code: 'ignored.field',
          path: [...path, 'sectionName'],
          text: 'is ignored: the policy applies to all endpoints of the Backend',
        })
      }
      if (resources.find('Backend', namespace, name) === undefined) {
        missed = true
        const missing = { kind: 'Backend', namespace, name, path: [...path, 'name'] } as const
        const effect = 'it would be called without TLS'
        resources.reportMissing(policy, { ...missing, severity: 'error', effect }, report)
        continue
      }
      const key = `${namespace}/${name}`
      const first = attached.get(key)
      if (first === undefined) attached.set(key, policy)
      else if (first !== policy) {
        report(policy, {
          severity: 'warning',
          code: 'ref.several-policies',
          path,
          text: `BackendTLSPolicy ${first.namespace}/${first.name} already applies to Backend ${key}; this one has no effect on it`,
        })
      }
    }
  }
  return { attached, missed }
}

function compileTransport(
  compilation: Compilation,
  backend: Resource<'Backend'>,
  policy: TlsPolicy | undefined,
  missed: boolean,
): BackendTransport {
  const { spec } = backend.value
  if (spec.type === 'DynamicResolver') {
    compilation.report(backend, {
      severity: 'warning',
      code: 'unsupported.resolver',
      path: ['spec', 'type'],
      text: 'DynamicResolver is not supported: a request must not choose the host it is sent to; requests fail',
    })
    return { endpoints: [], broken: 'a Backend of type DynamicResolver is not supported' }
  }
  const tls = compileTls(compilation, backend, policy)
  if (tls === undefined && !missed) warnOfPlainPort(compilation, backend)
  const endpoints = spec.endpoints.map(compileEndpoint)
  return {
    ...(compilation.lacking.has('transport')
      ? limitToFetch(compilation, { backend, policy, endpoints, tls })
      : { endpoints }),
    ...(tls === undefined ? {} : { tls }),
    ...(missed ? { unsure: true } : {}),
  }
}

function compileEndpoint({ fqdn, ip, unix, hostname }: BackendEndpoint): EndpointSpec {
  const name = hostname === undefined ? {} : { hostname }
  if (fqdn !== undefined) return { kind: 'fqdn', host: fqdn.hostname, port: fqdn.port, ...name }
  if (ip !== undefined) {
    return { kind: 'ip', host: reachableAddress(ip.address), port: ip.port, ...name }
  }
  return { kind: 'unix', host: unix?.path ?? '', port: 0, ...name }
}

/** A wildcard is where a server listens; as a destination it means loopback, and on Linux alone. */
function reachableAddress(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

function warnOfPlainPort({ report }: Compilation, backend: Resource<'Backend'>): void {
  for (const [index, { fqdn, ip }] of backend.value.spec.endpoints.entries()) {
    if ((fqdn ?? ip)?.port !== 443) continue
    report(backend, {
      severity: 'warning',
      code: 'schema.plaintext',
      path: ['spec', 'endpoints', index, fqdn === undefined ? 'ip' : 'fqdn', 'port'],
      text: `Backend ${backend.name} uses port 443 without BackendTLSPolicy: it is called without TLS`,
    })
  }
}

/** The policy's values win over those of the Backend itself. */
function compileTls(
  compilation: Compilation,
  backend: Resource<'Backend'>,
  policy: TlsPolicy | undefined,
): TlsSpec | undefined {
  if (policy !== undefined) {
    const { hostname, caCertificateRefs = [] } = policy.value.spec.validation
    const path = ['spec', 'validation', 'caCertificateRefs']
    const ca = readCertificates(compilation, policy, path, caCertificateRefs)
    if (backend.value.spec.tls?.insecureSkipVerify === true) {
      compilation.report(backend, {
        severity: 'warning',
        code: 'ignored.field',
        path: ['spec', 'tls', 'insecureSkipVerify'],
        text: `has no effect: BackendTLSPolicy ${policy.namespace}/${policy.name} asks for verification`,
      })
    }
    return { hostname, ...(ca === undefined ? {} : { ca }) }
  }
  const { tls } = backend.value.spec
  if (tls === undefined) return undefined
  const { sni, caCertificateRefs = [], insecureSkipVerify } = tls
  const path = ['spec', 'tls', 'caCertificateRefs']
  const ca = readCertificates(compilation, backend, path, caCertificateRefs)
  return {
    ...(sni === undefined ? {} : { hostname: sni }),
    ...(ca === undefined ? {} : { ca }),
    ...(insecureSkipVerify === true ? { insecureSkipVerify } : {}),
  }
}

/** The PEM texts at `ca.crt`, one after the other. */
function readCertificates(
  compilation: Compilation,
  from: Resource,
  path: Path,
  references: readonly CertificateReference[],
): string | undefined {
  const texts = references.flatMap((reference, index) => {
    const text = readCertificate(compilation, from, [...path, index], reference)
    return text === undefined ? [] : [text.trim()]
  })
  return texts.length === 0 ? undefined : `${texts.join('\n')}\n`
}

function readCertificate(
  compilation: Compilation,
  from: Resource,
  path: Path,
  { kind = 'Secret', name, namespace: other }: CertificateReference,
): string | undefined {
  const { resources, report } = compilation
  const namespace = chooseNamespace(compilation, from, {
    kind,
    namespace: other,
    name,
    path: [...path, 'namespace'],
  })
  const holder = resources.find(kind, namespace, name)
  if (holder === undefined) {
    const missing = { kind, namespace, name, path: [...path, 'name'] } as const
    resources.reportMissing(from, { ...missing, severity: 'error' }, report)
    return undefined
  }
  const text = readCertificateText(holder)
  if (text?.includes('-----BEGIN CERTIFICATE-----')) return text
  report(from, {
    severity: 'error',
    code: 'ref.missing-key',
    path: [...path, 'name'],
    text: `${kind} ${namespace}/${name} has no ${text === undefined ? 'key ca.crt' : 'certificate at key ca.crt'}`,
  })
  return undefined
}

function readCertificateText(holder: Resource<'Secret'> | Resource<'ConfigMap'>) {
  const { value } = holder
  const maps =
    'stringData' in value ? [value.stringData, value.data] : [value.data, value.binaryData]
  return maps.find((map) => Object.hasOwn(map, 'ca.crt'))?.['ca.crt']
}
