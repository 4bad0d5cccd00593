// One resource against its kind's schema: a typed value, or findings with the words of a cluster.
import * as v from 'valibot'
import { isRecord } from '../json/is-record.ts'
import { valueMark } from './fields/values.ts'
import type { Report } from './findings.ts'
import { inspectValue, isWrittenEmpty, type ValidationOptions } from './inspect.ts'
import { suggestValue } from './nearest.ts'
import type { Path } from './path.ts'
import type { RawResource } from './read-resources.ts'
import type { Origin } from './yaml-tree.ts'

/** The value as the schema types it, or undefined when it is invalid. */
export function validateResource<Schema extends v.GenericSchema>(
  schema: Schema,
  resource: RawResource,
  options: ValidationOptions,
  report: Report,
): v.InferOutput<Schema> | undefined {
  const outcome = parse(schema, resource)
  for (const issue of outcome.issues ?? []) {
    if (isInsideMisplacedList(issue)) continue
    const path = pathOf(issue)
    report(resource, {
      severity: 'error',
      code: codeOf(issue),
      path,
      text: issue.message.replaceAll(valueMark, () => showInput(issue, resource)),
      ...hintFor(issue, resource),
    })
  }
  const shapes = inspectValue(schema, resource, options, report)
  return outcome.success && shapes === 'sound' ? outcome.output : undefined
}

type Issue = v.BaseIssue<unknown>

function parse<Schema extends v.GenericSchema>(schema: Schema, resource: RawResource) {
  const run = () => v.safeParse(schema, resource.value, { message: describeIssue })
  const outcome = run()
  let repaired = 0
  for (const issue of outcome.issues ?? []) if (repairText(issue, resource)) repaired++
  return repaired > 0 ? run() : outcome
}

/**
 * A variable's value became a number (or a boolean) where text is wanted: `apiKey: ${KEY}` with digits
 * only. Puts the text in its place.
 */
function repairText(issue: Issue, resource: RawResource): boolean {
  const last = issue.path?.at(-1)
  if (issue.type !== 'string' || last === undefined) return false
  const collection: unknown = last.input
  const origin = originOf(last, resource)
  if (origin === undefined || typeof collection !== 'object' || collection === null) return false
  return Reflect.set(collection, last.key as PropertyKey, origin.text) // A key of a plain collection.
}

function originOf(item: v.IssuePathItem, resource: RawResource): Origin | undefined {
  const { key } = item
  return typeof key === 'string' || typeof key === 'number'
    ? resource.originOf(item.input, key)
    : undefined
}

function pathOf(issue: Issue): Path {
  const path = issue.path ?? []
  return path.map(({ key }) => (typeof key === 'number' ? key : String(key)))
}

/** A value that came out of a variable, or stands in a Secret, may be a credential. */
function showInput(issue: Issue, resource: RawResource): string {
  const last = issue.path?.at(-1)
  const origin = last === undefined ? undefined : originOf(last, resource)
  if (origin !== undefined) return `the value of ${origin.variables.join(', ') || 'a variable'}`
  if (resource.kind === 'Secret') return '(not shown)'
  const { input } = issue
  return typeof input === 'object' && input !== null ? typeName(input) : JSON.stringify(input)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** The words for what valibot's own schemas find; the fields' own messages come before them. */
function describeIssue(issue: Issue): string {
  if (issue.path?.at(-1)?.origin === 'key' && issue.received === 'undefined') {
    return 'Required value'
  }
  if (issue.type === 'picklist' && typeof issue.input === 'string') {
    const supported = (issue.expected ?? '').replace(/^\(|\)$/g, '').replaceAll(' | ', ', ')
    return `Unsupported value: ${valueMark}: supported values: ${supported}`
  }
  return `expected ${expectedType(issue)}, got ${typeName(issue.input)}`
}

function optionsOf({ expected }: Issue): string[] {
  return [...(expected ?? '').matchAll(/"([^"]*)"/g)].flatMap(([, option]) => option ?? [])
}

function expectedType({ type, expected }: Issue): string {
  if (type === 'object' || type === 'loose_object' || type === 'record') return 'object'
  if (type === 'picklist') return 'string'
  return (expected ?? type).toLowerCase()
}

function codeOf(issue: Issue): string {
  if (issue.message === 'Required value') return 'schema.required'
  if (issue.message.startsWith('Unsupported value')) return 'schema.enum'
  if (issue.message.startsWith('expected ')) return 'schema.type'
  return issue.message.startsWith('Invalid value') ? 'schema.value' : 'schema.rule'
}

/** To valibot a list is an object without members; the inspection says what it is. */
function isInsideMisplacedList(issue: Issue): boolean {
  return issue.path?.some(({ type, input }) => type === 'object' && Array.isArray(input)) ?? false
}

function hintFor(issue: Issue, resource: RawResource): { readonly hint: string } | undefined {
  const { type, input } = issue
  const last = issue.path?.at(-1)
  const origin = last === undefined ? undefined : originOf(last, resource)
  if (issue.message === 'Required value' && origin !== undefined) {
    return { hint: `${origin.variables.join(', ')} is empty` }
  }
  if (issue.message === 'Required value' && isWrittenEmpty(resource, pathOf(issue))) {
    return { hint: 'it is empty: what belongs to it must be indented more than it' }
  }
  if (type === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return { hint: 'put the value in quotes' }
  }
  if (type === 'picklist' && typeof input === 'string' && origin === undefined) {
    return suggestValue(input, optionsOf(issue))
  }
  if (expectedType(issue) === 'object' && typeof input === 'string') {
    return /^[\w-]+:\S/.test(input) && origin === undefined
      ? { hint: 'put a space after the colon' }
      : { hint: 'write its members on the lines below it, indented' }
  }
  const quoted = typeof input === 'string' && (type === 'number' || type === 'boolean')
  if (quoted && input !== '') return { hint: 'take the quotes away' }
  return isRecord(input) && type === 'array' ? { hint: 'begin each item with "- "' } : undefined
}
