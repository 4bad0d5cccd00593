// What `GET /metrics` answers. Calls are counted here, cheaply; prom-client, which has the registry that a scrape reads,
// is loaded at the first scrape: an observation through it costs 1 µs, and there are six to a request.
import { createHistogram, type Histogram } from '../src/observe/histogram.ts'
import { limitSeries, type MetricsSink, overflowLabel } from '../src/observe/metrics-sink.ts'
import {
  commonLabels,
  genaiHistograms,
  type HistogramSpec,
  scopeName,
} from '../src/observe/semconv.ts'
import { expositionType, type Family, type Sample, writeExposition } from './exposition.ts'

export interface PrometheusOptions {
  /** Attributes that request headers become, besides the fixed ones. */
  readonly attributes: readonly string[]
  readonly resource: Readonly<Record<string, string>>
  readonly facts: readonly Fact[]
}

/** A number of the gateway itself, read at each scrape. */
export interface Fact {
  readonly name: string
  readonly help: string
  readonly kind: 'gauge' | 'counter'
  read(): readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

export interface Prometheus {
  readonly sink: MetricsSink
  scrape(): Promise<{ readonly body: string; readonly contentType: string }>
}

const scopeLabels = {
  otel_scope_name: scopeName,
  otel_scope_schema_url: '',
  otel_scope_version: '',
} as const

type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels
  readonly histogram: Histogram
}

/** Throws where an attribute would hide a label of our own. */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  checkLabels(options.attributes)
  const series = new Map(genaiHistograms.map((spec): [string, Series[]] => [spec.name, []]))
  let loading: Promise<() => Promise<string>> | undefined

  const sink: MetricsSink = {
    bind(spec, attributes) {
      const labels = Object.fromEntries([
        ...Object.entries(attributes).map(([key, value]) => [sanitizeLabel(key), value] as const),
        ...Object.entries(scopeLabels),
      ])
      const histogram = createHistogram(spec.buckets)
      series.get(spec.name)?.push({ labels, histogram })
      return {
        record(value) {
          // Nothing good would come of counting what is no number.
          if (Number.isFinite(value)) histogram.record(value)
        },
      }
    },
  }
  return {
    sink: limitSeries(sink),
    async scrape() {
      loading ??= loadRegistry(options, (spec) =>
        describeHistogram(spec, series.get(spec.name) ?? []),
      )
      const write = await loading
      return { body: await write(), contentType: expositionType }
    },
  }
}

function describeHistogram(
  { prometheusName: name, help, buckets }: HistogramSpec,
  series: readonly Series[],
): Family {
  const values = series.flatMap(({ labels, histogram }): Sample[] => {
    let below = 0
    const bounded = buckets.map((le, index) => {
      below += histogram.counts[index] ?? 0
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below }
    })
    return [
      ...bounded,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: histogram.count },
      { metricName: `${name}_sum`, labels, value: histogram.sum },
      { metricName: `${name}_count`, labels, value: histogram.count },
    ]
  })
  return { name, help, type: 'histogram', values }
}

/** A registry of its own, with nothing of the process in it. */
async function loadRegistry(
  { resource, facts }: PrometheusOptions,
  describe: (spec: HistogramSpec) => Family,
): Promise<() => Promise<string>> {
  // By its default: bundled, a CommonJS package that is loaded later has no other.
  const { Counter, Gauge, Registry } = (await import('prom-client')).default
  const registry = new Registry()
  const registers = [registry]
  for (const spec of genaiHistograms) {
    // The cast: all that a registry asks of a metric is its name and what it has to say.
    const metric = { name: spec.prometheusName, get: async () => describe(spec) } as unknown
    registry.registerMetric(metric as InstanceType<typeof Gauge>)
  }
  const target = Object.fromEntries(
    Object.entries(resource).map(([key, value]) => [sanitizeLabel(key), value]),
  )
  new Gauge({
    name: 'target_info',
    help: 'Target metadata',
    labelNames: Object.keys(target),
    registers,
  }).set(target, 1)
  for (const { name, help, kind, read } of facts) {
    const labelNames = [...new Set(read().flatMap(({ labels = {} }) => Object.keys(labels)))]
    const collect = (metric: InstanceType<typeof Counter> | InstanceType<typeof Gauge>) => {
      metric.reset()
      for (const { labels = {}, value } of read()) metric.inc(labels, value)
    }
    const Kind = kind === 'counter' ? Counter : Gauge
    new Kind({
      ...{ name, help, labelNames, registers },
      // Called with the metric as `this`.
      collect() {
        collect(this)
      },
    })
  }
  // The cast: prom-client's types leave out the names of a histogram's parts.
  return async () => writeExposition((await registry.getMetricsAsJSON()) as unknown as Family[])
}

function checkLabels(attributes: readonly string[]): void {
  const taken = new Set([
    ...commonLabels.map(sanitizeLabel),
    ...genaiHistograms.flatMap((spec) => spec.own.map(sanitizeLabel)),
    ...Object.keys(scopeLabels),
    sanitizeLabel(overflowLabel),
    'le',
  ])
  for (const attribute of attributes) {
    const label = sanitizeLabel(attribute)
    if (taken.has(label)) {
      throw new Error(
        `invalid metrics request header attributes: ${attribute} is the name of another label`,
      )
    }
    taken.add(label)
  }
}

/** An attribute's name as a label may have it. */
function sanitizeLabel(name: string): string {
  const label = name.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^\d/.test(label) ? `key_${label}` : label
}
