// Access tokens for Google Cloud out of a credentials file: a service account signs an assertion, a person's
// login has a refresh token. https://developers.google.com/identity/protocols/oauth2/service-account
import { encodeBase64Url } from '../base64-bytes.ts'
import { GatewayError } from '../errors.ts'
import { isRecord } from '../json/is-record.ts'
import { requestToken, type TokenPorts, type UnavailableOptions } from './request-token.ts'
import { readPkcs8 } from './rsa-key.ts'
import type { Token } from './token-source.ts'

const defaultTokenUri = 'https://oauth2.googleapis.com/token'
const scope = 'https://www.googleapis.com/auth/cloud-platform'
const assertionLifeSeconds = 3600
const encoder = new TextEncoder()

type Credentials = ServiceAccount | AuthorizedUser

interface ServiceAccount {
  readonly type: 'service_account'
  readonly email: string
  readonly privateKey: string
  readonly keyId: string | undefined
  readonly tokenUri: string
}

interface AuthorizedUser {
  readonly type: 'authorized_user'
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly tokenUri: string
}

/**
 * What fetches a token with the credentials in `json`, read at the first fetch. Rejects with a
 * `GatewayError` (`credential-unavailable`) that holds no value of the file.
 */
export function createGcpTokenFetcher(json: string, ports: TokenPorts): () => Promise<Token> {
  const tokenPorts = { ...ports, unavailable: unavailableGcpCredentials }
  let credentials: Credentials | undefined
  let key: Promise<CryptoKey> | undefined
  return async () => {
    credentials ??= readCredentials(json)
    const { tokenUri } = credentials
    if (credentials.type === 'authorized_user') {
      return requestToken(tokenUri, refreshGrant(credentials), tokenPorts)
    }
    key ??= importKey(credentials.privateKey)
    const grant = await assertionGrant(credentials, await key, ports.now())
    return requestToken(tokenUri, grant, tokenPorts)
  }
}

/** `reason` reaches the client: it must hold no secret. */
export function unavailableGcpCredentials(
  reason: string,
  options: UnavailableOptions = {},
): GatewayError {
  return new GatewayError(
    'credential-unavailable',
    `upstream credential unavailable: cannot retrieve GCP credentials: ${reason}`,
    {
      cause: options.cause,
      ...(options.again === undefined ? {} : { headers: { 'retry-after': '5' } }),
    },
  )
}

function readCredentials(json: string): Credentials {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw unavailableGcpCredentials('the credentials file is not JSON')
  }
  if (!isRecord(value)) throw unavailableGcpCredentials('the credentials file is not a JSON object')
  const optional = (name: string): string | undefined => {
    const member = value[name]
    return typeof member === 'string' && member.trim() !== '' ? member : undefined
  }
  const required = (name: string): string => {
    const member = optional(name)
    if (member !== undefined) return member
    throw unavailableGcpCredentials(`the credentials file has no ${name}`)
  }
  const tokenUri = optional('token_uri') ?? defaultTokenUri
  if (!/^https?:\/\//.test(tokenUri) || !URL.canParse(tokenUri)) {
    throw unavailableGcpCredentials('token_uri of the credentials file is no http URL')
  }
  const type = required('type')
  switch (type) {
    case 'service_account':
      return {
        type,
        email: required('client_email'),
        privateKey: required('private_key'),
        keyId: optional('private_key_id'),
        tokenUri,
      }
    case 'authorized_user':
      return {
        type,
        clientId: required('client_id'),
        clientSecret: required('client_secret'),
        refreshToken: required('refresh_token'),
        tokenUri,
      }
    default:
      throw unavailableGcpCredentials(
        `credentials of type ${type.slice(0, 64)} are not supported yet; use a key file of a service account`,
      )
  }
}

function importKey(pem: string): Promise<CryptoKey> {
  const der = readPkcs8(pem)
  const problem = 'the private_key of the credentials file is no RSA key in PEM'
  if (der === undefined) throw unavailableGcpCredentials(problem)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']).catch((cause) => {
    throw unavailableGcpCredentials(problem, { cause })
  })
}

async function assertionGrant(
  account: ServiceAccount,
  key: CryptoKey,
  now: number,
): Promise<URLSearchParams> {
  const issuedAt = Math.floor(now / 1000)
  const head = { alg: 'RS256', typ: 'JWT', kid: account.keyId }
  const claims = {
    iss: account.email,
    scope,
    aud: account.tokenUri,
    iat: issuedAt,
    exp: issuedAt + assertionLifeSeconds,
  }
  const text = `${encodeJson(head)}.${encodeJson(claims)}`
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, encoder.encode(text))
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${text}.${encodeBase64Url(new Uint8Array(signature))}`,
  })
}

const encodeJson = (value: unknown) => encodeBase64Url(encoder.encode(JSON.stringify(value)))

function refreshGrant(user: AuthorizedUser): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: user.clientId,
    client_secret: user.clientSecret,
    refresh_token: user.refreshToken,
  })
}
