// The same measurements as Prometheus has, pushed to a collector or printed.
// https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { limitSeries, type MetricsSink } from '../../src/observe/metrics-sink.ts'
import type { Exporter, OtelSettings } from '../../src/observe/otel-settings.ts'
import { genaiHistograms, scopeName } from '../../src/observe/semconv.ts'
import { createConsoleMetricExporter } from './console-metrics.ts'
import { createMetricExporter } from './exporters.ts'

export interface MetricsPusher {
  readonly sink: MetricsSink
  shutdown(): Promise<void>
}

export interface MetricsPusherOptions
  extends Pick<OtelSettings, 'metricIntervalMs' | 'metricTimeoutMs'> {
  readonly exporters: readonly Exporter[]
  readonly resource: Readonly<Record<string, string>>
  /** OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE. */
  readonly temporality: string | undefined
  readonly writeLine: (line: string) => void
}

/** Rejects with an `Error` where the temporality is none. */
export async function openMetricsPusher(options: MetricsPusherOptions): Promise<MetricsPusher> {
  const { metricIntervalMs, metricTimeoutMs, resource } = options
  const exporters = await Promise.all(options.exporters.map((one) => openExporter(one, options)))
  const provider = new MeterProvider({
    resource: resourceFromAttributes(resource),
    readers: exporters.map(
      (exporter) =>
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: metricIntervalMs,
          exportTimeoutMillis: metricTimeoutMs,
        }),
    ),
  })
  const meter = provider.getMeter(scopeName)
  const instruments = new Map(
    genaiHistograms.map(({ name, unit, help, buckets }) => {
      const advice = { explicitBucketBoundaries: [...buckets] }
      return [name, meter.createHistogram(name, { unit, description: help, advice })] as const
    }),
  )
  const sink: MetricsSink = {
    bind({ name }, labels) {
      const instrument = instruments.get(name)
      return { record: (value) => instrument?.record(value, labels) }
    },
  }
  return { sink: limitSeries(sink), shutdown: () => provider.shutdown() }
}

async function openExporter(
  exporter: Exporter,
  { temporality, writeLine }: MetricsPusherOptions,
): Promise<PushMetricExporter> {
  if (exporter.kind === 'otlp') return createMetricExporter(exporter.protocol)
  return createConsoleMetricExporter(writeLine, readTemporality(temporality))
}

function readTemporality(raw: string | undefined): AggregationTemporality {
  switch (raw?.trim().toLowerCase() ?? '') {
    case '':
    case 'cumulative':
      return AggregationTemporality.CUMULATIVE
    case 'delta':
      return AggregationTemporality.DELTA
    default:
      throw new Error(
        `unsupported OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE value ${JSON.stringify(raw)} for the console (allowed: cumulative, delta)`,
      )
  }
}
