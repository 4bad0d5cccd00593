// Access lines as records for a collector. https://opentelemetry.io/docs/specs/otel/logs/data-model/
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import type { AccessRecord } from '../../src/observe/access-log/access-log.ts'
import type { OtlpProtocol } from '../../src/observe/otel-settings.ts'
import { scopeName } from '../../src/observe/semconv.ts'
import { createLogExporter, type LogTarget } from './exporters.ts'

export interface RecordSender {
  send(record: AccessRecord): void
  shutdown(): Promise<void>
}

export interface RecordSenderOptions {
  readonly protocol: OtlpProtocol
  /** Absent: the collector that the environment names. */
  readonly target: LogTarget | undefined
  readonly resource: Readonly<Record<string, string>>
}

export async function openRecordSender(options: RecordSenderOptions): Promise<RecordSender> {
  const exporter = await createLogExporter(options.protocol, options.target)
  const provider = new LoggerProvider({
    resource: resourceFromAttributes(options.resource),
    processors: [new BatchLogRecordProcessor({ exporter })],
  })
  const logger = provider.getLogger(scopeName)
  return {
    send({ body, fields, time }) {
      // All attributes are text, as access logs of Envoy have them.
      const texts = Object.entries(fields).map(([name, value]) => [name, String(value ?? '')])
      logger.emit({ timestamp: time, body, attributes: Object.fromEntries(texts) })
    },
    shutdown: () => provider.shutdown(),
  }
}
