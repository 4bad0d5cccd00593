// A provider's answer with a good status, read while another try may still follow: is it what was asked for?
import { readOpenAIFailure } from './convert/errors/openai-failure.ts'
import { GatewayError } from './errors.ts'
import { isRecord } from './json/is-record.ts'
import { maxAnswerBytes } from './limits.ts'
import type { UpstreamResponse } from './ports.ts'
import type { Backend } from './routing/route.ts'
import { collectBody } from './streams/collect-body.ts'
import type { Reply, ReplyHead } from './translate/translator.ts'
import type { TryResult } from './try-result.ts'

export const tooLarge = () =>
  new GatewayError('upstream-protocol', 'the answer of the provider is too large')

/** Rejects with a `GatewayError`. */
export function readBytes(
  response: UpstreamResponse,
  onActivity: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const read =
    response.collect?.(onActivity) ??
    collectBody(response.body, { maxBytes: maxAnswerBytes, tooLarge, onActivity })
  return read.catch(blameProvider)
}

function blameProvider(cause: unknown): never {
  if (GatewayError.is(cause)) throw cause
  throw new GatewayError('upstream-reset', 'the provider broke off its answer', { cause })
}

/** An answer whose body has been read. */
export interface ReadAnswer {
  readonly head: ReplyHead
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly text: string
}

const decoder = new TextDecoder()

export function decodeAnswer(head: ReplyHead, bytes: Uint8Array<ArrayBuffer>): ReadAnswer {
  return { head, bytes, text: decoder.decode(bytes) }
}

/** It again, for who reads one itself. */
export function unreadAnswer(head: ReplyHead, bytes: Uint8Array<ArrayBuffer>): UpstreamResponse {
  return {
    status: head.status,
    headers: head.headers,
    body: null,
    // A copy: the slice of a Buffer would be a view of memory that others use.
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
    collect: async () => bytes,
  }
}

/** `error.type` of failures at a backend, for example `OpenAIBackendError`. */
export const failureTypeOf = (backend: Backend) => `${backend.schema.name}BackendError`

export const isJson = ({ headers }: ReplyHead) =>
  headers.get('content-type')?.includes('json') ?? false

/** What stands between gateway and provider, or a wrong address, answers so; it never holds events. */
export const isPage = ({ headers }: ReplyHead) =>
  headers.get('content-type')?.toLowerCase().startsWith('text/html') ?? false

/** Who translates the answer knows best what is wrong with it. */
export function judgeWhole(answered: ReadAnswer, reply: Reply, backend: Backend): TryResult {
  const { head, bytes, text } = answered
  try {
    const answer = reply.whole?.(text, head) ?? {}
    return { kind: 'whole', head, bytes, text, answer, garbled: isJson(head) && !!answer.garbled }
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    return failedTry(error, backend)
  }
}

function failedTry(error: GatewayError, backend: Backend): TryResult {
  const { status, message, type = failureTypeOf(backend) } = error
  return { kind: 'failed', error, failure: { status, type, message } }
}

/** Some providers answer a stream with 200 and a JSON error, others with the whole answer. */
export function judgeJsonForStream(
  answered: ReadAnswer,
  reply: Reply,
  backend: Backend,
): TryResult {
  // Who translates the provider's answers knows its errors best, if it knows this one at all.
  const result = judgeWhole(answered, reply, backend)
  if (result.kind === 'failed' && result.error.status !== senseless) return result
  const value = parseAnswer(answered.text)
  if (value === undefined) return result.kind === 'failed' ? result : notJson(backend)
  const status = errorStatus(value)
  if (status === undefined) return result
  const head = { ...answered.head, status }
  const response = unreadAnswer(head, answered.bytes)
  return { kind: 'error', head, reply, response, onActivity() {} }
}

/** `undefined` where it is not JSON. */
function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function notJson(backend: Backend): TryResult {
  const message = 'the provider sent an answer that is not JSON'
  const type = failureTypeOf(backend)
  return failedTry(new GatewayError('upstream-protocol', message, { type }), backend)
}

/** The status that a body would have deserved; undefined where it is an answer. */
function errorStatus(value: unknown): number | undefined {
  if (!isRecord(value) || !value.error) return undefined
  const { error, status: code } = value
  return readOpenAIFailure(isRecord(error) ? { code, ...error } : { code }).status
}

/** The status of an answer that nobody understands. */
const senseless = 502
