// Diagnostics for code scanners. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import type { Diagnostic } from '../src/index.ts'
import { readVersion } from './version.ts'

const levels = { error: 'error', warning: 'warning', info: 'note' } as const

/** One run with one rule for each code. */
export function formatSarif(diagnostics: readonly Diagnostic[]): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort()
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'aigw', version: readVersion(), rules: codes.map((id) => ({ id })) },
        },
        // Columns are code units, not bytes.
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(({ code, severity, message, hint, file, line, column }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: levels[severity],
          message: { text: hint === undefined ? message : `${message} (${hint})` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: toUri(file) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

/** A path as a relative or absolute URI reference, backslashes of Windows included. */
function toUri(file: string): string {
  const slashed = file.replaceAll('\\', '/')
  const encoded = slashed.split('/').map(encodeURIComponent).join('/')
  if (/^[A-Za-z]:\//.test(slashed)) return `file:///${slashed.slice(0, 2)}${encoded.slice(4)}`
  return slashed.startsWith('/') ? `file://${encoded}` : encoded
}
