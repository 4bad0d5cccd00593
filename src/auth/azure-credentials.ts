// Microsoft Entra ID: an application proves itself by a secret and gets a bearer token for Azure OpenAI.
// https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
import type { AzureAuthSpec } from '../config/config.ts'
import { GatewayError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import type { BackendAuth } from './auth.ts'
import { missingCredential } from './missing-credential.ts'
import { requestToken, type TokenPorts, type UnavailableOptions } from './request-token.ts'
import { createTokenAuth } from './token-auth.ts'
import { createTokenSource, type Token } from './token-source.ts'

const usualAuthority = 'https://login.microsoftonline.com'
const scope = 'https://cognitiveservices.azure.com/.default'

export type AzurePorts = TokenPorts & Pick<Ports, 'log'>

export function createAzureAuth(spec: AzureAuthSpec, ports: AzurePorts): BackendAuth {
  const source = createTokenSource(() => fetchToken(spec, ports), ports)
  return createTokenAuth({
    override: spec.override,
    source,
    requireConfigured() {
      if (spec.clientSecret === undefined) throw missingCredential(spec.missing)
    },
  })
}

async function fetchToken(spec: AzureAuthSpec, ports: AzurePorts): Promise<Token> {
  // A tenant is a GUID or a domain: anything else could be another path.
  if (!/^[\w.-]+$/.test(spec.tenantId)) throw unavailable('the tenant ID is malformed')
  const authority = (spec.authority ?? usualAuthority).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(authority) || !URL.canParse(authority)) {
    throw unavailable('AZURE_AUTHORITY_HOST is no http URL')
  }
  const form = new URLSearchParams({
    client_id: spec.clientId,
    scope,
    grant_type: 'client_credentials',
    client_secret: spec.clientSecret?.trim() ?? '',
  })
  return requestToken(`${authority}/${spec.tenantId}/oauth2/v2.0/token`, form, {
    ...ports,
    unavailable,
  })
}

function unavailable(reason: string, options: UnavailableOptions = {}): GatewayError {
  return new GatewayError(
    'credential-unavailable',
    `upstream credential unavailable: cannot retrieve Azure credentials: ${reason}`,
    {
      cause: options.cause,
      ...(options.again === undefined ? {} : { headers: { 'retry-after': '5' } }),
    },
  )
}
