// What is said about a configuration at the start, and whether it can be used.
import { type Diagnostic, formatDiagnostic, type GatewaySpec } from '../src/index.ts'
import { RunError } from './exit-errors.ts'
import type { Run } from './run-parts.ts'
import type { RunSettings } from './settings.ts'
import { withPlaceholderCredentials } from './simulation.ts'

/** Says all that there is to say about the configuration; throws when it cannot be used. */
export function usableSpec({ loaded, settings, system, log }: Run): GatewaySpec {
  const { spec, diagnostics } = loaded
  for (const diagnostic of diagnostics) {
    const line = formatDiagnostic(diagnostic)
    if (diagnostic.severity === 'info') log('info', line)
    else system.stderr.write(`${line}\n`)
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (spec === undefined || errors.length > 0) throw new RunError(summarize(errors))
  return prepareSpec(spec, settings)
}

export function prepareSpec(spec: GatewaySpec, { simulation }: RunSettings): GatewaySpec {
  return simulation === undefined ? spec : withPlaceholderCredentials(spec)
}

/** The first error; one in the text itself comes first, as the others may only follow from it. */
function summarize(errors: readonly Diagnostic[]): string {
  const inText = errors.find(({ code }) => /^(env|yaml)\b/.test(code))
  const [first] = errors
  if (first === undefined) return 'the configuration cannot be used'
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`
  const said = inText === undefined ? first.message : `error reading config: ${inText.message}`
  return `${said}${more}`
}
