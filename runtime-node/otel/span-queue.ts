// Ended spans on their way to a collector: bytes, bounded in number and size, sent in batches one after the other.
// https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
import { Buffer } from 'node:buffer'
import type { SpanFormat } from './span-format.ts'
import type { SpanRecord } from './span-record.ts'

export interface SpanQueue {
  /** Takes the span, or counts it as lost. */
  add(span: SpanRecord): void
  /** Spans that never arrived, as far as is known. */
  lost(): number
  flush(): Promise<void>
  /** Takes no more; resolves when what was waiting has been sent or has failed. */
  shutdown(): Promise<void>
}

export interface SpanQueueOptions {
  readonly format: SpanFormat
  /** Rejects where the collector did not take the request. */
  readonly send: (request: Uint8Array) => Promise<void>
  readonly limits: SpanQueueLimits
  /** Of spans lost: told now and then, not of each. */
  readonly onTrouble: (text: string) => void
}

export interface SpanQueueLimits {
  /** Spans that may wait. */
  readonly maxSpans: number
  /** Bytes that may wait. */
  readonly maxBytes: number
  /** Spans of one request. */
  readonly maxBatch: number
  /** Of one request, unless a single span has more: collectors refuse larger ones. */
  readonly maxBatchBytes: number
  readonly delayMs: number
  /** After which the next batch may go, whatever has become of the one before. */
  readonly timeoutMs: number
}

/** What will be one request. */
interface Batch {
  buffer: Buffer
  /** Where its spans end. */
  end: number
  spans: number
}

const smallestBuffer = 64 * 1024
/** Buffers that are kept to be used again: memory outside of the heap drives the collector of the heap. */
const maxSpare = 2

export function createSpanQueue(options: SpanQueueOptions): SpanQueue {
  const { format, send, limits, onTrouble } = options
  const { before, behind } = format.room
  const spare: Buffer[] = []
  let batches: Batch[] = []
  let waiting = 0
  let waitingBytes = 0
  let lost = 0
  let overflowed = 0
  let sending = false
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const sizeOf = ({ end }: Batch) => end - before
  const isFull = (batch: Batch) =>
    batch.spans >= limits.maxBatch || sizeOf(batch) >= limits.maxBatchBytes

  const batchFor = (size: number): Batch => {
    const last = batches.at(-1)
    if (last !== undefined && !isFull(last) && sizeOf(last) + size <= limits.maxBatchBytes) {
      return last
    }
    const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(smallestBuffer)
    const batch: Batch = { buffer, end: before, spans: 0 }
    batches.push(batch)
    return batch
  }
  const append = (batch: Batch, bytes: Uint8Array) => {
    const needed = batch.end + bytes.length + behind
    if (needed > batch.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(batch.buffer.length * 2, needed))
      batch.buffer.copy(larger, 0, 0, batch.end)
      batch.buffer = larger
    }
    batch.buffer.set(bytes, batch.end)
    batch.end += bytes.length
    batch.spans++
  }
  const release = ({ buffer }: Batch) => {
    if (spare.length < maxSpare && buffer.length <= limits.maxBatchBytes * 2) spare.push(buffer)
  }
  const schedule = () => {
    if (sending || batches.length === 0) return
    const [first] = batches
    if (batches.length > 1 || (first !== undefined && isFull(first))) {
      void sendOne()
      return
    }
    timer ??= setTimeout(() => void sendOne(), limits.delayMs).unref()
  }
  const sendOne = async () => {
    clearTimeout(timer)
    timer = undefined
    const batch = batches.shift()
    if (batch === undefined) return
    sending = true
    await deliver(batch)
    sending = false
    schedule()
  }
  /** Never rejects. */
  const deliver = async (batch: Batch) => {
    waiting -= batch.spans
    waitingBytes -= sizeOf(batch)
    try {
      const sent = send(format.complete(batch.buffer, batch.end))
      // Not before: the transport may read it still, or send it once more, whatever we wait for.
      await within(
        limits.timeoutMs,
        sent.finally(() => release(batch)),
      )
    } catch (error) {
      lost += batch.spans
      onTrouble(`${batch.spans} spans were not sent: ${String(error)}`)
    }
  }
  const sendAll = async () => {
    clearTimeout(timer)
    timer = undefined
    const all = batches
    batches = []
    await Promise.all(all.map(deliver))
  }
  return {
    add(span) {
      if (closed) return
      if (waiting >= limits.maxSpans) {
        lost++
        overflowed++
        return
      }
      const bytes = format.encode(span)
      if (waitingBytes + bytes.length > limits.maxBytes) {
        lost++
        overflowed++
        return
      }
      if (overflowed > 0) {
        onTrouble(`${overflowed} spans were dropped: too many were waiting for the collector`)
        overflowed = 0
      }
      append(batchFor(bytes.length), bytes)
      waiting++
      waitingBytes += bytes.length
      schedule()
    },
    lost: () => lost,
    flush: sendAll,
    shutdown() {
      closed = true
      return sendAll()
    },
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
