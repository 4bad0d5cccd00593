// Small GatewaySpecs for tests: one rule for each backend, chosen by `x-test-backend` or by model.
import type {
  AuthSpec,
  BackendRefSpec,
  BackendSpec,
  GatewaySpec,
  RetrySpec,
  RuleSpec,
} from '../../src/config/config.ts'

export const exact = (name: string, value: string) => ({ type: 'Exact' as const, name, value })

export const regex = (name: string, value: string) => ({
  type: 'RegularExpression' as const,
  name,
  value,
})

export function backend(name: string, more: Partial<BackendSpec> = {}): BackendSpec {
  return {
    name: `default/${name}`,
    schema: { name: 'OpenAI' },
    endpoints: [{ kind: 'fqdn', host: `${name}.test`, port: 80 }],
    connectTimeoutMs: 10_000,
    ...more,
  }
}

export const ref = (name: string, more: Partial<BackendRefSpec> = {}): BackendRefSpec => ({
  backend: `default/${name}`,
  weight: 1,
  priority: 0,
  ...more,
})

export const rule = (
  headers: RuleSpec['matches'][number]['headers'],
  backends: readonly BackendRefSpec[],
  more: Partial<RuleSpec> = {},
): RuleSpec => ({
  matches: headers.length > 0 ? [{ headers }] : [],
  backends,
  requestTimeoutMs: 60_000,
  modelsOwnedBy: 'Envoy AI Gateway',
  ...more,
})

export const retryOn = (triggers: readonly string[], more: Partial<RetrySpec> = {}): RetrySpec => ({
  numRetries: 2,
  triggers,
  httpStatusCodes: [503],
  backOffBaseMs: 0,
  backOffMaxMs: 0,
  ...more,
})

export function gatewaySpec(
  backends: readonly BackendSpec[],
  rules: readonly RuleSpec[],
  more: Partial<GatewaySpec> = {},
): GatewaySpec {
  return {
    listeners: [{ name: 'http', port: 1975, client: { maxRequestBytes: 50 * 1024 * 1024 } }],
    routes: [{ name: 'default/route', hostnames: [], rules, costs: [] }],
    backends: Object.fromEntries(backends.map((spec) => [spec.name, spec])),
    costs: [],
    ...more,
  }
}

export const apiKey = (key: string): AuthSpec => ({ type: 'APIKey', key })
