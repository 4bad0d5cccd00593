// Attempts that failed, told to the process log: which backend, which host, and why. Each sort of failure is told
// at once and then at most once in a while, so that a provider that is down does not flood the log.

import type { AttemptRecord } from './exchange.ts'
import { causeCodeOf } from './failure-cause.ts'
import type { Ports } from './ports.ts'
import { authorityOf } from './url-parts.ts'

const pauseMs = 10_000
/** Sorts of failures that are remembered. */
const maxSorts = 1000

export type TellFailedAttempt = (attempt: AttemptRecord) => void

/** A client that leaves and a request that no provider could serve are no failures of a backend. */
const isWorthTelling = ({ kind }: { readonly kind: string }) =>
  kind.startsWith('upstream-') || kind.startsWith('credential-') || kind === 'overloaded'

export function createFailedAttemptLog({
  log,
  ticks,
}: Pick<Ports, 'log' | 'ticks'>): TellFailedAttempt {
  const sorts = new Map<string, { toldAt: number; untold: number }>()
  return ({ index, backend, origin, error, status }) => {
    const host = authorityOf(origin)
    if (error === undefined) {
      log('debug', 'an attempt was refused', { index, backend: backend.name, host, status })
      return
    }
    if (!isWorthTelling(error)) return
    const cause = causeCodeOf(error.cause)
    const sort = `${backend.name} ${host} ${error.code} ${cause}`
    const known = sorts.get(sort)
    const now = ticks()
    if (known !== undefined && now - known.toldAt < pauseMs) {
      known.untold++
      return
    }
    const untold = known?.untold ?? 0
    if (sorts.size >= maxSorts) sorts.clear()
    sorts.set(sort, { toldAt: now, untold: 0 })
    log('warn', 'an attempt failed', {
      index,
      backend: backend.name,
      host,
      error: error.code,
      cause,
      ...(untold > 0 ? { alsoSince: untold } : {}),
    })
  }
}
