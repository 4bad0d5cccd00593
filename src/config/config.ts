// GatewaySpec: the gateway's configuration as plain data. No functions, no regexes, nothing of YAML or
// Kubernetes: it can be stored, compared and sent. `compile.ts` makes it out of resources; a program may
// write it by hand.
import type { ApiSchema, SchemaName } from './api-schema.ts'

export interface GatewaySpec {
  readonly listeners: readonly ListenerSpec[]
  /** In the order in which they were attached. */
  readonly routes: readonly RouteSpec[]
  /** By `namespace/name` of the AIServiceBackend. */
  readonly backends: Readonly<Record<string, BackendSpec>>
  /** What is counted on every route (`globalLLMRequestCosts`). */
  readonly costs: readonly CostSpec[]
  /** Absent: nothing is said about them, and lines are written as this gateway sees fit. Empty: none are wanted. */
  readonly accessLogs?: readonly AccessLogSpec[]
  /** `EnvoyProxy.spec.logging.level.default`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error'
}

/** What is written about each request, and where to. */
export interface AccessLogSpec {
  /** CEL; one that holds is enough, and none is needed where there are none. */
  readonly matches: readonly string[]
  readonly format: AccessLogFormatSpec
  readonly sinks: readonly AccessLogSinkSpec[]
}

/** With Envoy's command operators in its texts. */
export type AccessLogFormatSpec =
  | { readonly kind: 'json'; readonly fields: Readonly<Record<string, string>> }
  /** Absent: Envoy's default. */
  | { readonly kind: 'text'; readonly text?: string }

export type AccessLogSinkSpec =
  /** `/dev/stdout` and `/dev/stderr` are the process's own. */
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'otlp'
      readonly host: string
      readonly port: number
      /** Absent: none. */
      readonly tls?: TlsSpec
      readonly headers: Readonly<Record<string, string>>
      /** Attributes of the resource, besides those of the environment. */
      readonly resource: Readonly<Record<string, string>>
    }
  /** The collector that OTEL_* variables name. */
  | { readonly kind: 'environment' }

export interface ListenerSpec {
  readonly name: string
  readonly port: number
  /** A DNS name, maybe with a leading `*.`; absent: any host. */
  readonly hostname?: string
  readonly client: ClientPolicySpec
}

/** What a ClientTrafficPolicy says about the client's side. Times in milliseconds. */
export interface ClientPolicySpec {
  /** Bytes of a request body (`connection.bufferLimit`, 50 MiB where unset). */
  readonly maxRequestBytes: number
  readonly requestReceivedTimeoutMs?: number
  readonly idleTimeoutMs?: number
  /** Silence towards a client, for rules that have no limit of their own. */
  readonly streamIdleTimeoutMs?: number
  /** A path that answers 200 on the traffic port. */
  readonly healthPath?: string
  /** Headers with `_` in their names; absent: a request that has one is refused. */
  readonly underscores?: 'Allow' | 'DropHeader'
}

export interface RouteSpec {
  /** `namespace/name` of the AIGatewayRoute. */
  readonly name: string
  /** Already intersected with the listener's; empty, or `*` beside others: any host. */
  readonly hostnames: readonly string[]
  /** Of the listeners that it is attached to; absent: all. One route may stand in several entries. */
  readonly ports?: readonly number[]
  readonly rules: readonly RuleSpec[]
  readonly costs: readonly CostSpec[]
}

