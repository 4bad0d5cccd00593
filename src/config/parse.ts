// From configuration text to a GatewaySpec, with everything that is to be said about it. Pure: no file is opened.

import type { Ability } from './ability.ts'
import type { Compilation } from './compile/compilation.ts'
import { warnOfUnused } from './compile/unused.ts'
import { compileGateway } from './compile.ts'
import type { GatewaySpec } from './config.ts'
import type { Diagnostic } from './diagnostics.ts'
import { readDocuments } from './documents.ts'
import type { Environment } from './envsubst.ts'
import { createReport, type Report } from './findings.ts'
import type { ValidationOptions } from './inspect.ts'
import { maskTokens } from './mask-secrets.ts'
import { type RawResource, type RawResources, readResources } from './read-resources.ts'
import { createResourceSet, type Resource } from './resource-set.ts'
import { type Kind, resourceKinds, type ValueOf } from './resources/index.ts'
import { validateResource } from './validate.ts'

export interface ConfigSource {
  /** As the user named it: it stands in every diagnostic. */
  readonly file: string
  /** YAML or JSON documents. */
  readonly text: string
  readonly env: Environment
  /**
   * Reads a file that a Secret's annotation names, `~/` and relative paths included; undefined where
   * there is none. Absent on a runtime without files.
   */
  readonly readText?: ((path: string) => string | undefined) | undefined
}

export interface ParsedConfig {
  /** Undefined when any diagnostic is an error. */
  readonly spec: GatewaySpec | undefined
  /** By source, then by place. */
  readonly diagnostics: readonly Diagnostic[]
  /** Paths named by annotations, as written: to be watched. */
  readonly files: readonly string[]
}

/** Both of `ValidationOptions` are `warn` unless told otherwise. */
export interface ParseOptions extends Partial<ValidationOptions> {
  /** What the runtime cannot do; nothing, where nothing is said. Where the text asks for it, there is a warning. */
  readonly lacking?: readonly Ability[]
  /** Absent: expressions are taken as they are. */
  readonly checkExpression?: CheckExpression
}

/** Says what is wrong with an expression in CEL; undefined where nothing is. */
export type CheckExpression = (use: 'match' | 'cost', expression: string) => string | undefined

/** Never throws. Several sources make one configuration. */
export function parseConfig(
  source: ConfigSource | readonly ConfigSource[],
  options: ParseOptions = {},
): ParsedConfig {
  const sources = isList(source) ? source : [source]
  const diagnostics: Diagnostic[] = []
  const report = createReport(diagnostics)
  const documents = sources.flatMap(({ file, text, env }) =>
    readDocuments({ file, text, environment: env }, diagnostics),
  )
  const raw = readResources(documents, diagnostics, report)
  const { clusterRules = 'warn', unknownFields = 'warn', lacking = [], checkExpression } = options
  const validation = { clusterRules, unknownFields }
  const { valid, unusable } = validate(raw, validation, report)
  const completeness = raw.incomplete ? 'incomplete' : 'complete'
  const resources = createResourceSet(valid, unusable, completeness)
  if (!raw.known.some(({ kind }) => kind === 'Gateway') && !raw.incomplete) {
    diagnostics.push(missingGateway(sources))
  }

  const [first] = sources
  const files = new Set<string>()
  const compilation: Compilation = {
    resources,
    report,
    environment: first?.env ?? {},
    readText: first?.readText,
    lacking: new Set(lacking),
    checkExpression: checkExpression ?? (() => undefined),
    files,
  }
  const spec = compileGateway(compilation)
  const isBad = diagnostics.some(({ severity }) => severity === 'error')
  // A wrong name in a reference is one mistake, not two.
  if (!isBad) warnOfUnused(compilation)
  return {
    spec: isBad ? undefined : spec,
    diagnostics: sortByPlace(diagnostics, sources).map(makePrintable),
    files: [...files],
  }
}

/** `Array.isArray` does not tell a readonly list from an object. */
function isList(source: ConfigSource | readonly ConfigSource[]): source is readonly ConfigSource[] {
  return Array.isArray(source)
}

function validate(raw: RawResources, options: ValidationOptions, report: Report) {
  const valid: Resource[] = []
  const unusable = new Set(raw.others)
  for (const resource of raw.known) {
    const value = validateResource(resourceKinds[resource.kind].schema, resource, options, report)
    if (value === undefined) unusable.add(`${resource.kind} ${resource.namespace}/${resource.name}`)
    else valid.push(typeResource(resource, value))
  }
  return { valid, unusable }
}

function typeResource(raw: RawResource & { readonly kind: Kind }, value: ValueOf<Kind>): Resource {
  const { kind, namespace, name, place, originOf } = raw
  // Kind and value belong together by the registry's key, which TypeScript cannot follow.
  return { kind, namespace, name, place, value, written: raw.value, originOf } as Resource
}

function missingGateway(sources: readonly ConfigSource[]): Diagnostic {
  const file = sources[0]?.file ?? '-'
  const where = sources.map((source) => source.file).join(', ')
  return {
    file,
    line: 1,
    column: 1,
    severity: 'error',
    code: 'ref.gateway',
    path: '',
    message: `no Gateway resource found in ${where === '' ? file : where}`,
  }
}

function sortByPlace(diagnostics: readonly Diagnostic[], sources: readonly ConfigSource[]) {
  const order = new Map(sources.map(({ file }, index) => [file, index]))
  const fileOf = ({ file }: Diagnostic) => order.get(file) ?? 0
  return diagnostics.toSorted(
    (one, other) =>
      fileOf(one) - fileOf(other) || one.line - other.line || one.column - other.column,
  )
}

/** Names and parser messages may quote the file: no line break, escape sequence or key of it reaches a terminal. */
function makePrintable(diagnostic: Diagnostic): Diagnostic {
  const { message, hint } = diagnostic
  return {
    ...diagnostic,
    message: escapeText(maskTokens(message)),
    ...(hint === undefined ? {} : { hint: escapeText(maskTokens(hint)) }),
  }
}

function escapeText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
