// Google Cloud: a bearer token, from the request, from a configured credentials file, or from the machine's
// application default credentials. https://cloud.google.com/docs/authentication/application-default-credentials
import type { GcpAuthSpec } from '../config/config.ts'
import type { Ports } from '../ports.ts'
import type { BackendAuth } from './auth.ts'
import { createGcpTokenFetcher } from './gcp-token.ts'
import { missingCredential } from './missing-credential.ts'
import type { TokenPorts } from './request-token.ts'
import { createTokenAuth } from './token-auth.ts'
import { createTokenSource, type Token } from './token-source.ts'

export type GcpPorts = TokenPorts & Pick<Ports, 'log' | 'gcpDefaultCredentials'>

const defaultAdvice =
  'set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or configure gcpCredentials.credentialsFile'

export function createGcpAuth(spec: GcpAuthSpec, ports: GcpPorts): BackendAuth {
  const source = createTokenSource(
    spec.serviceAccount === undefined
      ? createDefaultFetcher(spec, ports)
      : createGcpTokenFetcher(spec.serviceAccount, ports),
    ports,
  )
  return createTokenAuth({
    override: spec.override,
    source,
    requireConfigured() {
      if (spec.missing !== undefined) throw missingCredential(spec.missing)
    },
  })
}

/** Looks for the credentials at each fetch until they are there: a login may come at any time. */
function createDefaultFetcher(spec: GcpAuthSpec, ports: GcpPorts): () => Promise<Token> {
  let known: { readonly json: string; readonly fetch: () => Promise<Token> } | undefined
  return async () => {
    const json = await ports.gcpDefaultCredentials()
    if (json === undefined) throw missingCredential(spec.missing ?? defaultAdvice)
    if (known?.json !== json) known = { json, fetch: createGcpTokenFetcher(json, ports) }
    return known.fetch()
  }
}
