// Small configurations and what is said about them.
import type { Diagnostic } from '../../../src/config/diagnostics.ts'
import { type ParsedConfig, type ParseOptions, parseConfig } from '../../../src/config/parse.ts'

export interface LoadOptions extends ParseOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly files?: Readonly<Record<string, string>>
}

export function load(
  text: string,
  { env = {}, files = {}, ...options }: LoadOptions = {},
): ParsedConfig {
  const readText = (path: string) => files[path]
  return parseConfig({ file: 'a.yaml', text, env, readText }, options)
}

/** `line:column severity code: message`, for exact comparison. */
export function describe({ line, column, severity, code, message }: Diagnostic): string {
  return `${line}:${column} ${severity} ${code}: ${message}`
}

export function said({ diagnostics }: ParsedConfig): string[] {
  return diagnostics.map(describe)
}

/** Messages alone, of one severity. */
export function messages(
  { diagnostics }: ParsedConfig,
  severity?: Diagnostic['severity'],
): string[] {
  return diagnostics
    .filter((one) => severity === undefined || one.severity === severity)
    .map(({ message }) => message)
}

export function documents(...texts: readonly (string | object)[]): string {
  return texts
    .map((text) => (typeof text === 'string' ? text.trim() : JSON.stringify(text)))
    .join('\n---\n')
}

const versions: Readonly<Record<string, string>> = {
  GatewayClass: 'gateway.networking.k8s.io/v1',
  Gateway: 'gateway.networking.k8s.io/v1',
  BackendTLSPolicy: 'gateway.networking.k8s.io/v1alpha3',
  AIGatewayRoute: 'aigateway.envoyproxy.io/v1beta1',
  AIServiceBackend: 'aigateway.envoyproxy.io/v1beta1',
  BackendSecurityPolicy: 'aigateway.envoyproxy.io/v1beta1',
  GatewayConfig: 'aigateway.envoyproxy.io/v1beta1',
  MCPRoute: 'aigateway.envoyproxy.io/v1beta1',
  QuotaPolicy: 'aigateway.envoyproxy.io/v1alpha1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  ReferenceGrant: 'gateway.networking.k8s.io/v1beta1',
  Secret: 'v1',
  ConfigMap: 'v1',
}

/** A resource as an object; everything not listed belongs to Envoy Gateway. */
export function resource(kind: string, name: string, rest: object): object {
  const apiVersion = versions[kind] ?? 'gateway.envoyproxy.io/v1alpha1'
  return { apiVersion, kind, metadata: { name }, ...rest }
}

export const gatewayClass = resource('GatewayClass', 'class', {
  spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
})

export function gateway(spec: object = {}, name = 'gw'): object {
  const listeners = [{ name: 'http', protocol: 'HTTP', port: 1975 }]
  return resource('Gateway', name, { spec: { gatewayClassName: 'class', listeners, ...spec } })
}

export function backend(name: string, spec: object = {}): object {
  const endpoints = [{ ip: { address: '127.0.0.1', port: 8080 } }]
  return resource('Backend', name, { spec: { endpoints, ...spec } })
}

export function serviceBackend(name: string, spec: object = {}): object {
  const backendRef = { group: 'gateway.envoyproxy.io', kind: 'Backend', name }
  return resource('AIServiceBackend', name, {
    spec: { schema: { name: 'OpenAI' }, backendRef, ...spec },
  })
}

export function route(rules: readonly object[], spec: object = {}, name = 'route'): object {
  return resource('AIGatewayRoute', name, {
    spec: { parentRefs: [{ name: 'gw' }], rules, ...spec },
  })
}

export const toA = { backendRefs: [{ name: 'a' }] }

/** A configuration that is complete and about which there is nothing to say. */
export function complete(...more: readonly (string | object)[]): string {
  return documents(gatewayClass, gateway(), backend('a'), serviceBackend('a'), ...more)
}
