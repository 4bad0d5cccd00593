// Providers are asked for unencoded answers; some encode all the same. As `fetch` does, such a body is
// handed on inflated, without the headers that described it.
import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { GatewayError, type UpstreamResponse } from '../src/index.ts'

const inflaters: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

const described = new Set(['content-encoding', 'content-length'])

/** Throws a `GatewayError` for an encoding that cannot be undone: nobody has asked for one. */
export function inflateResponse(response: UpstreamResponse): UpstreamResponse {
  const encoding = response.headers.get('content-encoding')?.trim().toLowerCase()
  if (encoding === undefined || encoding === 'identity') return response
  const create = Object.hasOwn(inflaters, encoding) ? inflaters[encoding] : undefined
  if (create === undefined) {
    throw new GatewayError(
      'upstream-protocol',
      `the answer of the provider is unreadably encoded: ${encoding.slice(0, 100)}`,
    )
  }
  if (response.body === null) return response
  const body = inflate(response.body, create())
  return {
    status: response.status,
    headers: {
      get: (name) => (described.has(name) ? null : response.headers.get(name)),
      forEach: (visit) =>
        response.headers.forEach((value, name) => {
          if (!described.has(name)) visit(value, name)
        }),
    },
    body,
    arrayBuffer: () => new Response(body).arrayBuffer(),
  }
}

async function* inflated(body: ReadableStream<Uint8Array>, inflater: Transform) {
  const reader = body.getReader()
  const first = await reader.read()
  // An encoding of nothing is nothing, though no inflater thinks so.
  if (first.done) return
  inflater.write(first.value)
  const feed = async () => {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return inflater.end()
        if (!inflater.write(value)) await new Promise((resolve) => inflater.once('drain', resolve))
      }
    } catch (error) {
      inflater.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
  void feed()
  try {
    for await (const chunk of inflater) yield chunk as Uint8Array
  } catch (error) {
    if (GatewayError.is(error)) throw error
    throw new GatewayError('upstream-protocol', 'the answer of the provider cannot be inflated', {
      cause: error,
    })
  } finally {
    // Also when the reader has gone: the provider must not go on.
    reader.cancel().catch(() => {})
    inflater.destroy()
  }
}

function inflate(body: ReadableStream<Uint8Array>, inflater: Transform) {
  // The cast: Node's own type for web streams is another than the platform's.
  return Readable.toWeb(
    Readable.from(inflated(body, inflater), { objectMode: true }),
  ) as unknown as ReadableStream<Uint8Array>
}
