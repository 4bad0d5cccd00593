// The time that a request has, over all its tries: one timer and one listener, whichever try is under way.
import type { Call } from './endpoints/endpoint.ts'
import { GatewayError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { createIdleWatch } from './idle-watch.ts'
import type { Lifeline } from './lifeline.ts'
import type { Ports } from './ports.ts'
import type { Route } from './routing/route.ts'

/** A record, not closures: there is one for each request. */
export interface RequestTime {
  /** Of `ports.now()`; undefined: never. */
  readonly dueAt: number | undefined
  /** Something has come that the client gets; absent where nobody minds silence. */
  readonly touch: (() => void) | undefined
  /** The try that the client's leaving and the end of the request's time stop. */
  current: Lifeline | undefined
  /** Why nothing more is to be tried. */
  ended: GatewayError | undefined
  wake: (() => void) | undefined
}

export interface RequestTimeParts {
  readonly ports: Ports
  /** The listener's, for routes that have no limit of their own. */
  readonly clientIdleTimeoutMs: number | undefined
}

/** Runs until the exchange ends. */
export function startRequestTime(
  call: Call,
  route: Route,
  exchange: Exchange,
  { ports, clientIdleTimeoutMs }: RequestTimeParts,
): RequestTime {
  const { requestTimeoutMs: limit, timeoutError } = route
  const idleMs = (route.clientIdleTimeoutMs ?? clientIdleTimeoutMs) || undefined
  const idle =
    idleMs === undefined
      ? undefined
      : createIdleWatch(idleMs, ports, () =>
          end(time, new GatewayError('upstream-timeout', 'stream timeout')),
        )
  const time: RequestTime = {
    dueAt: limit === undefined ? undefined : ports.now() + limit,
    touch: idle?.touch,
    current: undefined,
    ended: undefined,
    wake: undefined,
  }
  const onGone = () => end(time, new GatewayError('internal', 'the client has gone'))
  exchange.defer(call.client.onCancel(onGone))
  if (limit !== undefined) {
    const onDue = () =>
      end(time, new GatewayError('upstream-timeout', timeoutError.message, timeoutError))
    exchange.defer(ports.schedule(onDue, limit))
  }
  if (idle !== undefined) exchange.defer(idle.stop)
  return time
}

function end(time: RequestTime, error: GatewayError): void {
  time.ended ??= error
  time.current?.stop(error)
  time.wake?.()
}

/** Milliseconds. */
export const timeLeft = ({ dueAt }: RequestTime, now: number): number =>
  dueAt === undefined ? Number.POSITIVE_INFINITY : dueAt - now

/** Resolves after `ms`, or as soon as nothing more is to be tried. */
export function sleepUnlessEnded(
  time: RequestTime,
  ms: number,
  { schedule }: Pick<Ports, 'schedule'>,
): Promise<void> {
  return new Promise((resolve) => {
    const cancel = schedule(resolve, ms)
    time.wake = () => {
      cancel()
      resolve()
    }
    if (time.ended !== undefined) time.wake()
  })
}
