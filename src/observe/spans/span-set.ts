// How spans describe calls: what a vocabulary is made of, one `SpanSet` for each endpoint.
import type { Call, Endpoint, RawBody } from '../../endpoints/endpoint.ts'
import type { SeenReply } from '../observer.ts'

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[]
/** Members that are undefined are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** Attributes that are being put together. */
export type AttributesOut = Record<string, AttributeValue | undefined>

/** What a span set makes of a call: attributes, as they become known. */
export interface SpanSet {
  /** Of the span; with the model behind it in the conventions for generative AI. */
  readonly name: string
  /** `received`: the body as the client sent it. */
  request(call: Call, received: RawBody): Attributes
  reply(reply: SeenReply): Attributes
  /** Absent: streams of this endpoint have nothing to tell. */
  fold?(): StreamFold
}

/** Keeps of a stream what a span will say about it, piece by piece. */
export interface StreamFold {
  /** Returns the name of an event that this chunk is, if it is one. */
  add(chunk: unknown): string | undefined
  /** The same of a chunk that nobody has parsed. Absent: it has to be. */
  addText?(data: string): string | undefined
  /** Adds a chunk that says no more than another text, if it is such a one, without parsing it. */
  repeats?(data: string): boolean
  /** What is known by now: of the whole stream, or of as much as came. */
  attributes(): Attributes
  /** Whether text was left out, to stay within bounds. */
  truncated(): boolean
  /** What the stream itself calls a failure. */
  failure?(): string | undefined
}

/** An error as a client has it. */
export interface CallFailure {
  readonly status: number
  /** `''` where there is none. */
  readonly body: string
}

export interface FailureRecord {
  readonly attributes: Attributes
  readonly exception?: { readonly type: string; readonly message: string }
  /** Of the span's status. */
  readonly message: string
}

/** A dialect of span attributes. */
export interface Vocabulary {
  readonly kind: 'internal' | 'client'
  /** Undefined for an endpoint that is not traced. */
  spansFor(endpoint: Pick<Endpoint, 'path' | 'method'>): SpanSet | undefined
  /** Whether the name of a span has the client's model behind it. */
  readonly namesModel: boolean
  /** Whether the backend's kind and address are told. */
  readonly namesProvider: boolean
  /** Whether an error's own words are told: they may repeat a prompt. */
  readonly tellsErrors: boolean
  failure(failure: CallFailure): FailureRecord
}

/** An endpoint's path, behind its method where that is not POST. */
export const spanKeyOf = ({ path, method = 'POST' }: Pick<Endpoint, 'path' | 'method'>): string =>
  method === 'POST' ? path : `${method} ${path}`
