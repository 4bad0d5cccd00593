// A strict reader of the exposition format, for tests: every line must be what the format says, each family once.
export interface Scrape {
  readonly types: ReadonlyMap<string, string>
  readonly helps: ReadonlyMap<string, string>
  /** Series as written, without a value. */
  readonly series: ReadonlyMap<string, number>
  /** The value of the only series of this name whose labels hold these. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
  /** The sum over all of them. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

interface Line {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const number = '[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]\\d\\d+)?|Inf)|NaN'
const sample = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (${number})$`)

export function readExposition(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const helps = new Map<string, string>()
  const series = new Map<string, number>()
  const lines: Line[] = []
  let family = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, help, helped = '', said = ''] = /^# (HELP) (\S+) (.*)$/.exec(line) ?? []
    if (help !== undefined) {
      if (helps.has(helped)) throw new Error(`two families ${helped}`)
      helps.set(helped, said)
      family = helped
      continue
    }
    const [, type, typed = '', kind = ''] =
      /^# (TYPE) (\S+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (type !== undefined) {
      if (typed !== family) throw new Error(`${line} stands apart from its help`)
      types.set(typed, kind)
      continue
    }
    const found = sample.exec(line)
    if (found === null) throw new Error(`not a sample: ${line}`)
    const [, own = '', labels = '', value = ''] = found
    const parts = types.get(family) === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    if (!parts.some((part) => own === family + part)) throw new Error(`${own} inside of ${family}`)
    const key = line.slice(0, line.lastIndexOf(' '))
    if (series.has(key)) throw new Error(`twice: ${key}`)
    const read = Number(value.replace('Inf', 'Infinity'))
    series.set(key, read)
    lines.push({ name: own, labels: readLabels(labels), value: read })
  }
  const select = (wanted: string, labels: Readonly<Record<string, string>> = {}) =>
    lines.filter((line) => {
      return (
        line.name === wanted &&
        Object.entries(labels).every(([key, value]) => line.labels[key] === value)
      )
    })
  return {
    types,
    helps,
    series,
    value(wanted, labels) {
      const found = select(wanted, labels)
      if (found.length > 1) throw new Error(`${found.length} series ${wanted}`)
      return found[0]?.value
    },
    sum: (wanted, labels) => select(wanted, labels).reduce((sum, { value }) => sum + value, 0),
  }
}

function readLabels(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(
    found.map(([, key, value = '']) => [
      key,
      value.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
    ]),
  )
}
