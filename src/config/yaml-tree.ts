// A YAML document as plain values that remember where they stood and which variables made them.
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml'
import {
  type Environment,
  type Reference,
  referencedNames,
  type SubstitutionProblem,
} from './envsubst.ts'
import type { Path } from './path.ts'
import { type MaskedText, resolvePlaceholders } from './placeholders.ts'

/** How a value came out of environment variables. */
export interface Origin {
  /** The text before it became a number, a boolean or null. */
  readonly text: string
  /** Every variable that was looked at. */
  readonly variables: readonly string[]
}

interface Member {
  /** Offset of the key, or of the item in a sequence. */
  readonly key: number
  /** Offset of the value; that of the key where the value is a collection. */
  readonly value: number
  readonly origin: Origin | undefined
}

interface Collection {
  readonly start: number
  readonly members: Map<string | number, Member>
}

export interface YamlTree {
  readonly value: unknown
  /**
   * The offset of a value or a key, or of the nearest thing around it that exists. `from` is the
   * document's value or a collection inside it.
   */
  locate(from: unknown, path: Path, point: 'key' | 'value'): number
  /** How a member of a collection came out of variables. */
  originOf(collection: unknown, key: string | number): Origin | undefined
}

export interface TreeProblem {
  readonly offset: number
  readonly code: 'yaml.alias' | 'yaml.depth' | 'yaml.duplicate-key' | 'yaml.key'
  readonly message: string
}

export interface TreeInput {
  readonly document: Document
  readonly masked: MaskedText
  readonly environment: Environment
  onSubstitution(problem: SubstitutionProblem): void
  onProblem(problem: TreeProblem): void
  /** For messages that name a second place. */
  lineAt(offset: number): number
}

/** Deeper than any resource; JSON and YAML text can nest without end. */
const maxDepth = 100
/** How many values aliases may add: a few lines of them can stand for billions. */
const maxAliasedValues = 10_000

function startOf(node: unknown): number | undefined {
  return isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined
}

const nullPattern = /^(?:~|null|Null|NULL)?$/
const truePattern = /^(?:true|True|TRUE)$/
const falsePattern = /^(?:false|False|FALSE)$/
const numberPattern = /^(?:[-+]?\d+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)$/

/** A plain scalar's value by the YAML 1.2 core schema. */
function typePlainScalar(text: string): string | number | boolean | null {
  if (nullPattern.test(text)) return null
  if (truePattern.test(text)) return true
  if (falsePattern.test(text)) return false
  if (numberPattern.test(text)) return Number(text)
  if (/^0x[\da-fA-F]+$/.test(text)) return Number(text)
  if (/^0o[0-7]+$/.test(text)) return Number(text)
  return text
}

