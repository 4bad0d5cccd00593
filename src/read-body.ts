// The request body, read once, within its limits.
import { type Cancellation, unlessCancelled } from './cancellation.ts'
import type { RawBody } from './endpoints/endpoint.ts'
import { createRawBody } from './endpoints/raw-body.ts'
import { GatewayError } from './errors.ts'
import type { HeaderReader } from './ports.ts'
import { collectBody } from './streams/collect-body.ts'

export const tooLarge = () => new GatewayError('too-large', 'Payload Too Large')

export interface ReadBodyOptions {
  readonly maxBytes: number
  /** The client's word that it has gone: a request made by a program has a body that may never end. */
  readonly client: Cancellation
  /** How the listener reads a body, where it has a shorter way than the request's. */
  readonly readAll?: ((maxBytes: number) => Promise<Uint8Array<ArrayBuffer>>) | undefined
}

/** Throws a `GatewayError`: `too-large`, `unsupported-encoding`, or `malformed-request`. */
export async function readBody(
  request: Request,
  headers: HeaderReader,
  options: ReadBodyOptions,
): Promise<RawBody> {
  const length = headers.get('content-length')
  if (length !== null && Number(length) > options.maxBytes) throw tooLarge()
  let bytes: Uint8Array<ArrayBuffer>
  try {
    const read = await readAll(request, headers, length, options)
    bytes = read instanceof Uint8Array ? read : new Uint8Array(read)
  } catch (error) {
    if (GatewayError.is(error)) throw error
    // Whatever breaks a body off, above all a client that leaves, is no fault of ours.
    throw new GatewayError('malformed-request', 'malformed request: the body could not be read', {
      cause: error,
    })
  }
  // A length that was a lie is caught by the platform's parser or here.
  if (bytes.length > options.maxBytes) throw tooLarge()
  return createRawBody(bytes, headers.get('content-type') ?? '')
}

function readAll(
  request: Request,
  headers: HeaderReader,
  length: string | null,
  options: ReadBodyOptions,
): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  const encoded = encoding !== 'identity' && encoding !== ''
  if (!encoded && options.readAll !== undefined) return options.readAll(options.maxBytes)
  if (!encoded && length !== null) return unlessGone(request.arrayBuffer(), options)
  const body = encoded ? inflate(request.body, encoding) : request.body
  return unlessGone(collectBody(body, { maxBytes: options.maxBytes, tooLarge }), options)
}

const unlessGone = <Value>(work: Promise<Value>, { client }: ReadBodyOptions) =>
  unlessCancelled(work, client)

const formats: ReadonlyMap<string, CompressionFormat> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
])

function inflate(body: ReadableStream<Uint8Array> | null, encoding: string) {
  const format = formats.get(encoding)
  if (format === undefined) {
    throw new GatewayError(
      'unsupported-encoding',
      'content-encoding: expected gzip, deflate or identity',
      { headers: { 'accept-encoding': 'gzip, deflate' } },
    )
  }
  // The casts: the web types keep shared memory apart, which no request body is.
  return body === null
    ? null
    : (body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new DecompressionStream(format))
}
