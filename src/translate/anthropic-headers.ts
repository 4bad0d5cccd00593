// The headers by which Anthropic's API knows its version, and what of it is switched on.
// https://platform.claude.com/docs/en/api/versioning https://platform.claude.com/docs/en/api/beta-headers
import type { HeaderReader } from '../ports.ts'

const usualVersion = '2023-06-01'

/** The client's own headers go through as they are where there is nothing to add. */
export function anthropicHeaders(
  client: HeaderReader,
  betas: readonly string[],
): Readonly<Record<string, string>> {
  const version = client.get('anthropic-version') ?? usualVersion
  if (betas.length === 0) return { 'anthropic-version': version }
  return {
    'anthropic-version': version,
    'anthropic-beta': addBetas(client.get('anthropic-beta'), betas),
  }
}

function addBetas(given: string | null, betas: readonly string[]): string {
  const known = (given ?? '').split(',').map((beta) => beta.trim())
  const all = new Set([...known.filter((beta) => beta !== ''), ...betas])
  return [...all].join(',')
}
