// JSON.parse with a limit on depth, and with a place in the error that is the same on every runtime.
import { locateSyntaxError } from './locate-error.ts'
import { findStringEnd } from './scan.ts'

const defaultMaxDepth = 512

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
  const tooDeep = findDepth(text, maxDepth)
  if (tooDeep !== undefined) {
    throw new JsonError(`JSON nested deeper than ${maxDepth} levels`, text, tooDeep)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The runtimes' own messages quote the text, and few of them say where.
    const { position, expected } = locateSyntaxError(text)
    throw new JsonError(`invalid JSON: expected ${expected}`, text, position)
  }
}

/**
 * Where the nesting passes `maxDepth`. Code that walks a parsed value may recurse, so depth is limited
 * before anything does.
 */
function findDepth(text: string, maxDepth: number): number | undefined {
  // Each level takes two characters.
  if (text.length < 2 * (maxDepth + 1)) return undefined
  let depth = 0
  let index = 0
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      index = findStringEnd(text, index)
      if (index < 0) return undefined
      continue
    }
    if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return index
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    }
    index++
  }
  return undefined
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