export interface RuleSpec {
  readonly name?: string
  /** Empty: matches every request. */
  readonly matches: readonly MatchSpec[]
  readonly backends: readonly BackendRefSpec[]
  /** The whole request, streaming and all attempts included; absent: no limit (`0s`). */
  readonly requestTimeoutMs?: number
  /** Silence of one attempt, before the first byte or between two. */
  readonly streamIdleTimeoutMs?: number
  /** Silence towards the client, whatever is tried meanwhile; 0: no limit; absent: the listener's. */
  readonly clientIdleTimeoutMs?: number
  readonly retry?: RetrySpec
  /** Why nobody is served: a policy wants something that this gateway cannot do. Names no secret's value. */
  readonly refused?: string
  /** Absent: least busy. */
  readonly loadBalancer?: LoadBalancerSpec
  /** Passive health checks; absent: none. */
  readonly outliers?: OutlierSpec
  /** Absent: nothing is bounded. */
  readonly circuitBreaker?: CircuitBreakerSpec
  readonly fault?: FaultSpec
  /** How long a stream may take, from its request to its end. */
  readonly maxStreamDurationMs?: number
  /** Bytes of a request body (`requestBuffer.limit`), where the listener allows more. */
  readonly maxRequestBytes?: number
  /** For `/v1/models`. */
  readonly modelsOwnedBy: string
  /** Unix seconds; absent: when the gateway started. */
  readonly modelsCreatedAt?: number
}

export interface MatchSpec {
  /** All must match. */
  readonly headers: readonly HeaderMatchSpec[]
}

export interface HeaderMatchSpec {
  readonly type: 'Exact' | 'RegularExpression'
  /** Lower-case. */
  readonly name: string
  readonly value: string
}

export interface BackendRefSpec {
  /** Key in `GatewaySpec.backends`. */
  readonly backend: string
  readonly modelNameOverride?: string
  readonly weight: number
  /** Lower is tried first. */
  readonly priority: number
  readonly headerMutation?: HeaderMutationSpec
  readonly bodyMutation?: BodyMutationSpec
}

export interface HeaderMutationSpec {
  /** Lower-case names. */
  readonly set: readonly { readonly name: string; readonly value: string }[]
  readonly remove: readonly string[]
}

export interface BodyMutationSpec {
  readonly set: readonly { readonly path: string; readonly value: string }[]
  readonly remove: readonly string[]
}

/** `BackendTrafficPolicy.spec.retry`. */
export interface RetrySpec {
  /** Attempts after the first. */
  readonly numRetries: number
  /** Attempts at one priority before the next; absent: retries stay on the first. */
  readonly numAttemptsPerPriority?: number
  readonly triggers: readonly string[]
  readonly httpStatusCodes: readonly number[]
  readonly perRetryTimeoutMs?: number
  readonly backOffBaseMs: number
  readonly backOffMaxMs: number
}

export type LoadBalancerSpec =
  | { readonly type: 'LeastRequest' | 'RoundRobin' | 'Random' }
  | { readonly type: 'ConsistentHash'; readonly hash: HashPolicySpec }

/** Names of headers are lower-case. */
export type HashPolicySpec =
  | { readonly type: 'SourceIP' }
  | { readonly type: 'Headers' | 'QueryParams'; readonly names: readonly string[] }
  | { readonly type: 'Cookie'; readonly name: string }

/** `BackendTrafficPolicy.spec.healthCheck`; a limit of 0 is none. */
export interface OutlierSpec {
  readonly consecutive5xx: number
  readonly consecutiveGatewayErrors: number
  readonly consecutiveLocalFailures: number
  /** Whether failures of our own making (to connect, say) are counted apart from the provider's 5xx. */
  readonly splitLocalOrigin: boolean
  readonly intervalMs: number
  readonly baseEjectionMs: number
  readonly maxEjectionPercent: number
  /** Whether one may be ejected, however few there are. */
  readonly alwaysEjectOne: boolean
  /** Percent of healthy endpoints below which, at every priority, health is disregarded. */
  readonly panicThreshold: number
}

/** `BackendTrafficPolicy.spec.circuitBreaker`. */
export interface CircuitBreakerSpec {
  readonly maxConnections: number
  readonly maxPendingRequests: number
  readonly maxParallelRequests: number
  readonly maxParallelRetries: number
}

/** `BackendTrafficPolicy.spec.faultInjection`; percentages from 0 to 100. */
export interface FaultSpec {
  readonly delay?: { readonly ms: number; readonly percentage: number }
  readonly abort?: { readonly status: number; readonly percentage: number }
}