/** Makes plain values of a document. Members that are null are left out, as Kubernetes does. */
export function buildYamlTree(input: TreeInput): YamlTree {
  const { masked, environment, onSubstitution, onProblem, lineAt } = input
  const collections = new Map<unknown, Collection>()
  const anchors = new Map<string, Node>()
  const root = input.document.contents
  let aliasedValues = 0
  let aliasDepth = 0
  let exhausted = false

  function convertScalarText(text: string, node: Node & { readonly type?: string }) {
    const resolved = resolvePlaceholders(masked.split(text), environment, onSubstitution)
    if (resolved.references.length === 0) return { value: text, origin: undefined }
    const origin = { text: resolved.text, variables: variablesOf(resolved.references) }
    const retype =
      node.type === 'PLAIN' &&
      node.tag === undefined &&
      resolved.whole &&
      resolved.references[0]?.kind === 'variable'
    return { value: retype ? typePlainScalar(resolved.text) : resolved.text, origin }
  }

  function convertScalar(node: Node): { value: unknown; origin: Origin | undefined } {
    if (!isScalar(node)) return { value: null, origin: undefined }
    const { value } = node
    if (typeof value === 'string') {
      if (masked.has(value)) return convertScalarText(value, node)
      return { value, origin: undefined }
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return { value, origin: undefined }
    }
    // Dates, big integers and bytes, which only tags and old YAML versions make.
    return { value: node.source ?? '', origin: undefined }
  }

  function fail(offset: number, code: TreeProblem['code'], message: string): null {
    if (!exhausted) onProblem({ offset, code, message })
    exhausted = true
    return null
  }

  function convertAlias(node: Node & { readonly source: string }, depth: number): unknown {
    const offset = startOf(node) ?? 0
    const target = anchors.get(node.source)
    if (target === undefined) {
      // Not named: it may be a credential that begins with an asterisk.
      const message = 'this alias has no anchor before it'
      onProblem({ offset, code: 'yaml.alias', message })
      return null
    }
    aliasDepth++
    const value = convert(target, depth)
    aliasDepth--
    return value
  }

  function convert(node: unknown, depth: number): unknown {
    if (exhausted) return null
    const offset = startOf(node) ?? 0
    if (depth > maxDepth) return fail(offset, 'yaml.depth', `nested more than ${maxDepth} deep`)
    if (aliasDepth > 0 && ++aliasedValues > maxAliasedValues) {
      return fail(offset, 'yaml.alias', `aliases stand for more than ${maxAliasedValues} values`)
    }
    if (isAlias(node)) return convertAlias(node, depth + 1)
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      anchors.set(node.anchor, node)
    }
    if (isMap(node)) return convertMap(node.items, offset, depth)
    if (isSeq(node)) return convertSeq(node.items, offset, depth)
    return isScalar(node) ? convertScalar(node).value : null
  }

  function convertMember(node: unknown, depth: number) {
    if (isScalar(node) && !exhausted) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
      const { value, origin } = convertScalar(node)
      // A value that is not written stands nowhere.
      return {
        value,
        origin,
        offset: node.value === null && node.source === '' ? undefined : startOf(node),
      }
    }
    const value = convert(node, depth)
    const collection = typeof value === 'object' && value !== null
    return { value, origin: undefined, offset: collection ? undefined : startOf(node) }
  }

  function convertKey(node: unknown, depth: number): string | undefined {
    const value = convert(node, depth)
    if (typeof value === 'object' && value !== null) {
      onProblem({
        offset: startOf(node) ?? 0,
        code: 'yaml.key',
        message: 'a mapping or list cannot be a key',
      })
      return undefined
    }
    return String(value)
  }

  function convertMap(pairs: readonly Pair[], start: number, depth: number) {
    const value: Record<string, unknown> = {}
    const members = new Map<string | number, Member>()
    const merged: unknown[] = []
    for (const pair of pairs) {
      if (exhausted) break
      const keyOffset = startOf(pair.key) ?? startOf(pair.value) ?? 0
      const key = convertKey(pair.key, depth + 1)
      if (key === undefined) continue
      const first = members.get(key)
      if (first !== undefined) {
        const message = `key ${JSON.stringify(key)} is given twice; the first is on line ${lineAt(first.key)}`
        onProblem({ offset: keyOffset, code: 'yaml.duplicate-key', message })
        continue
      }
      const member = convertMember(pair.value, depth + 1)
      const { offset = keyOffset, origin } = member
      members.set(key, { key: keyOffset, value: offset, origin })
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') merged.push(member.value)
      else if (member.value !== null) define(value, key, member.value)
    }
    for (const source of merged.flat()) mergeInto(value, source)
    collections.set(value, { start, members })
    return value
  }

  function convertSeq(items: readonly unknown[], start: number, depth: number) {
    const value: unknown[] = []
    const members = new Map<string | number, Member>()
    for (const [index, item] of items.entries()) {
      if (exhausted) break
      const itemOffset = startOf(isPair(item) ? item.key : item) ?? start
      const member = isPair(item)
        ? { value: convertMap([item], itemOffset, depth + 1), origin: undefined }
        : convertMember(item, depth + 1)
      members.set(index, { key: itemOffset, value: itemOffset, origin: member.origin })
      value.push(member.value)
    }
    collections.set(value, { start, members })
    return value
  }

  const rootOffset = startOf(root) ?? input.document.range?.[0] ?? 0
  return {
    value: convert(root, 0),
    originOf: (collection, key) => collections.get(collection)?.members.get(key)?.origin,
    locate(from, path, point) {
      let offset = collections.get(from)?.start ?? rootOffset
      let value = from
      for (const [index, key] of path.entries()) {
        const member = collections.get(value)?.members.get(key)
        if (member === undefined) return offset
        offset = point === 'key' && index === path.length - 1 ? member.key : member.value
        value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
      }
      return offset
    },
  }
}

function variablesOf(references: readonly Reference[]): string[] {
  return references.flatMap(referencedNames)
}

/** As an own member, whatever its name: assigning `__proto__` would do something else. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
}

/** A merge key (`<<`): what the mapping says itself stays. */
function mergeInto(target: Record<string, unknown>, source: unknown): void {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return
  for (const [key, value] of Object.entries(source)) {
    if (!Object.hasOwn(target, key)) define(target, key, value)
  }
}
