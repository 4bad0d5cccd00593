// The host of a stream translator. It owns the bytes: framing, batching, encoding, limits, and the one
// place where a stream ends. Translators see frames and values only.
import type { UpstreamResponse } from '../ports.ts'
import { pumpBody } from './pump-body.ts'
import { createRewriteHost } from './rewrite-host.ts'
import type { BodyHost, BodyHostOptions } from './stream-host.ts'
import type { StreamListener } from './stream-state.ts'
import type { BodyTransformer, StreamTranslator } from './stream-translator.ts'
import { createTapHost } from './tap-host.ts'

export function createBodyHost(
  translator: StreamTranslator,
  listener: StreamListener,
  options: BodyHostOptions,
): BodyHost {
  return translator.kind === 'tap'
    ? createTapHost(translator, listener, options)
    : createRewriteHost(translator, listener, options)
}

/** The client's stream out of a provider's answer: where the data arrives, if the transport can. */
export function translateBody(
  response: UpstreamResponse,
  transformer: BodyTransformer,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (response.through) return response.through(transformer)
  return pumpBody(response.body ?? new Blob([]).stream(), transformer)
}
