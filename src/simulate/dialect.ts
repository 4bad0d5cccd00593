// What a simulated provider is: it reads a request as the provider would, and answers in the provider's own dialect.
import { parseJson } from '../json/parse.ts'
import type { PacedEvent } from './paced-body.ts'

export interface SimulatedRequest {
  readonly method: string
  readonly url: URL
  readonly body: Uint8Array<ArrayBuffer>
  /** The backend that the provider stands behind, as `namespace/name`; the URL's host where nobody said. */
  readonly backend: string
  /** 32 hexadecimal digits that belong to this very request: where ids come from. */
  readonly seed: string
  /** How many tokens the answer's text shall have, where the request asks for it. */
  readonly length: number | undefined
  /** What the provider says that it took. */
  readonly latencyMs: number
  /** What `GET /v1/models` lists. */
  readonly models: readonly string[]
}

/** An answer that goes out in one piece. */
export interface WholeAnswer {
  readonly kind: 'whole'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An answer that goes out event by event. */
export interface StreamAnswer {
  readonly kind: 'stream'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Made while they are read. */
  readonly events: Iterable<PacedEvent>
  /** The event as a broken provider would send it. */
  garble(event: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
}

export type SimulatedAnswer = WholeAnswer | StreamAnswer

export interface SimulatedDialect {
  readonly name: string
  /** Whether a request to this URL is meant for such a provider. */
  serves(url: URL): boolean
  /** Throws a `Rejection` for what the provider would not take. */
  answer(request: SimulatedRequest): SimulatedAnswer
  /** The provider's own error for a status; `message` in place of its usual words. */
  refuse(status: number, request: SimulatedRequest, message?: string): WholeAnswer
}

/** A request that the provider refuses, with the answer that says so. */
export class Rejection extends Error {
  override readonly name = 'Rejection'
  readonly answer: WholeAnswer

  constructor(answer: WholeAnswer) {
    super(`refused with status ${answer.status}`)
    this.answer = answer
  }
}

/** The body as JSON; `undefined` where it is not JSON in UTF-8, or nested beyond all use. */
export function readJson(body: Uint8Array<ArrayBuffer>): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** A segment of a path as it was meant; as it is where its escapes are broken. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
