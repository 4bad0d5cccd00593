// Exporters by protocol, each loaded when it is asked for. Endpoints, headers, certificates, timeouts and compression
// they read from the environment themselves. By their defaults: bundled, a CommonJS package that is loaded later has no
// other export.
import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { OtlpProtocol } from '../../src/observe/otel-settings.ts'
import { checkProtocol } from './check-protocol.ts'

type ByProtocol<Exporter> = Readonly<Record<OtlpProtocol, () => Promise<Exporter>>>

const metrics: ByProtocol<PushMetricExporter> = {
  async 'http/protobuf'() {
    const { OTLPMetricExporter } = (await import('@opentelemetry/exporter-metrics-otlp-proto'))
      .default
    return new OTLPMetricExporter()
  },
  async 'http/json'() {
    const { OTLPMetricExporter } = (await import('@opentelemetry/exporter-metrics-otlp-http'))
      .default
    return new OTLPMetricExporter()
  },
  async grpc() {
    const { OTLPMetricExporter } = (await import('@opentelemetry/exporter-metrics-otlp-grpc'))
      .default
    return new OTLPMetricExporter()
  },
}

/** `headers`: in place of those that the environment has for all signals. */
const logs: Readonly<
  Record<OtlpProtocol, (target: LogTarget | undefined) => Promise<LogRecordExporter>>
> = {
  async 'http/protobuf'(target) {
    const { OTLPLogExporter } = (await import('@opentelemetry/exporter-logs-otlp-proto')).default
    return new OTLPLogExporter(
      target && { url: `${target.origin}/v1/logs`, headers: target.headers },
    )
  },
  async 'http/json'(target) {
    const { OTLPLogExporter } = (await import('@opentelemetry/exporter-logs-otlp-http')).default
    return new OTLPLogExporter(
      target && { url: `${target.origin}/v1/logs`, headers: target.headers },
    )
  },
  async grpc(target) {
    const { OTLPLogExporter } = (await import('@opentelemetry/exporter-logs-otlp-grpc')).default
    if (target === undefined) return new OTLPLogExporter()
    const { Metadata } = (await import('@grpc/grpc-js')).default
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(target.headers)) metadata.set(name, value)
    return new OTLPLogExporter({ url: target.origin, metadata })
  },
}

/** A collector that a configuration names, in place of the environment's. */
export interface LogTarget {
  /** For example `http://collector:4317`. */
  readonly origin: string
  readonly headers: Record<string, string>
}

export const createMetricExporter = (protocol: OtlpProtocol) => load(protocol, metrics[protocol])
export const createLogExporter = (protocol: OtlpProtocol, target?: LogTarget) =>
  load(protocol, () => logs[protocol](target))

async function load<Exporter>(
  protocol: OtlpProtocol,
  create: () => Promise<Exporter>,
): Promise<Exporter> {
  checkProtocol(protocol)
  return create()
}
