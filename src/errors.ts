// Every failure that a client may learn of. Anything else that is thrown is a bug and becomes `internal`.

export type ErrorKind =
  | 'malformed-request'
  | 'underscore-in-header'
  | 'invalid-request'
  | 'unknown-host'
  | 'unsupported-path'
  | 'method-not-allowed'
  | 'unsupported-encoding'
  | 'too-large'
  | 'request-timeout'
  | 'no-route'
  | 'no-model'
  | 'no-translator'
  | 'no-backend'
  | 'refused'
  | 'no-healthy-backend'
  | 'overloaded'
  | 'fault'
  | 'credential-missing'
  | 'credential-unavailable'
  | 'rate-limited'
  | 'upstream-unreachable'
  | 'upstream-reset'
  | 'upstream-timeout'
  | 'upstream-idle'
  | 'upstream-protocol'
  | 'internal'

/** HTTP status of each kind. */
const statuses: Readonly<Record<ErrorKind, number>> = {
  'malformed-request': 400,
  'underscore-in-header': 400,
  'invalid-request': 422,
  'unknown-host': 404,
  'unsupported-path': 404,
  'method-not-allowed': 405,
  'unsupported-encoding': 415,
  'too-large': 413,
  'request-timeout': 408,
  'no-route': 404,
  'no-model': 404,
  'no-translator': 501,
  'no-backend': 500,
  refused: 500,
  'no-healthy-backend': 503,
  overloaded: 503,
  fault: 503,
  'credential-missing': 401,
  'credential-unavailable': 503,
  'rate-limited': 429,
  'upstream-unreachable': 503,
  'upstream-reset': 503,
  'upstream-timeout': 504,
  'upstream-idle': 504,
  'upstream-protocol': 502,
  internal: 500,
}

/** Stable code of each kind, sent as `x-aigw-error`. */
const codes: Readonly<Record<ErrorKind, string>> = {
  'malformed-request': 'malformed_request',
  'underscore-in-header': 'underscore_in_header',
  'invalid-request': 'invalid_request',
  'unknown-host': 'unknown_host',
  'unsupported-path': 'unsupported_path',
  'method-not-allowed': 'method_not_allowed',
  'unsupported-encoding': 'unsupported_encoding',
  'too-large': 'payload_too_large',
  'request-timeout': 'request_timeout',
  'no-route': 'no_route',
  'no-model': 'model_not_found',
  'no-translator': 'unsupported_endpoint',
  'no-backend': 'no_backend',
  refused: 'refused_by_policy',
  'no-healthy-backend': 'no_healthy_upstream',
  overloaded: 'overloaded',
  fault: 'fault_injected',
  'credential-missing': 'credential_missing',
  'credential-unavailable': 'credential_unavailable',
  'rate-limited': 'rate_limited',
  'upstream-unreachable': 'upstream_connect',
  'upstream-reset': 'upstream_reset',
  'upstream-timeout': 'upstream_timeout',
  'upstream-idle': 'stream_idle_timeout',
  'upstream-protocol': 'upstream_protocol',
  internal: 'internal',
}

export interface GatewayErrorOptions {
  /** Why, for the log alone. */
  readonly cause?: unknown
  /** Replaces the kind's status, for example by what an exception frame stands for. */
  readonly status?: number
  /** `error.type` of the answer where a provider or schema has its own name for it. */
  readonly type?: string
  /** `error.code` where OpenAI, or a provider that speaks as it does, has a name for it; else the status. */
  readonly code?: string
  /** Headers that the answer must carry, for example `allow` or `retry-after`; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An error whose message a client may read. Messages never hold credentials. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly kind: ErrorKind
  readonly status: number
  readonly type: string | undefined
  /** `error.code` in OpenAI's dialect. */
  readonly openaiCode: string
  readonly headers: Readonly<Record<string, string>>

  constructor(kind: ErrorKind, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.status = options.status ?? statuses[kind]
    this.type = options.type
    this.openaiCode = options.code ?? String(this.status)
    this.headers = options.headers ?? {}
  }

  /** The stable code, for `x-aigw-error`. */
  get code(): string {
    return codes[this.kind]
  }

  static is(value: unknown): value is GatewayError {
    return value instanceof GatewayError
  }
}
