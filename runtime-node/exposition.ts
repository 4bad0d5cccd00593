// The text format of Prometheus, written as Go's client library writes it: dashboards of Prometheus 2 take
// `le="1.048576e+06"` and `le="1048576"` for two buckets.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly Sample[]
}

export interface Sample {
  /** With `_bucket`, `_sum` or `_count`; absent: the family's. */
  readonly metricName?: string | undefined
  readonly labels: Readonly<Record<string, string | number | undefined>>
  readonly value: number
}

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** Families by name, series by their labels; a family without a series is left out. */
export function writeExposition(families: readonly Family[]): string {
  return families
    .filter(({ values }) => values.length > 0)
    .toSorted((a, b) => compare(a.name, b.name))
    .map(writeFamily)
    .join('')
}

function writeFamily({ name, help, type, values }: Family): string {
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`]
  // Buckets come in order, and stay so: what is compared is where a series begins.
  const groups = new Map<string, string[]>()
  for (const sample of values) {
    const own = writeLabels(sample.labels)
    const { le } = sample.labels
    const bound = le === '+Inf' ? le : writeNumber(Number(le))
    const all = le === undefined ? own : [...own, `le="${bound}"`]
    const labels = all.length === 0 ? '' : `{${all.join(',')}}`
    const line = `${sample.metricName ?? name}${labels} ${writeNumber(sample.value)}`
    const key = own.join(',')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [line])
    else group.push(line)
  }
  for (const [, group] of [...groups].toSorted(([a], [b]) => compare(a, b))) lines.push(...group)
  return `${lines.join('\n')}\n`
}

function writeLabels(labels: Sample['labels']): string[] {
  return Object.entries(labels)
    .filter(([name, value]) => name !== 'le' && value !== undefined)
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}="${escapeLabel(String(value))}"`)
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"')

/** As Go's `%g` with the shortest digits. */
export function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return '0'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  // Between these, JavaScript writes plain decimals too.
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
