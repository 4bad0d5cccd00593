// The second argument of `fetch` for a request to a provider.
import { type Cancellation, signalOf } from './cancellation.ts'
import { joinPieces, type Pieces } from './pieces.ts'
import type { Transport, UpstreamRequest } from './ports.ts'

interface Parts {
  readonly method: UpstreamRequest['method']
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Pieces | undefined
  readonly cancellation: Cancellation
  readonly transport: Transport | undefined
  readonly backend: string
  readonly trouble: string | undefined
}

/**
 * A class for the sake of its accessor: in an object literal, an accessor of each request's own makes
 * V8 build a hidden class for each, which outlives the request and keeps it from being collected.
 */
export class OutgoingRequest implements UpstreamRequest {
  readonly method: UpstreamRequest['method']
  readonly headers: UpstreamRequest['headers']
  readonly pieces: Pieces | undefined
  readonly redirect = 'manual'
  readonly cancellation: Cancellation
  declare readonly transport?: Transport
  readonly backend: string
  declare readonly trouble?: string
  #signal: AbortSignal | undefined
  #body: Uint8Array<ArrayBuffer> | undefined

  constructor(parts: Parts) {
    this.method = parts.method
    this.headers = toRecord(parts.headers)
    this.cancellation = parts.cancellation
    this.backend = parts.backend
    this.pieces = parts.body
    if (parts.transport !== undefined) this.transport = parts.transport
    if (parts.trouble !== undefined) this.trouble = parts.trouble
  }

  get body(): Uint8Array<ArrayBuffer> | undefined {
    this.#body ??= this.pieces && joinPieces(this.pieces)
    return this.#body
  }

  /** Made when it is first asked for: most transports take `cancellation`. */
  get signal(): AbortSignal {
    this.#signal ??= signalOf(this.cancellation)
    return this.#signal
  }
}

/** `Object.fromEntries`, without an array for each entry. */
function toRecord(map: ReadonlyMap<string, string>): Record<string, string> {
  const record: Record<string, string> = {}
  map.forEach((value, name) => {
    record[name] = value
  })
  return record
}
