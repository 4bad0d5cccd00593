// OLLAMA_HOST for the built-in configuration: in a container, loopback is never where Ollama runs.
// https://github.com/ollama/ollama/blob/main/envconfig/config.go
import { isIP } from 'node:net'

const defaultPort = 11434

interface OllamaAddress {
  readonly host: string
  readonly port: number
  readonly secure: boolean
}

/** `host`, `host:port` or a URL; `undefined` when it is none of them. As with Ollama's own client. */
export function parseOllamaHost(text: string): OllamaAddress | undefined {
  const trimmed = text.trim().replace(/^["']|["']$/g, '')
  const [, scheme, rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(trimmed) ?? []
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return undefined
  const authority = rest.split(/[/?#]/, 1)[0] ?? ''
  // A bare IPv6 address has no brackets that would set its port apart.
  const bracketed = isIP(authority) === 6 ? `[${authority}]` : authority
  const [, host = '', port] = /^(\[[^\]]+\]|[^:@]*)(?::(\d{1,5}))?$/.exec(bracketed) ?? []
  const name = host.replace(/^\[(.*)\]$/, '$1')
  if ((name === '' && port === undefined) || Number(port ?? 0) > 65535) return undefined
  const secure = scheme?.toLowerCase() === 'https'
  return {
    host: reachableHost(name),
    port: port !== undefined ? Number(port) : defaultPortOf(scheme, secure),
    secure,
  }
}

function defaultPortOf(scheme: string | undefined, secure: boolean): number {
  if (scheme === undefined) return defaultPort
  return secure ? 443 : 80
}

// People set the address that the server binds: a wildcard is no destination.
function reachableHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
