// The request body, read once, within its limits.
import type { RawBody } from './endpoints/endpoint.ts'
import { createRawBody } from './endpoints/raw-body.ts'
import { GatewayError } from './errors.ts'
import { joinChunks } from './streams/join-chunks.ts'

const tooLarge = () => new GatewayError('too-large', 'Payload Too Large')

export interface ReadBodyOptions {
  readonly maxBytes: number
}

/** Throws a `GatewayError`: `too-large`, `unsupported-encoding`, or `malformed-request`. */
export async function readBody(request: Request, options: ReadBodyOptions): Promise<RawBody> {
  const { headers } = request
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  const length = headers.get('content-length')
  if (length !== null && Number(length) > options.maxBytes) throw tooLarge()
  const bytes =
    encoding === 'identity' || encoding === ''
      ? length === null
        ? await readStream(request.body, options.maxBytes)
        : new Uint8Array(await request.arrayBuffer())
      : await readStream(inflate(request.body, encoding), options.maxBytes)
  // A length that was a lie is caught by the platform's parser or here.
  if (bytes.length > options.maxBytes) throw tooLarge()
  return createRawBody(bytes, headers.get('content-type') ?? '')
}

async function readStream(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array(0)
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joinChunks(chunks, length)
      length += value.length
      if (length > maxBytes) throw tooLarge()
      chunks.push(value)
    }
  } catch (error) {
    reader.cancel(error).catch(() => {})
    if (GatewayError.is(error)) throw error
    throw new GatewayError('malformed-request', 'malformed request: the body could not be read', {
      cause: error,
    })
  }
}

const formats: Readonly<Record<string, CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
}

function inflate(body: ReadableStream<Uint8Array> | null, encoding: string) {
  const format = formats[encoding]
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
