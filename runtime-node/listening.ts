// What every listener for clients is asked for and answers with, whatever the runtime.
import type { ClientPolicySpec } from '../src/index.ts'

export interface Listening {
  readonly port: number
  /** Stops accepting, lets what is under way run up to `timeoutMs`, then cuts it. */
  drain(timeoutMs: number): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  /** Addresses to bind; one that the machine does not have is left out if another is there. */
  readonly hosts: readonly string[]
  readonly client: ClientPolicySpec
}

/** A machine may have no IPv6, or have it switched off. */
export function isAbsentAddress(error: unknown): boolean {
  return error instanceof Error && 'code' in error && absentAddressCodes.has(String(error.code))
}

const absentAddressCodes = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])
