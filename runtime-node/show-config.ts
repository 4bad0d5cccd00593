// `aigw run --show-config`: the resources in effect, as YAML, without any credential.
import { stringify } from 'yaml'
import { listEffectiveResources } from '../src/config/effective.ts'
import { parseConfig } from '../src/config/parse.ts'
import { formatDiagnostic } from '../src/index.ts'
import { interpretFirst, readSources } from './config-source.ts'
import { exitCodes } from './exit-errors.ts'
import type { ConfigSettings } from './settings.ts'
import type { System } from './system.ts'

/** What is wrong with them goes to standard error. Returns the exit code: 1 with any error. */
export async function showConfig(settings: ConfigSettings, system: System): Promise<number> {
  const read = await readSources(settings, system)
  const { diagnostics } = await interpretFirst(read, settings, system, parseConfig)
  const resources = listEffectiveResources(read.sources)
  system.stdout.write(resources.map((resource) => stringify(resource)).join('---\n'))
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  for (const error of errors) system.stderr.write(`${formatDiagnostic(error)}\n`)
  return errors.length === 0 ? exitCodes.ok : exitCodes.failed
}
