// Spans, from the request that they are about to whoever takes them. Contexts, sampling and transports are
// OpenTelemetry's; records, encoding and queue are our own, because the SDK's cost more than the rest of a request.
import { diag } from '@opentelemetry/api'
import { getNumberFromEnv } from '@opentelemetry/core'
import type { Exporter, OtlpProtocol, PropagatorName } from '../../src/observe/otel-settings.ts'
import { scopeName } from '../../src/observe/semconv.ts'
import type { Tracer } from '../../src/observe/tracing.ts'
import { createConsoleFormat } from './console-spans.ts'
import { createPropagator } from './propagator.ts'
import { readSampler } from './sampler.ts'
import type { SpanOrigin } from './span-format.ts'
import { readSpanLimits } from './span-limits.ts'
import { createSpanQueue, type SpanQueueLimits } from './span-queue.ts'
import type { SpanRecord } from './span-record.ts'
import { openSpanTransport } from './span-transport.ts'
import { createTracer } from './tracer.ts'

export interface TracesOptions {
  readonly exporters: readonly Exporter[]
  readonly propagators: readonly PropagatorName[]
  readonly resource: Readonly<Record<string, string>>
  /** Whether a span may have more attributes than the SDK's default: one for each part of a long chat. */
  readonly manyAttributes: boolean
  readonly writeLine: (line: string) => void
}

export interface Traces {
  readonly tracer: Tracer
  dropped(): number
  shutdown(): Promise<void>
}

/** Where ended spans go. */
interface SpanSink {
  add(span: SpanRecord): void
  lost(): number
  shutdown(): Promise<void>
}

export async function openTraces(options: TracesOptions): Promise<Traces> {
  const origin: SpanOrigin = { resource: options.resource, scope: scopeName }
  const sinks = await Promise.all(
    options.exporters.map((exporter) =>
      exporter.kind === 'console'
        ? createConsoleSink(origin, options)
        : openCollectorSink(exporter.protocol, origin),
    ),
  )
  const tracer = createTracer({
    sampler: readSampler(),
    limits: readSpanLimits(options.manyAttributes ? Number.POSITIVE_INFINITY : 128),
    propagator: await createPropagator(options.propagators),
    ended(span) {
      for (const sink of sinks) sink.add(span)
    },
  })
  return {
    tracer,
    dropped: () => sinks.reduce((sum, sink) => sum + sink.lost(), 0),
    async shutdown() {
      await Promise.all(sinks.map((sink) => sink.shutdown()))
    },
  }
}

function createConsoleSink(origin: SpanOrigin, { writeLine }: TracesOptions): SpanSink {
  const format = createConsoleFormat(origin)
  return {
    add: (span) => writeLine(`${format(span)}\n`),
    lost: () => 0,
    shutdown: async () => {},
  }
}

async function openCollectorSink(protocol: OtlpProtocol, origin: SpanOrigin): Promise<SpanSink> {
  const transport = await openSpanTransport(protocol, origin)
  const { format, send } = transport
  const onTrouble = (text: string) => diag.warn(text)
  const queue = createSpanQueue({ format, send, limits: readQueueLimits(), onTrouble })
  return {
    add: queue.add,
    lost: queue.lost,
    async shutdown() {
      await queue.shutdown()
      await transport.shutdown()
    },
  }
}

const mebibyte = 1024 * 1024

/** Of OTEL_BSP_*. */
function readQueueLimits(): SpanQueueLimits {
  const maxSpans = getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? 2048
  return {
    maxSpans,
    maxBytes: 64 * mebibyte,
    maxBatch: Math.min(maxSpans, getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 512),
    // Below the 4 MiB at which gRPC servers refuse.
    maxBatchBytes: 3 * mebibyte,
    delayMs: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 5000,
    timeoutMs: getNumberFromEnv('OTEL_BSP_EXPORT_TIMEOUT') ?? 30_000,
  }
}
