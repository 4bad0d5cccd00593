// Where measurements go: a registry that is scraped, a pusher, or both.
import type { HistogramSpec } from './semconv.ts'

/** Attributes by their OpenTelemetry names. */
export type Labels = Readonly<Record<string, string>>

/** One histogram with one set of labels. */
export interface Series {
  record(value: number): void
}

export interface MetricsSink {
  /** Not cheap: to be kept, and within bounds. */
  bind(histogram: HistogramSpec, labels: Labels): Series
}

export function combineSinks(sinks: readonly MetricsSink[]): MetricsSink {
  const [first, ...others] = sinks
  if (first !== undefined && others.length === 0) return first
  return {
    bind(histogram, labels) {
      const series = sinks.map((sink) => sink.bind(histogram, labels))
      return {
        record(value) {
          for (const one of series) one.record(value)
        },
      }
    },
  }
}

/** Sets of labels of one histogram: clients can make up models, and each set is kept for good. */
const maxSets = 2000
export const overflowLabel = 'otel_metric_overflow'
const overflow: Labels = { [overflowLabel]: 'true' }

/**
 * A sink whose histograms keep to a bounded number of series: what is beyond goes into one series that says
 * so. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute
 */
export function limitSeries(sink: MetricsSink, limit = maxSets): MetricsSink {
  const kept = new Map<string, Map<string, Series>>()
  return {
    bind(histogram, labels) {
      let sets = kept.get(histogram.name)
      if (sets === undefined) {
        sets = new Map()
        kept.set(histogram.name, sets)
      }
      const full = sets.size >= limit
      const key = JSON.stringify(labels)
      const known = sets.get(key) ?? (full ? sets.get('overflow') : undefined)
      if (known !== undefined) return known
      const series = sink.bind(histogram, full ? overflow : labels)
      sets.set(full ? 'overflow' : key, series)
      return series
    },
  }
}
