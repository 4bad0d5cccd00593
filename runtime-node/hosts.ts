// The addresses to listen on, and how to write them in a URL.
import { isIPv6 } from 'node:net'

export const loopbackHosts: readonly string[] = ['127.0.0.1', '::1']

/** A comma-separated list; `localhost` stands for both loopback addresses. `undefined`: not a list of hosts. */
export function parseHosts(text: string): readonly string[] | undefined {
  const hosts = text.split(',').map((host) => host.trim().replace(/^\[(.*)\]$/, '$1'))
  if (hosts.some((host) => host === '' || /[\s/]/.test(host))) return undefined
  return [...new Set(hosts.flatMap((host) => (host === 'localhost' ? loopbackHosts : [host])))]
}

export function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host)
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** `localhost` where that reaches one of the hosts, else the first of them. */
export function localHost(hosts: readonly string[]): string {
  const reachable = hosts.some((host) => isLoopback(host) || isWildcard(host))
  return reachable ? 'localhost' : bracketHost(hosts[0] ?? 'localhost')
}

export function bracketHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}
