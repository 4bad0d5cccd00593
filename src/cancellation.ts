// Word that an answer is no longer wanted. What an AbortSignal says, without its cost: on Node, making one
// signal takes as long as all routing, and every request would need two.

export interface Cancellation {
  readonly cancelled: boolean
  /** Why; undefined before. */
  readonly reason: unknown
  /** Calls `listener` once, at once where it has happened already; returns what takes it off. */
  onCancel(listener: (reason: unknown) => void): () => void
}

export interface CancellationSource extends Cancellation {
  /** The first call counts. */
  cancel(reason: unknown): void
}

export function createCancellation(): CancellationSource {
  let listeners: ((reason: unknown) => void)[] = []
  const source = {
    cancelled: false,
    reason: undefined as unknown,
    onCancel(listener: (reason: unknown) => void) {
      if (source.cancelled) {
        listener(source.reason)
        return () => {}
      }
      listeners.push(listener)
      return () => {
        listeners = listeners.filter((other) => other !== listener)
      }
    },
    cancel(reason: unknown) {
      if (source.cancelled) return
      source.cancelled = true
      source.reason = reason
      const told = listeners
      listeners = []
      for (const listener of told) listener(reason)
    },
  }
  return source
}

/** What the promise comes to, or a rejection with the reason where the cancellation comes first. */
export function unlessCancelled<Value>(
  promise: Promise<Value>,
  cancellation: Cancellation,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const takeOff = cancellation.onCancel(reject)
    promise.then(resolve, reject).finally(takeOff)
  })
}

/** Whoever has a signal: a request, above all. */
interface Signalled {
  readonly signal: AbortSignal
}

/**
 * A signal's word. It holds on to the signal's owner: Node passes no abort on to the signal of a `Request` that has been
 * collected. A class for the reason that is told at OutgoingRequest.
 */
class SignalCancellation implements Cancellation {
  readonly #owner: Signalled

  constructor(owner: Signalled) {
    this.#owner = owner
  }

  get cancelled(): boolean {
    return this.#owner.signal.aborted
  }

  get reason(): unknown {
    return this.#owner.signal.reason
  }

  onCancel(listener: (reason: unknown) => void): () => void {
    const { signal } = this.#owner
    if (signal.aborted) {
      listener(signal.reason)
      return () => {}
    }
    const onAbort = () => listener(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    return () => signal.removeEventListener('abort', onAbort)
  }
}

export const cancellationOf = (owner: Signalled): Cancellation => new SignalCancellation(owner)

/** The other way, for a plain `fetch`. */
export function signalOf(cancellation: Cancellation): AbortSignal {
  const controller = new AbortController()
  cancellation.onCancel((reason) => controller.abort(reason))
  return controller.signal
}
