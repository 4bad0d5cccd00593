// A diagnostic with the lines that it is about, as compilers show them.
import type { Diagnostic } from './diagnostics.ts'
import type { MaskedLines } from './mask-secrets.ts'

export interface CodeFrame {
  /** With line numbers; the one at fault begins with `>`. */
  readonly lines: readonly string[]
  /** The index in `lines` of the one with the caret. */
  readonly caret: number
}

/** Longer lines are cut: one may be a whole document. */
const maxLength = 120

/** The line at fault with the ones before and after it; undefined where the text does not have it. */
export function frameCode(
  { line, column }: Pick<Diagnostic, 'line' | 'column'>,
  source: MaskedLines,
): CodeFrame | undefined {
  if (line > source.count) return undefined
  const first = Math.max(1, line - 1)
  const last = Math.min(source.count, line + 1)
  const width = String(last).length
  const lines: string[] = []
  let caret = 0
  for (let number = first; number <= last; number++) {
    const { text, offset } = cut(source.at(number), number === line ? column : 1)
    const sign = number === line ? '>' : ' '
    lines.push(`${sign} ${String(number).padStart(width)} | ${text}`.trimEnd())
    if (number !== line) continue
    caret = lines.length
    const at = Math.min(column - 1 - offset, text.length)
    // Tabs stay tabs, or the caret would stand elsewhere.
    const indent = text.slice(0, at).replaceAll(/[^\t]/g, ' ')
    lines.push(`  ${' '.repeat(width)} | ${indent}${'^'.repeat(tokenLength(text, at))}`)
  }
  return { lines, caret }
}

function cut(line: string, column: number): { readonly text: string; readonly offset: number } {
  const clean = line.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (char) =>
    char === '\t' ? char : '\ufffd',
  )
  if (clean.length <= maxLength) return { text: clean, offset: 0 }
  const offset = Math.max(0, Math.min(column - 1 - maxLength / 3, clean.length - maxLength))
  return {
    text: clean.slice(Math.floor(offset), Math.floor(offset) + maxLength),
    offset: Math.floor(offset),
  }
}

/** A quoted text, or all up to a space or a sign of YAML. */
function tokenLength(text: string, at: number): number {
  const [token = ''] =
    /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]]+?(?=:?(?:[\s,{}[\]]|$)))/.exec(
      text.slice(at),
    ) ?? []
  return Math.max(1, token.length)
}
