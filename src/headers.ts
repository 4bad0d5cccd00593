// What crosses the gateway in headers, both ways: hop-by-hop and internal headers never do
// (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1), nor a client's credentials where the backend
// has its own.
import type { HeaderReader } from './ports.ts'

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authorization',
  'proxy-authenticate',
] as const

/** What a client asks of a simulated provider: a real one never hears of it. */
export const simulateHeader = 'x-simulate'

/** Never sent to a provider as the client sent them. */
const dropped = new Set<string>([
  ...hopByHop,
  'host',
  'content-length',
  'expect',
  // A body that came encoded has been decoded.
  'content-encoding',
  // Answers are read, so they must come unencoded.
  'accept-encoding',
  'x-gateway-destination-endpoint',
  simulateHeader,
])

const credentials = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie'])

const isInternal = (name: string) =>
  name.startsWith('x-ai-eg-') || name.startsWith('x-aigw-') || name.startsWith('x-envoy-')

export interface OutgoingPolicy {
  /** The backend has a credential of its own, so the client's stay here. */
  readonly ownCredential: boolean
  readonly host: string
}

/** The client's headers as a provider may see them; lower-case names. */
export function outgoingHeaders(
  incoming: HeaderReader,
  policy: OutgoingPolicy,
): Map<string, string> {
  const headers = new Map<string, string>()
  const connection = incoming.get('connection')
  const named = connection === null || connection === 'keep-alive' ? undefined : listed(connection)
  incoming.forEach((value, name) => {
    if (dropped.has(name) || isInternal(name) || named?.has(name)) return
    if (policy.ownCredential && (credentials.has(name) || name.startsWith('x-amz-'))) return
    headers.set(name, value)
  })
  headers.set('accept-encoding', 'identity')
  const forwarded = headers.get('x-forwarded-host')
  if (policy.host !== '') {
    headers.set(
      'x-forwarded-host',
      forwarded === undefined ? policy.host : `${forwarded}, ${policy.host}`,
    )
  }
  return headers
}

const listed = (connection: string) =>
  new Set(connection.split(',').map((name) => name.trim().toLowerCase()))

/** Never passed on from a provider: hop-by-hop, and what a proxy between says about itself. */
const droppedFromAnswer = new Set<string>([...hopByHop, 'set-cookie', 'alt-svc'])

export interface AnswerBody {
  /** `untouched`: the provider's own length and type hold. */
  readonly kind: 'untouched' | 'rewritten' | 'stream'
  readonly contentType?: string
  /** The length of what is rewritten, where it is known: a listener would have to count again. */
  readonly length?: number
}

/** A provider's headers as the client may see them; lower-case names, plain for a fast `Response`. */
export function answerHeaders(provider: HeaderReader, body: AnswerBody): Record<string, string> {
  const headers: Record<string, string> = {}
  // Where `fetch` has inflated a body, it leaves the old encoding and length on.
  const encoded = provider.get('content-encoding') !== null
  provider.forEach((value, name) => {
    if (droppedFromAnswer.has(name) || name.startsWith('x-envoy-')) return
    if (name === 'content-encoding') return
    if (name === 'content-length' && (encoded || body.kind !== 'untouched')) return
    headers[name] = value
  })
  if (body.contentType !== undefined) headers['content-type'] = body.contentType
  if (body.length !== undefined) headers['content-length'] = String(body.length)
  if (body.kind === 'stream') headers['cache-control'] ??= 'no-cache'
  return headers
}
