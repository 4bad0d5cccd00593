// The small types that the fields of several kinds share.
import * as v from 'valibot'

/** Stands for the offending value in a message: only the reader of the message knows whether it may be shown. */
export const valueMark = '\0'

/** The usual form of a message about a value. */
export function invalid(reason: string): string {
  return `Invalid value: ${valueMark}: ${reason}`
}

const durationPattern = /^(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}$/
const durationUnits: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Milliseconds of a Gateway API duration such as `1m30s`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined
  let total = 0
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|h|m|s)/g)) {
    total += Number(digits) * (durationUnits[unit ?? ''] ?? 0)
  }
  return total
}

/** In: `1m30s`. Out: milliseconds. */
export const duration = v.pipe(
  v.string(),
  v.regex(durationPattern, invalid('must be a duration such as 30s, 1m30s or 500ms')),
  v.transform((text) => parseDuration(text) ?? 0),
)

const quantityPattern = /^\+?(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+|[KMGTPE]i|[mkMGTPE])?$/
const quantityUnits: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** Bytes of a Kubernetes quantity such as `50Mi`; undefined where it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = quantityPattern.exec(text)
  if (match === null) return undefined
  const [, digits = '', suffix = ''] = match
  const factor = quantityUnits[suffix] ?? (suffix === '' ? 1 : Number(`1${suffix}`))
  return Math.ceil(Number(digits) * factor)
}

/** In: `50Mi` or a number. Out: bytes, more than none. */
export const byteQuantity = v.pipe(
  v.union(
    [v.string(), v.number()],
    invalid('must be a quantity such as 50Mi or a number of bytes'),
  ),
  v.check(
    (value) => (parseQuantity(String(value)) ?? 0) > 0,
    invalid('must be a quantity above zero such as 50Mi, 32Ki or 1048576'),
  ),
  v.transform((value) => parseQuantity(String(value)) ?? 0),
)

/** A whole number inside a range. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range =
    most === Number.MAX_SAFE_INTEGER
      ? `greater than or equal to ${least}`
      : `between ${least} and ${most}`
  return v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      invalid(`must be a whole number ${range}`),
    ),
  )
}

export const portNumber = integer(1, 65535)

/** Text of at least one character. `path` is how the message names the field. */
export function nonEmptyText(path: string) {
  return v.pipe(v.string(), v.nonEmpty(invalid(`${path} in body should be at least 1 chars long`)))
}

const headerNamePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

export function isHeaderName(text: string): boolean {
  return headerNamePattern.test(text)
}

/** In: any case. Out: lower-case. */
export const headerName = v.pipe(
  v.string(),
  v.regex(headerNamePattern, invalid('must be a header name')),
  v.toLowerCase(),
)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unsafeHeaderValue = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/

/** Whether `fetch` takes the text as a header's value: no line break, no NUL, nothing above U+00FF. */
export function isHeaderValue(text: string): boolean {
  return !unsafeHeaderValue.test(text)
}

export const headerValue = v.pipe(
  v.string(),
  v.check(
    isHeaderValue,
    'must not hold line breaks, other control characters or characters above U+00FF',
  ),
)

const hostnamePattern =
  /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/

/** A DNS name, maybe with a leading `*.`. Out: lower-case. */
export const hostname = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.check(
    (text) => text.length <= 253 && hostnamePattern.test(text),
    invalid('must be a DNS name, optionally with a leading *.'),
  ),
)

/** A DNS name without a wildcard. */
export const preciseHostname = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.check(
    (text) => text.length <= 253 && !text.startsWith('*') && hostnamePattern.test(text),
    invalid('must be a DNS name'),
  ),
)

const timePattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[-+]\d{2}:\d{2})$/

/** In: an RFC 3339 time. Out: Unix seconds. */
export const time = v.pipe(
  v.string(),
  v.check(
    (text) => timePattern.test(text) && !Number.isNaN(Date.parse(text)),
    invalid('must be a time such as 2026-01-31T08:00:00Z'),
  ),
  v.transform((text) => Math.floor(Date.parse(text) / 1000)),
)

/** Whether no two items give the same key. */
export function areUnique<Item>(items: readonly Item[], key: (item: Item) => string): boolean {
  return new Set(items.map(key)).size === items.length
}
