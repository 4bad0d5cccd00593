// The YAML (or JSON) documents of one source, each with positions; references to variables already replaced.
import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type { Diagnostic } from './diagnostics.ts'
import type { Environment, SubstitutionProblem } from './envsubst.ts'
import { type MaskedText, maskReferences } from './placeholders.ts'
import { buildYamlTree, type YamlTree } from './yaml-tree.ts'

export interface SourceDocument {
  readonly tree: YamlTree
  readonly file: string
  /** Its YAML has errors: `tree` holds what could be read. */
  readonly broken: boolean
  positionAt(offset: number): { readonly line: number; readonly column: number }
}

export interface SourceText {
  /** As the user named it. */
  readonly file: string
  readonly text: string
  readonly environment: Environment
}

const yamlOptions = {
  schema: 'core',
  prettyErrors: false,
  // Checked while values are made, where both places are known.
  uniqueKeys: false,
  logLevel: 'silent',
} as const

/** `---` pairs with nothing but comments between them. */
function isEmpty(document: Document): boolean {
  const { contents } = document
  return contents === null || (isScalar(contents) && contents.value === null)
}

/** Reads every document that is not empty. Adds what is wrong to `diagnostics`. */
export function readDocuments(source: SourceText, diagnostics: Diagnostic[]): SourceDocument[] {
  const { file, environment } = source
  // A byte order mark is no part of the first line.
  const masked = maskReferences(source.text.replace(/^\ufeff/, ''))
  const lineCounter = new LineCounter()
  const positionAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const add = (
    offset: number,
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    hint?: string,
  ) => {
    const text = masked.restore(message)
    diagnostics.push({
      file,
      ...positionAt(offset),
      severity,
      code,
      path: '',
      message: text,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  const named = new Set<string>()
  const reported = new Set<number>()
  const onSubstitution = ({ offset, kind, name, message }: SubstitutionProblem) => {
    // An alias brings the same scalar a second time.
    if (reported.has(offset)) return
    reported.add(offset)
    if (kind === 'broken') add(offset, 'error', 'env.syntax', message)
    if (kind === 'broken' || named.has(name)) return
    named.add(name)
    add(offset, 'warning', 'env.undefined', message, `set it, or write \${${name}:-default}`)
  }

  const documents: SourceDocument[] = []
  for (const document of parseDocuments(masked, lineCounter, add)) {
    let broken = document.errors.length > 0
    for (const { pos, message } of document.errors) {
      add(pos[0], 'error', 'yaml.syntax', withoutQuote(message))
    }
    for (const { pos, message } of document.warnings) {
      add(pos[0], 'warning', 'yaml.tag', withoutQuote(message))
    }
    if (isEmpty(document)) continue
    const tree = buildYamlTree({
      document,
      masked,
      environment,
      onSubstitution,
      onProblem({ offset, code, message }) {
        broken = true
        add(offset, 'error', code, message)
      },
      lineAt: (offset) => positionAt(offset).line,
    })
    documents.push({ tree, file, broken, positionAt })
  }
  return documents
}

/** The parser quotes the text that it stumbled over at the end of its sentence: it may be a credential. */
function withoutQuote(message: string): string {
  return message.replace(/(?::| directive) [^\n]{4,}$/s, '').split('\n', 1)[0] ?? ''
}

/** The parser's own recursion can run out of stack on text that nests without end. */
function parseDocuments(
  masked: MaskedText,
  lineCounter: LineCounter,
  add: (offset: number, severity: 'error', code: string, message: string) => void,
): readonly Document[] {
  try {
    return parseAllDocuments(masked.text, { ...yamlOptions, lineCounter })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    add(0, 'error', 'yaml.syntax', `cannot be parsed: ${reason}`)
    return []
  }
}
