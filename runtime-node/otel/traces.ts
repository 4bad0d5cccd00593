// Spans as OpenTelemetry's SDK keeps and sends them. Nothing is registered globally: contexts are handed over.
import {
  createNoopMeter,
  type MeterProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { Exporter, PropagatorName } from '../../src/observe/otel-settings.ts'
import { scopeName } from '../../src/observe/semconv.ts'
import type { Attributes } from '../../src/observe/spans/span-set.ts'
import type { ActiveSpan, Tracer } from '../../src/observe/tracing.ts'
import { createConsoleSpanExporter } from './console-spans.ts'
import { createTraceExporter } from './exporters.ts'
import { createPropagator } from './propagator.ts'

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
  flush(): Promise<void>
  shutdown(): Promise<void>
}

export async function openTraces(options: TracesOptions): Promise<Traces> {
  const losses = countLosses()
  const spanProcessors = await Promise.all(
    options.exporters.map(async (exporter): Promise<SpanProcessor> => {
      if (exporter.kind === 'console') {
        return new SimpleSpanProcessor(createConsoleSpanExporter(options.writeLine))
      }
      // The settings come from OTEL_BSP_*; the cast: the type of this package does not know what it passes on.
      const settings = { selfObsMeterProvider: losses.provider } as object
      return new BatchSpanProcessor(await createTraceExporter(exporter.protocol), settings)
    }),
  )
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(options.resource),
    spanProcessors,
    ...(options.manyAttributes ? { spanLimits: { attributeCountLimit: Infinity } } : {}),
  })
  const sdk = provider.getTracer(scopeName)
  const propagator = await createPropagator(options.propagators)
  return {
    dropped: losses.count,
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    tracer: {
      start(name, kind, incoming): ActiveSpan {
        const parent = propagator.extract(ROOT_CONTEXT, incoming)
        const options = { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL }
        const span = sdk.startSpan(name, options, parent)
        return {
          recording: span.isRecording(),
          set(attributes) {
            // One by one: a copy of them all would be thrown away.
            for (const key in attributes) {
              const value = attributes[key]
              if (value !== undefined) span.setAttribute(key, value as Writable)
            }
          },
          event: (event, attributes) =>
            void span.addEvent(event, attributes && writable(attributes)),
          inject: (headers) => propagator.inject(trace.setSpan(parent, span), headers),
          end(status) {
            span.setStatus(
              status.ok
                ? { code: SpanStatusCode.OK }
                : { code: SpanStatusCode.ERROR, message: status.message },
            )
            span.end()
          },
        }
      },
    },
  }
}

/** The SDK keeps arrays as they are, and does not say that it only reads them. */
type Writable = string | number | boolean | string[] | number[]

function writable(attributes: Attributes): Record<string, Writable> {
  const known: Record<string, Writable> = {}
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined) known[key] = value as Writable
  }
  return known
}

/** Counts the spans that a processor says it has lost: its own metrics tell, and nothing else does. */
function countLosses() {
  let lost = 0
  const meter = createNoopMeter()
  const provider: MeterProvider = {
    getMeter: () =>
      Object.assign(Object.create(meter), {
        createCounter: () => ({
          add(count: number, attributes: Readonly<Record<string, unknown>> = {}) {
            if ('error.type' in attributes) lost += count
          },
        }),
      }),
  }
  return { provider, count: () => lost }
}
