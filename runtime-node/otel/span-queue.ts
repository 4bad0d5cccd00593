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
  readonly pieces: Buffer[]
  /** Of the last piece. */
  used: number
  bytes: number
  spans: number
}

const pieceBytes = 128 * 1024

export function createSpanQueue(options: SpanQueueOptions): SpanQueue {
  const { format, send, limits, onTrouble } = options
  let batches: Batch[] = []
  let waiting = 0
  let waitingBytes = 0
  let lost = 0
  let overflowed = 0
  let sending = false
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const isFull = ({ spans, bytes }: Batch) =>
    spans >= limits.maxBatch || bytes >= limits.maxBatchBytes

  const batchFor = (size: number): Batch => {
    const last = batches.at(-1)
    if (last !== undefined && !isFull(last) && last.bytes + size <= limits.maxBatchBytes) {
      return last
    }
    const batch: Batch = { pieces: [], used: 0, bytes: 0, spans: 0 }
    batches.push(batch)
    return batch
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
    waitingBytes -= batch.bytes
    try {
      await within(limits.timeoutMs, send(format.frame(piecesOf(batch))))
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

function append(batch: Batch, bytes: Uint8Array): void {
  let piece = batch.pieces.at(-1)
  if (piece === undefined || batch.used + bytes.length > piece.length) {
    if (piece !== undefined) batch.pieces[batch.pieces.length - 1] = piece.subarray(0, batch.used)
    piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, bytes.length))
    batch.pieces.push(piece)
    batch.used = 0
  }
  piece.set(bytes, batch.used)
  batch.used += bytes.length
  batch.bytes += bytes.length
  batch.spans++
}

const piecesOf = ({ pieces, used }: Batch): readonly Uint8Array[] =>
  pieces.map((piece, index) => (index === pieces.length - 1 ? piece.subarray(0, used) : piece))

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
