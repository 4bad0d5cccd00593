// The request body, read once, within its limits.
import type { RawBody } from './endpoints/endpoint.ts'
import { createRawBody } from './endpoints/raw-body.ts'
import { GatewayError } from './errors.ts'
import type { HeaderReader } from './ports.ts'
import { collectBody } from './streams/collect-body.ts'

const tooLarge = () => new GatewayError('too-large', 'Payload Too Large')

export interface ReadBodyOptions {
  readonly maxBytes: number
  /** How the listener reads a body, where it has a shorter way than the request's. */
  readonly readAll?: ((maxBytes: number) => Promise<Uint8Array<ArrayBuffer>>) | undefined
}

/** Throws a `GatewayError`: `too-large`, `unsupported-encoding`, or `malformed-request`. */
export async function readBody(
  request: Request,
  headers: HeaderReader,
  options: ReadBodyOptions,
): Promise<RawBody> {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  const length = headers.get('content-length')
  if (length !== null && Number(length) > options.maxBytes) throw tooLarge()
  const encoded = encoding !== 'identity' && encoding !== ''
  const bytes = await read(() => {
    if (!encoded && options.readAll !== undefined) return options.readAll(options.maxBytes)
    if (!encoded && length !== null) return request.arrayBuffer()
    const body = encoded ? inflate(request.body, encoding) : request.body
    return collectBody(body, { maxBytes: options.maxBytes, tooLarge })
  })
  // A length that was a lie is caught by the platform's parser or here.
  if (bytes.length > options.maxBytes) throw tooLarge()
  return createRawBody(bytes, headers.get('content-type') ?? '')
}

/** Whatever breaks a body off, above all a client that leaves, is no fault of ours. */
async function read(
  work: () => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = await work()
    return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)
  } catch (error) {
    if (GatewayError.is(error)) throw error
    throw new GatewayError('malformed-request', 'malformed request: the body could not be read', {
      cause: error,
    })
  }
}

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
