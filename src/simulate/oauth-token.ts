// Endpoints that hand out access tokens, so that credentials which must be exchanged work without a network.
// https://datatracker.ietf.org/doc/html/rfc6749#section-5, https://datatracker.ietf.org/doc/html/rfc7523
import type { SimulatedDialect, WholeAnswer } from './dialect.ts'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** What each grant must bring with it. */
const grants: ReadonlyMap<string | null, readonly string[]> = new Map([
  [jwtBearer, ['assertion']],
  ['refresh_token', ['refresh_token', 'client_id']],
  ['client_credentials', ['client_id']],
])

export const oauthToken: SimulatedDialect = {
  name: 'OAuth',
  serves: ({ pathname }) => pathname.endsWith('/token'),
  answer({ method, body, seed }) {
    const form = new URLSearchParams(new TextDecoder().decode(body))
    const grant = form.get('grant_type')
    const needed = grants.get(grant)
    if (method !== 'POST' || needed === undefined) return refuse(400, 'unsupported_grant_type')
    const absent = needed.find((name) => !form.get(name))
    if (absent !== undefined) return refuse(400, 'invalid_request', `Missing parameter: ${absent}`)
    if (grant === jwtBearer && form.get('assertion')?.split('.').length !== 3) {
      return refuse(400, 'invalid_grant', 'Invalid JWT: it must have three parts.')
    }
    return answer(200, {
      access_token: `simulated.${seed}`,
      expires_in: 3599,
      token_type: 'Bearer',
    })
  },
  refuse: (status, _, message) => refuse(status, 'invalid_grant', message),
}

function refuse(status: number, error: string, error_description?: string): WholeAnswer {
  return answer(status, { error, error_description })
}

function answer(status: number, value: unknown): WholeAnswer {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  }
}
