// Trace context in the headers of clients and to providers, in whichever formats OTEL_PROPAGATORS names.
import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import type { HeaderReader } from '../../src/index.ts'
import type { PropagatorName } from '../../src/observe/otel-settings.ts'

type Load = () => Promise<TextMapPropagator>

const loaders: Readonly<Record<PropagatorName, Load>> = {
  async tracecontext() {
    return new (await import('@opentelemetry/core')).default.W3CTraceContextPropagator()
  },
  async baggage() {
    return new (await import('@opentelemetry/core')).default.W3CBaggagePropagator()
  },
  async b3() {
    const { B3InjectEncoding, B3Propagator } = (await import('@opentelemetry/propagator-b3'))
      .default
    return new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER })
  },
  async b3multi() {
    const { B3InjectEncoding, B3Propagator } = (await import('@opentelemetry/propagator-b3'))
      .default
    return new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })
  },
  async jaeger() {
    return new (await import('@opentelemetry/propagator-jaeger')).default.JaegerPropagator()
  },
  async xray() {
    return new (await import('@opentelemetry/propagator-aws-xray')).default.AWSXRayPropagator()
  },
  async ottrace() {
    return new (await import('@opentelemetry/propagator-ot-trace')).default.OTTracePropagator()
  },
}

export interface Propagator {
  extract(context: Context, headers: HeaderReader): Context
  inject(context: Context, headers: Map<string, string>): void
}

export async function createPropagator(names: readonly PropagatorName[]): Promise<Propagator> {
  const propagators = await Promise.all(names.map((name) => loaders[name]()))
  return {
    extract: (context, headers) =>
      propagators.reduce((known, one) => one.extract(known, headers, getter), context),
    inject(context, headers) {
      for (const propagator of propagators) propagator.inject(context, headers, setter)
    },
  }
}

const getter: TextMapGetter<HeaderReader> = {
  keys(headers) {
    const names: string[] = []
    headers.forEach((_, name) => {
      names.push(name)
    })
    return names
  },
  get: (headers, name) => headers.get(name.toLowerCase()) ?? undefined,
}

const setter: TextMapSetter<Map<string, string>> = {
  set(headers, name, value) {
    headers.set(name.toLowerCase(), value)
  },
}
