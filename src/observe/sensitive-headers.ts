// Which headers hold credentials, or stand for one: their values are in no log, span or metric.

const sensitiveNames = new Set([
  'authorization',
  'cookie',
  'mcp-session-id',
  'ocp-apim-subscription-key',
  'proxy-authorization',
  'set-cookie',
])

/** Whatever stands before it: a name that ends so is no other thing. */
const sensitiveEnding =
  /(?:^|[-_])(?:api[-_]?key|access[-_]?key|access-key-id|auth[-_]?key|goog-api-key|token|secret|passw(?:or)?d|credentials?|signature|authorization|cookie)$/

/** Of a name in any case. */
export function isSensitiveHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return sensitiveNames.has(lower) || lower.startsWith('x-aigw-') || sensitiveEnding.test(lower)
}
