// Two translations one after the other: what the first sends to its client is what the second gets to read.
import type { ValueRewrite } from '../convert/value-rewrite.ts'
import type { Rewrite, SseWriter, StreamTranslator } from '../streams/stream-translator.ts'

/** `first` must rewrite: a tap sends nothing of its own. */
export function chainStreams(first: StreamTranslator, second: ValueRewrite): Rewrite {
  if (first.kind !== 'rewrite') throw new Error('only a rewritten stream can be rewritten again')
  let client: SseWriter | undefined
  const between: SseWriter = {
    send(value) {
      if (client !== undefined) second.value(value, client)
    },
    raw(text) {
      if (client !== undefined) second.raw(text, client)
    },
  }
  return {
    kind: 'rewrite',
    framing: first.framing,
    frame(frame, out, meter) {
      client = out
      first.frame(frame, between, meter)
    },
    end(out, meter) {
      client = out
      first.end(between, meter)
    },
    failure: (failure, out) => second.failure(failure, out),
  }
}
