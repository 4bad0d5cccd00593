// Request headers that become attributes of metrics, spans and access-log lines: `header:attribute,…` in
// OTEL_AIGW_*_REQUEST_HEADER_ATTRIBUTES, a base for all and one for each signal.
import type { HeaderReader } from '../ports.ts'
import { isSensitiveHeader } from './sensitive-headers.ts'

export interface HeaderAttribute {
  /** Lower-case. */
  readonly header: string
  readonly attribute: string
}

export interface HeaderAttributes {
  readonly span: readonly HeaderAttribute[]
  readonly metrics: readonly HeaderAttribute[]
  readonly log: readonly HeaderAttribute[]
}

type Environment = Readonly<Record<string, string | undefined>>

const sessionDefault = 'agent-session-id:session.id'

/** Throws an `Error` that names the signal; a variable that is set to nothing takes its default away. */
export function readHeaderAttributes(env: Environment): HeaderAttributes {
  const base = parse(env['OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES'] ?? '', '')
  const merge = (variable: string, signal: string, fallback: string) => {
    const own = parse(env[variable] ?? fallback, `${signal} `)
    const named = new Set(own.map(({ header }) => header))
    return [...base.filter(({ header }) => !named.has(header)), ...own]
  }
  return {
    span: merge('OTEL_AIGW_SPAN_REQUEST_HEADER_ATTRIBUTES', 'span', sessionDefault),
    metrics: merge('OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES', 'metrics', ''),
    log: merge('OTEL_AIGW_LOG_REQUEST_HEADER_ATTRIBUTES', 'log', sessionDefault),
  }
}

function parse(raw: string, signal: string): readonly HeaderAttribute[] {
  if (raw.trim() === '') return []
  return raw.split(',').map((item) => {
    const colon = item.indexOf(':')
    const header = item.slice(0, colon).trim().toLowerCase()
    const attribute = item.slice(colon + 1).trim()
    if (colon < 0 || header === '' || attribute === '') {
      throw new Error(`invalid ${signal}request header attributes: ${raw}`)
    }
    if (isSensitiveHeader(header)) {
      throw new Error(
        `invalid ${signal}request header attributes: ${header} holds a credential, which must not become an attribute`,
      )
    }
    return { header, attribute }
  })
}

/** Each attribute whose header is there. */
export function readAttributes(
  mapping: readonly HeaderAttribute[],
  headers: HeaderReader,
): Readonly<Record<string, string>> {
  const found: [string, string][] = []
  for (const { header, attribute } of mapping) {
    const value = headers.get(header)
    if (value !== null) found.push([attribute, value])
  }
  return Object.fromEntries(found)
}
