// The resources that are in effect, as a person would write them: variables replaced, defaults filled in,
// and no credential.
import { isRecord } from '../json/is-record.ts'
import type { Diagnostic } from './diagnostics.ts'
import { readDocuments } from './documents.ts'
import { createReport } from './findings.ts'
import { isSensitiveHeader, isSensitiveKey, maskTokens } from './mask-secrets.ts'
import type { ConfigSource } from './parse.ts'
import { type RawResource, readResources } from './read-resources.ts'
import { resourceKinds } from './resources/index.ts'

export type EffectiveResource = Readonly<Record<string, unknown>>

const mark = '[REDACTED]'

/** In the order of the files; what is unreadable, unknown or given twice is left out. Never throws. */
export function listEffectiveResources(
  sources: readonly ConfigSource[],
): readonly EffectiveResource[] {
  const ignored: Diagnostic[] = []
  const documents = sources.flatMap(({ file, text, env }) =>
    readDocuments({ file, text, environment: env }, ignored),
  )
  const { known } = readResources(documents, ignored, createReport(ignored))
  return known.map(
    (resource) =>
      // The schema's parts are read as `inspect.ts` reads them, and a resource stays an object.
      fillDefaults(
        resourceKinds[resource.kind].schema as unknown as Shape,
        redactResource(resource),
      ) as EffectiveResource,
  )
}

interface Shape {
  readonly type?: string
  readonly entries?: Readonly<Record<string, Shape>>
  readonly item?: Shape
  readonly wrapped?: Shape
  readonly default?: unknown
}

/** Members that are absent and have a default of their own; what only others decide stays absent. */
function fillDefaults(shape: Shape, value: unknown): unknown {
  let inner = shape
  while (inner.wrapped !== undefined) inner = inner.wrapped
  const { entries, item } = inner
  if (Array.isArray(value)) {
    return item === undefined ? value : value.map((member) => fillDefaults(item, member))
  }
  if (!isRecord(value) || entries === undefined) return value
  const filled: [string, unknown][] = Object.entries(value).map(([key, member]) => {
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
    return [key, entry === undefined ? member : fillDefaults(entry, member)]
  })
  for (const [key, entry] of Object.entries(entries)) {
    const fallback = entry.default
    if (Object.hasOwn(value, key) || fallback === undefined || isEmpty(fallback)) continue
    filled.push([key, fallback])
  }
  return Object.fromEntries(filled)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const harmlessOfSecret: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'type',
  'immutable',
])

function redactResource(resource: RawResource): Readonly<Record<string, unknown>> {
  const { apiVersion, kind, metadata, ...rest } = resource.value
  const shown = {
    apiVersion,
    kind,
    metadata: {
      ...(isRecord(metadata) ? redactRecord(metadata, resource) : {}),
      namespace: resource.namespace,
    },
    ...redactRecord(rest, resource),
  }
  if (resource.kind !== 'Secret') return shown
  // Its keys are worth seeing, whatever they are called and wherever they were put.
  return Object.fromEntries(
    Object.entries(shown).map(([key, value]) => {
      if (harmlessOfSecret.has(key)) return [key, value]
      return [key, isRecord(value) ? mapValues(value, () => mark) : mark]
    }),
  )
}

function mapValues(record: object, change: (value: unknown, key: string) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}

function redact(value: unknown, resource: RawResource): unknown {
  if (typeof value === 'string') return maskTokens(value)
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      cameFromSecretVariable(resource, value, index) ? mark : redact(item, resource),
    )
  }
  return isRecord(value) ? redactRecord(value, resource) : value
}

function redactRecord(
  record: Readonly<Record<string, unknown>>,
  resource: RawResource,
): Record<string, unknown> {
  const ofSensitiveValue =
    isSensitiveHeader(`${record.name}`) ||
    isSensitiveKey(`${record.path}`) ||
    // Headers for a collector: what for, if not to prove who sends?
    resource.kind === 'EnvoyProxy'
  return mapValues(record, (member, key) => {
    const sensitive =
      typeof member !== 'object' &&
      (isSensitiveKey(key) ||
        (key === 'value' && ofSensitiveValue) ||
        cameFromSecretVariable(resource, record, key))
    return sensitive ? mark : redact(member, resource)
  })
}

/** A variable is named after what it holds. */
function cameFromSecretVariable(
  resource: RawResource,
  collection: unknown,
  key: string | number,
): boolean {
  const variables = resource.originOf(collection, key)?.variables ?? []
  return variables.some((name) => /key|token|secret|pass|cred|auth|private|bearer/i.test(name))
}
