// `aigw validate`: all that there is to say about a configuration, in one pass, without opening a port.
import { createColors } from 'picocolors'
import { frameCode } from '../src/config/code-frame.ts'
import { type MaskedLines, maskLines } from '../src/config/mask-secrets.ts'
import { parseConfig } from '../src/config/parse.ts'
import type { Diagnostic } from '../src/index.ts'
import { type ConfigOrigin, interpretFirst, readSources } from './config-source.ts'
import { exitCodes } from './exit-errors.ts'
import { formatSarif } from './sarif.ts'
import type { ValidateSettings } from './settings.ts'
import type { Colors } from './startup-table.ts'
import type { System } from './system.ts'

/** Writes the report to standard output and returns the exit code: 1 with any error. */
export async function validate(settings: ValidateSettings, system: System): Promise<number> {
  const read = await readSources(settings, system)
  const { diagnostics } = await interpretFirst(read, settings, system, parseConfig)
  const { env, stdout } = system
  if (settings.format === 'json') stdout.write(`${JSON.stringify(diagnostics, null, 2)}\n`)
  else if (settings.format === 'sarif') stdout.write(formatSarif(diagnostics))
  else {
    const colors = createColors(stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb')
    const texts = new Map(read.sources.map(({ file, text }) => [file, text]))
    stdout.write(formatReport(diagnostics, texts, read.origin, colors))
  }
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return failed ? exitCodes.failed : exitCodes.ok
}

/** Diagnostics with code frames, then how many there are. `texts` are the sources by their names. */
function formatReport(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  origin: ConfigOrigin,
  colors: Colors,
): string {
  const masked = new Map<string, MaskedLines>()
  const linesOf = (file: string): MaskedLines => {
    const known = masked.get(file) ?? maskLines(texts.get(file) ?? '')
    masked.set(file, known)
    return known
  }
  const blocks = diagnostics.map((diagnostic) =>
    formatWithFrame(diagnostic, linesOf(diagnostic.file), colors),
  )
  return `${[...blocks, summarize(diagnostics, origin, colors)].join('\n\n')}\n`
}

const paints = { error: 'red', warning: 'yellow', info: 'cyan' } as const

function formatWithFrame(diagnostic: Diagnostic, source: MaskedLines, colors: Colors): string {
  const { file, line, column, severity, code, message, hint } = diagnostic
  const paint = colors[paints[severity]]
  const frame = frameCode(diagnostic, source)
  return [
    `${colors.bold(`${file}:${line}:${column}`)}: ${paint(severity)}: ${message} ${colors.dim(`[${code}]`)}`,
    ...(frame?.lines.map((text, index) => (index === frame.caret ? paint(text) : text)) ?? []),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ].join('\n')
}

function summarize(
  diagnostics: readonly Diagnostic[],
  { kind, path }: ConfigOrigin,
  colors: Colors,
): string {
  const names = { error: 'error', warning: 'warning', info: 'remark' } as const
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = diagnostics.filter((one) => one.severity === severity).length
    return count === 0 ? [] : [`${count} ${names[severity]}${count === 1 ? '' : 's'}`]
  })
  const what = path ?? (kind === 'stdin' ? 'standard input' : 'the built-in configuration')
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  const verdict = failed ? colors.red('cannot be used') : colors.green('can be used')
  return `${what} ${verdict}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`
}
