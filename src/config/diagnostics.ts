// The one form of everything that is said about a configuration: by `run`, `validate`, a reload and the library.

export type Severity = 'error' | 'warning' | 'info'

export interface Diagnostic {
  /** As the user named it; `-` for standard input, `default` for the built-in text. */
  readonly file: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
  readonly severity: Severity
  /** Begins with `yaml`, `env`, `schema`, `ref`, `unsupported` or `ignored`, for example `schema.enum`. */
  readonly code: string
  /** For example `spec.rules[0].backendRefs[1].name`; `''` for a whole document. */
  readonly path: string
  /** Begins with `Kind namespace/name: path: ` where a resource is at fault. Holds no secret. */
  readonly message: string
  readonly hint?: string
}

/** `file:line:column: severity: message (hint)`: one line, as a compiler would say it. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, path, message, hint } = diagnostic
  const where = path === '' || message.includes(`${path}: `) ? '' : `${path}: `
  return `${file}:${line}:${column}: ${severity}: ${where}${message}${hint === undefined ? '' : ` (${hint})`}`
}
