// The YAML (or JSON) documents of one source, each with positions; references to variables already replaced.
import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type { Diagnostic } from './diagnostics.ts'
import type { Environment, SubstitutionProblem } from './envsubst.ts'
import { explainYamlError, isStructural } from './explain-yaml.ts'
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

/** Far above any configuration (5,000 rules are 1 MiB), and far below what would take minutes to read. */
export const maxSourceLength = 4 * 1024 * 1024

/** What is wrong with one text, spelled out so many times; after that it is counted. */
const maxProblems = 100

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
  const unreadable = findUnreadable(source.text)
  if (unreadable !== undefined) {
    diagnostics.push({ file, severity: 'error', path: '', ...unreadable })
    return [unreadableDocument(file)]
  }
  // A byte order mark is no part of the first line.
  const masked = maskReferences(source.text.replace(/^\ufeff/, ''))
  const lineCounter = new LineCounter()
  const positionAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  let problems = 0
  const add = (
    offset: number,
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    hint?: string,
  ) => {
    if (severity === 'error' && ++problems > maxProblems) {
      if (problems === maxProblems + 1) diagnostics.push(tooManyProblems(file, positionAt(offset)))
      return
    }
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
    let misread = false
    for (const { pos, message, code } of document.errors) {
      // Where the structure has been misread once, the rest only follows from it.
      if (misread && isStructural(code)) continue
      misread ||= isStructural(code)
      const [offset] = pos
      const found = { code, message: withoutQuote(message), offset }
      const { message: text, hint } = explainYamlError(found, masked.text)
      add(offset, 'error', 'yaml.syntax', text, hint)
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
        if (!misread) add(offset, 'error', code, message)
      },
      lineAt: (offset) => positionAt(offset).line,
    })
    documents.push({ tree, file, broken, positionAt })
  }
  return documents
}

type Unreadable = Pick<Diagnostic, 'line' | 'column' | 'code' | 'message' | 'hint'>

/** What no YAML parser should be asked to read. */
function findUnreadable(text: string): Unreadable | undefined {
  if (text.length > maxSourceLength) {
    const size = `${Math.ceil(text.length / 1024 / 1024)} MiB`
    const message = `is too large to be a configuration: ${size}, and the limit is 4 MiB`
    return { line: 1, column: 1, code: 'yaml.size', message }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML forbids them, and a binary file has them.
  const offset = text.search(/[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]/)
  if (offset === -1) return undefined
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  const message = 'is no text: it holds characters that no YAML or JSON file may hold'
  // What is left of the byte order mark of UTF-16.
  const hint = text.startsWith('\ufffd') ? { hint: 'save it as UTF-8' } : {}
  return { line, column, code: 'yaml.binary', message, ...hint }
}

/** In the place of what could not be read: what it may define must not be called missing. */
function unreadableDocument(file: string): SourceDocument {
  return {
    tree: { value: undefined, locate: () => 0, originOf: () => undefined },
    file,
    broken: true,
    positionAt: () => ({ line: 1, column: 1 }),
  }
}

function tooManyProblems(
  file: string,
  place: { readonly line: number; readonly column: number },
): Diagnostic {
  const message = `more than ${maxProblems} errors in this text: the others are not listed`
  return { file, ...place, severity: 'error', code: 'yaml.many', path: '', message }
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
