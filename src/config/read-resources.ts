// Documents to resources: lists are taken apart, kinds and groups recognised, duplicates left out.

import { isRecord } from '../json/is-record.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { SourceDocument } from './documents.ts'
import type { Located, Place, Report } from './findings.ts'
import { aiGatewayGroup, envoyOnlyKinds, groupVersions, idleKinds } from './groups.ts'
import { findNearest, suggestNearest } from './nearest.ts'
import { isKind, type Kind, resourceKinds } from './resources/index.ts'
import type { Origin } from './yaml-tree.ts'

/** A resource before its kind's schema has looked at it. */
export interface RawResource extends Located {
  readonly group: string
  /** `''` where the name is missing or no text: the schema says so. */
  readonly name: string
  readonly value: Readonly<Record<string, unknown>>
  originOf(collection: unknown, key: string | number): Origin | undefined
}

export interface RawResources {
  /** Of the kinds that have a schema, in the order of the files; no two with one name. */
  readonly known: readonly (RawResource & { readonly kind: Kind })[]
  /** `kind namespace/name` of everything else that was given and must not be called missing. */
  readonly others: ReadonlySet<string>
  /** A document could not be read: what it holds cannot be called missing either. */
  readonly incomplete: boolean
}

const listKind = 'List'

/** Kinds whose `v1alpha1` has a successor. */
const graduatedKinds: ReadonlySet<string> = new Set([
  'AIGatewayRoute',
  'AIServiceBackend',
  'BackendSecurityPolicy',
  'GatewayConfig',
  'MCPRoute',
])

export function readResources(
  documents: readonly SourceDocument[],
  diagnostics: Diagnostic[],
  report: Report,
): RawResources {
  const known: (RawResource & { readonly kind: Kind })[] = []
  const others = new Set<string>()
  const seen = new Map<string, RawResource>()
  const deprecatedFiles = new Set<string>()

  function readValue(value: unknown, document: SourceDocument): void {
    if (!isRecord(value)) {
      const type = Array.isArray(value) ? 'array' : typeof value
      const message = `expected a resource (an object with apiVersion and kind), got ${type}`
      complain(document, value, [], 'yaml.document', '', message)
    } else if (value.kind === undefined || value.kind === '') {
      const message = `error collecting: error decoding unstructured object: Object 'Kind' is missing in '${outline(value)}'`
      complain(document, value, ['kind'], 'schema.required', 'kind', message)
    } else if (typeof value.kind !== 'string') {
      const message = `kind: expected string, got ${typeof value.kind}`
      complain(document, value, ['kind'], 'schema.type', 'kind', message)
    } else if (value.kind === listKind) readList(value, document)
    else readResource(value, value.kind, document)
  }

  function complain(
    document: SourceDocument,
    value: unknown,
    at: readonly string[],
    code: string,
    path: string,
    message: string,
  ): void {
    const position = document.positionAt(document.tree.locate(value, at, 'key'))
    diagnostics.push({ file: document.file, ...position, severity: 'error', code, path, message })
  }

  function readList(value: Record<string, unknown>, document: SourceDocument): void {
    const { items } = value
    if (Array.isArray(items)) {
      for (const item of items) readValue(item, document)
    } else if (items !== undefined) {
      const message = `List: items: expected array, got ${typeof items}`
      complain(document, value, ['items'], 'schema.type', 'items', message)
    }
  }

  function readResource(
    value: Record<string, unknown>,
    kind: string,
    document: SourceDocument,
  ): void {
    const resource = identify(value, kind, document)
    if (!accept(resource, report, deprecatedFiles)) {
      others.add(keyOf(resource))
      return
    }
    const key = keyOf(resource)
    const first = seen.get(key)
    if (first !== undefined && resource.name !== '') {
      const here = resource.place.position([], 'value').line
      const there = first.place.position([], 'value').line
      const where = first.place.file === document.file ? '' : ` of ${first.place.file}`
      report(resource, {
        severity: 'warning',
        code: 'schema.duplicate',
        path: [],
        text: `is given on line ${there}${where} and again on line ${here}; the first one counts`,
      })
      return
    }
    seen.set(key, resource)
    if (isKind(kind)) known.push({ ...resource, kind })
  }

  for (const document of documents) {
    if (!document.broken) readValue(document.tree.value, document)
    // What an unreadable document defines must not be reported as missing elsewhere.
    else if (isRecord(document.tree.value) && typeof document.tree.value.kind === 'string') {
      others.add(keyOf(identify(document.tree.value, document.tree.value.kind, document)))
    }
  }
  return { known, others, incomplete: documents.some(({ broken }) => broken) }
}

function identify(
  value: Record<string, unknown>,
  kind: string,
  document: SourceDocument,
): RawResource {
  const { tree, file, positionAt } = document
  const apiVersion = typeof value.apiVersion === 'string' ? value.apiVersion : ''
  const metadata = isRecord(value.metadata) ? value.metadata : {}
  const place: Place = {
    file,
    position: (path, point) => positionAt(tree.locate(value, path, point)),
  }
  return {
    kind,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    namespace: textOr(metadata.namespace, 'default'),
    name: textOr(metadata.name, ''),
    value,
    place,
    originOf: tree.originOf,
  }
}

