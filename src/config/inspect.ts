// What a schema cannot say by itself about a value: members it does not know, members without effect here,
// and values that are fine for this gateway alone.
import type * as v from 'valibot'
import { isRecord } from '../json/is-record.ts'
import type { Advice, Mark } from './fields/marks.ts'
import { valueMark } from './fields/values.ts'
import type { Finding, Report } from './findings.ts'
import { suggestNearest } from './nearest.ts'
import type { Path } from './path.ts'
import type { RawResource } from './read-resources.ts'

export interface ValidationOptions {
  /** What a cluster refuses and this gateway could live with, such as too many rules. */
  readonly clusterRules: 'warn' | 'error'
  readonly unknownFields: 'warn' | 'error'
}

/** The parts of valibot's schemas that are read here; each schema has some of them. */
interface Shape {
  readonly type?: string
  readonly entries?: Readonly<Record<string, Shape>>
  readonly item?: Shape
  readonly value?: Shape
  readonly wrapped?: Shape
  readonly pipe?: readonly PipeItem[]
}

interface PipeItem {
  readonly kind?: string
  readonly metadata?: { readonly mark?: Mark; readonly advice?: Advice }
}

/** Walks value and schema side by side. `unsound`: a list stands where an object belongs. */
export function inspectValue(
  schema: v.GenericSchema,
  resource: RawResource,
  options: ValidationOptions,
  report: Report,
): 'sound' | 'unsound' {
  let soundness: 'sound' | 'unsound' = 'sound'
  const add = (finding: Finding) => {
    if (finding.severity === 'error' && finding.code === 'schema.type') soundness = 'unsound'
    report(resource, finding)
  }

  function inspect(shape: Shape, value: unknown, path: Path): void {
    const schemaShape = unwrap(shape)
    for (const item of schemaShape.pipe ?? []) {
      const { mark, advice } = item.metadata ?? {}
      if (mark !== undefined) inspectMark(mark, path)
      if (advice !== undefined) inspectAdvice(advice, value, path)
    }
    const { type, entries } = schemaShape
    if (entries !== undefined) inspectObject(entries, type ?? '', value, path)
    else if (schemaShape.item !== undefined && Array.isArray(value)) {
      for (const [index, item] of value.entries()) inspect(schemaShape.item, item, [...path, index])
    } else if (type === 'record' && Array.isArray(value)) reportArray(path)
  }

  function inspectObject(
    entries: Readonly<Record<string, Shape>>,
    type: string,
    value: unknown,
    path: Path,
  ): void {
    // To valibot a list is an object too.
    if (Array.isArray(value)) reportArray(path)
    if (!isRecord(value)) return
    for (const [key, member] of Object.entries(value)) {
      const memberPath = [...path, key]
      const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
      if (entry !== undefined) inspect(entry, member, memberPath)
      else if (type === 'object') {
        add({
          severity: options.unknownFields === 'error' ? 'error' : 'warning',
          code: 'schema.unknown-field',
          path: memberPath,
          text: 'unknown field; it has no effect',
          point: 'key',
          ...(suggestNearest(key, namesOf(entries, value)) ??
            suggestOwner(key, entries, path, value)),
        })
      }
    }
  }

  /** `name` beside an empty `schema`, not below it. */
  function suggestOwner(
    key: string,
    entries: Readonly<Record<string, Shape>>,
    path: Path,
    value: Readonly<Record<string, unknown>>,
  ): { readonly hint: string } | undefined {
    const owner = Object.keys(entries).find((name) => {
      const members = entries[name] === undefined ? undefined : unwrap(entries[name]).entries
      const owns = members !== undefined && Object.hasOwn(members, key)
      return owns && !Object.hasOwn(value, name) && isWrittenEmpty(resource, [...path, name])
    })
    return owner === undefined
      ? undefined
      : { hint: `it belongs to ${owner}: indent it more than that` }
  }

  function reportArray(path: Path): void {
    add({ severity: 'error', code: 'schema.type', path, text: 'expected object, got array' })
  }

  function inspectMark(mark: Mark, path: Path): void {
    if (mark.effect === 'silent') return
    add({
      severity: mark.effect === 'ignored' ? mark.severity : 'warning',
      code: `${mark.effect}.field`,
      path,
      text: mark.text,
      point: 'key',
    })
  }

  function inspectAdvice(advice: Advice, value: unknown, path: Path): void {
    const text = advice.check(value)
    if (text === undefined) return
    const strict = advice.audience === 'cluster' && options.clusterRules === 'error'
    add({
      severity: strict ? 'error' : 'warning',
      code: advice.code,
      path,
      text: text.replaceAll(valueMark, () => JSON.stringify(value)),
    })
  }

  // Schemas are plain objects that valibot documents for this use; its types hide their parts.
  inspect(schema as unknown as Shape, resource.value, [])
  return soundness
}

/** Whether a member that has no value is there by name. What is not there stands where its owner does. */
export function isWrittenEmpty({ place }: RawResource, path: Path): boolean {
  const [own, around] = [path, path.slice(0, -1)].map((one) => place.position(one, 'key'))
  return (
    own !== undefined &&
    around !== undefined &&
    (own.line !== around.line || own.column !== around.column)
  )
}

function unwrap(shape: Shape): Shape {
  let inner = shape
  while (inner.wrapped !== undefined) inner = inner.wrapped
  return inner
}

/** Members that are not written yet come first: a slip seldom hits one that is there. */
function namesOf(
  entries: Readonly<Record<string, Shape>>,
  value: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(entries).filter((name) => !Object.hasOwn(value, name))
}