export interface BackendSpec {
  /** `namespace/name` of the AIServiceBackend. */
  readonly name: string
  readonly schema: ApiSchema
  readonly endpoints: readonly EndpointSpec[]
  /** Absent: plain HTTP. */
  readonly tls?: TlsSpec
  readonly auth?: AuthSpec
  readonly headerMutation?: HeaderMutationSpec
  readonly bodyMutation?: BodyMutationSpec
  /** TCP and TLS together. */
  readonly connectTimeoutMs: number
  /** How long a connection is kept without a request; absent: as the transport sees fit. */
  readonly connectionIdleTimeoutMs?: number
  readonly maxRequestsPerConnection?: number
  /** Why no request can be served here (a broken credential, say); names no secret's value. */
  readonly broken?: string
}

export interface EndpointSpec {
  readonly kind: 'fqdn' | 'ip' | 'unix'
  /** A DNS name, an address, or a socket's path. */
  readonly host: string
  /** 0 for a socket. */
  readonly port: number
  /** `Host` and SNI where they are not `host`. */
  readonly hostname?: string
}

export interface TlsSpec {
  /** SNI and the name that the certificate must have. */
  readonly hostname?: string
  /** PEM; absent: the system's roots. */
  readonly ca?: string
  readonly insecureSkipVerify?: boolean
}

/** A backend's credential. `missing` says what to set where there is none. */
export type AuthSpec =
  | ApiKeyAuthSpec
  | AnthropicApiKeyAuthSpec
  | AzureApiKeyAuthSpec
  | AzureAuthSpec
  | AwsAuthSpec
  | GcpAuthSpec
  | UnsupportedAuthSpec

export interface ApiKeyAuthSpec {
  readonly type: 'APIKey'
  /** Absent: none configured. */
  readonly key?: string
  readonly missing?: string
  readonly override?: CredentialOverrideSpec
}

export interface AnthropicApiKeyAuthSpec extends Omit<ApiKeyAuthSpec, 'type'> {
  readonly type: 'AnthropicAPIKey'
}

export interface AzureApiKeyAuthSpec extends Omit<ApiKeyAuthSpec, 'type'> {
  readonly type: 'AzureAPIKey'
}

export interface AzureAuthSpec {
  readonly type: 'AzureCredentials'
  readonly tenantId: string
  readonly clientId: string
  /** Absent: none configured. */
  readonly clientSecret?: string
  /** Origin of the authorization server; absent: that of the public cloud. */
  readonly authority?: string
  readonly missing?: string
  readonly override?: CredentialOverrideSpec
}

export interface AwsAuthSpec {
  readonly type: 'AWSCredentials'
  readonly region: string
  /** INI text and a profile of it; absent: the default provider chain. */
  readonly file?: { readonly text: string; readonly profile: string }
  readonly missing?: string
  readonly override?: CredentialOverrideSpec
}

export interface GcpAuthSpec {
  readonly type: 'GCPCredentials'
  readonly project: string
  readonly region: string
  /** JSON of a credentials file; absent: the application default credentials. */
  readonly serviceAccount?: string
  readonly missing?: string
  readonly override?: CredentialOverrideSpec
}

/** A credential type that is known but does not work yet: requests get an error that says so. */
export interface UnsupportedAuthSpec {
  readonly type: 'Unsupported'
  readonly credential: string
}

/** A credential taken from the request. */
export interface CredentialOverrideSpec {
  /** Lower-case; for AWS the prefix of three headers. */
  readonly header: string
  readonly fallbackToConfigured: boolean
}

export interface CostSpec {
  readonly metadataKey: string
  readonly type:
    | 'InputToken'
    | 'OutputToken'
    | 'TotalToken'
    | 'CachedInputToken'
    | 'CacheCreationInputToken'
    | 'ReasoningToken'
    | 'CEL'
  readonly cel?: string
}

export interface ModelInfo {
  readonly id: string
  readonly ownedBy: string
  /** Unix seconds. */
  readonly created: number
  /** Who serves it, in the order in which they are tried. */
  readonly backends: readonly ServingBackend[]
}

export interface ServingBackend {
  /** `namespace/name` of the AIServiceBackend. */
  readonly name: string
  readonly schema: SchemaName
  /** What the model is called there. */
  readonly model: string
  readonly priority: number
  readonly weight: number
}
