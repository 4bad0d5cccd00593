import type { OtlpProtocol } from '../../src/observe/otel-settings.ts'

const withoutGrpc = 'Bun' in globalThis || 'Deno' in globalThis

/** Throws an `Error` that names the variable, where this runtime does not have the protocol. */
export function checkProtocol(protocol: OtlpProtocol): void {
  if (protocol !== 'grpc' || !withoutGrpc) return
  throw new Error(
    'OTEL_EXPORTER_OTLP_PROTOCOL: grpc works on Node alone; use http/protobuf and port 4318',
  )
}
