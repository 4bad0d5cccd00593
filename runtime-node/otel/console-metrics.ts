// Metrics on standard output, one JSON object for each collection that holds any.
import { ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core'
import type {
  AggregationTemporality,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'

export function createConsoleMetricExporter(
  write: (line: string) => void,
  temporality: AggregationTemporality,
): PushMetricExporter {
  return {
    export(metrics, done) {
      const collected = describe(metrics)
      if (collected.ScopeMetrics.length > 0) write(`${JSON.stringify(collected)}\n`)
      done({ code: ExportResultCode.SUCCESS })
    },
    selectAggregationTemporality: () => temporality,
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}

function describe({ resource, scopeMetrics }: ResourceMetrics) {
  const scopes = scopeMetrics.map(({ scope, metrics }) => ({
    Scope: { Name: scope.name, Version: scope.version ?? '', SchemaURL: scope.schemaUrl ?? '' },
    Metrics: metrics
      .filter(({ dataPoints }) => dataPoints.length > 0)
      .map(({ descriptor, dataPoints }) => ({
        Name: descriptor.name,
        Description: descriptor.description,
        Unit: descriptor.unit,
        Data: {
          DataPoints: dataPoints.map(({ attributes, startTime, endTime, value }) => ({
            Attributes: attributes,
            StartTime: new Date(hrTimeToMilliseconds(startTime)).toISOString(),
            Time: new Date(hrTimeToMilliseconds(endTime)).toISOString(),
            Value: value,
          })),
        },
      })),
  }))
  return {
    Resource: resource.attributes,
    ScopeMetrics: scopes.filter(({ Metrics }) => Metrics.length > 0),
  }
}
