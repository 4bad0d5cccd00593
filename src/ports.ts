// What the core takes from its surroundings. Each has a web-standard default in gateway.ts.
import type { Cancellation } from './cancellation.ts'
import type { TlsSpec } from './config/config.ts'
import type { Pieces } from './pieces.ts'
import type { BodyTransformer } from './streams/stream-translator.ts'

/** The part of `Headers` that is read. Names are lower-case. */
export interface HeaderReader {
  get(name: string): string | null
  forEach(visit: (value: string, name: string) => void): void
}

/**
 * The part of `Response` that is used, so that a plain `fetch` fits. An adapter that has the bytes at
 * hand answers `collect()` and `through()` itself and saves a stream. Bodies come decoded: a transport
 * that inflates takes `content-encoding` and `content-length` off, and where `fetch` leaves them on,
 * the core drops them.
 */
export interface UpstreamResponse {
  readonly status: number
  readonly headers: HeaderReader
  readonly body: ReadableStream<Uint8Array> | null
  arrayBuffer(): Promise<ArrayBuffer>
  /**
   * The whole body as it came; `onActivity` is told of each piece. Absent: `body` is read. Not the
   * standard's `bytes`, which listeners that stand in for `Response` inherit without being able to
   * answer it.
   */
  collect?(onActivity?: () => void): Promise<Uint8Array<ArrayBuffer>>
  /** Runs the transformer where the data arrives. Absent: the body is pumped through it. */
  through?(transformer: BodyTransformer): ReadableStream<Uint8Array<ArrayBuffer>>
}

/** How to reach a backend, where a plain URL does not say. A plain `fetch` ignores it. */
export interface Transport {
  readonly tls?: TlsSpec
  readonly connectTimeoutMs: number
  readonly connectionIdleTimeoutMs?: number
  readonly maxRequestsPerConnection?: number
  /** A Unix socket's path, dialled in place of the URL's host. */
  readonly socketPath?: string
}

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Joined when it is first asked for: a transport that takes `pieces` need not. */
  readonly body?: Uint8Array<ArrayBuffer> | undefined
  /** The body in pieces that follow one another. */
  readonly pieces?: Pieces | undefined
  /** Made when it is first asked for: a transport that takes `cancellation` need not. */
  readonly signal: AbortSignal
  readonly cancellation?: Cancellation
  readonly redirect: 'manual'
  /** One object for each endpoint and configuration, so that it can serve as a key. */
  readonly transport?: Transport
  /** `namespace/name` of the AIServiceBackend, for a transport that plays one. */
  readonly backend?: string
  /** The client's `x-simulate`, for such a transport too: it is in no header. */
  readonly trouble?: string
}

/**
 * Sends one request. Rejects with a `GatewayError` (`upstream-unreachable`, `upstream-reset`, …)
 * where the transport knows what happened; any other rejection counts as `upstream-unreachable`,
 * and the signal's reason is passed on as it is.
 */
export type UpstreamFetch = (url: string, init: UpstreamRequest) => Promise<UpstreamResponse>

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>
export type Logger = (level: LogLevel, message: string, fields?: LogFields) => void

/** Static AWS keys; `sessionToken` with temporary ones. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/**
 * SHA-256 at once. WebCrypto, which every runtime has, hands each digest to another thread and back: for a
 * signature that takes longer than all the rest of a request.
 */
export interface Digests {
  /** Of all pieces together; lower-case hex. */
  sha256(pieces: readonly (string | Uint8Array)[]): string
  hmacSha256(key: string | ArrayBuffer, text: string): ArrayBuffer
}

export interface Ports {
  readonly fetch: UpstreamFetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  readonly ticks: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly uuid: () => string
  /** Calls `work` once after `ms`; returns what cancels it. */
  readonly schedule: (work: () => void, ms: number) => () => void
  readonly log: Logger
  /** Absent: WebCrypto signs. */
  readonly digests: Digests | undefined
  /** The default provider chain of AWS, where the runtime has one. */
  readonly awsDefaultChain: () => Promise<AwsCredentials | undefined>
  /** JSON of Google's application default credentials, where the runtime has some. */
  readonly gcpDefaultCredentials: () => Promise<string | undefined>
}
