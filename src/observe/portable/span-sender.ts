// Spans on their way to a collector, by the platform's own fetch. They wait in a bounded queue until somebody says
// that it is time; what cannot be sent is lost, and logged now and then.
import type { Logger } from '../../ports.ts'
import {
  contentTypes,
  type OtlpSpan,
  type SpanSource,
  type TraceFormat,
  writeSpans,
} from './otlp-trace.ts'

export interface SpanSender {
  add(span: OtlpSpan): void
  /** Resolves when all that waits now has been sent, or is lost. Never rejects. */
  flush(): Promise<void>
}

export interface SpanSenderOptions extends SpanSource {
  readonly format: TraceFormat
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly log: Logger
  readonly now: () => number
}

const maxWaiting = 2048
const maxBatch = 512
/** Losses are logged at most once in this time. */
const quietMs = 60_000

export function createSpanSender(options: SpanSenderOptions): SpanSender {
  const { format, url, headers, timeoutMs, log, now } = options
  let waiting: OtlpSpan[] = []
  let lost = 0
  let quietUntil = Number.NEGATIVE_INFINITY

  const lose = (count: number, reason: string) => {
    lost += count
    if (now() < quietUntil) return
    quietUntil = now() + quietMs
    log('warn', 'spans were not sent', { reason, lost })
  }
  const send = async (batch: readonly OtlpSpan[]) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentTypes[format] },
        body: writeSpans(format, options, batch),
        signal: AbortSignal.timeout(timeoutMs),
      })
      // Read, or the connection is not free for the next.
      await response.arrayBuffer()
      if (!response.ok) lose(batch.length, `the collector answered ${response.status}`)
    } catch (error) {
      // By its name alone: a message may hold the URL, and that a credential.
      lose(batch.length, error instanceof Error ? error.name : 'no answer')
    }
  }
  return {
    add(span) {
      if (waiting.length < maxWaiting) waiting.push(span)
      else lose(1, 'too many were waiting')
    },
    async flush() {
      const all = waiting
      waiting = []
      const batches: Promise<void>[] = []
      for (let at = 0; at < all.length; at += maxBatch)
        batches.push(send(all.slice(at, at + maxBatch)))
      await Promise.all(batches)
    },
  }
}
