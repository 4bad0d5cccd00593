// Starts spans and keeps them as flat records until they end. Nothing is registered globally: contexts are handed over.
import { ROOT_CONTEXT, type SpanContext, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { RandomIdGenerator, type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace-base'
import type { AttributeValue } from '../../src/observe/spans/span-set.ts'
import type { ActiveSpan, Tracer } from '../../src/observe/tracing.ts'
import type { Propagator } from './propagator.ts'
import { addAttributes, type SpanLimits } from './span-limits.ts'
import type { SpanParent, SpanRecord } from './span-record.ts'

export interface TracerParts {
  readonly sampler: Sampler
  readonly limits: SpanLimits
  readonly propagator: Propagator
  readonly ended: (span: SpanRecord) => void
}

export function createTracer(parts: TracerParts): Tracer {
  const { sampler, propagator } = parts
  const ids = new RandomIdGenerator()
  return {
    start(name, kind, incoming) {
      const context = propagator.extract(ROOT_CONTEXT, incoming)
      const received = trace.getSpanContext(context)
      const parent = received && trace.isSpanContextValid(received) ? received : undefined
      const traceId = parent?.traceId ?? ids.generateTraceId()
      const apiKind = kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL
      const sampling = sampler.shouldSample(context, traceId, name, apiKind, {}, [])
      const sampled = sampling.decision === SamplingDecision.RECORD_AND_SAMPLED
      const traceState = sampling.traceState ?? parent?.traceState
      const own: SpanContext = {
        traceId,
        spanId: ids.generateSpanId(),
        traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        ...(traceState === undefined ? {} : { traceState }),
      }
      const inject = (headers: Map<string, string>) =>
        propagator.inject(trace.setSpanContext(context, own), headers)
      if (!sampled) return createIdleSpan(inject)
      const span: SpanRecord = {
        name,
        kind,
        traceId,
        spanId: own.spanId,
        traceState: traceState?.serialize() ?? '',
        traceFlags: own.traceFlags,
        parent: parent && describeParent(parent),
        startedAt: Date.now(),
        endedAt: 0,
        attributes: new Map(),
        droppedAttributes: 0,
        events: [],
        droppedEvents: 0,
        status: { code: 'unset', message: '' },
      }
      return createActiveSpan(span, inject, parts)
    },
  }
}

const describeParent = ({ traceId, spanId, traceFlags, ...more }: SpanContext): SpanParent => ({
  traceId,
  spanId,
  traceFlags,
  traceState: more.traceState?.serialize() ?? '',
  remote: more.isRemote ?? false,
})

/** Passes its context on, and nothing else. */
const createIdleSpan = (inject: ActiveSpan['inject']): ActiveSpan => ({
  recording: false,
  set() {},
  event() {},
  inject,
  stop() {},
  end() {},
})

function createActiveSpan(
  span: SpanRecord,
  inject: ActiveSpan['inject'],
  { limits, ended }: TracerParts,
): ActiveSpan {
  // The wall clock may be set meanwhile.
  const firstTick = performance.now()
  let stoppedAt: number | undefined
  const now = () => stoppedAt ?? span.startedAt + (performance.now() - firstTick)
  return {
    recording: true,
    set(attributes) {
      span.droppedAttributes += addAttributes(
        span.attributes,
        attributes,
        limits.attributes,
        limits.valueLength,
      )
    },
    event(name, attributes = {}) {
      if (span.events.length >= limits.events) {
        span.droppedEvents++
        if (limits.events <= 0) return
        span.events.shift()
      }
      const kept = new Map<string, AttributeValue>()
      const most = limits.attributesOfEvent
      const droppedAttributes = addAttributes(kept, attributes, most, limits.valueLength)
      span.events.push({ name, at: now(), attributes: kept, droppedAttributes })
    },
    inject,
    stop() {
      stoppedAt = now()
    },
    end(status) {
      span.status = status.ok
        ? { code: 'ok', message: '' }
        : { code: 'error', message: status.message }
      span.endedAt = now()
      ended(span)
    },
  }
}
