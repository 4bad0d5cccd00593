// Base URLs of providers, as SDKs take them: `https://openrouter.ai/api/v1`.
import { isIP } from 'node:net'
import { RunError } from './exit-errors.ts'

export interface BaseUrl {
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** The path before an endpoint's own; absent where it is the usual `v1`. */
  readonly prefix?: string
}

/** Throws a `RunError` that does not show the URL: it may hold a password. */
export function parseBaseUrl(text: string): BaseUrl {
  let url: URL
  try {
    url = new URL(text.trim())
  } catch {
    throw new RunError('invalid base URL: missing hostname')
  }
  const { protocol, hostname, pathname } = url
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw new RunError('invalid base URL: missing hostname')
  const secure = protocol === 'https:'
  const port = url.port === '' ? defaultPort(protocol) : Number(url.port)
  const prefix = decodePath(pathname).replace(/^\/+|\/+$/g, '')
  return { host, port, secure, ...(prefix === '' || prefix === 'v1' ? {} : { prefix }) }
}

function defaultPort(protocol: string): number {
  if (protocol === 'https:') return 443
  if (protocol === 'http:') return 80
  const scheme = protocol.slice(0, -1)
  throw new RunError(`invalid base URL: unsupported scheme ${JSON.stringify(scheme)}`)
}

function decodePath(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Whether the host is an address rather than a name. */
export function isAddress({ host }: Pick<BaseUrl, 'host'>): boolean {
  return isIP(host) !== 0
}
