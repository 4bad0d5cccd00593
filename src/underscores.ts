// Header names with `_`: servers that know headers as variables (CGI) read it as `-`, so a client could set a header that
// was judged by its other name. https://gateway.envoyproxy.io/docs/api/extension_types/#withunderscoresaction
import { GatewayError } from './errors.ts'
import type { HeaderReader } from './ports.ts'

/** The first name that holds one. */
export function nameWithUnderscore(headers: HeaderReader): string | undefined {
  let found: string | undefined
  headers.forEach((_, name) => {
    if (found === undefined && name.includes('_')) found = name
  })
  return found
}

export const withoutUnderscores = (headers: HeaderReader): HeaderReader => ({
  get: (name) => (name.includes('_') ? null : headers.get(name)),
  forEach(visit) {
    headers.forEach((value, name) => {
      if (!name.includes('_')) visit(value, name)
    })
  },
})

/** Who sends one such request sends more: the connection ends with it. */
export const refuseUnderscore = (name: string) =>
  new GatewayError(
    'underscore-in-header',
    `Bad Request: the header name ${name.slice(0, 64)} contains an underscore; to let it pass, set ` +
      'headers.withUnderscoresAction: Allow in a ClientTrafficPolicy of the Gateway',
    { headers: { connection: 'close' } },
  )
