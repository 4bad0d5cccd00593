// JSON.parse with a limit on depth, and with a place in the error that is the same on every runtime.
import { locateSyntaxError } from './locate-error.ts'
import { findStringEnd } from './scan.ts'

const defaultMaxDepth = 512
/** UTF-16 units up to which a text is parsed before its depth is known. */
const parseFirstLength = 256 * 1024

/** Why text is not JSON that we take. The message holds nothing of the text. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  /** Offset in UTF-16 units. */
  readonly position: number

  constructor(problem: string, text: string, position: number) {
    const { line, column } = place(text, position)
    super(`${problem} at line ${line}, column ${column}`)
    this.position = position
  }
}

export interface ParseOptions {
  /** Levels of objects and arrays inside one another; 512 where unset. */
  readonly maxDepth?: number
}

/** The value of the text. Throws a `JsonError` for text that is not JSON, and for deeper nesting. */
export function parseJson(text: string, options: ParseOptions = {}): unknown {
  const maxDepth = options.maxDepth ?? defaultMaxDepth
  // While it parses, JSON.parse keeps tens of bytes for each open level: too much for a long text.
  const scanFirst = text.length > parseFirstLength
  if (scanFirst) refuseDepth(text, maxDepth)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuseDepth(text, maxDepth)
    // The runtimes' own messages quote the text, and few of them say where.
    const { position, expected } = locateSyntaxError(text)
    throw new JsonError(`invalid JSON: expected ${expected}`, text, position)
  }
  // Each level takes two characters at least.
  if (!scanFirst && text.length > 2 * maxDepth && isDeeper(value, maxDepth)) {
    refuseDepth(text, maxDepth)
  }
  return value
}

/**
 * Whether the value has more than `levels` levels. Recursion ends there, and strings cost nothing, so
 * that this is many times faster than a look at each character.
 */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isDeeper(item, levels - 1)) return true
    return false
  }
  const members = value as Record<string, unknown> // what is left of JSON's values
  for (const key in members) if (isDeeper(members[key], levels - 1)) return true
  return false
}

/** Throws where the nesting passes `maxDepth`: code that walks a parsed value may recurse. */
function refuseDepth(text: string, maxDepth: number): void {
  let depth = 0
  let index = 0
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      index = findStringEnd(text, index)
      if (index < 0) return
      continue
    }
    if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) {
        throw new JsonError(`JSON nested deeper than ${maxDepth} levels`, text, index)
      }
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    }
    index++
  }
}

function place(text: string, position: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (;;) {
    const next = text.indexOf('\n', lineStart)
    if (next < 0 || next >= position) break
    line++
    lineStart = next + 1
  }
  return { line, column: position - lineStart + 1 }
}
