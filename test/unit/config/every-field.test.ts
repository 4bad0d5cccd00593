// No field is ignored in silence: setting any one changes what the gateway does, or is said to do nothing. For each kind
// there are files that set all of its fields; each field is then taken away, and changed.
import { describe, expect, it } from 'vitest'
import type { Mark } from '../../../src/config/fields/marks.ts'
import { idleKinds } from '../../../src/config/groups.ts'
import { formatPath, type Path } from '../../../src/config/path.ts'
import { resourceKinds } from '../../../src/config/resources/index.ts'
import { isRecord } from '../../../src/json/is-record.ts'
import { samples } from './every-field.ts'
import { documents, load } from './support.ts'

/** The parts of valibot's schemas that are read here; each schema has some of them. */
interface Shape {
  readonly type?: string
  readonly entries?: Readonly<Record<string, Shape>>
  readonly item?: Shape
  readonly value?: Shape
  readonly wrapped?: Shape
  readonly pipe?: readonly { readonly metadata?: { readonly mark?: Mark } }[]
}

/** `spec.rules[].name`; members of a map are `*`. */
function leavesOf(shape: Shape, path: string): string[] {
  let inner = shape
  while (inner.wrapped !== undefined) inner = inner.wrapped
  // What a mark says about a field is said wherever it is set: inspect.test.ts.
  if (inner.pipe?.some(({ metadata }) => metadata?.mark !== undefined)) return []
  const { type, entries, item, value } = inner
  if (entries !== undefined) {
    return Object.entries(entries).flatMap(([key, entry]) => leavesOf(entry, `${path}.${key}`))
  }
  if (item !== undefined) return leavesOf(item, `${path}[]`)
  return type === 'record' && value !== undefined ? leavesOf(value, `${path}.*`) : [path]
}

/** Of everything that is no collection, and of the empty ones. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOf(item, [...path, index]))
  if (!isRecord(value)) return [path]
  return Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))
}

const maps = /^(\.(?:data|stringData|binaryData|metadata\.(?:annotations|labels)))\..*$/

function generalise(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? '[]' : `.${key}`)).join('')
  return text
    .replace(maps, '$1.*')
    .replace(/(\.json|\.resources|\.resourceAttributes)\..*$/, '$1.*')
}

/** A copy in which the member is another, or gone. */
function alter(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === key ? alter(item, rest, change) : item))
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    name === key ? alter(member, rest, change) : member,
  ])
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined))
}

/** Other values of the same type. */
function othersOf(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1]
  if (typeof value !== 'string') return []
  const number = /\d+/.exec(value)?.[0]
  return [
    `${value}x`,
    ...(number === undefined ? [] : [value.replace(number, String(Number(number) + 1))]),
  ]
}

function outcomeOf(texts: readonly object[]) {
  const { spec, diagnostics } = load(documents(...texts), {
    env: { KEY: 'from-a-variable', OTHER: 'another' },
    files: { 'key.txt': 'from-a-file', 'key.txtx': 'from-another' },
  })
  return {
    diagnostics,
    text: JSON.stringify([spec, diagnostics.map(({ message, severity }) => [severity, message])]),
  }
}

/** Of all kinds alike. */
const common = /^\.(?:apiVersion|kind|metadata\..*)$/

const identity = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'])
const kinds = Object.keys(resourceKinds).filter((kind) => !Object.hasOwn(idleKinds, kind))

describe.each(kinds)('of %s', (kind) => {
  const own = samples.filter((sample) => sample.kind === kind)

  it('all fields are tried below', () => {
    const { schema } = resourceKinds[kind as keyof typeof resourceKinds] // One of its keys.
    const wanted = leavesOf(schema as unknown as Shape, '')
    const set = new Set(own.flatMap(({ subject }) => pathsOf(subject).map(generalise)))
    const isSet = (path: string) =>
      [...set].some((one) => one === path || one.startsWith(`${path}.`))
    expect(wanted.filter((path) => !isSet(path) && !common.test(path))).toEqual([])
  })

  const places = new Map<string, Place[]>()
  for (const { subject, others } of own) {
    for (const path of pathsOf(subject)) {
      if (identity.has(path.join('.'))) continue
      const field = generalise(path).slice(1)
      places.set(field, [...(places.get(field) ?? []), { path, subject, others }])
    }
  }

  it.each([...places])('%s has an effect, or is said to have none', (_, those) => {
    expect(those.some(isVisible)).toBe(true)
  })
})

interface Place {
  readonly path: Path
  readonly subject: object
  readonly others: readonly object[]
}

/** Whether a diagnostic names the field, or anything changes with it. */
function isVisible({ path, subject, others }: Place): boolean {
  const load = (change: (old: unknown) => unknown) =>
    // What an object is altered to is an object.
    outcomeOf([...others, alter(subject, path, change) as object])
  const before = load((old) => old)
  const place = formatPath(path)
  const names = ({ path: named }: { readonly path: string }) =>
    named !== '' &&
    (place === named || (/^[.[]/.test(place.slice(named.length)) && place.startsWith(named)))
  if (before.diagnostics.some(names)) return true
  const without = load(() => undefined)
  // That it must be there does not yet mean that it does anything.
  const isRequired = without.diagnostics.some(
    (one) => one.path === place && one.message.endsWith('Required value'),
  )
  const value = path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), subject)
  const outcomes = othersOf(value).map((other) => load(() => other).text)
  return [...outcomes, ...(isRequired ? [] : [without.text])].some((text) => text !== before.text)
}
