// Exporters by protocol, each loaded when it is asked for. Endpoints, headers, certificates, timeouts and compression
// they read from the environment themselves. By their defaults: bundled, a CommonJS package that is loaded later has no
// other export.
import type { Buffer } from 'node:buffer'
import { X509Certificate } from 'node:crypto'
import { checkServerIdentity } from 'node:tls'
import type { LogRecordExporter } from '@opentelemetry/sdk-logs'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { TlsSpec } from '../../src/index.ts'
import type { OtlpProtocol } from '../../src/observe/otel-settings.ts'
import { secureOptions } from '../tls.ts'
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
    return new OTLPLogExporter(target && describeTarget(target))
  },
  async 'http/json'(target) {
    const { OTLPLogExporter } = (await import('@opentelemetry/exporter-logs-otlp-http')).default
    return new OTLPLogExporter(target && describeTarget(target))
  },
  async grpc(target) {
    const { OTLPLogExporter } = (await import('@opentelemetry/exporter-logs-otlp-grpc')).default
    if (target === undefined) return new OTLPLogExporter()
    const { credentials, Metadata } = (await import('@grpc/grpc-js')).default
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(target.headers)) metadata.set(name, value)
    const { tls, origin } = target
    if (tls === undefined) return new OTLPLogExporter({ url: origin, metadata })
    const { secureContext, rejectUnauthorized } = secureOptions(tls)
    const { hostname } = tls
    return new OTLPLogExporter({
      url: origin,
      metadata,
      credentials: credentials.createFromSecureContext(secureContext, {
        ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
        // The name that the configuration gives, not that of the address.
        ...(hostname === undefined
          ? {}
          : { checkServerIdentity: (_, { raw }) => checkName(hostname, raw) }),
      }),
    })
  },
}

/** A collector that a configuration names, in place of the environment's. */
export interface LogTarget {
  /** For example `http://collector:4317`. */
  readonly origin: string
  readonly headers: Record<string, string>
  /** Of an `https` one. */
  readonly tls: TlsSpec | undefined
}

const describeTarget = ({ origin, headers, tls }: LogTarget) => ({
  url: `${origin}/v1/logs`,
  headers,
  ...(tls === undefined ? {} : { httpAgentOptions: { keepAlive: true, ...secureOptions(tls) } }),
})

/** The library hands over less of a certificate than Node's own check reads. */
function checkName(hostname: string, raw: Buffer): Error | undefined {
  const certificate = new X509Certificate(raw).toLegacyObject()
  return checkServerIdentity(hostname, certificate)
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
