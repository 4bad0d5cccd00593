// Which headers hold credentials, or stand for one: their values are in no log, span or metric.

const sensitiveNames = new Set([
  'api-key',
  'authorization',
  'cookie',
  'mcp-session-id',
  'ocp-apim-subscription-key',
  'proxy-authorization',
  'set-cookie',
  'x-amz-security-token',
  'x-api-key',
  'x-goog-api-key',
])

const sensitiveEndings = ['-access-key-id', '-secret-access-key', '-session-token']

/** Of a name in any case. */
export function isSensitiveHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return (
    sensitiveNames.has(lower) ||
    lower.startsWith('x-aigw-') ||
    sensitiveEndings.some((ending) => lower.endsWith(ending))
  )
}
