// How the steps of loading say what is wrong with a resource.
import type { Diagnostic, Severity } from './diagnostics.ts'
import { formatPath, type Path } from './path.ts'

/** Where a resource was written. */
export interface Place {
  readonly file: string
  position(path: Path, point: 'key' | 'value'): { readonly line: number; readonly column: number }
}

export interface Identity {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface Located extends Identity {
  readonly place: Place
}

export interface Finding {
  readonly severity: Severity
  readonly code: string
  readonly path: Path
  /** Without the resource's name and the path. */
  readonly text: string
  readonly hint?: string
  /** Points at the member's name instead of its value. */
  readonly point?: 'key'
}

export type Report = (resource: Located, finding: Finding) => void

/** `Kind namespace/name`. */
export function nameResource({ kind, namespace, name }: Identity): string {
  return `${kind} ${namespace}/${name}`
}

/** Adds findings to a list of diagnostics. */
export function createReport(diagnostics: Diagnostic[]): Report {
  return (resource, { severity, code, path, text, hint, point }) => {
    const { line, column } = resource.place.position(path, point ?? 'value')
    const where = formatPath(path)
    diagnostics.push({
      file: resource.place.file,
      line,
      column,
      severity,
      code,
      path: where,
      message: `${nameResource(resource)}: ${where === '' ? '' : `${where}: `}${text}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
