// What the YAML parser says about indentation, in words that say what to do: its own speak of the grammar.

/** What the parser found, at an offset of the text. */
export interface ParserError {
  readonly code: string
  readonly message: string
  readonly offset: number
}

export interface Explanation {
  readonly message: string
  readonly hint?: string
}

const structural: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'TAB_AS_INDENT',
  'UNEXPECTED_TOKEN',
])

/** Whether the parser has lost its way: what it finds after that means little. */
export function isStructural(code: string): boolean {
  return structural.has(code)
}

/** `text` is what was parsed. Keys are the only words of it that are repeated. */
export function explainYamlError(
  { code, message, offset }: ParserError,
  text: string,
): Explanation {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message, hint: 'use spaces' }
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      return message.startsWith('All mapping items') || message.startsWith('Sequence item without')
        ? explainColumn(text, offset)
        : { message }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return message.startsWith('Nested mappings')
        ? explainNested(message, text, offset)
        : { message }
    default:
      return { message }
  }
}

function explainColumn(text: string, offset: number): Explanation {
  const lines = text.slice(0, offset).split('\n')
  const own = lineAt(text, offset)
  const column = /^ */.exec(own)?.[0].length ?? 0
  const levels = openLevels(lines.slice(0, -1))
  const inside = levels.find((level) => level.column < column)
  const outside = levels.findLast((level) => level.column > column)
  const choices = [inside, outside].flatMap((level) =>
    level === undefined ? [] : [`${level.column} beside ${level.key} on line ${level.line}`],
  )
  return {
    message: 'the indentation of this line fits none of the lines before it',
    ...(choices.length === 0 ? {} : { hint: `spaces to put before it: ${choices.join(', ')}` }),
  }
}

interface Level {
  readonly column: number
  readonly key: string
  /** From 1. */
  readonly line: number
}

/** The mappings that a next line could go on with, innermost first. */
function openLevels(lines: readonly string[]): readonly Level[] {
  const levels: Level[] = []
  let limit = Number.POSITIVE_INFINITY
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? ''
    if (/^---(?:\s|$)/.test(line)) break
    const [, before = '', key] = /^((?: |- )*)([\w./-]+)\s*:(?:\s|$)/.exec(line) ?? []
    if (key === undefined || before.length >= limit) continue
    limit = before.length
    levels.push({ column: limit, key, line: index + 1 })
    // The dash closes all that is deeper than itself.
    const dash = before.indexOf('-')
    if (dash !== -1) limit = Math.min(limit, dash + 1)
  }
  return levels
}

/** A second `key:` where a value stands already: on the same line, or below it and too far to the right. */
function explainNested(message: string, text: string, offset: number): Explanation {
  const rest = lineAt(text, offset).slice(columnOf(text, offset))
  if (/:(?:\s|$)/.test(rest)) return { message, hint: 'put a value that holds ": " in quotes' }
  const line = text.slice(0, offset).split('\n').length
  return {
    message: 'the line below is indented more than this one, which has a value already',
    hint: `indent lines ${line} and ${line + 1} alike`,
  }
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end === -1 ? undefined : end)
}
