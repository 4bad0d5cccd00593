// Sends spans that are encoded already, by the transports of OpenTelemetry's exporters: endpoints, headers, certificates,
// timeouts, compression and retries are theirs, and read from the environment. Each is loaded when it is asked for, by its
// default: bundled, a CommonJS package that is loaded later has no other export.
import { ExportResultCode } from '@opentelemetry/core'
import type { IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base'
import type { OtlpProtocol } from '../../src/observe/otel-settings.ts'
import { checkProtocol } from './check-protocol.ts'
import type { SpanFormat, SpanOrigin } from './span-format.ts'
import { createJsonFormat } from './spans-json.ts'
import { createProtobufFormat } from './spans-protobuf.ts'

export interface SpanTransport {
  readonly format: SpanFormat
  /** Rejects where the collector did not take the request. */
  send(request: Uint8Array): Promise<void>
  shutdown(): Promise<void>
}

export async function openSpanTransport(
  protocol: OtlpProtocol,
  origin: SpanOrigin,
): Promise<SpanTransport> {
  checkProtocol(protocol)
  const delegate = await delegates[protocol]()
  return {
    format: protocol === 'http/json' ? createJsonFormat(origin) : createProtobufFormat(origin),
    send: (request) =>
      new Promise((resolve, reject) => {
        delegate.export(request, ({ code, error }) => {
          if (code === ExportResultCode.SUCCESS) resolve()
          else reject(error ?? new Error('the collector did not take them'))
        })
      }),
    shutdown: () => delegate.shutdown(),
  }
}

type Delegate = IOtlpExportDelegate<Uint8Array>

const delegates: Readonly<Record<OtlpProtocol, () => Promise<Delegate>>> = {
  async 'http/protobuf'() {
    const { ProtobufTraceSerializer } = (await import('@opentelemetry/otlp-transformer')).default
    return createHttp('application/x-protobuf', ProtobufTraceSerializer)
  },
  async 'http/json'() {
    const { JsonTraceSerializer } = (await import('@opentelemetry/otlp-transformer')).default
    return createHttp('application/json', JsonTraceSerializer)
  },
  async grpc() {
    const { ProtobufTraceSerializer } = (await import('@opentelemetry/otlp-transformer')).default
    const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = (
      await import('@opentelemetry/otlp-grpc-exporter-base')
    ).default
    return createOtlpGrpcExportDelegate(
      convertLegacyOtlpGrpcOptions({}, 'TRACES'),
      passOn(ProtobufTraceSerializer),
      'otlp_grpc_span_exporter',
      unmeasured,
      undefined,
      'TraceExportService',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    )
  },
}

type Answers<Answer> = { deserializeResponse(data: Uint8Array): Answer }

async function createHttp<Answer>(
  contentType: string,
  answers: Answers<Answer>,
): Promise<Delegate> {
  // Bundled, it is no CommonJS: the package has an ES module of it.
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  )
  return createOtlpHttpExportDelegate(
    convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': contentType }),
    passOn(answers),
    'otlp_http_span_exporter',
    unmeasured,
    undefined,
  )
}

/** Requests are bytes already; what a collector answers is read as ever. */
const passOn = <Answer>(answers: Answers<Answer>) => ({
  serializeRequest: (request: Uint8Array) => request,
  deserializeResponse: (data: Uint8Array) => answers.deserializeResponse(data),
})

/** The exporters' own metrics go nowhere. */
const unmeasured = { name: 'span', countItems: () => 0 } as const
