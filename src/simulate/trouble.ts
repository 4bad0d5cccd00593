// What a request asks to go wrong, by its header `x-simulate`, for example `status=429, retry-after=2, only=primary`.

export interface Trouble {
  /** The provider refuses with this status, 400 to 599. */
  readonly status?: number
  /** Seconds, for the header `retry-after`. */
  readonly retryAfter?: number
  /** The whole answer, head included, comes this much later. */
  readonly delayMs?: number
  /** The connection breaks after so many events; a unary answer breaks in its middle. */
  readonly cut?: number
  /** The provider goes silent after so many events; a unary answer in its middle. */
  readonly stall?: number
  /** One event is garbage; a unary answer is truncated. */
  readonly malformed?: true
  /** The length of the answer's text. */
  readonly tokens?: number
  /** The one backend, by `namespace/name` or `name`, that all of it is for. */
  readonly only?: string
}

type Directives = { readonly [Name in string]: (value: string) => Trouble | undefined }

const maxDelayMs = 3_600_000
const maxTokens = 1_000_000

// Each reads its value, and answers `undefined` for one that makes no sense.
const directives: Directives = {
  status: (value) => whole(value, 400, 599, (status) => ({ status })),
  'retry-after': (value) => whole(value, 0, 86_400, (retryAfter) => ({ retryAfter })),
  delay: (value) => {
    const delayMs = readDuration(value)
    return delayMs === undefined || delayMs > maxDelayMs ? undefined : { delayMs }
  },
  cut: (value) => whole(value, 0, maxTokens, (cut) => ({ cut })),
  stall: (value) => whole(value, 0, maxTokens, (stall) => ({ stall })),
  malformed: (value) => (value === '' ? { malformed: true } : undefined),
  tokens: (value) => whole(value, 1, maxTokens, (tokens) => ({ tokens })),
  only: (value) => (value === '' ? undefined : { only: value }),
}

/** Reads the header. Answers a sentence where it cannot be understood: silence would look like health. */
export function readTrouble(header: string | undefined): Trouble | string {
  let trouble: Trouble = {}
  for (const item of (header ?? '').split(',')) {
    const [name = '', ...rest] = item.split('=').map((side) => side.trim())
    if (name === '' && rest.length === 0) continue
    const key = name.toLowerCase()
    const read = Object.hasOwn(directives, key) ? directives[key] : undefined
    if (read === undefined) {
      return `x-simulate: unknown directive '${name}'; known: ${Object.keys(directives).join(', ')}`
    }
    const part = read(rest.join('='))
    if (part === undefined) return `x-simulate: '${item.trim()}' makes no sense`
    trouble = { ...trouble, ...part }
  }
  return trouble
}

/** The trouble that is meant for a backend. */
export function troubleAt(backend: string, trouble: Trouble): Trouble {
  const { only } = trouble
  if (only === undefined || only === backend) return trouble
  return only === backend.slice(backend.lastIndexOf('/') + 1) ? trouble : {}
}

function whole(
  value: string,
  least: number,
  most: number,
  make: (value: number) => Trouble,
): Trouble | undefined {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  return number >= least && number <= most ? make(number) : undefined
}

/** `250ms`, `3s`, `1.5s`, `2m`; in milliseconds. */
function readDuration(value: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)$/.exec(value)
  if (match === null) return undefined
  return Number(match[1]) * (match[2] === 'ms' ? 1 : match[2] === 's' ? 1_000 : 60_000)
}
