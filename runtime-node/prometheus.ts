// What `GET /metrics` answers. prom-client is loaded when it is first needed, after the gateway is up: what is
// measured before is kept until then.
import { limitSeries, type MetricsSink, overflowLabel } from '../src/observe/metrics-sink.ts'
import {
  commonLabels,
  genaiHistograms,
  type HistogramSpec,
  scopeName,
} from '../src/observe/semconv.ts'
import { expositionType, writeExposition } from './exposition.ts'

export interface PrometheusOptions {
  /** Attributes that request headers become, besides the fixed ones. */
  readonly attributes: readonly string[]
  readonly resource: Readonly<Record<string, string>>
  readonly facts: readonly Fact[]
  readonly log: (error: unknown) => void
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

/** Measurements that may wait for prom-client to be loaded. */
const maxStaged = 500

interface Histogram {
  observe(labels: Readonly<Record<string, string>>, value: number): void
}

interface Loaded {
  histogram(spec: HistogramSpec): Histogram
  exposition(): Promise<string>
}

/** Throws where an attribute would hide a label of our own. */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  const own = labelNames(options.attributes)
  let staged: { readonly series: Bound; readonly value: number }[] = []
  let loaded: Loaded | undefined
  let loading: Promise<Loaded> | undefined

  const load = () => {
    loading ??= loadRegistry(options, own).then((registry) => {
      loaded = registry
      for (const { series, value } of staged) series.write(registry, value)
      staged = []
      return registry
    })
    return loading
  }
  const sink: MetricsSink = {
    bind(spec, attributes) {
      const series = bind(spec, attributes)
      return {
        record(value) {
          // prom-client throws on what is no number; nothing good would come of counting it.
          if (!Number.isFinite(value)) return
          if (loaded !== undefined) return series.write(loaded, value)
          staged.push({ series, value })
          if (staged.length === maxStaged) load().catch(options.log)
        },
      }
    },
  }
  return {
    sink: limitSeries(sink),
    async scrape() {
      const { exposition } = await load()
      return { body: await exposition(), contentType: expositionType }
    },
  }
}

interface Bound {
  write(registry: Loaded, value: number): void
}

function bind(spec: HistogramSpec, attributes: Readonly<Record<string, string>>): Bound {
  const labels = Object.fromEntries([
    ...Object.entries(attributes).map(([key, value]) => [sanitizeLabel(key), value] as const),
    ...Object.entries(scopeLabels),
  ])
  let histogram: Histogram | undefined
  return {
    write(registry, value) {
      histogram ??= registry.histogram(spec)
      histogram.observe(labels, value)
    },
  }
}

async function loadRegistry(
  { resource, facts }: PrometheusOptions,
  own: readonly string[],
): Promise<Loaded> {
  // By its default: bundled, a CommonJS package that is loaded later has no other.
  const { Counter, Gauge, Histogram, Registry } = (await import('prom-client')).default
  const registry = new Registry()
  const registers = [registry]
  const histograms = new Map(
    genaiHistograms.map((spec) => {
      const histogram = new Histogram({
        name: spec.prometheusName,
        help: spec.help,
        buckets: [...spec.buckets],
        labelNames: [...own, ...spec.own.map(sanitizeLabel)],
        registers,
      })
      return [spec.name, histogram] as const
    }),
  )
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
    // Each calls `collect` with itself as `this`.
    if (kind === 'counter') {
      new Counter({
        ...{ name, help, labelNames, registers },
        collect() {
          collect(this)
        },
      })
    } else {
      new Gauge({
        ...{ name, help, labelNames, registers },
        collect() {
          collect(this)
        },
      })
    }
  }
  return {
    histogram(spec) {
      const found = histograms.get(spec.name)
      if (found === undefined) throw new Error(`no histogram ${spec.name}`)
      return found
    },
    async exposition() {
      // The cast: prom-client's types leave out the names of a histogram's parts.
      const families = (await registry.getMetricsAsJSON()) as unknown as Parameters<
        typeof writeExposition
      >[0]
      return writeExposition(families)
    },
  }
}

function labelNames(attributes: readonly string[]): readonly string[] {
  const fixed = [
    ...commonLabels.map(sanitizeLabel),
    ...Object.keys(scopeLabels),
    sanitizeLabel(overflowLabel),
  ]
  const special = genaiHistograms.flatMap((spec) => spec.own.map(sanitizeLabel))
  const taken = new Set([...fixed, 'le', ...special])
  const mapped = attributes.map((attribute) => {
    const label = sanitizeLabel(attribute)
    if (taken.has(label)) {
      throw new Error(
        `invalid metrics request header attributes: ${attribute} is the name of another label`,
      )
    }
    taken.add(label)
    return label
  })
  return [...fixed, ...mapped]
}

/** An attribute's name as a label may have it. */
export function sanitizeLabel(name: string): string {
  const label = name.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^\d/.test(label) ? `key_${label}` : label
}
