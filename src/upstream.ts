// A request to a provider on its way out: drafted from the translation, changed by policies, encoded once,
// sealed. The signature, the length and the request then speak of the same bytes.
import type { Sealed } from './auth/auth.ts'
import type { Call } from './endpoints/endpoint.ts'
import { GatewayError } from './errors.ts'
import { outgoingHeaders } from './headers.ts'
import { joinPieces, type Pieces } from './pieces.ts'
import type { Backend, BackendEndpoint } from './routing/route.ts'
import type { Translation } from './translate/translator.ts'

const encoder = new TextEncoder()

/** Throws a `GatewayError` where the provider's path cannot be asked for safely. */
export function sealRequest(input: {
  readonly call: Call
  readonly backend: Backend
  readonly endpoint: BackendEndpoint
  readonly translation: Translation
  /** The authority that the client asked. */
  readonly host: string
  /** Adds what a trace needs to go on at the provider; the backend's own changes have the last word. */
  readonly addHeaders?: ((headers: Map<string, string>) => void) | undefined
}): Sealed {
  const { call, backend, endpoint, translation } = input
  const headers = outgoingHeaders(call.headers, {
    ownCredential: backend.auth !== undefined,
    host: input.host,
  })
  for (const [name, value] of Object.entries(translation.headers ?? {})) headers.set(name, value)
  for (const name of backend.credentialHeaders) headers.delete(name)
  if (endpoint.hostHeader !== undefined) headers.set('host', endpoint.hostHeader)
  input.addHeaders?.(headers)
  backend.headerMutation?.apply(headers)

  const { method = 'POST' } = call.endpoint
  let body = translation.body ?? call.body.bytes
  const isJson = method === 'POST' && body.length > 0 && !isMultipart(call.body.contentType)
  if (backend.bodyMutation !== undefined && isJson) {
    body = backend.bodyMutation.apply(
      typeof body === 'string'
        ? body
        : translation.body === undefined
          ? call.body.text()
          : decode(joinPieces(toPieces(body))),
    )
  }
  const url = locate(endpoint.origin, translation.path)
  return { method, url, headers, body: method === 'POST' ? toPieces(body) : undefined }
}

/** Most requests go where an earlier one went, and parsing a URL takes a microsecond. */
const known = new Map<string, URL>()
const maxKnown = 1000

function locate(origin: string, path: string): URL {
  const text = origin + path
  const seen = known.get(text)
  if (seen !== undefined) return seen
  const url = new URL(text)
  // A URL resolves dot segments, which would move a request to another resource.
  if (url.pathname + url.search !== path) {
    throw new GatewayError(
      'invalid-request',
      'invalid request body: model: the name does not fit into a path',
    )
  }
  if (known.size >= maxKnown) known.clear()
  known.set(text, url)
  return url
}

function toPieces(body: NonNullable<Translation['body']>): Pieces {
  if (typeof body === 'string') return [encoder.encode(body)]
  return body instanceof Uint8Array ? [body] : body
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const isMultipart = (contentType: string) =>
  contentType.toLowerCase().startsWith('multipart/form-data')
