// Connections to providers that fail before an answer has begun, in the words that Envoy has for them.
import { GatewayError } from './errors.ts'

const failures = {
  unreachable: { kind: 'upstream-unreachable', reason: 'remote connection failure' },
  'timed-out': { kind: 'upstream-unreachable', reason: 'connection timeout' },
  reset: { kind: 'upstream-reset', reason: 'connection termination' },
  garbled: { kind: 'upstream-protocol', reason: 'protocol error' },
} as const

export type ConnectionFailure = keyof typeof failures

export function connectionError(failure: ConnectionFailure, cause: unknown): GatewayError {
  const { kind, reason } = failures[failure]
  return new GatewayError(kind, connectionMessage(reason), { cause })
}

export const connectionMessage = (reason: string) =>
  `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`
