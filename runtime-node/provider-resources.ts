// The resources that make a provider: its API, its address, the name on its certificate and the gateway's credential.
import { isIP } from 'node:net'
import { type BaseUrl, isAddress } from './base-url.ts'

/** As it stands in a file. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [member: string]: unknown
}

export interface Provider {
  readonly name: string
  readonly schema: { readonly name: string; readonly version?: string }
  readonly address: BaseUrl
  /** Absent: clients bring their own. */
  readonly credential?: ProviderCredential
  /** Headers and the variables that hold their values. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ProviderCredential {
  readonly type: 'APIKey' | 'AzureAPIKey' | 'AnthropicAPIKey'
  readonly variable: string
}

const aiGateway = 'aigateway.envoyproxy.io/v1beta1'
const envoyGateway = 'gateway.envoyproxy.io/v1alpha1'
const namespace = 'default'

const credentialMembers = {
  APIKey: 'apiKey',
  AzureAPIKey: 'azureAPIKey',
  AnthropicAPIKey: 'anthropicAPIKey',
} as const

export function makeProvider(provider: Provider): Resource[] {
  const { name, schema, address, credential, headers = {} } = provider
  const metadata = { name, namespace }
  const set = Object.entries(headers).map(([header, variable]) => ({
    name: header,
    value: `\${${variable}}`,
  }))
  return [
    {
      apiVersion: aiGateway,
      kind: 'AIServiceBackend',
      metadata,
      spec: {
        schema: {
          ...schema,
          ...(address.prefix === undefined ? {} : { prefix: escapeReferences(address.prefix) }),
        },
        backendRef: { group: 'gateway.envoyproxy.io', kind: 'Backend', name },
        ...(set.length === 0 ? {} : { headerMutation: { set } }),
      },
    },
    ...makeAddress(name, address),
    ...(credential === undefined ? [] : makeCredential(name, credential)),
  ]
}

/** A Backend, and what its TLS needs. */
export function makeAddress(name: string, address: BaseUrl): Resource[] {
  const { host, port, secure } = address
  const endpoint = isAddress(address)
    ? { ip: { address: host, port } }
    : { fqdn: { hostname: host, port } }
  // The name on a certificate can be no IPv6 address.
  const nameless = secure && isIP(host) === 6
  return [
    {
      apiVersion: envoyGateway,
      kind: 'Backend',
      metadata: { name, namespace },
      spec: {
        endpoints: [endpoint],
        ...(nameless ? { tls: { wellKnownCACertificates: 'System' } } : {}),
      },
    },
    ...(secure && !nameless ? [makeTlsPolicy(name, host)] : []),
  ]
}

function makeTlsPolicy(name: string, hostname: string): Resource {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1alpha3',
    kind: 'BackendTLSPolicy',
    metadata: { name: `${name}-tls`, namespace },
    spec: {
      targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name }],
      validation: { wellKnownCACertificates: 'System', hostname },
    },
  }
}

function makeCredential(backend: string, { type, variable }: ProviderCredential): Resource[] {
  const name = `${backend}-apikey`
  return [
    {
      apiVersion: aiGateway,
      kind: 'BackendSecurityPolicy',
      metadata: { name, namespace },
      spec: {
        targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: backend }],
        type,
        [credentialMembers[type]]: { secretRef: { name } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'Opaque',
      stringData: { apiKey: `\${${variable}}` },
    },
  ]
}

/** Text that stands for itself, whatever it holds. */
function escapeReferences(text: string): string {
  return text.replaceAll('$', '$$$$')
}