/** Names may be written as numbers by a variable's value. */
function textOr(value: unknown, otherwise: string): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : otherwise
}

function keyOf({ kind, namespace, name }: RawResource): string {
  return `${kind} ${namespace}/${name}`
}

/** Whether a schema is to look at the resource; says why not. */
function accept(resource: RawResource, report: Report, deprecatedFiles: Set<string>): boolean {
  const { kind, group, value } = resource
  const expected = isKind(kind) ? resourceKinds[kind].group : undefined
  if (expected === undefined) {
    reportUnknownKind(resource, report)
    return false
  }
  if (value.apiVersion === undefined) {
    report(resource, {
      severity: 'warning',
      code: 'schema.version',
      path: ['apiVersion'],
      text: `is missing; ${expectedVersion(expected)} is assumed`,
    })
  } else if (typeof value.apiVersion !== 'string') {
    // The schema says so.
    return true
  } else if (group !== expected) {
    return reportOtherGroup(resource, expected, report)
  } else checkVersion(resource, report, deprecatedFiles)

  const effect = Object.hasOwn(idleKinds, kind) ? idleKinds[kind] : undefined
  if (effect !== undefined) {
    report(resource, {
      severity: 'warning',
      code: 'unsupported.kind',
      path: [],
      text: `kind ${kind} is not supported yet: ${effect}`,
    })
  }
  return true
}

function expectedVersion(group: string): string {
  const version = groupVersions[group]?.[0] ?? 'v1'
  return group === '' ? version : `${group}/${version}`
}

/** Takes a slip in the group's name for what was meant; anything else is not ours. */
function reportOtherGroup(resource: RawResource, expected: string, report: Report): boolean {
  const meant = findNearest(resource.group, [expected]) !== undefined
  const apiVersion = JSON.stringify(resource.value.apiVersion)
  const effect = meant ? `${expectedVersion(expected)} is assumed` : 'the resource has no effect'
  report(resource, {
    severity: 'warning',
    code: meant ? 'schema.version' : 'ignored.kind',
    path: ['apiVersion'],
    text: `kind ${resource.kind} is not known in ${apiVersion}; ${effect}`,
    hint: `did you mean ${expectedVersion(expected)}?`,
  })
  return meant
}

function checkVersion(resource: RawResource, report: Report, deprecatedFiles: Set<string>): void {
  const { group, kind, value, place } = resource
  const version = String(value.apiVersion).slice(group === '' ? 0 : group.length + 1)
  const versions = groupVersions[group] ?? []
  const path = ['apiVersion']
  if (!versions.includes(version)) {
    report(resource, {
      severity: 'warning',
      code: 'schema.version',
      path,
      text: `version ${JSON.stringify(version)} is not known; ${versions[0]} is assumed`,
    })
  } else if (group === aiGatewayGroup && version === 'v1alpha1' && graduatedKinds.has(kind)) {
    if (deprecatedFiles.has(place.file)) return
    deprecatedFiles.add(place.file)
    report(resource, {
      severity: 'warning',
      code: 'schema.deprecated',
      path,
      text: `${group}/v1alpha1 is deprecated; use ${group}/v1beta1 instead`,
    })
  }
}

function reportUnknownKind(resource: RawResource, report: Report): void {
  const { kind, group } = resource
  if (envoyOnlyKinds.has(kind)) {
    report(resource, {
      severity: 'warning',
      code: 'ignored.kind',
      path: ['kind'],
      text: `kind ${kind} has no effect without Envoy`,
    })
    return
  }
  const ours = group !== '' && Object.hasOwn(groupVersions, group)
  const nearest = ours ? suggestNearest(kind, Object.keys(resourceKinds)) : undefined
  if (nearest !== undefined) {
    // A slip that would take all routes away must not pass, least of all while the gateway runs.
    report(resource, {
      severity: 'error',
      code: 'schema.kind',
      path: ['kind'],
      text: `Unsupported value: ${JSON.stringify(kind)}: no such kind in ${group}`,
      ...nearest,
    })
    return
  }
  report(resource, {
    severity: ours ? 'warning' : 'info',
    code: 'ignored.kind',
    path: ['kind'],
    text: `kind ${kind} is not known here and has no effect`,
  })
}

/** What tells a document from others: never all of it, which may hold secrets. */
function outline(value: Readonly<Record<string, unknown>>): string {
  const metadata = isRecord(value.metadata) ? value.metadata : {}
  const shown: Record<string, unknown> = {}
  if (typeof value.apiVersion === 'string') shown.apiVersion = value.apiVersion
  if (typeof metadata.name === 'string') shown.metadata = { name: metadata.name }
  return JSON.stringify(shown)
}
